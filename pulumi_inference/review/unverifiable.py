"""Fields whose live value nobody can know, because the cloud does not answer them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pulumi_inference.core.fields.facts import Spec, facts_of, walk
from pulumi_inference.core.fields.paths import WILDCARD, Path, render
from pulumi_inference.review.changes import Resource

_OURS = ("pulumi-inference",)
"""The source of fields that are no cloud's."""


@dataclass(frozen=True)
class Unverifiable:
    """The fields of one kind that are set somewhere in the stack and never answered, or not always."""

    kind: str
    never: Sequence[str] = ()
    sometimes: Sequence[str] = ()
    is_mostly: bool = False
    """Whether the cloud leaves out of its answers, at times, more of the kind's fields than it always answers."""


def unverifiable(resources: Sequence[Resource]) -> list[Unverifiable]:
    """Once for each kind that has such fields, in the order of the kinds' names."""
    found: dict[str, dict[tuple[Path, bool], None]] = {}
    mostly: set[str] = set()
    for one in resources:
        if one.life is None:
            continue
        sides = [side for side in (one.program, one.recorded) if side is not None]
        if _is_mostly(one.life.spec):
            mostly.add(one.kind)
        of_kind = found.setdefault(one.kind, {})
        for field in _unanswered(one.life.spec):
            if field not in of_kind and any(_is_set(side, field[0]) for side in sides):
                of_kind[field] = None
    return [
        Unverifiable(
            kind,
            sorted({render(path) for path, never in fields if never}),
            sorted({render(path) for path, never in fields if not never}),
            kind in mostly,
        )
        for kind, fields in sorted(found.items())
        if fields
    ]


@cache
def _unanswered(spec: type[Spec]) -> Sequence[tuple[Path, bool]]:
    """The outermost paths, each with whether it is never answered; what says only how we work is none."""
    found: list[tuple[Path, bool]] = []
    for path, facts in walk(spec):
        # What is local and goes nowhere says only how we work, such as when something is done again.
        is_sent = not facts.local or facts.secret or (facts.update and facts.source not in _OURS)
        is_never = facts.write_only and bool(is_sent)
        is_inside = any(path[: len(other)] == other for other, _ in found)
        if (is_never or facts.sometimes_answered) and not is_inside:
            found.append((path, is_never))
    return found


@cache
def _is_mostly(spec: type[Spec]) -> bool:
    left_out = {str(path[0]) for path, is_never in _unanswered(spec) if not is_never}
    answered = [one.name for one in facts_of(spec).values() if not (one.local or one.resolved or one.write_only)]
    return len(left_out) > len(set(answered) - left_out)


def _is_set(values: Any, path: Path) -> bool:
    if not path:
        return values not in (None, "", [], {})
    head, rest = path[0], path[1:]
    if isinstance(values, Mapping):
        if head == WILDCARD:
            return any(_is_set(one, rest) for one in values.values())
        return head in values and _is_set(values[head], rest)
    if isinstance(values, list):
        return head == WILDCARD and any(_is_set(one, rest) for one in values)
    return False
