"""What a reviewer is told of a stack, before it is written in any form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from pulumi_inference.core.fields.paths import Path
from pulumi_inference.core.fields.secrets import secret_paths
from pulumi_inference.review import words
from pulumi_inference.review.capacity import CountsOf, Line, Taken, capacity, taken
from pulumi_inference.review.changes import Change, Resource
from pulumi_inference.review.dangers import Danger, dangers
from pulumi_inference.review.hiding import hidden
from pulumi_inference.review.joining import FindLifecycle, is_ours, join, kind_of
from pulumi_inference.review.reading import REFRESH, URN, Diagnostic, Preview, names_in
from pulumi_inference.review.settings import Noise, Settings
from pulumi_inference.review.unverifiable import Unverifiable, unverifiable

NO_CHANGE, CHANGES, DESTRUCTIVE, FAILED = "no change", "changes", "destructive", "failed"
MOST_NAMED = 20
LONGEST_REASON = 200
OPS = ("create", "update", "replace", "delete", "import", "same")


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
    organization: str = ""
    """The owner of the stack, where somebody has named it."""

    @property
    def title(self) -> str:
        """Stack and verdict."""
        return f"{self.name}: {self.headline}"

    @property
    def name(self) -> str:
        """Organization, project and stack, as far as they are known."""
        return "/".join(filter(None, (self.organization, self.project, self.stack))) or "stack"

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
        number = words.plural(changed, "change")
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
        return f"drift: {words.plural(len(self.drift), 'field')} on {words.plural(resources, 'resource')}"

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
    told = [one for one in preview.diagnostics if one.severity in ("error", "warning")]
    checks = sorted(
        dict.fromkeys([*told, *_unmatched(preview, resources, settings)]),
        key=lambda one: (one.severity, one.urn, one.text),
    )
    is_destructive = any(one.is_destroyed for one in resources)
    changed = sum(counts[op] for op in OPS if op != "same")
    lines = [] if preview.failure else capacity((each for _, each in counted), settings)
    return Report(
        preview.stack,
        preview.project,
        FAILED if preview.failure else DESTRUCTIVE if is_destructive else CHANGES if changed else NO_CHANGE,
        counts,
        dangers(counted, settings, now),
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
        preview.organization,
    )


def _secrets_by(lifecycle_of: FindLifecycle) -> Callable[[str], Sequence[Path]]:
    """Finds the paths of the secrets of what has an urn."""

    @cache
    def of_kind(kind: str) -> Sequence[Path]:
        life = lifecycle_of(kind)
        return () if life is None else (*secret_paths(life.spec), *secret_paths(life.outputs))

    return lambda urn: of_kind(kind_of(urn)) if is_ours(urn) else ()


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


def _unmatched(preview: Preview, resources: Sequence[Resource], settings: Settings) -> list[Diagnostic]:
    """The entries of noise that no drift of this stack is covered by, once all drift has been seen."""
    if preview.failure or not preview.refreshed or not all(one.was_read for one in _with_live_state(resources)):
        return []
    found = []
    for number, noise in enumerate(settings.noise, 1):
        whose = f" of {noise.resource}" if noise.resource != "*" else ""
        is_of_another = noise.resource.startswith(URN) and names_in(noise.resource) != (preview.stack, preview.project)
        if not is_of_another and not any(noise.covers(one.urn, each.path) for one in resources for each in one.drift):
            text = f"noise entry {number} ({noise.path}{whose}) matched nothing"
            found.append(Diagnostic("warning", text))
    return found


def _seen(preview: Preview, resources: Sequence[Resource], drift: Sequence[object]) -> list[str]:
    """What the live state was compared with, and what could not be seen."""
    ours = _with_live_state(resources)
    read = [one for one in ours if one.was_read]
    found = list(preview.limits)
    if ours and len(read) == len(ours):
        found.append(
            f"live state read of {words.plural(len(read), 'resource')}" if drift else "live state read, no drift"
        )
    elif read:
        names = sorted(one.name for one in ours if not one.was_read)
        found.append(f"live state not read of: {_first(names)}")
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
    names = sorted(one.name for one, each in counted if each.is_kept)
    kept = f"counted after pulumi up too, because the cloud keeps it (retain_on_delete): {_first(names)}"
    return [*guessed, *([kept] if names else []), *_untimed(counted)]


def _untimed(counted: Sequence[tuple[Resource, Taken]]) -> list[str]:
    """Of what nobody knows how long it runs, and why."""
    found: dict[str, dict[str, None]] = {}
    for one, seen in counted:
        for each in [each for side in (seen.before, seen.after) for each in side if each.hours is None]:
            found.setdefault(each.why_untimed, {})[one.name] = None
    return [
        f"no hours are counted of {_first(list(names))}" + (f": {why}" if why else "")
        for why, names in sorted(found.items())
    ]


def _first(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(names[:MOST_NAMED])}{more}"


def groups_of(drift: Sequence[tuple[Resource, Change]]) -> list[tuple[Change, list[Resource]]]:
    """Drift that is the same on several resources, once."""
    found: dict[tuple[str, ...], tuple[Change, list[Resource]]] = {}
    for one, change in drift:
        sides = (change.program, change.recorded, change.live)
        key = (one.kind, change.text, change.verdict.value, *map(words.value_text, sides))
        found.setdefault(key, (change, []))[1].append(one)
    return list(found.values())


__all__ = [
    "CHANGES",
    "DESTRUCTIVE",
    "FAILED",
    "LONGEST_REASON",
    "MOST_NAMED",
    "NO_CHANGE",
    "Report",
    "groups_of",
    "make_report",
]
