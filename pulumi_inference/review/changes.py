"""What becomes of each resource: program, recorded and live state joined from the steps of a preview."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.compare import MISSING, Finding, Verdict, compare
from pulumi_inference.core.fields.facts import FieldFacts, facts_of
from pulumi_inference.core.fields.normalise import normalise, whole_numbers
from pulumi_inference.core.fields.shape import identities
from pulumi_inference.core.fields.unknown import UNKNOWN, contains_unknown
from pulumi_inference.core.redact import MASK
from pulumi_inference.review.reading import Diagnostic, Preview, State, Step

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle import Lifecycle

TYPE_PREFIX = "pulumi-python:dynamic/"
_PLAIN_OPS = {
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "import-replacement": "replace",
    "refresh": "same",
}
_RANK = ("same", "read", "import", "create", "update", "delete", "replace")
_OF_PULUMI = ("pulumi:pulumi:Stack", "pulumi:providers:")

FindLifecycle = Callable[[str], "Lifecycle | None"]
"""The lifecycle of a kind such as `nvcf.Function`; None for what is not ours."""


@dataclass(frozen=True)
class Change:
    """One path of a resource at which its three sides are not all the same. An absent value is `MISSING`.

    Items of lists stand in `path` by what identifies them. `facts` are those of the innermost field, `effects` what a
    change there does to what runs; both are empty for resources that are not ours.
    """

    path: paths.Path
    verdict: Verdict
    program: Any
    recorded: Any
    live: Any
    facts: FieldFacts | None = None
    effects: tuple[str, ...] = ()
    is_secret: bool = False
    forces: bool = False

    @property
    def text(self) -> str:
        """The path as text."""
        return paths.render(self.path)

    @property
    def is_unknown(self) -> bool:
        """Whether only the `up` will know what the program says here."""
        return contains_unknown(self.program)

    @property
    def is_drift(self) -> bool:
        """Whether somebody has changed it outside of the program."""
        return self.verdict in (Verdict.DRIFT, Verdict.CONFLICT, Verdict.CONVERGED)


@dataclass(frozen=True)
class Resource:
    """One resource of the stack, and what a preview would do to it.

    `op` is same, create, update, replace, delete, import or read. The three sides are inputs, None where there is none;
    `outputs` are those of the live state.
    """

    urn: str
    kind: str
    op: str
    changes: Sequence[Change] = ()
    program: State | None = None
    recorded: State | None = None
    live: State | None = None
    outputs: State = field(default_factory=dict)
    life: Lifecycle | None = None
    is_protected: bool = False
    is_gone: bool = False
    was_read: bool = False
    said: Sequence[Diagnostic] = ()

    @property
    def name(self) -> str:
        """The name in the program."""
        return self.urn.rpartition("::")[2]

    @property
    def planned(self) -> list[Change]:
        """What the program changes, or puts back."""
        return [one for one in self.changes if one.verdict not in (Verdict.CONVERGED, Verdict.UNMANAGED)]

    @property
    def drift(self) -> list[Change]:
        """What somebody has changed outside of the program."""
        return [one for one in self.changes if one.is_drift]

    @property
    def only_looks_changed(self) -> bool:
        """Whether all that differs is what only the `up` will know."""
        return self.op == "update" and bool(self.planned) and all(one.is_unknown for one in self.planned)

    @property
    def deletes_first(self) -> bool:
        """Whether a replacement has to go before its successor, because both want the same name in the same place."""
        if self.op != "replace" or self.life is None or not self.life.unique_by:
            return False
        old, new = self.live or self.recorded or {}, self.program or {}
        names = (*self.life.unique_by, *(one.name for one in facts_of(self.life.spec).values() if one.resolved))
        return all(old.get(name) == new.get(name) for name in names)


def join(preview: Preview, lifecycle_of: FindLifecycle) -> list[Resource]:
    """The resources of a preview, in the order of their urns; those of Pulumi itself are left out."""
    by_urn: dict[str, list[Step]] = {}
    for step in preview.steps:
        by_urn.setdefault(step.urn, []).append(step)
    said: dict[str, list[Diagnostic]] = {}
    for one in preview.diagnostics:
        said.setdefault(one.urn, []).append(one)
    kept = {urn: steps for urn, steps in sorted(by_urn.items()) if not _type_of(urn).startswith(_OF_PULUMI)}
    return [_joined(urn, steps, said.get(urn, ()), lifecycle_of) for urn, steps in kept.items()]


def _joined(urn: str, steps: list[Step], said: Sequence[Diagnostic], lifecycle_of: FindLifecycle) -> Resource:
    refresh = next((one for one in steps if one.op == "refresh"), None)
    others = [one for one in steps if one.op != "refresh"]
    op = max((_PLAIN_OPS.get(one.op, one.op) for one in others), key=_rank, default="same")
    kind = _type_of(urn).removeprefix(TYPE_PREFIX).replace(":", ".")
    life = lifecycle_of(kind) if _type_of(urn).startswith(TYPE_PREFIX) else None
    old = next((one.old for one in others if one.old is not None), None)
    new = next((one.new for one in others if one.new is not None and one.op != "delete-replaced"), None)
    recorded = refresh.old if refresh else old
    live = (refresh.new if refresh else None) or old
    is_gone = refresh is not None and refresh.new is None
    sides = [_inputs(side, life) for side in (new, recorded, None if is_gone else live)]
    program = sides[0] if op not in ("delete",) else None
    if op == "same" and program is None:
        program = sides[1]
    found = Resource(
        urn,
        kind,
        op,
        program=program,
        recorded=sides[1],
        live=sides[2],
        outputs=(live or {}).get("outputs") or {},
        life=life,
        is_protected=bool((recorded or new or {}).get("protect")),
        is_gone=is_gone,
        was_read=refresh is not None,
        said=tuple(said),
    )
    reasons = [one for step in others for one in step.reasons]
    kinds = {path: one for step in others for path, one in step.kinds.items()}
    return Resource(**{**vars(found), "changes": tuple(_changes(found, kinds, reasons))})


def _rank(op: str) -> int:
    return _RANK.index(op) if op in _RANK else 0


def _type_of(urn: str) -> str:
    """The type in an urn, the last of those of its parents."""
    return urn.split("::")[2].rpartition("$")[2] if urn.count("::") >= 3 else ""


def _inputs(side: State | None, life: Lifecycle | None) -> dict[str, Any] | None:
    """The inputs of a state without what is only for the host; ours in their one form."""
    if side is None:
        return None
    found = side.get("inputs")
    shown = {name: one for name, one in (found if isinstance(found, dict) else {}).items() if not name.startswith("__")}
    return normalise(life.spec, shown) if life else whole_numbers(shown)


def _changes(one: Resource, kinds: Mapping[str, str], reasons: Sequence[str]) -> Iterator[Change]:
    forced = [paths.parse(path) for path, kind in kinds.items() if kind.endswith("-replace")]
    forced += [paths.parse(path) for path in reasons]
    if one.life is None:
        yield from _foreign(one, kinds, forced)
        return
    if one.recorded is None or (one.program is None and one.op != "same"):
        return
    spec, program = one.life.spec, one.program or one.recorded
    seen = one.recorded if one.live is None else one.live
    findings = compare(spec, _known(spec, program), _known(spec, one.recorded), _known(spec, seen))
    covered = []
    for finding in findings:
        covered.append(finding.path)
        yield _of_finding(one, finding, forced)
    for text in kinds:
        path = paths.parse(text)
        if str(path[0]) in facts_of(spec) and not any(_is_same_place(path, other) for other in covered):
            hidden = _at(program, path) == MASK or _at(one.recorded, path) == MASK or _is_below_mask(program, path)
            if hidden:
                yield Change(
                    _named(spec, path, program),
                    Verdict.CHANGE,
                    MASK,
                    MASK,
                    MASK,
                    _facts_at(spec, path),
                    _effects(spec, path),
                    is_secret=True,
                    forces=any(paths.starts_with(path, other) for other in forced),
                )


def _of_finding(one: Resource, finding: Finding, forced: Sequence[paths.Path]) -> Change:
    assert one.life is not None  # noqa: S101 - for the type checker
    spec = one.life.spec
    sides = (finding.program, finding.recorded, finding.live)
    program, recorded, live = (MASK if finding.is_secret and one is not MISSING else one for one in sides)
    forces = one.op == "replace" and any(
        paths.starts_with(finding.path, path) or paths.starts_with(path, finding.path) for path in forced
    )
    return Change(
        _named(spec, finding.path, one.program or one.recorded or {}),
        finding.verdict,
        program,
        recorded,
        live,
        facts=_facts_at(spec, finding.path),
        effects=_effects(spec, finding.path),
        is_secret=finding.is_secret,
        forces=forces,
    )


def _foreign(one: Resource, kinds: Mapping[str, str], forced: Sequence[paths.Path]) -> Iterator[Change]:
    for text in sorted(kinds):
        path = paths.parse(text)
        if not path or str(path[0]).startswith("__"):
            continue
        sides = (one.program, one.recorded, one.live)
        program, recorded, live = (MISSING if side is None else _at(side, path) for side in sides)
        yield Change(
            path,
            Verdict.CHANGE,
            program,
            recorded,
            live,
            is_secret=any(isinstance(side, str) and side == MASK for side in (program, recorded, live)),
            forces=any(paths.starts_with(path, other) for other in forced),
        )


def _known(spec: Any, values: State) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in facts_of(spec)}


def _at(values: Any, path: paths.Path) -> Any:
    for token in path:
        try:
            values = values[token]
        except (KeyError, IndexError, TypeError):
            return MISSING
    return values


def _is_below_mask(values: Any, path: paths.Path) -> bool:
    """Whether the engine hides the whole of what a path lies in."""
    return any(_at(values, path[:length]) == MASK for length in range(1, len(path)))


def _is_same_place(one: paths.Path, other: paths.Path) -> bool:
    return paths.starts_with(one, other) or paths.starts_with(other, one)


def _fields_along(spec: Any, path: paths.Path) -> list[FieldFacts]:
    found: list[FieldFacts] = []
    inside = spec
    for token in path:
        one = facts_of(inside).get(str(token)) if inside is not None else None
        if one is not None:
            found.append(one)
            inside = one.item
    return found


def _facts_at(spec: Any, path: paths.Path) -> FieldFacts | None:
    along = _fields_along(spec, path)
    return along[-1] if along else None


def _effects(spec: Any, path: paths.Path) -> tuple[str, ...]:
    """What a change does: as the innermost field says that says something."""
    return next((one.effect for one in reversed(_fields_along(spec, path)) if one.effect), ())


def _named(spec: Any, path: paths.Path, values: State) -> paths.Path:
    """The path with the items of keyed lists by what identifies them, wherever they stand."""
    result: list[paths.Token] = []
    inside, here = spec, values
    field_here: FieldFacts | None = None
    for token in path:
        if isinstance(token, int) and field_here is not None and field_here.keyed_by and isinstance(here, list):
            keys = identities(field_here, here)
            key = keys[token] if token < len(keys) else None
            result.append(token if key is None else key)
        else:
            result.append(token)
        one = facts_of(inside).get(str(token)) if inside is not None and not isinstance(token, int) else None
        field_here = one or field_here
        inside = one.item if one else inside
        found = _at(here, (token,))
        here = {} if found is MISSING or found is UNKNOWN else found
    return tuple(result)
