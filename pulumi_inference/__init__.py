"""Infrastructure as code for model serving: Huawei ModelArts today; NVIDIA Cloud Functions and Alaya NeW are to come.

Each cloud is a subpackage: ``from pulumi_inference import modelarts``, or ``pulumi_inference.modelarts`` where that is
first used.
"""

from typing import Any

__all__ = ["__version__"]

__version__: str
"""Version of the installed package, looked up when first asked for."""


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("pulumi-inference")
    from pulumi_inference.clouds import CLOUDS

    if name in CLOUDS:
        from importlib import import_module

        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    from pulumi_inference.clouds import CLOUDS

    return sorted([*__all__, *CLOUDS])
