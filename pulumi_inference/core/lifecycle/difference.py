"""What a preview says of one thing: program, record and live thing compared; what replaces it, and what goes first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulumi_inference.core.errors import ConfigurationError, InferenceError
from pulumi_inference.core.fields import compare, paths
from pulumi_inference.core.fields.facts import Spec, facts_of
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.state import Inputs, Live, State
from pulumi_inference.core.redact import MASK

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.lifecycle import Lifecycle


@dataclass(frozen=True)
class Difference:
    """`changes`: None = compare the inputs and show each property, True = act although they are equal, False = none."""

    changes: bool | None
    replaces: list[str] = field(default_factory=list)
    delete_before_replace: bool = False


def replaced_by(spec: type[Spec], old: Inputs, new: Inputs, live: Inputs | None = None) -> list[str]:
    """The fields that are immutable, or hold something that is, and differ; an unknown value counts as another one.

    A default of the cloud that only the program names is the live value in the record; the same, as long as nobody
    has read that.
    """
    names = []
    for name, one in facts_of(spec).items():
        before, after = old.get(name), new.get(name)
        if one.server_default and before is None:
            before = after if live is None else live.get(name, one.default)
        if compare.differs_for_good(one, before, after):
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
            return self._of_record()
        if live is None:
            self.context.note("is gone from the cloud; it will be made anew")
            return Difference(True, [self.life.identity[-1]])
        self.recorded = self.life.mended(self.recorded, live)
        live = self.life.with_history(live, self.recorded)
        found = self._of_live(live)
        self.life.foresee(self.context, self.recorded, live, self.program, found)
        return found

    def _of_record(self) -> Difference:
        recorded, program = self.recorded.inputs, self.program
        replaces = replaced_by(self.spec, recorded, program)
        if not replaces:
            self._refuse(recorded, program)
        changed = bool(self._moved())
        return Difference(None if changed or replaces else False, replaces, self.clash)

    def _of_live(self, live: Live) -> Difference:
        recorded, ignored = self.recorded.inputs, self.context.ignore_changes
        replaces = replaced_by(self.spec, recorded, self.program, live.values)
        kept = compare.keep_ignored(self.spec, self.program, live.values, ignored)
        findings = compare.compare(self.spec, self._shared(kept), self._shared(recorded), live.values)
        findings = compare.without(findings, ignored)
        self._tell(findings)
        replaces += _new(self._beyond_repair(findings), replaces)
        replaces += _new(self.life.must_replace(recorded, live, kept), replaces)
        if not replaces:
            self._refuse(live.values, kept)
        if live.remark:
            self.context.note(live.remark)
        if live.problem and self.life.replaces_when_broken:
            self.context.note(live.problem)
            return Difference(True, replaces or [self.life.identity[-1]], self.clash)
        if replaces or self._moved():
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

    def _tell(self, findings: Sequence[compare.Finding]) -> None:
        for one in findings:
            if one.verdict in (compare.Verdict.DRIFT, compare.Verdict.CONFLICT):
                self.context.note(self._drift_line(one))
            elif one.verdict is compare.Verdict.UNMANAGED and one.recorded is not compare.MISSING:
                text = f"{one.text}: no longer in the program; left as it is in the cloud ({_shown(one, one.live)})"
                self.context.note(text)

    def _drift_line(self, finding: compare.Finding) -> str:
        program, live = _shown(finding, finding.program), _shown(finding, finding.live)
        return (
            f"{finding.text}: changed outside of the program: program {program}, live {live}; `pulumi up` puts it back"
        )

    def _refuse(self, live: Inputs, program: Inputs) -> None:
        problems = self.life.find_irreversible(self.recorded.inputs, live, program)
        if problems:
            raise ConfigurationError("\n".join(str(problem) for problem in problems))

    def _shared(self, values: Inputs) -> dict[str, Any]:
        facts = facts_of(self.spec)
        return {name: value for name, value in values.items() if name in facts and not facts[name].resolved}

    def _moved(self) -> list[paths.Path]:
        """What the program changed, leaving aside fields that say only how we work."""
        facts = facts_of(self.spec)

        def kept(values: Inputs) -> dict[str, Any]:
            shared = self._shared(values).items()
            return {name: value for name, value in shared if not facts[name].local or facts[name].update}

        return compare.differences(self.spec, kept(self.recorded.inputs), kept(self.program))


def _shown(finding: compare.Finding, value: Any) -> str:
    return MASK if finding.is_secret else repr(value)


def _new(names: Iterable[str], known: Sequence[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name not in known]
