"""What every resource does, on plain dictionaries: check, diff, create, read, update, delete.

A `Lifecycle` knows its cloud and neither Pulumi nor how state is packed. The base class holds what is alike for all
resources; a cloud's room adds how its thing is found, made, changed and removed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi_inference.core.errors import PASSING_ERRORS, ConfigurationError, InferenceError
from pulumi_inference.core.fields import compare, paths
from pulumi_inference.core.fields.facts import Spec, facts_of
from pulumi_inference.core.fields.normalise import normalise
from pulumi_inference.core.fields.shape import observe, reorder
from pulumi_inference.core.fields.unknown import UNKNOWN, contains_unknown
from pulumi_inference.core.fields.validate import Problem, Rule, validate
from pulumi_inference.core.lifecycle import naming
from pulumi_inference.core.lifecycle.context import Context

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.status import Observation, Wanted

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
class Difference:
    """`changes`: None = compare the inputs and show each property, True = act although they are equal, False = none."""

    changes: bool | None
    replaces: list[str] = field(default_factory=list)
    delete_before_replace: bool = False


@dataclass(frozen=True)
class Live:
    """What the cloud answers now: values in the spec's names and facts for the outputs.

    `problem` says why it is broken and `busy` what it is still doing, in a user's words; both None when it is ready.
    """

    values: dict[str, Any]
    facts: dict[str, Any]
    problem: str | None = None
    busy: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)


class UnhealthyError(InferenceError):
    """The thing exists, and its state must be kept, but it is not what was asked for."""

    def __init__(self, message: str, state: State) -> None:
        super().__init__(message)
        self.state = state


def observed_state(spec: type[Spec], thing: str, inputs: Inputs, live: Live) -> State:
    """Live values projected onto what the inputs set, with the inputs that the spec does not know as they are."""
    hidden = {name: value for name, value in inputs.items() if name not in facts_of(spec)}
    return State(thing, {**hidden, **observe(spec, live.values, inputs)}, dict(live.facts))


class Lifecycle(ABC):
    """The verbs of one kind of resource."""

    spec: ClassVar[type[Spec]]
    outputs: ClassVar[type[Spec]]
    rules: ClassVar[Sequence[Rule]] = ()
    identity_output: ClassVar[str] = "id"
    unique_by: ClassVar[tuple[str, ...]] = ("name",)
    """What two things in one place cannot share: a replacement with the same values has to go first."""
    named_by: ClassVar[tuple[str, ...] | None] = None
    """The immutable fields whose change gives another automatic name; None = all of them."""
    replaces_when_broken: ClassVar[bool] = False
    """Whether a thing that has failed can only be made anew."""

    @abstractmethod
    def locate(self, context: Context, inputs: Inputs) -> dict[str, Any]:
        """The resolved fields (endpoint, region, project …) that a thing with these inputs is made in.

        Raises:
            ConfigurationError: a setting is missing or wrong.
        """

    @abstractmethod
    def fetch(self, context: Context, thing: str, recorded: Inputs) -> Live | None:
        """The live thing, read where it was made, through the cache; None when it is gone."""

    @abstractmethod
    def create(self, context: Context, inputs: Inputs) -> State:
        """Makes the thing and waits until it is ready.

        Raises:
            UnhealthyError: it was made but is not ready.
        """

    @abstractmethod
    def update(self, context: Context, thing: str, recorded: State, inputs: Inputs) -> State:
        """Makes the live thing what the inputs say, by the smallest calls, and waits."""

    @abstractmethod
    def delete(self, context: Context, thing: str, recorded: State) -> None:
        """Removes the thing and waits until it is gone; gone already is success."""

    def check_access(self, context: Context, inputs: Inputs) -> list[Problem]:  # noqa: ARG002 - for clouds that can be asked
        """For a new thing: asks the cloud, once per process, whether we may ask at all; by default does not."""
        return []

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:  # noqa: ARG002 - see check_access
        """What the cloud's own lists say against inputs that are right in themselves; by default asks nothing."""
        return []

    def find_irreversible(self, recorded: Inputs, live: Inputs, program: Inputs) -> list[Problem]:  # noqa: ARG002 - see check_access
        """What the live thing can no longer be made to be, short of replacing it; by default nothing."""
        return []

    def with_history(self, live: Live, recorded: State) -> Live:  # noqa: ARG002 - for things with a past
        """The live thing in the light of what the record knows of it; by default as it is."""
        return live

    def observe(
        self,
        context: Context,
        thing: str | None,
        values: Inputs,
        wanted: Wanted,  # noqa: ARG002 - for clouds that tell more
    ) -> Observation:
        """What `status` shows of a thing now; by default what `fetch` says.

        Args:
            context: how to talk to the cloud.
            thing: its id; None while it is being created.
            values: what the stack's state has of it, secrets encrypted.
            wanted: what is asked besides the state.

        Raises:
            InferenceError: the cloud could not be asked.
        """
        from pulumi_inference.core.lifecycle.status import observation_of  # loaded when somebody looks

        return observation_of(thing, None if thing is None else self.fetch(context, thing, values))

    def prepare(self) -> None:
        """Loads what the first check would otherwise have to wait for."""
        validate(self.spec, {})

    def complete(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Fills in what the cloud's own manners make plain; unknown and wrong values pass through."""
        return inputs

    def check(self, context: Context, old: Inputs | None, new: Inputs) -> Checked:
        """Normalises and validates; never raises for what a user can cause, never writes."""
        if old:
            context.note_old_one(seen=False)
        values = self.complete(normalise(self.spec, new))
        problems = validate(self.spec, values, self.rules)
        if old:
            values = reorder(self.spec, values, old) if not problems else values
        try:
            values.update(self._where(context, old, values))
        except InferenceError as error:
            problems.append(Problem("", str(error)))
        if not problems:
            problems.extend(self._name(context, old, values))
        if not problems and old is None:
            problems.extend(self.check_access(context, values))
        if not problems:
            problems.extend(self.check_against_cloud(context, old, values))
        return Checked(values, problems)

    def _where(self, context: Context, old: Inputs | None, values: Inputs) -> dict[str, Any]:
        try:
            return self.locate(context, values)
        except PASSING_ERRORS as error:
            if not old:
                raise
            context.warn(f"could not look up where this belongs; taken as recorded: {error}")
            return {name: old[name] for name, one in facts_of(self.spec).items() if one.resolved and name in old}

    def _name(self, context: Context, old: Inputs | None, values: dict[str, Any]) -> list[Problem]:
        if "name" not in facts_of(self.spec) or values.get("name"):
            return []
        immutables = naming.immutables_of(self.spec, values, self.named_by)
        if old and naming.is_automatic(old) and not self._replaced_by(old, {**values, "name": old["name"]}):
            name: Any = old["name"]
        elif contains_unknown(immutables):
            name = UNKNOWN
        else:
            try:
                name = context.autoname.name(context.urn, immutables)
            except ConfigurationError as error:
                return [Problem("name", str(error))]
        values["name"] = name
        values[naming.DEFAULTS] = ["name"]
        return []

    def _replaced_by(self, old: Inputs, new: Inputs, live: Inputs | None = None) -> list[str]:
        """The immutable fields whose values are not the same, an unknown value counting as another one.

        A default of the cloud that only the program names is the live value in the record; the same, as long as nobody
        has read that.
        """
        names = []
        for name, one in facts_of(self.spec).items():
            before, after = old.get(name), new.get(name)
            if one.server_default and after is None:
                continue
            if one.server_default and before is None:
                before = after if live is None else live.get(name, one.default)
            if one.immutable and before != after:
                names.append(name)
        return names

    def diff(self, context: Context, thing: str, recorded: State, program: Inputs) -> Difference:
        """Compares program, record and live thing; what only the live side moved is told on the resource's row."""
        context.note_old_one(seen=True)
        clash = self._clash(recorded.inputs, program)
        try:
            live = self.fetch(context, thing, recorded.inputs)
        except InferenceError as error:
            context.warn(f"compared with the record only, because the live state could not be read: {error}")
            return self._diff_of_record(recorded.inputs, program, clash=clash)
        if live is None:
            context.note("is gone from the cloud; it will be made anew")
            return Difference(True, [self.identity_output], delete_before_replace=False)
        live = self.with_history(live, recorded)
        replaces = self._replaced_by(recorded.inputs, program, live.values)
        kept = compare.keep_ignored(self.spec, program, live.values, context.ignore_changes)
        findings = compare.compare(self.spec, self._shared(kept), self._shared(recorded.inputs), live.values)
        findings = compare.without(findings, context.ignore_changes)
        self._tell(context, findings)
        replaces += self._beyond_repair(findings, replaces)
        if not replaces:
            self._refuse(recorded.inputs, live.values, kept)
        if live.problem and self.replaces_when_broken:
            context.note(live.problem)
            return Difference(True, replaces or [self.identity_output], clash)
        if replaces or self._moved(recorded.inputs, program):
            return Difference(None, replaces, clash)
        drifted = any(one.verdict is compare.Verdict.DRIFT for one in findings)
        not_ready = live.problem or (live.busy if program.get("wait", True) else None)
        if not_ready and not drifted:
            context.note(not_ready)
        return Difference(bool(drifted or not_ready), [], clash)

    def _diff_of_record(self, recorded: Inputs, program: Inputs, *, clash: bool) -> Difference:
        replaces = self._replaced_by(recorded, program)
        if not replaces:
            self._refuse(recorded, recorded, program)
        changed = bool(self._moved(recorded, program))
        return Difference(None if changed or replaces else False, replaces, clash)

    def _beyond_repair(self, findings: Sequence[compare.Finding], known: Sequence[str]) -> list[str]:
        """The fields that were changed outside of the program and that no update can put back.

        One that is not answered at all is no reason to make a thing anew.
        """
        facts = facts_of(self.spec)
        moved = (one for one in findings if one.verdict is compare.Verdict.DRIFT and one.live is not compare.MISSING)
        drifted = [str(one.path[0]) for one in moved]
        return [name for name in dict.fromkeys(drifted) if facts[name].immutable and name not in known]

    def _tell(self, context: Context, findings: Sequence[compare.Finding]) -> None:
        for one in findings:
            if one.verdict in (compare.Verdict.DRIFT, compare.Verdict.CONFLICT):
                context.note(self._drift_line(one))
            elif one.verdict is compare.Verdict.UNMANAGED and one.recorded is not compare.MISSING:
                context.note(f"{one.text}: no longer in the program; left as it is in the cloud ({one.live!r})")

    def _refuse(self, recorded: Inputs, live: Inputs, program: Inputs) -> None:
        problems = self.find_irreversible(recorded, live, program)
        if problems:
            raise ConfigurationError("\n".join(str(problem) for problem in problems))

    def _clash(self, old: Inputs, new: Inputs) -> bool:
        """Whether both would want the same name in the same place, so that the old one has to go first."""
        resolved = [name for name, one in facts_of(self.spec).items() if one.resolved]
        return all(old.get(name) == new.get(name) for name in (*self.unique_by, *resolved))

    def _shared(self, values: Inputs) -> dict[str, Any]:
        facts = facts_of(self.spec)
        return {name: value for name, value in values.items() if name in facts and not facts[name].resolved}

    def _moved(self, recorded: Inputs, program: Inputs) -> list[paths.Path]:
        """What the program changed, leaving aside fields that say only how we work."""
        facts = facts_of(self.spec)

        def kept(values: Inputs) -> dict[str, Any]:
            shared = self._shared(values).items()
            return {name: value for name, value in shared if not facts[name].local or facts[name].update}

        return compare.differences(self.spec, kept(recorded), kept(program))

    def _drift_line(self, finding: compare.Finding) -> str:
        secret = facts_of(self.spec)[str(finding.path[0])].secret
        program, live = ("[secret]", "[secret]") if secret else (repr(finding.program), repr(finding.live))
        return (
            f"{finding.text}: changed outside of the program: program {program}, live {live}; `pulumi up` puts it back"
        )

    def read(self, context: Context, thing: str, recorded: State) -> State | None:
        """The live thing in the shape of the record; None when it is gone.

        Raises:
            UnhealthyError: it exists but is not ready.
        """
        context.note_old_one(seen=True)
        live = self.fetch(context, thing, recorded.inputs)
        if live is None:
            return None
        live = self.with_history(live, recorded)
        state = self.state_of(context, thing, recorded.inputs, live)
        if live.problem:
            context.environment.memory.first_time(context.urn, live.problem)
            raise UnhealthyError(live.problem, state)
        return state

    def state_of(self, context: Context, thing: str, inputs: Inputs, live: Live) -> State:
        """Live values projected onto what the inputs set (all of them when there are none), with the live facts."""
        if inputs:
            return observed_state(self.spec, thing, inputs, live)
        return State(thing, {**live.values, **self.locate(context, {})}, dict(live.facts))
