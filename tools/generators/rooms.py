"""What is wrong with the rooms of the clouds, told in a line each before anything is made of them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from pulumi_inference import clouds
from pulumi_inference.core.cloud import Cloud, Kind
from pulumi_inference.core.conversion import Conversion
from pulumi_inference.core.fields.facts import Spec, facts_of, walk
from pulumi_inference.core.lifecycle import Lifecycle
from pulumi_inference.engine.provider import LifecycleProvider


class RoomError(Exception):
    """Something that a room says, and that cannot be."""


def find_problems() -> list[str]:
    """What is wrong with the rooms of all clouds."""
    found = []
    for name in clouds.CLOUDS:
        try:
            cloud = load(f"pulumi_inference.{name}.cloud:CLOUD")
        except RoomError as error:
            found.append(f"{name} in clouds.py: {error}")
        else:
            found += [f"{name}: {problem}" for problem in problems_of(cloud, name)]
    return found


def problems_of(cloud: Cloud, room: str) -> Iterator[str]:
    """What is wrong with one room, given its descriptor and its folder's name."""
    if cloud.name != room:
        yield f"name={cloud.name!r} in cloud.py is not the folder's"
    for name in ("settings", "connections", "calling", "starter", "api"):
        yield from _unless_loaded(name, getattr(cloud, name))
    if cloud.lookups:
        yield from _problems_of_lookups(cloud)
    for reference in cloud.conversions:
        yield from _problems_of_conversion(reference)
    for kind in cloud.kinds:
        yield from (f"{kind.name}: {problem}" for problem in _problems_of_kind(cloud, kind))


def load(reference: str, *, is_module: bool = False) -> Any:
    """What an import string stands for.

    Raises:
        RoomError: it stands for nothing. What goes wrong inside of its module comes out as it is.
    """
    module, colon, name = reference.partition(":")
    if is_module == bool(colon):
        raise RoomError(f"{reference!r} is not of the form {'module' if is_module else 'module:name'}")
    try:
        loaded = import_module(module)
    except ModuleNotFoundError as error:
        if not f"{module}.".startswith(f"{error.name}."):
            raise
        raise RoomError(f"{reference!r}: there is no module {error.name}") from None
    if colon and not hasattr(loaded, name):
        raise RoomError(f"{reference!r}: the module has no {name}")
    return getattr(loaded, name) if colon else loaded


def _unless_loaded(what: str, reference: str, *, is_module: bool = False) -> Iterator[str]:
    try:
        if reference:
            load(reference, is_module=is_module)
    except RoomError as error:
        yield f"{what}={error}"


def _problems_of_lookups(cloud: Cloud) -> Iterator[str]:
    wrong = list(_unless_loaded("lookups", cloud.lookups, is_module=True))
    yield from wrong
    for lookup in [] if wrong else clouds.lookups(cloud):
        record, is_list = lookup.answers()
        undeclared = [*_undeclared(lookup), *_undeclared(record)]
        yield from undeclared
        if lookup.command and not is_list:
            yield f"{lookup.__name__} has a command, but does not answer a list"
        known = () if undeclared else facts_of(record)
        for column in lookup.columns.values():
            if isinstance(column, str) and known and column not in known:
                yield f"{lookup.__name__}.columns: {record.__name__} has no {column}; it has {', '.join(known)}"


def _problems_of_conversion(reference: str) -> Iterator[str]:
    try:
        conversion: Conversion = load(reference)
    except RoomError as error:
        yield f"conversions={error}"
        return
    kinds = [f"{one.name}.{kind.name}" for one, kind in clouds.kinds()]
    if conversion.source not in kinds:
        yield f"{conversion.name}: there is no kind {conversion.source}"


def _problems_of_kind(cloud: Cloud, kind: Kind) -> Iterator[str]:
    yield from _unless_loaded("importing", kind.importing)
    yield from _unless_loaded("mixin", kind.mixin)
    try:
        provider = load(kind.provider)
    except RoomError as error:
        yield f"provider={error}"
        return
    yield from _problems_of_provider(provider)
    if kind.lifecycle and kind.lifecycle != provider.lifecycle:
        yield f"lifecycle={kind.lifecycle!r}: {provider.__name__} has {provider.lifecycle!r}"
    try:
        lifecycle = load(provider.lifecycle)
    except RoomError as error:
        yield f"{provider.__name__}.lifecycle={error}"
        return
    yield from _problems_of_lifecycle(lifecycle, f"{cloud.name}.{kind.name}")


def _problems_of_provider(provider: type[LifecycleProvider]) -> Iterator[str]:
    more = [name for name in vars(provider) if name == "__init__" or not name.startswith("_")]
    more = [name for name in more if name != "lifecycle"]
    if more:
        yield f"{provider.__name__} has {', '.join(more)}: it may have lifecycle only, as states would hold the rest"


def _problems_of_lifecycle(lifecycle: type[Lifecycle], kind: str) -> Iterator[str]:
    yield from _lacking(lifecycle, "kind", "spec", "outputs", "connections")
    operation = getattr(lifecycle, "operation", None)
    if operation is not None:
        yield from _lacking(operation, "noun", "failures")
    named = getattr(lifecycle, "kind", kind)
    if named != kind:
        yield f"{lifecycle.__name__}.kind is {named!r}, not {kind!r}"
    if not hasattr(lifecycle, "spec") or not hasattr(lifecycle, "outputs"):
        return
    undeclared = [*_undeclared(lifecycle.spec), *_undeclared(lifecycle.outputs)]
    if undeclared:
        yield from undeclared
        return
    spec, outputs = facts_of(lifecycle.spec), facts_of(lifecycle.outputs)
    yield from (
        f"{lifecycle.__name__}.identity: {lifecycle.outputs.__name__} has no {name}; it has {', '.join(outputs)}"
        for name in lifecycle.identity
        if name not in outputs
    )
    if "endpoint" not in spec or not spec["endpoint"].resolved:
        yield f"{lifecycle.spec.__name__} has no resolved field endpoint, which says where a thing is"


def _undeclared(model: type[Spec]) -> Iterator[str]:
    try:
        list(walk(model))
    except TypeError as error:
        yield str(error)


def _lacking(one: type, *names: str) -> Iterator[str]:
    """What a class has still to say."""
    abstract = sorted(getattr(one, "__abstractmethods__", ()))
    missing = [name for name in names if not hasattr(one, name)]
    if missing or abstract:
        yield f"{one.__name__} lacks {', '.join([*missing, *abstract])}"
