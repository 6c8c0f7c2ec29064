"""What every resource does, on plain dictionaries: check, diff, create, read, update, delete.

A `Lifecycle` knows its cloud and neither Pulumi nor how state is packed. The base class holds what is alike for all
resources; a cloud's room adds how its thing is found, made, changed and removed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from pulumi_inference.core.errors import PASSING_ERRORS, ConfigurationError, InferenceError
from pulumi_inference.core.fields.facts import Spec, facts_of
from pulumi_inference.core.fields.ignoring import follow, keep_ignored
from pulumi_inference.core.fields.limits import fit
from pulumi_inference.core.fields.normalise import normalise
from pulumi_inference.core.fields.paths import parse, render
from pulumi_inference.core.fields.shape import of_types, reorder
from pulumi_inference.core.fields.unknown import UNKNOWN, contains_unknown
from pulumi_inference.core.fields.validate import Problem, Rule, validate
from pulumi_inference.core.lifecycle import naming
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.difference import Difference, find_difference, replaced_by
from pulumi_inference.core.lifecycle.state import Checked, Inputs, Live, State, UnhealthyError, observed_state

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.status import Observation, Wanted


class Lifecycle(ABC):
    """The verbs of one kind of resource."""

    kind: ClassVar[str]
    """Cloud and resource class, with a dot between."""
    spec: ClassVar[type[Spec]]
    outputs: ClassVar[type[Spec]]
    rules: ClassVar[Sequence[Rule]] = ()
    identity: ClassVar[tuple[str, ...]] = ("id",)
    """The outputs that make up the id, joined by commas."""
    unique_by: ClassVar[tuple[str, ...]] = ("name",)
    """What two things in one place cannot share: a replacement with the same values has to go first."""
    name_length: ClassVar[int] = 64
    """How many characters an automatic name may have."""
    name_start: ClassVar[str] = "[A-Za-z0-9_-]"
    """The characters that an automatic name may begin with, as a regular expression."""
    managed_elsewhere: ClassVar[tuple[str, ...]] = ()
    """The fields that another resource may manage: what is found there although the program says nothing is fine."""
    renewed: ClassVar[str] = "id"
    """What a thing that is made anew has another one of, in a user's words; "" for nothing."""
    named_by: ClassVar[tuple[str, ...] | None] = None
    """The immutable fields whose change gives another automatic name; None = all of them."""
    renames: ClassVar[bool] = False
    """Whether one with an automatic name is replaced under another one where its name alone would be in the way, so
    that it goes only when the new one is there."""
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

    def check_unique(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:  # noqa: ARG002 - see check_access
        """Whether something else has what two things of the kind cannot share; by default asks nobody."""
        return []

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:  # noqa: ARG002 - see check_access
        """What the cloud's own lists say against inputs that are right in themselves; by default asks nothing."""
        return []

    def find_irreversible(self, recorded: Inputs, live: Inputs, program: Inputs) -> list[Problem]:  # noqa: ARG002 - see check_access
        """What the live thing can no longer be made to be, short of replacing it; by default nothing."""
        return []

    def must_replace(self, recorded: Inputs, live: Live, program: Inputs) -> list[str]:  # noqa: ARG002 - see check_access
        """The fields whose present values can only be had by making the thing anew, whatever their facts say."""
        return []

    def outlives(
        self,
        context: Context,  # noqa: ARG002 - see check_access
        live: Live,  # noqa: ARG002
        program: Inputs,  # noqa: ARG002
        found: Difference,  # noqa: ARG002
    ) -> dict[str, Any]:
        """The outputs that a replacement leaves as they are; by default none."""
        return {}

    def foresee(self, context: Context, recorded: State, live: Live, program: Inputs, found: Difference) -> None:  # noqa: B027 - few have something to say
        """Says on the resource's row what a difference will bring about; by default nothing."""

    def upcoming(self, values: Inputs, now: float) -> list[tuple[float, str]]:  # noqa: ARG002 - few have a timetable
        """What a thing with these inputs does by itself after `now`: when (seconds since the epoch), and what.

        Soonest first, of what comes again and again the next three times; by default nothing. Values may be unknown.
        """
        return []

    def with_history(self, live: Live, recorded: State) -> Live:  # noqa: ARG002 - for things with a past
        """The live thing in the light of what the record knows of it; by default as it is."""
        return live

    def mended(self, recorded: State, live: Live) -> State:  # noqa: ARG002 - for what is never answered without its name
        """The record with what it must have lost by an answer that was none; by default as it is."""
        return recorded

    def gone(self, thing: str) -> str:
        """What is said of a thing that is in the record and gone from the cloud."""
        return f"the {self.noun} {thing} is gone from the cloud"

    def renewal(self) -> str:
        """What is said besides when it is still in the program."""
        return "it will be made anew" + (f", with another {self.renewed}" if self.renewed else "")

    @property
    def noun(self) -> str:
        """What people call one of the things."""
        return self.kind.rpartition(".")[2].lower()

    def identify(self, thing: str) -> dict[str, str]:
        """The outputs that make up an id."""
        return dict(zip(self.identity, thing.split(","), strict=False))

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

    def judge(
        self, given: Inputs, old: Inputs | None = None, ignored: Sequence[str] = ()
    ) -> tuple[dict[str, Any], list[Problem]]:
        """The values in canonical form and completed, and what is wrong with them in themselves; asks nobody.

        What is `ignored` is as it was in the `old` ones.
        """
        fitting, unfit = fit(given)
        if unfit and not fitting:
            return {}, unfit
        values = normalise(self.spec, fitting)
        if old and ignored:
            values = keep_ignored(self.spec, values, old, ignored)
            # Items may get the identity by which they are found only when they are completed.
            values = keep_ignored(self.spec, self.complete(values), old, ignored)
        values = self.complete(values)
        return values, validate(self.spec, values, self.rules, unfit)

    def check(self, context: Context, old: Inputs | None, new: Inputs) -> Checked:
        """Normalises and validates; never raises for what a user can cause, never writes."""
        self._begin(context, old)
        values, problems = self.judge(naming.given(new), old, context.ignore_changes)
        if old and not problems:
            before, values = values, reorder(self.spec, values, old)
            ignored = (follow(self.spec, parse(text), before, values) for text in context.course.ignored)
            context.course.ignored = tuple(render(path) for path in ignored)
        try:
            values.update(self._where(context, old, values))
        except InferenceError as error:
            problems.append(Problem("", str(error)))
        if not problems:
            problems.extend(self._name(context, old, values))
        if not problems and old is None:
            problems.extend(self.check_access(context, values))
        if not problems:
            problems.extend(self.check_unique(context, old, values))
        if not problems:
            problems.extend(self.check_against_cloud(context, old, values))
        return Checked(values, problems)

    def _begin(self, context: Context, old: Inputs | None) -> None:
        course = context.course
        course.is_checked, course.is_continued = True, course.is_continued or bool(old)
        if old:
            context.note_old_one(seen=False)
        elif course.is_gone:
            context.note(self.renewal())

    def _where(self, context: Context, old: Inputs | None, values: Inputs) -> dict[str, Any]:
        try:
            place = self.locate(context, values)
            return self.place_again(old, place) if old else place
        except PASSING_ERRORS as error:
            if not old:
                raise
            context.warn(f"could not look up where this belongs; taken as recorded: {error}")
            return {name: old[name] for name, one in facts_of(self.spec).items() if one.resolved and name in old}

    def place_again(self, old: Inputs, place: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - for clouds with several
        """Where a thing is that was made with the `old` inputs, when settings say `place`; by default there.

        For clouds where the same place can be said in several ways: what was made is then where it was.
        """
        return place

    def _name(self, context: Context, old: Inputs | None, values: dict[str, Any]) -> list[Problem]:
        if "name" not in facts_of(self.spec) or values.get("name"):
            return []
        immutables = naming.immutables_of(self.spec, values, self.named_by)
        course = context.course
        course.is_named_here = not (context.autoname.enforced or context.autoname.disabled)
        if course.is_forced or (course.replaced and not old):
            # The program says the same as before: with the same name the new one would be taken for the old.
            immutables[naming.REPLACED] = course.replaced or course.found
        if old and naming.is_automatic(old) and not replaced_by(self.spec, old, {**values, "name": old["name"]}):
            name: Any = old["name"]
        elif contains_unknown(immutables):
            name = UNKNOWN
        else:
            try:
                name = context.autoname.name(context.urn, immutables, self.name_length, self.name_start)
            except ConfigurationError as error:
                return [Problem("name", str(error))]
        values["name"] = name
        values[naming.DEFAULTS] = ["name"]
        return []

    def proves_ownership(self, inputs: Inputs, urn: str) -> bool:
        """Whether nobody else can have given the name in these inputs: it holds the digest of this very resource."""
        immutables = naming.immutables_of(self.spec, inputs, self.named_by)
        own = naming.unique(urn, immutables, self.name_length, self.name_start)
        return naming.is_automatic(inputs) and inputs["name"] == own

    def diff(self, context: Context, thing: str, recorded: State, program: Inputs) -> Difference:
        """Compares program, record and live thing; what only the live side moved is told on the resource's row."""
        context.note_old_one(seen=True)
        return find_difference(self, context, thing, recorded, program)

    def read(self, context: Context, thing: str, recorded: State) -> State | None:
        """The live thing in the shape of the record; None when it is gone.

        Raises:
            UnhealthyError: it exists but is not ready.
        """
        context.note_old_one(seen=True)
        live = self.fetch(context, thing, recorded.inputs)
        course = context.course
        course.refreshed, course.found = recorded.inputs, thing if live else ""
        # What has been replaced and is still to be deleted is read under the same urn: it does not stand for this one.
        course.is_gone = course.is_gone or live is None
        if live is None:
            if recorded.inputs:  # in a destroy, nobody else would say so
                context.note(self.gone(thing))
            return None
        recorded = self.mended(recorded, live)
        live = self.with_history(live, recorded)
        state = self.state_of(context, thing, recorded.inputs, live)
        if live.problem:
            context.environment.memory.first_time(context.urn, live.problem)
            raise UnhealthyError(live.problem, state)
        return state

    def refuse_missing(self, context: Context, thing: str) -> NoReturn:
        """Says that what a program names by its id is not there.

        Raises:
            ConfigurationError: always.
        """
        where = ", ".join(f"{name} {value}" for name, value in self.locate(context, {}).items() if value)
        raise ConfigurationError(
            f"there is no {self.kind} {thing}",
            details=[f"asked for in: {where}"],
            next_step="Compare the id with the cloud, and the settings with where it is.",
        )

    def state_of(self, context: Context, thing: str, inputs: Inputs, live: Live) -> State:
        """Live values projected onto what the inputs set (all of them when there are none), with the live facts."""
        if inputs:
            return observed_state(self.spec, self.outputs, thing, inputs, live)
        return State(thing, {**live.values, **self.locate(context, {})}, of_types(self.outputs, live.facts))
