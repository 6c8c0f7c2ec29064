"""What a preview says of one thing: program, record and live thing compared; what replaces it, and what goes first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pulumi_inference.core.errors import ConfigurationError, InferenceError
from pulumi_inference.core.fields import compare, ignoring, paths
from pulumi_inference.core.fields.differences import differences, differs_for_good
from pulumi_inference.core.fields.facts import Spec, facts_of
from pulumi_inference.core.fields.secrets import may_be_secret
from pulumi_inference.core.fields.shape import identities
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.state import Inputs, Live, State
from pulumi_inference.core.redact import MASK, hidden

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.lifecycle import Lifecycle


OUTSIDE = "changed outside of the program"
"""What is said of a field that the live side alone has moved."""


@dataclass(frozen=True)
class Difference:
    """`changes`: None = compare the inputs and show each property, True = act although they are equal, False = none."""

    changes: bool | None
    replaces: list[str] = field(default_factory=list)
    delete_before_replace: bool = False
    stable: dict[str, Any] = field(default_factory=dict)
    """The outputs that an update, or a replacement, leaves as they are."""


def replaced_by(spec: type[Spec], old: Inputs, new: Inputs, live: Inputs | None = None) -> list[str]:
    """The fields that are immutable, or hold something that is, and differ; an unknown value counts as another one.

    A default of the cloud that only the program names is the live value in the record; the same, as long as nobody
    has read that.
    """
    names = []
    for name, one in facts_of(spec).items():
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        if one.server_default and before is None:
            before = after if live is None else live.get(name, one.default)
        if differs_for_good(one, before, after):
            names.append(name)
    return names


def find_difference(life: Lifecycle, context: Context, thing: str, recorded: State, program: Inputs) -> Difference:
    """Compares all three; what only the live side moved is told on the resource's row.

    Raises:
        ConfigurationError: the live thing can no longer be made what the program says.
    """
    return _Comparison(life, context, recorded, program).find(thing)


class _Comparison:
    """One thing's program and record, and what may be said about them."""

    def __init__(self, life: Lifecycle, context: Context, recorded: State, program: Inputs) -> None:
        self.life, self.context, self.spec = life, context, life.spec
        self.recorded, self.program = recorded, program
        resolved = [name for name, one in facts_of(self.spec).items() if one.resolved]
        alike = (recorded.inputs.get(name) == program.get(name) for name in (*life.unique_by, *resolved))
        self.clash = bool(life.unique_by) and all(alike)
        """Whether both would want the same name in the same place, so that the old one has to go first."""

    def find(self, thing: str) -> Difference:
        try:
            live = self.life.fetch(self.context, thing, self.recorded.inputs)
        except InferenceError as error:
            text = f"compared with the record only, because the live state could not be read: {error}"
            self.context.warn(text)
            return self._with_stable(self._of_record(), self.recorded.facts, ())
        if live is None:
            self.context.note(f"{self.life.gone(thing)}; {self.life.renewal()}")
            return Difference(True, [self.life.identity[-1]])
        self.recorded = self.life.mended(self.recorded, live)
        live = self.life.with_history(live, self.recorded)
        self._warn_of_misses()
        self._warn_of_positions()
        ignored = self.context.ignore_changes
        kept = ignoring.keep_ignored(self.spec, self.program, live.values, ignored)
        findings = ignoring.without(self._compare(kept, self.recorded.inputs, live), ignored)
        self._tell(findings, kept, live)
        found = self._with_stable(self._of_live(live, kept, findings), live.facts, findings)
        if found.replaces and found.delete_before_replace and self._may_rename:
            # The engine checks the program once more before it replaces: there the new name is given.
            self.context.course.replaced = thing
            found = replace(found, delete_before_replace=False)
        if found.replaces:
            found = replace(found, stable=self.life.outlives(self.context, live, self.program, found))
        self._foresee(live, found)
        return found

    @property
    def _may_rename(self) -> bool:
        course = self.context.course
        return self.life.renames and course.is_checked and course.is_named_here and not course.deletes_first

    def _foresee(self, live: Live, found: Difference) -> None:
        """Lets the lifecycle say what will come of it.

        The engine compares after a refresh too, which changes nothing: what would be refused is only told then.
        """
        try:
            self.life.foresee(self.context, self.recorded, live, self.program, found)
        except ConfigurationError as error:
            if self.context.course.is_checked:
                raise
            self.context.note(error.headline())

    def _with_stable(self, found: Difference, facts: Inputs, findings: Sequence[compare.Finding]) -> Difference:
        """The difference with the outputs that it leaves as they are, whatever is made of the rest."""
        if found.replaces:
            return found
        changed = {str(one.path[0]) for one in findings} | {str(path[0]) for path in self._moved}
        stable = {
            name: facts[name]
            for name, one in facts_of(self.life.outputs).items()
            if one.stable_unless is not None and facts.get(name) is not None and changed.isdisjoint(one.stable_unless)
        }
        return replace(found, stable=stable)

    def _of_record(self) -> Difference:
        recorded, program = self.recorded.inputs, self.program
        replaces = replaced_by(self.spec, recorded, program)
        if not replaces:
            self._refuse(recorded, program)
        changed = bool(self._moved)
        return Difference(None if changed or replaces else False, replaces, self.clash)

    def _compare(self, program: Inputs, recorded: Inputs, live: Live) -> list[compare.Finding]:
        return compare.compare(self.spec, self._shared(program), self._shared(recorded), live.values)

    def _of_live(self, live: Live, kept: Inputs, findings: Sequence[compare.Finding]) -> Difference:
        recorded = self.recorded.inputs
        replaces = replaced_by(self.spec, recorded, self.program, live.values)
        replaces += _new(self._beyond_repair(findings), replaces)
        replaces += _new(self.life.must_replace(recorded, live, kept), replaces)
        if not replaces:
            self._refuse(live.values, kept)
        if live.remark:
            self.context.note(live.remark)
        if live.problem and self.life.replaces_when_broken:
            self.context.note(live.problem)
            return Difference(True, replaces or [self.life.identity[-1]], self.clash)
        if replaces or self._moved:
            return Difference(None, replaces, self.clash)
        drifted = any(one.verdict is compare.Verdict.DRIFT for one in findings)
        not_ready = live.problem or (live.busy if self.program.get("wait", True) else None)
        if not_ready and not drifted:
            self.context.note(not_ready)
        return Difference(bool(drifted or not_ready), [], self.clash)

    def _beyond_repair(self, findings: Sequence[compare.Finding]) -> list[str]:
        """The fields that were changed outside of the program and that no update can put back.

        One that is not answered at all is no reason to make a thing anew.
        """
        moved = (one for one in findings if one.verdict is compare.Verdict.DRIFT and one.live is not compare.MISSING)
        return [str(one.path[0]) for one in moved if one.is_for_good]

    def _tell(self, findings: Sequence[compare.Finding], kept: Inputs, live: Live) -> None:
        """Says what only the live side moved: since the last `up`, also where a refresh came in between."""
        recorded: Inputs = self.recorded.inputs
        ignored = self.context.ignore_changes
        refreshed = self.context.course.refreshed if self.context.course.is_checked else {}
        if refreshed and refreshed != recorded:
            recorded = refreshed
            findings = ignoring.without(self._compare(kept, recorded, live), ignored)
        for one in findings:
            if one.verdict in (compare.Verdict.DRIFT, compare.Verdict.CONFLICT):
                self.context.note(self._drift_line(one))
            elif one.verdict is compare.Verdict.UNMANAGED and one.recorded is not compare.MISSING:
                left = self._shown(one, one.live)
                self.context.note(f"{one.text}: no longer in the program; left as it is in the cloud ({left})")
        if not self.context.course.is_checked:
            return  # The engine compares after a refresh too, before the program has said what it ignores.
        known = {**dict.fromkeys(self.life.managed_elsewhere), **self._shared(recorded)}
        added = ignoring.without(compare.additions(self.spec, kept, known, live.values), ignored)
        if added:
            names = ", ".join(map(self._told, added))
            self.context.note(f"not managed, because the program says nothing of it: {names}")

    def _warn_of_misses(self) -> None:
        """A misspelled path would ignore nothing, without a word."""
        for text in self.context.ignore_changes:
            problem = ignoring.misses(self.spec, paths.parse(text))
            if problem:
                self.context.warn(f"ignore_changes: {text} ignores nothing: {problem}")

    def _warn_of_positions(self) -> None:
        """What the engine ignores by position may have gone to another item when items have come or gone."""
        for text in self.context.ignored_by_engine:
            name, *rest = paths.parse(text)
            field = facts_of(self.spec).get(str(name))
            sides = [side.get(str(name)) for side in (self.recorded.inputs, self.program)]
            lists = [one for one in sides if isinstance(one, list)]
            is_by_position = field is not None and field.keyed_by and rest and len(lists) == len(sides)
            if field and is_by_position and identities(field, lists[0]) != identities(field, lists[1]):
                self.context.warn(
                    f"{text}: ignored by position, and items of {name} have come or gone; look at what is sent, or "
                    "give ignore_changes in the resource's own options, where it goes with the item"
                )

    def _drift_line(self, finding: compare.Finding) -> str:
        program, live = self._shown(finding, finding.program), self._shown(finding, finding.live)
        return f"{finding.text}: {OUTSIDE}: program {program}, live {live}; `pulumi up` puts it back"

    def _told(self, finding: compare.Finding) -> str:
        """The name, and the value where it is a plain one: what others keep in lists and maps may be secret."""
        is_plain = isinstance(finding.live, str | int | float)
        return f"{finding.text} ({self._shown(finding, finding.live)})" if is_plain else finding.text

    def _shown(self, finding: compare.Finding, value: Any) -> str:
        """The value; of a whole item without what may be secret in it."""
        if value is not compare.MISSING and (finding.is_secret or self._stands_for_a_secret(finding)):
            return MASK
        return repr(hidden(value, may_be_secret(self.spec)))

    def _stands_for_a_secret(self, finding: compare.Finding) -> bool:
        """Whether the program or the record has a secret here: then what somebody has put in its place is one too."""
        clean = self.context.environment.redactor.redact_value
        return any(clean(one) != one for one in (finding.program, finding.recorded) if isinstance(one, str | list))

    def _refuse(self, live: Inputs, program: Inputs) -> None:
        problems = self.life.find_irreversible(self.recorded.inputs, live, program)
        if problems:
            raise ConfigurationError("\n".join(str(problem) for problem in problems))

    def _shared(self, values: Inputs) -> dict[str, Any]:
        facts = facts_of(self.spec)
        return {name: value for name, value in values.items() if name in facts and not facts[name].resolved}

    @cached_property
    def _moved(self) -> list[paths.Path]:
        """What the program changed, leaving aside fields that say only how we work."""
        if self.recorded.inputs == self.program:
            return []
        facts = facts_of(self.spec)

        def kept(values: Inputs) -> dict[str, Any]:
            shared = self._shared(values).items()
            return {name: value for name, value in shared if not facts[name].local or facts[name].update}

        return differences(self.spec, kept(self.recorded.inputs), kept(self.program))


def _new(names: Iterable[str], known: Sequence[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name not in known]
