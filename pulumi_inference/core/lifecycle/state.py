"""What is known of a thing: as it is recorded, as a program wants it, and as the cloud answers it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.facts import Spec, facts_of
from pulumi_inference.core.fields.shape import observe, of_types
from pulumi_inference.core.fields.validate import Problem

Inputs = Mapping[str, Any]


@dataclass(frozen=True)
class State:
    """A thing that exists: its id, the inputs that describe it, and what else is known of it."""

    id: str
    inputs: dict[str, Any]
    facts: dict[str, Any]


@dataclass(frozen=True)
class Checked:
    """Normalised inputs, and every problem found in them."""

    inputs: dict[str, Any]
    problems: list[Problem]


@dataclass(frozen=True)
class Live:
    """What the cloud answers now: values in the spec's names and facts for the outputs.

    `problem` says why it is broken and `busy` what it is still doing, in a user's words; both None when it is ready.
    `remark` is worth telling of a thing that is ready all the same.
    """

    values: dict[str, Any]
    facts: dict[str, Any]
    problem: str | None = None
    busy: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)
    remark: str | None = None


class UnhealthyError(InferenceError):
    """The thing exists, and its state must be kept, but it is not what was asked for."""

    def __init__(self, message: str, state: State) -> None:
        super().__init__(message)
        self.state = state


def observed_state(spec: type[Spec], outputs: type[Spec], thing: str, inputs: Inputs, live: Live) -> State:
    """Live values projected onto what the inputs set, with the inputs that the spec does not know as they are."""
    hidden = {name: value for name, value in inputs.items() if name not in facts_of(spec)}
    return State(
        thing, {**hidden, **observe(spec, live.values, inputs)}, facts_beside(spec, outputs, inputs, live.facts)
    )


def facts_beside(spec: type[Spec], outputs: type[Spec], inputs: Inputs, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts without those that have the name of an input which is not given: they would be taken for it.

    Such a fact is a part of the id, which has it anyway. What is of another type than its output says counts as not
    answered.
    """
    return {
        name: value for name, value in of_types(outputs, facts).items() if name in inputs or name not in facts_of(spec)
    }
