"""The kinds of resources of all clouds, as commands name them: cloud and class, with a dot between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_inference import clouds
from pulumi_inference.core.errors import ConfigurationError

if TYPE_CHECKING:
    from pulumi_inference.core.cloud import Kind
    from pulumi_inference.core.lifecycle import Lifecycle
    from pulumi_inference.engine.provider import LifecycleProvider


def kind_names() -> list[str]:
    """The names of all kinds."""
    return [f"{cloud.name}.{kind.name}" for cloud, kind in clouds.kinds()]


def kind_named(name: str) -> Kind:
    """The kind of this name.

    Raises:
        ConfigurationError: there is no such kind.
    """
    from pulumi_inference.core.fields.messages import did_you_mean

    names = kind_names()
    if name not in names:
        raise ConfigurationError(f"unknown kind {name!r}; there is {', '.join(names)}{did_you_mean(name, names)}")
    return next(kind for cloud, kind in clouds.kinds() if name == f"{cloud.name}.{kind.name}")


def provider_of(kind: Kind) -> type[LifecycleProvider]:
    """The provider of a kind."""
    provider: type[LifecycleProvider] = clouds.load(kind.provider)
    return provider


def lifecycle_of(kind: Kind) -> Lifecycle:
    """The lifecycle of a kind."""
    lifecycle: Lifecycle = clouds.load(kind.lifecycle or provider_of(kind).lifecycle)()
    return lifecycle
