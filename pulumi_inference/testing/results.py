"""What a run of the engine has shown and done, in the words of a test."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi.automation.events import EngineEvent

__all__ = ["Outcome", "Resource", "Step"]

_DYNAMIC = "pulumi-python:dynamic/"
_NO_CHANGE = ("same", "refresh", "read")
_OF_THE_ENGINE = ("pulumi:pulumi:Stack", "pulumi:providers:")
_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key by which Pulumi tells special values, such as secrets, from objects."""


@dataclass(frozen=True)
class Step:
    """One step of a preview or a run that changes something.

    Args:
        op: what is done: `create`, `update`, `delete`, `replace`, `create-replacement`, `delete-replaced`, …
        name: of the resource in the program.
        paths: the properties that are changed, such as `config[0].instance_count`.
        replaced_by: the properties whose change makes it a replacement.
        type: of the resource; ours are the name of a cloud and of a class, with a colon between.
    """

    op: str
    name: str
    paths: frozenset[str] = frozenset()
    replaced_by: tuple[str, ...] = ()
    type: str = field(default="", compare=False)


@dataclass(frozen=True)
class Resource:
    """One resource that the stack's state has; secrets in clear."""

    type: str
    name: str
    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """How a preview or a run ended.

    Args:
        steps: what changes, in the engine's order; what stays as it is has none.
        outputs: of `up`, the stack's outputs, secrets in clear.
        secret: the names of the outputs that are secret.
        text: what the engine printed.
    """

    steps: tuple[Step, ...]
    outputs: Mapping[str, Any]
    secret: frozenset[str]
    text: str

    def step(self, name: str) -> Step:
        """The one step of a resource.

        Raises:
            LookupError: it has none, or several.
        """
        found = [one for one in self.steps if one.name == name]
        if len(found) != 1:
            told = ", ".join(f"{one.op} {one.name}" for one in self.steps) or "none"
            raise LookupError(f"{name} has {len(found)} steps; there are: {told}")
        return found[0]


def steps_of(events: Iterable[EngineEvent]) -> tuple[Step, ...]:
    """The steps that change something, of the events of a run."""
    told = (event.resource_pre_event.metadata for event in events if event.resource_pre_event)
    return tuple(
        Step(
            op=one.op.value,
            name=name_of(one.urn),
            paths=frozenset(one.detailed_diff or ()),
            replaced_by=tuple(one.keys or ()),
            type=type_of(one.type),
        )
        for one in told
        if one.op.value not in _NO_CHANGE and not one.type.startswith(_OF_THE_ENGINE)
    )


def resources_of(deployment: Mapping[str, Any]) -> list[Resource]:
    """The resources of a state that a provider has made."""
    return [
        Resource(
            type=type_of(one["type"]),
            name=name_of(one["urn"]),
            id=one["id"],
            inputs=_plain(one.get("inputs", {})),
            outputs=_plain(one.get("outputs", {})),
        )
        for one in deployment.get("resources") or ()
        if one.get("custom") and not one["type"].startswith(_OF_THE_ENGINE)
    ]


def name_of(urn: str) -> str:
    """The name that the program gives."""
    return urn.rpartition("::")[2]


def type_of(token: str) -> str:
    """The type, for ours without what stands before it because they are dynamic."""
    return token.removeprefix(_DYNAMIC)


def _plain(value: Any) -> Any:
    """A value of the state without Pulumi's own marks, secrets in clear."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _SIGNATURE in value:
        return _plain(json.loads(value["plaintext"])) if "plaintext" in value else value
    return {name: _plain(item) for name, item in value.items() if not name.startswith("__")}
