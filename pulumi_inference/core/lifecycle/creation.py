"""The create call made safe to repeat: what an earlier try made is looked for, and taken over if it is ours."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from pulumi_inference.core.errors import (
    CancelledError,
    ConflictError,
    InferenceError,
    ResponseError,
    ServerError,
    TransportError,
)
from pulumi_inference.core.fields.compare import differences, differs_for_good
from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.core.fields.shape import observe
from pulumi_inference.core.lifecycle import ownership
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.operation import Operation
from pulumi_inference.core.lifecycle.uniqueness import rival_of

C = TypeVar("C")

TRIES = 4
"""How often the call is made at most when nothing is found of it."""

LATE_LOOKS = 3
"""How often a lost try is looked for before the call is made again, where nobody would refuse a second thing."""


@dataclass(frozen=True)
class Created:
    """What a create call answered."""

    id: str
    request_id: str | None


@dataclass(frozen=True)
class Submitted:
    """A thing that is there: its id, whether it was there already, and the request that made it."""

    id: str
    adopted: bool
    request_id: str | None = None


class Creating(Operation[C]):
    """An operation that can also make its thing."""

    refuses_twins: ClassVar[bool] = True
    """Whether the cloud refuses a second thing with the same `unique`; where it does not, we look before we make."""
    unique: ClassVar[str] = "name"
    """What two things of this kind cannot share, in a user's words."""

    @abstractmethod
    def make(self, older: Answer | None) -> Created | None:
        """Makes the create call; `older` is what this resource has made before and may stay beside.

        None when it was made, but the answer does not say the id.
        """

    @abstractmethod
    def find(self) -> Sequence[Answer]:
        """The detail answers of what could be this resource's, whoever made it, newest first."""

    @abstractmethod
    def id_of(self, answer: Answer) -> str:
        """The id in a detail answer."""

    @abstractmethod
    def mark_of(self, answer: Answer) -> str:
        """The ownership mark that a thing bears, whoever's it is; "" where there is none."""

    def has_all_asked(self, answer: Answer) -> bool:
        """Whether a thing has all that the program says, as far as the cloud answers it."""
        spec = self.life.spec
        values = self.life.live_of(answer, self.inputs).values
        return not differences(spec, observe(spec, values, self.inputs), self.inputs)


def submit(run: Creating[C]) -> Submitted:
    """Makes the thing, or takes over what an earlier try has made.

    Raises:
        InferenceError: nothing was made, or what is unique is taken by a thing that is not ours.
    """
    return _Submission(run).submit()


class _Submission(Generic[C]):
    """The tries of one create call.

    `known` is what is there now and stays, `before` are the ids of what was there already, `last` is why a try failed.
    """

    def __init__(self, run: Creating[C]) -> None:
        self.run, self.context = run, run.context
        self.memory = run.context.environment.memory
        self.known: list[Answer] = []
        self.last: InferenceError | None = None
        self.tries = 0
        if not run.refuses_twins:
            self._look()
        self.before = {run.id_of(one) for one in self.known}

    def submit(self) -> Submitted:
        while True:
            mine = self._mine()
            if mine is not None:
                return self._adopt(mine)
            if self.run.refuses_twins and self.known:
                raise self._taken(self.known[0])
            made = self._make()
            if made is not None:
                return Submitted(made.id, adopted=False, request_id=made.request_id)
            is_going = self._look()
            if not self.known or (not self.run.refuses_twins and self._mine() is None):
                self.tries += not is_going
                self._pause()
                if not self.run.refuses_twins:
                    self._look_late()

    def _look(self) -> bool:
        """Looks for what is there; answers whether there is something that is about to go."""
        found = list(self.run.find())
        self.known = [one for one in found if not self._is_going(one)]
        return len(found) > len(self.known)

    def _look_late(self) -> None:
        """Looks again for what a lost try may have made: a list can be late, and a twin would be one too many."""
        self._look()
        for _ in range(LATE_LOOKS if self._is_lost else 0):
            if self._mine() is not None:
                return
            self._pause()
            self._look()

    def _is_going(self, answer: Answer) -> bool:
        """Whether it is about to go, or gone already and still shown."""
        life, thing = self.run.life, self.run.id_of(answer)
        return life.is_going(answer) or (not life.generation and self.memory.has_deleted(life.kind, thing))

    def _make(self) -> Created | None:
        """One try; None when it has to be looked for."""
        try:
            made = self.run.make(next((one for one in self.known if self._is_proven(one)), None))
        except ConflictError as error:
            self.last = error
        except (TransportError, ServerError, ResponseError) as error:
            if isinstance(error, TransportError) and not error.sent:
                raise
            self.last = error
        else:
            if made is not None:
                return made
            self.last = ResponseError("the answer does not say what was made")
        return None

    def _pause(self) -> None:
        """Waits before the call is made again: a name that is being given up is free when its thing is gone."""
        environment = self.context.environment
        if self.last is not None and (self.tries >= TRIES or environment.clock.monotonic() >= self.run.deadline):
            raise self.last
        if environment.clock.wait(float(2**self.tries), environment.cancelled):
            raise CancelledError

    def _mine(self) -> Answer | None:
        """What this resource has made: by its name, by its mark, or by all that was just asked for."""
        if self.context.may_hide_an_old_one():
            return None
        for one in self.known:
            # What the engine keeps when it replaces is nobody's any more, and may be taken over.
            is_new = self.context.course.retains or not self.memory.has_seen(self.run.life.kind, self.run.id_of(one))
            if is_new and (self._is_proven(one) or self._is_of_a_lost_try(one)) and self._is_alike(one):
                return one
        return None

    @property
    def _is_lost(self) -> bool:
        """Whether the answer of a try was lost, so that it may have made something."""
        error = self.last
        return error is not None and (not isinstance(error, ConflictError) or error.attempts > 1)

    def _is_proven(self, answer: Answer) -> bool:
        own = ownership.mark(self.context.urn)
        return self.run.life.proves_ownership(self.run.inputs, self.context.urn) or self.run.mark_of(answer) == own

    def _is_of_a_lost_try(self, answer: Answer) -> bool:
        is_new = self._is_lost and self.run.id_of(answer) not in self.before
        is_anothers = self.run.mark_of(answer) not in ("", ownership.mark(self.context.urn))
        return is_new and not is_anothers and self.run.has_all_asked(answer)

    def _is_alike(self, answer: Answer) -> bool:
        """Whether nothing differs that no update could change."""
        inputs, live = self.run.inputs, self.run.life.live_of(answer, self.run.inputs).values
        fields = facts_of(self.run.life.spec).items()
        return not any(
            differs_for_good(one, live.get(name), inputs.get(name)) for name, one in fields if not one.resolved
        )

    def _adopt(self, answer: Answer) -> Submitted:
        thing = self.run.id_of(answer)
        self.context.note(
            f"takes over {self.run.name} ({thing}), made by an earlier run of this program whose state lost it; "
            "if another state manages it, choose another stack or name"
        )
        self.memory.took(self.run.life.kind, thing)
        return Submitted(thing, adopted=True)

    def _taken(self, answer: Answer) -> InferenceError:
        is_foreign = not self.memory.has_seen(self.run.life.kind, self.run.id_of(answer))
        what, next_step = rival_of(self.run, answer)
        return InferenceError(what, details=[str(self.last)] if is_foreign else [], next_step=next_step)
