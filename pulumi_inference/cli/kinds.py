"""The kinds of resources that commands know by name, such as `modelarts.Service`."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from pulumi_inference.core.errors import ConfigurationError

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle import Lifecycle
    from pulumi_inference.engine.provider import LifecycleProvider
    from pulumi_inference.engine.resource import InferenceResource

KINDS = ("modelarts.Service", "modelarts.Schedule", "modelarts.Model")


def resource_class(kind: str) -> type[InferenceResource]:
    """The class that programs use.

    Raises:
        ConfigurationError: there is no such kind.
    """
    from pulumi_inference.core.fields.messages import did_you_mean

    if kind not in KINDS:
        raise ConfigurationError(f"unknown kind {kind!r}; there is {', '.join(KINDS)}{did_you_mean(kind, KINDS)}")
    room, name = kind.split(".")
    found: type[InferenceResource] = getattr(importlib.import_module(f"pulumi_inference.{room}"), name)
    return found


def provider_class(kind: str) -> type[LifecycleProvider]:
    """The provider of a kind; raises as `resource_class` does."""
    provider: type[LifecycleProvider] = resource_class(kind)._dynamic_provider  # type: ignore[assignment]
    return provider


def lifecycle_of(kind: str) -> Lifecycle:
    """The lifecycle of a kind; raises as `resource_class` does."""
    module, name = provider_class(kind).lifecycle.split(":")
    lifecycle: Lifecycle = getattr(importlib.import_module(module), name)()
    return lifecycle
