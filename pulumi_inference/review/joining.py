"""Program, recorded and live state of each resource, joined from the steps of a preview."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.compare import MISSING, Finding, Verdict, compare
from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.core.fields.normalise import Known, normalise, whole_numbers
from pulumi_inference.core.http.parsing import parse_json
from pulumi_inference.core.lifecycle.difference import OUTSIDE
from pulumi_inference.core.redact import MASK
from pulumi_inference.review import places
from pulumi_inference.review.changes import Change, Resource
from pulumi_inference.review.reading import REFRESH, Diagnostic, Preview, State, Step

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle import Lifecycle

TYPE_PREFIX = "pulumi-python:dynamic/"
_OPS = {
    "same": "same",
    "create": "create",
    "update": "update",
    "delete": "delete",
    "import": "import",
    "replace": "replace",
    "create-replacement": "replace",
    "import-replacement": "replace",
    "read": "read",
    "read-replacement": "read",
    "discard": "read",
    "discard-replaced": "read",
    "remove-pending-replace": "same",
    "delete-replaced": "same",
}
"""What the engine's steps are called here. One that is not among them is shown as an update, and never hidden."""
_RANK = ("same", "read", "import", "create", "update", "delete", "replace")
_LEFTOVER = "delete-replaced"
_OF_PULUMI = ("pulumi:pulumi:Stack", "pulumi:providers:")
_TOLD = re.compile(rf"(?P<path>.+?): {re.escape(OUTSIDE)}: program .*, live (?P<live>.*); `pulumi up` puts it back")

FindLifecycle = Callable[[str], "Lifecycle | None"]
"""The lifecycle of a kind such as `nvcf.Function`; None for what is not ours."""


def join(preview: Preview, lifecycle_of: FindLifecycle) -> list[Resource]:
    """The resources of a preview, in the order of their urns; those of Pulumi itself are left out."""
    renamed = _renamed(preview.steps)
    by_urn: dict[str, list[Step]] = {}
    for step in preview.steps:
        by_urn.setdefault(renamed.get(step.urn, step.urn), []).append(step)
    said: dict[str, list[Diagnostic]] = {}
    for one in preview.diagnostics:
        said.setdefault(renamed.get(one.urn, one.urn), []).append(one)
    former = {new: old.rpartition("::")[2] for old, new in renamed.items()}
    kept = {urn: steps for urn, steps in sorted(by_urn.items()) if not type_of(urn).startswith(_OF_PULUMI)}
    lists_all = preview.failure is None and any(one.op == "same" for steps in kept.values() for one in steps)
    found = []
    for urn, steps in kept.items():
        kind = kind_of(urn)
        life = lifecycle_of(kind) if is_ours(urn) else None
        found.append(_Joined(urn, kind, life, steps, said.get(urn, ()), lists_all, former.get(urn, "")).resource)
    return found


def type_of(urn: str) -> str:
    """The type in an urn, the last of those of its parents."""
    return urn.split("::")[2].rpartition("$")[2] if urn.count("::") >= 3 else ""


def is_ours(urn: str) -> bool:
    """Whether it may be of one of our kinds."""
    return type_of(urn).startswith(TYPE_PREFIX)


def kind_of(urn: str) -> str:
    """The kind as commands name it; of what is not ours, its type."""
    kind = type_of(urn)
    return kind.removeprefix(TYPE_PREFIX).replace(":", ".") if kind.startswith(TYPE_PREFIX) else kind


def _renamed(steps: Sequence[Step]) -> dict[str, str]:
    """The new urn of each old one that is not used any more."""
    used = {one.urn for one in steps if one.op != REFRESH}
    moved = {str((one.old or {}).get("urn") or one.urn): one.urn for one in steps if one.op != REFRESH}
    return {old: new for old, new in moved.items() if old not in used}


@dataclass(frozen=True)
class _Joined:
    """The steps of one resource. `lists_all`: the preview also has the steps of what stays the same."""

    urn: str
    kind: str
    life: Lifecycle | None
    steps: Sequence[Step]
    said: Sequence[Diagnostic]
    lists_all: bool
    former_name: str

    @cached_property
    def refresh(self) -> Step | None:
        return next((one for one in self.steps if one.op == REFRESH), None)

    @cached_property
    def planned(self) -> list[Step]:
        """The steps but for the refresh, and for those of what an earlier replacement has left."""
        found = [one for one in self.steps if one.op != REFRESH]
        if any(_OPS.get(one.op) == "replace" for one in found):
            return found
        return [one for one in found if one.op != _LEFTOVER]

    @cached_property
    def op(self) -> str:
        ops = [_OPS.get(one.op, "update") for one in self.planned]
        return max(ops, key=_RANK.index, default="same")

    @cached_property
    def old(self) -> State | None:
        return next((one.old for one in self.planned if one.old is not None), None)

    @cached_property
    def new(self) -> State | None:
        return next((one.new for one in self.planned if one.new is not None and one.op != _LEFTOVER), None)

    @cached_property
    def is_gone(self) -> bool:
        """Whether the refresh has found nothing; the JSON of a preview says so only by what is planned."""
        if self.refresh is None or not self.refresh.has_ended:
            return False
        if self.refresh.new is None:
            return True
        return (self.op == "create" and self.old is None) or (self.lists_all and not self.planned)

    @cached_property
    def live(self) -> State | None:
        """What is compared with: after a refresh, old states are live ones."""
        if self.is_gone:
            return None
        return self.old or (self.refresh.new if self.refresh else None)

    @cached_property
    def recorded(self) -> State | None:
        return self.refresh.old if self.refresh else self.old

    @cached_property
    def kinds(self) -> dict[str, str]:
        return {path: one for step in self.planned for path, one in step.kinds.items()}

    @cached_property
    def forced(self) -> list[paths.Path]:
        """The paths that force a replacement."""
        found = [path for path, kind in self.kinds.items() if kind.endswith("-replace")]
        return [paths.parse(one) for one in (*found, *(one for step in self.planned for one in step.reasons))]

    @property
    def resource(self) -> Resource:
        wanted = self._inputs(self.new)
        known = (_map((self.new or {}).get("inputs")), wanted) if wanted else None
        sides = [wanted, *(self._inputs(one, known) for one in (self.recorded, self.live))]
        program = None if self.op == "delete" else sides[0]
        if self.op == "same" and program is None and not (self.is_gone and self.lists_all and not self.planned):
            program = sides[1]
        found = Resource(
            self.urn,
            self.kind,
            self.op,
            program=program,
            recorded=sides[1],
            live=sides[2],
            outputs=_map((self.live or {}).get("outputs")),
            life=self.life,
            is_protected=bool((self.live or self.recorded or self.new or {}).get("protect")),
            is_retained=bool((self.live or self.recorded or {}).get("retainOnDelete")),
            is_gone=self.is_gone,
            was_read=self.refresh is not None and self.refresh.has_ended,
            said=tuple(self.said),
            former_name=self.former_name,
            goes_first=self._goes_first(),
            has_leftover=len(self.planned) < sum(one.op != REFRESH for one in self.steps),
        )
        return replace(found, changes=tuple(self._changes(found)))

    def _goes_first(self) -> bool | None:
        ops = [one.op for one in self.planned]
        if _LEFTOVER not in ops or "create-replacement" not in ops:
            return None
        return ops.index(_LEFTOVER) < ops.index("create-replacement")

    def _inputs(self, side: State | None, known: Known | None = None) -> dict[str, Any] | None:
        """The inputs of a state without what is only for the host; ours in their one form."""
        if side is None:
            return None
        shown = {name: one for name, one in _map(side.get("inputs")).items() if not name.startswith("__")}
        return normalise(self.life.spec, shown, known) if self.life else whole_numbers(shown)

    def _changes(self, one: Resource) -> Iterator[Change]:
        if one.is_gone:
            verdict = Verdict.CONVERGED if one.program is None else Verdict.DRIFT
            yield Change((), verdict, MISSING if one.program is None else "there", "there", "gone")
        elif one.life is None:
            yield from self._foreign()
        elif one.recorded is not None and one.program is not None:
            yield from self._ours(one, one.life.spec, one.program, one.recorded)

    def _ours(self, one: Resource, spec: Any, program: State, recorded: State) -> Iterator[Change]:
        seen = recorded if one.live is None else one.live
        covered = []
        for finding in compare(spec, program, recorded, seen):
            covered.append(finding.path)
            yield self._of_finding(one, finding)
        yield from self._told(one, covered)
        for text in self.kinds:
            path = paths.parse(text)
            is_field = bool(path) and str(path[0]) in facts_of(spec)
            if not is_field or any(places.is_same_place(path, other) for other in covered):
                continue
            if places.is_hidden(program, path) or places.is_hidden(recorded, path):
                masks = [
                    MISSING if places.at(side, path[:1]) is MISSING else MASK for side in (program, recorded, seen)
                ]
                yield Change(
                    places.named(spec, path, program),
                    Verdict.CHANGE,
                    masks[0],
                    masks[1],
                    masks[2],
                    facts=places.facts_at(spec, path),
                    effects=places.effects(spec, path),
                    is_secret=True,
                    forces=self._forces(path),
                )

    def _told(self, one: Resource, covered: Sequence[paths.Path]) -> Iterator[Change]:
        """What a preview without a refresh has said of the live state, line by line."""
        for said in () if one.was_read else self.said:
            for line in said.text.splitlines():
                match = _TOLD.fullmatch(line.strip())
                path = paths.parse(match["path"]) if match else ()
                if match is None or one.life is None or any(places.is_same_place(path, other) for other in covered):
                    continue
                program, recorded = (places.at(side or {}, path) for side in (one.program, one.recorded))
                yield Change(
                    places.named(one.life.spec, path, one.program or {}),
                    Verdict.DRIFT,
                    program,
                    recorded,
                    _read_back(match["live"]),
                    places.facts_at(one.life.spec, path),
                    places.effects(one.life.spec, path),
                    is_secret=match["live"] == MASK,
                )

    def _forces(self, path: paths.Path) -> bool:
        return self.op == "replace" and any(places.is_same_place(path, other) for other in self.forced)

    def _is_left(self, finding: Finding) -> bool:
        """Whether the engine has nothing planned for what has drifted, because the program ignores it."""
        if not self.planned or finding.verdict not in (Verdict.DRIFT, Verdict.CONFLICT):
            return False
        planned = [paths.parse(one) for one in self.kinds]
        is_planned = any(places.is_same_place(finding.path, path) for path in planned)
        return self.op == "same" or (self.op == "update" and bool(planned) and not is_planned)

    def _of_finding(self, one: Resource, finding: Finding) -> Change:
        assert one.life is not None  # noqa: S101 - for the type checker
        sides = (finding.program, finding.recorded, finding.live)
        is_secret = finding.is_secret or MASK in [side for side in sides if isinstance(side, str)]
        program, recorded, live = (MASK if is_secret and one is not MISSING else one for one in sides)
        return Change(
            places.named(one.life.spec, finding.path, one.program or one.recorded or {}),
            finding.verdict,
            program,
            recorded,
            live,
            facts=places.facts_at(one.life.spec, finding.path),
            effects=places.effects(one.life.spec, finding.path),
            is_secret=is_secret,
            forces=self._forces(finding.path),
            is_left=self._is_left(finding),
        )

    def _foreign(self) -> Iterator[Change]:
        """What the engine says differs, of a resource whose fields nobody here knows."""
        kinds = self.kinds or (self.refresh.kinds if self.refresh else {}) or dict.fromkeys(self._names_that_differ())
        for text in sorted(kinds):
            path = paths.parse(text)
            if not path or str(path[0]).startswith("__") or self.op in ("create", "delete", "import"):
                continue
            program, recorded, live = (
                _value_in(one, path) for one in (self.new or self.recorded, self.recorded, self.live)
            )
            is_secret = any(isinstance(side, str) and side == MASK for side in (program, recorded, live))
            yield Change(
                path,
                _verdict(program, recorded, live),
                program,
                recorded,
                live,
                is_secret=is_secret,
                forces=any(paths.starts_with(path, other) for other in self.forced),
            )

    def _names_that_differ(self) -> list[str]:
        sides = [self._inputs(one) or {} for one in (self.new, self.old)]
        if self.op not in ("update", "replace"):
            return []
        names = sorted({*sides[0], *sides[1]})
        return [paths.render((name,)) for name in names if sides[0].get(name) != sides[1].get(name)]


def _verdict(program: Any, recorded: Any, live: Any) -> Verdict:
    if recorded == live:
        return Verdict.CHANGE
    if program == recorded:
        return Verdict.DRIFT
    return Verdict.CONVERGED if program == live else Verdict.CONFLICT


def _value_in(side: State | None, path: paths.Path) -> Any:
    """What a state has at a path, in its inputs or else its outputs."""
    found = (places.at(_map((side or {}).get(name)), path) for name in ("inputs", "outputs"))
    return next((whole_numbers(one) for one in found if one is not MISSING), MISSING)


def _read_back(text: str) -> Any:
    """A value that was written for people, as far as it can be read."""
    if text == repr(MISSING):
        return MISSING
    try:
        return parse_json(json.dumps(ast.literal_eval(text)))  # nothing else stands in a state
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return text


def _map(found: Any) -> Mapping[str, Any]:
    return found if isinstance(found, Mapping) else {}
