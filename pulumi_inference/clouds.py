"""The clouds that there are. Adding one means adding its room and its name here."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi_inference.core.cloud import Cloud, Kind
    from pulumi_inference.core.conversion import Conversion
    from pulumi_inference.core.fields.lookup import Lookup
    from pulumi_inference.core.settings import Settings

CLOUDS: tuple[str, ...] = ("modelarts", "modelartsv2", "nvcf", "alaya")
"""The rooms, each with a `CLOUD` in its `cloud.py`."""


def cloud(name: str) -> Cloud:
    """The descriptor of a cloud in `CLOUDS`."""
    found: Cloud = load(f"pulumi_inference.{name}.cloud:CLOUD")
    return found


def kinds() -> Iterator[tuple[Cloud, Kind]]:
    """Every kind of resource, with its cloud."""
    for name in CLOUDS:
        one = cloud(name)
        for kind in one.kinds:
            yield one, kind


def settings() -> list[Settings]:
    """Where and who, for each cloud."""
    return [load(cloud(name).settings) for name in CLOUDS]


def lookups(of: Cloud) -> list[type[Lookup[Any]]]:
    """The lookups of a cloud, as they are declared."""
    if not of.lookups:
        return []
    from pulumi_inference.core.fields.lookup import lookups_in

    return lookups_in(importlib.import_module(of.lookups))


def conversions(of: Cloud) -> list[Conversion]:
    """What a cloud can make of things of others."""
    return [load(reference) for reference in of.conversions]


def load(reference: str) -> Any:
    """What an import string `module:name` stands for."""
    module, name = reference.split(":")
    return getattr(importlib.import_module(module), name)
