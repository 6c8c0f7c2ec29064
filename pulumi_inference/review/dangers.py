"""What a reviewer is to look at first: what goes, stops or is cut off, and what takes much."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pulumi_inference.core.clock import spoken_time
from pulumi_inference.core.fields.compare import MISSING
from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.core.footprint import Footprint
from pulumi_inference.review import words
from pulumi_inference.review.capacity import Taken, accelerators
from pulumi_inference.review.changes import Resource
from pulumi_inference.review.settings import Settings

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle import Lifecycle

SOON = dt.timedelta(days=7)
"""How far ahead one is told of what stops or scales by itself."""
_KINDS = ("delete", "replace", "gone", "protected", "zero", "downtime", "untested", "heavy", "schedule")


@dataclass(frozen=True)
class Danger:
    """Something to look at before anything else. `kind` is one of a few words for programs."""

    kind: str
    urn: str
    text: str


def dangers(counted: Sequence[tuple[Resource, Taken]], settings: Settings, now: dt.datetime) -> list[Danger]:
    """The dangers of a stack, the worst kind first."""
    found: list[Danger] = []
    for one, each in counted:
        before, after = each.before, each.after
        found += _destruction(one)
        if one.op == "update" and _least(before) and not _least(after):
            until = ", until a call comes" if any(some.most for some in after) else ""
            found.append(Danger("zero", one.urn, f"{one.name} goes down to no instance at all{until}"))
        elif one.op == "update" and "downtime" in words.effects_of(one):
            found.append(Danger("downtime", one.urn, f"{one.name} does not answer while it is updated"))
        if _moves_untested_traffic(one):
            found.append(
                Danger("untested", one.urn, f"traffic of {one.name} moves, and no passed smoke test is on record")
            )
        heavy = max(accelerators(before), accelerators(after))
        if one.op in ("update", "replace", "delete") and heavy >= settings.heavy_gpus and not one.only_looks_changed:
            found.append(Danger("heavy", one.urn, f"{one.name} has up to {words.plural(heavy, 'accelerator')}"))
        found += [*_new_schedule(one, now), *_schedules(one, settings, now)]
    return sorted(found, key=lambda one: (_KINDS.index(one.kind), one.urn))


def _destruction(one: Resource) -> list[Danger]:
    """What goes or has gone, and what the engine protects from that."""
    found: list[Danger] = []
    if one.op in ("delete", "replace"):
        found.append(Danger(one.op, one.urn, f"{one.name} ({one.kind}) {words.sentence(one)}"))
        if one.is_protected:
            found.append(Danger("protected", one.urn, f"{one.name} is protected: pulumi up refuses it"))
    elif one.has_leftover:
        found.append(Danger("delete", one.urn, f"{one.name} ({one.kind}) {words.sentence(one)}"))
    elif one.is_gone and one.drift:
        found.append(Danger("gone", one.urn, f"{one.name} ({one.kind}) {words.sentence(one)}"))
    elif one.is_protected and one.op == "update":
        found.append(Danger("protected", one.urn, f"{one.name} is protected, and {words.sentence(one)}"))
    return found


def _least(found: Sequence[Footprint]) -> int:
    """Instances that always run."""
    return sum(one.least for one in found if one.hours)


def _moves_untested_traffic(one: Resource) -> bool:
    if one.life is None or one.op != "update" or "smoke_test" not in facts_of(one.life.spec):
        return False
    moves = any("traffic" in change.effects and not change.is_unknown for change in one.planned)
    return moves and not one.outputs.get("smoke_tested")


def _new_schedule(one: Resource, now: dt.datetime) -> list[Danger]:
    """What is to stop by itself from now on, or at another time; what has a timetable has that told."""
    if one.life is None or one.op not in ("create", "update"):
        return []
    if one.life.upcoming(one.program or {}, now.timestamp()):
        return []
    if one.op == "create":
        found = [facts.name for facts in facts_of(one.life.spec).values() if "schedule" in facts.effect]
        said = ", ".join(
            words.field(name, (one.program or {})[name]) for name in found if (one.program or {}).get(name)
        )
    else:
        changes = [each for each in one.planned if "schedule" in each.effects and each.program is not MISSING]
        said = ", ".join(words.part(each, one.life.spec) for each in changes)
    return [Danger("schedule", one.urn, f"{one.name}: a stop by itself is set: {said}")] if said else []


def _schedules(one: Resource, settings: Settings, now: dt.datetime) -> list[Danger]:
    """What happens by itself soon, at moments that the live state or the lifecycle tells; the next three of them."""
    if one.life is None or one.is_gone or one.op == "delete":
        return []
    zone, found = ZoneInfo(settings.time_zone), []
    values = one.program or one.live or one.recorded or {}
    for moment, what in (*_moments(one.life, one.outputs), *one.life.upcoming(values, now.timestamp())):
        try:
            at = dt.datetime.fromtimestamp(moment, zone)
        except (ValueError, OverflowError, OSError):
            continue  # no time that there is
        if now < at <= now + SOON:
            when = f"{spoken_time(at)} ({settings.time_zone})"
            found.append((at, Danger("schedule", one.urn, f"{one.name}: {what}: {when}")))
    return [danger for _, danger in sorted(found, key=itemgetter(0))[:3]]


def _moments(life: Lifecycle, outputs: Mapping[str, Any]) -> Iterator[tuple[float, str]]:
    """The outputs that are moments at which something happens: when, in seconds since the epoch, and what."""
    for facts in facts_of(life.outputs).values():
        value = outputs.get(facts.name)
        if facts.moment and facts.effect and isinstance(value, int | float) and not isinstance(value, bool):
            what = facts.description.removesuffix(".")
            yield value / (1000 if facts.unit == "ms" else 1), f"{what[:1].lower()}{what[1:]}"
