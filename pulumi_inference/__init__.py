"""Infrastructure as code for model serving: Huawei ModelArts (v1 and v2), NVIDIA Cloud Functions and Alaya NeW.

Each cloud is a subpackage: ``from pulumi_inference import modelarts``, or ``pulumi_inference.modelarts`` where that is
first used.
"""

from typing import Any

__all__ = ["__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    from pulumi_inference.clouds import CLOUDS

    if name in CLOUDS:
        from importlib import import_module

        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    from pulumi_inference.clouds import CLOUDS

    return sorted([*__all__, *CLOUDS])
