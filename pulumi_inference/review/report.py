"""What a reviewer is told of a stack, before it is written in any form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pulumi_inference.core.clock import spoken_time
from pulumi_inference.core.fields.compare import MISSING, Verdict
from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.core.fields.paths import Path
from pulumi_inference.core.fields.secrets import secret_paths
from pulumi_inference.core.footprint import Footprint
from pulumi_inference.review import words
from pulumi_inference.review.capacity import CountsOf, Line, Taken, accelerators, capacity, taken
from pulumi_inference.review.changes import Change, Resource
from pulumi_inference.review.hiding import hidden
from pulumi_inference.review.joining import FindLifecycle, is_ours, join, kind_of
from pulumi_inference.review.reading import REFRESH, Diagnostic, Preview
from pulumi_inference.review.settings import Noise, Settings
from pulumi_inference.review.unverifiable import Unverifiable, unverifiable

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle import Lifecycle

NO_CHANGE, CHANGES, DESTRUCTIVE, FAILED = "no change", "changes", "destructive", "failed"
MOST_NAMED = 20
LONGEST_REASON = 200
SOON = dt.timedelta(days=7)
"""How far ahead one is told of what stops or scales by itself."""
OPS = ("create", "update", "replace", "delete", "import", "same")


@dataclass(frozen=True)
class Danger:
    """Something to look at before anything else. `kind` is one of a few words for programs."""

    kind: str
    urn: str
    text: str


@dataclass(frozen=True)
class Hushed:
    """Drift that a noise file covers."""

    resource: Resource
    change: Change
    noise: Noise


@dataclass(frozen=True)
class Report:
    """One stack."""

    stack: str
    project: str
    verdict: str
    counts: dict[str, int]
    dangers: Sequence[Danger]
    resources: Sequence[Resource]
    drift: Sequence[tuple[Resource, Change]]
    hushed: Sequence[Hushed]
    checks: Sequence[Diagnostic]
    lines: Sequence[Line]
    seen: Sequence[str]
    unverifiable: Sequence[Unverifiable] = ()
    failure: str | None = None
    has_prices: bool = False
    misspelt_prices: Sequence[tuple[str, str]] = ()
    """Names without a price, each with the one in the table that only its spelling sets apart."""
    is_drift_only: bool = False
    """Whether nobody has asked the program, so that only drift can be told."""

    @property
    def title(self) -> str:
        """Stack and verdict."""
        name = "/".join(filter(None, (self.project, self.stack))) or "stack"
        return f"{name}: {self.headline}"

    @property
    def headline(self) -> str:
        """The verdict, with numbers."""
        if self.verdict == FAILED:
            return f"the preview failed: {words.on_one_line(self.failure or '')[:LONGEST_REASON]}"
        if self.is_drift_only:
            return self.drift_text if self.drift else "no drift"
        changed = sum(self.counts[op] for op in OPS if op != "same")
        if not changed and not self.destructive:
            return "no change" + (f", {self.drift_text}" if self.drift else "")
        number = plural(changed, "change")
        gone = [
            f"{self.counts[op]} {word}"
            for op, word in (("replace", "replaced"), ("delete", "deleted"))
            if self.counts[op]
        ]
        return ", ".join([number, *gone, *([self.drift_text] if self.drift else [])])

    @property
    def drift_text(self) -> str:
        """How much has drifted."""
        resources = len({one.urn for one, _ in self.drift})
        return f"drift: {plural(len(self.drift), 'field')} on {plural(resources, 'resource')}"

    @property
    def live_text(self) -> str:
        """Whether there is no drift, or nobody can know that; of a preview that failed, nothing."""
        ours = _with_live_state(self.resources)
        if not ours or self.verdict == FAILED:
            return ""
        if not all(one.was_read for one in ours):
            return "live state not fully read"
        return "" if self.drift else "no drift"

    @cached_property
    def changed(self) -> list[Resource]:
        """The resources that something happens to, the dangerous ones first."""
        order = ("delete", "replace", "update", "create", "import", "read")
        found = [one for one in self.resources if one.op != "same" or one.has_leftover or one.former_name]
        return sorted(found, key=lambda one: (order.index(one.op) if one.op in order else len(order), one.urn))

    @property
    def destructive(self) -> list[str]:
        """The urns of what is replaced or deleted."""
        return [one.urn for one in self.changed if one.is_destroyed]


def make_report(
    preview: Preview, lifecycle_of: FindLifecycle, counts_of: CountsOf, settings: Settings, now: dt.datetime
) -> Report:
    """Everything that is to be said of a preview."""
    preview = hidden(preview, _secrets_by(lifecycle_of))
    resources = join(preview, lifecycle_of)
    counted = [(one, taken(one, counts_of)) for one in resources]
    drift, hushed, expired = _drift(resources, settings, now.astimezone(ZoneInfo(settings.time_zone)).date())
    counts = {op: sum(one.op == op for one in resources) for op in OPS}
    if preview.failure:
        counts["same"] = 0  # What was not come to may still change.
    told = dict.fromkeys(one for one in preview.diagnostics if one.severity in ("error", "warning"))
    checks = sorted(told, key=lambda one: (one.severity, one.urn, one.text))
    is_destructive = any(one.is_destroyed for one in resources)
    changed = sum(counts[op] for op in OPS if op != "same")
    lines = [] if preview.failure else capacity((each for _, each in counted), settings)
    return Report(
        preview.stack,
        preview.project,
        FAILED if preview.failure else DESTRUCTIVE if is_destructive else CHANGES if changed else NO_CHANGE,
        counts,
        sorted(_dangers(counted, settings, now), key=lambda one: (_KINDS.index(one.kind), one.urn)),
        resources,
        drift,
        hushed,
        checks,
        lines,
        [*_seen(preview, resources, drift), *expired, *([] if preview.failure else _guesses(counted))],
        unverifiable(resources),
        preview.failure,
        bool(settings.prices),
        [(one.what, name) for one in lines if one.prices is None for name in settings.misspelt(one.what)],
        preview.is_drift_only,
    )


def _secrets_by(lifecycle_of: FindLifecycle) -> Callable[[str], Sequence[Path]]:
    """Finds the paths of the secrets of what has an urn."""

    @cache
    def of_kind(kind: str) -> Sequence[Path]:
        life = lifecycle_of(kind)
        return () if life is None else (*secret_paths(life.spec), *secret_paths(life.outputs))

    return lambda urn: of_kind(kind_of(urn)) if is_ours(urn) else ()


_KINDS = ("delete", "replace", "gone", "protected", "zero", "downtime", "untested", "heavy", "schedule")


def _dangers(counted: Sequence[tuple[Resource, Taken]], settings: Settings, now: dt.datetime) -> list[Danger]:
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
            found.append(Danger("heavy", one.urn, f"{one.name} has up to {plural(heavy, 'accelerator')}"))
        found += [*_new_schedule(one, now), *_schedules(one, settings, now)]
    return found


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


def _drift(
    resources: Sequence[Resource], settings: Settings, today: dt.date
) -> tuple[list[tuple[Resource, Change]], list[Hushed], list[str]]:
    """What counts, what is known, and what was known for too long."""
    drift, hushed, expired = [], [], dict[str, None]()
    for one in resources:
        for change in one.drift:
            known = [each for each in settings.noise if each.covers(one.urn, change.path)]
            noise = next((each for each in known if each.holds(today)), None)
            if noise is not None:
                hushed.append(Hushed(one, change, noise))
                continue
            drift.append((one, change))
            expired |= {
                f"known until {each.expires}, counted since: {each.path} ({each.reason})": None for each in known
            }
    return drift, hushed, list(expired)


def _seen(preview: Preview, resources: Sequence[Resource], drift: Sequence[object]) -> list[str]:
    """What the live state was compared with, and what could not be seen."""
    ours = _with_live_state(resources)
    read = [one for one in ours if one.was_read]
    found = list(preview.limits)
    if ours and len(read) == len(ours):
        found.append(f"live state read of {plural(len(read), 'resource')}" if drift else "live state read, no drift")
    elif read:
        names = sorted(one.name for one in ours if not one.was_read)
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        found.append(f"live state not read of: {', '.join(names[:MOST_NAMED])}{more}")
    elif ours:
        found.append("not refreshed: drift is told only where the comparison with the program has come upon it")
    planned = {one.urn for one in preview.steps if one.op != REFRESH}
    if planned and not preview.failure and any(one.urn not in planned and not one.is_gone for one in read):
        found.append(
            "what would stay as it is was not listed, so drift that pulumi up leaves is not seen (--show-sames)"
        )
    return found


def _with_live_state(resources: Sequence[Resource]) -> list[Resource]:
    return [one for one in resources if one.life is not None and one.op != "create"]


def _guesses(counted: Sequence[tuple[Resource, Taken]]) -> list[str]:
    names = sorted(one.name for one, each in counted if each.is_guessed)
    guessed = [f"counted as far as it is known before pulumi up: {', '.join(names[:MOST_NAMED])}"] if names else []
    return [*guessed, *_untimed(counted)]


def _untimed(counted: Sequence[tuple[Resource, Taken]]) -> list[str]:
    """Of what nobody knows how long it runs, and why."""
    found: dict[str, dict[str, None]] = {}
    for one, seen in counted:
        for each in [each for side in (seen.before, seen.after) for each in side if each.hours is None]:
            found.setdefault(each.why_untimed, {})[one.name] = None
    return [
        f"no hours are counted of {', '.join(list(names)[:MOST_NAMED])}"
        + (f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else "")
        + (f": {why}" if why else "")
        for why, names in sorted(found.items())
    ]


def groups_of(drift: Sequence[tuple[Resource, Change]]) -> list[tuple[Change, list[Resource]]]:
    """Drift that is the same on several resources, once."""
    found: dict[tuple[str, ...], tuple[Change, list[Resource]]] = {}
    for one, change in drift:
        sides = (change.program, change.recorded, change.live)
        key = (one.kind, change.text, change.verdict.value, *map(words.value_text, sides))
        found.setdefault(key, (change, []))[1].append(one)
    return list(found.values())


def plural(number: int, word: str) -> str:
    """A number of things, such as `1 field`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


__all__ = [
    "CHANGES",
    "DESTRUCTIVE",
    "FAILED",
    "LONGEST_REASON",
    "MISSING",
    "MOST_NAMED",
    "NO_CHANGE",
    "Danger",
    "Report",
    "Verdict",
    "groups_of",
    "make_report",
    "plural",
]
