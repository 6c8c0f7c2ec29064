"""The tries of a create call: what an earlier one has made is looked for, and taken over if it is ours."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Generic, TypeVar

from pulumi_inference.core.errors import (
    CancelledError,
    ConflictError,
    InferenceError,
    ResponseError,
    ServerError,
    TransportError,
)
from pulumi_inference.core.lifecycle import ownership
from pulumi_inference.core.lifecycle.connections import PATIENCE
from pulumi_inference.core.lifecycle.context import INSIST_PAUSES
from pulumi_inference.core.lifecycle.creation import Created, Creating
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.state import State
from pulumi_inference.core.lifecycle.uniqueness import rival_of

C = TypeVar("C")

TRIES = 4
"""How often the call is made at most when nothing is found of it."""

LATE_LOOKS = 3
"""How often a lost try is looked for before the call is made again, where nobody would refuse a second thing."""


@dataclass(frozen=True)
class Submitted:
    """A thing that is there: its id, whether it was there already, and the request that made it."""

    id: str
    adopted: bool
    request_id: str | None = None


def submit(run: Creating[C]) -> Submitted:
    """Makes the thing, or takes over what an earlier try has made.

    Raises:
        InferenceError: nothing was made, or what is unique is taken by a thing that is not ours.
    """
    submission = _Submission(run)
    try:
        with _turn(run):
            return submission.submit()
    except InferenceError as error:
        raise submission.failed(error) from None


def _turn(run: Creating[C]) -> AbstractContextManager[object]:
    """Where the cloud refuses no twin: what has the same name in this program is looked for and made one by one."""
    name = run.inputs.get("name")
    if run.refuses_twins or not name:
        return nullcontext()
    return run.context.environment.memory.turn(run.life.kind, str(name))


def confirm(run: Creating[C]) -> bool:
    """Makes sure that the id in the answer to a create call is that of the new thing, and looks for it where it is not.

    Answers whether it was found: then some of the steps after a create call may have been done.

    Raises:
        InferenceError: the id is another thing's, which must not be touched, and the new one is not found.
    """
    return _Submission(run).confirm()


class _Submission(Generic[C]):
    """The tries of one create call.

    `known` is what is there now and stays, `before` are the ids of what was there already, `last` is why a try failed;
    `is_open` says whether there was a try whose end nobody knows, `was_lost` whether an answer was ever lost.
    """

    def __init__(self, run: Creating[C]) -> None:
        self.run, self.context = run, run.context
        self.memory = run.context.environment.memory
        self.known: list[Answer] = []
        self.last: InferenceError | None = None
        self.is_open = self.was_lost = False
        self.tries = self.calls = 0
        self.started = run.clock.monotonic()
        self.before: set[str] = set()

    def submit(self) -> Submitted:
        self._look_first()
        self.before = {self.run.id_of(one) for one in self.known}
        while True:
            mine = self._mine()
            if mine is not None and self.run.takes_over:
                return self._adopt(mine)
            if mine is not None:
                self._give_up(mine)
            elif self.run.refuses_twins and self.known:
                raise self._taken(self.known[0])
            made = self._make()
            if made is not None:
                return Submitted(made.id, adopted=False, request_id=made.request_id)
            is_going = self._look()
            if not self.known or (not self.run.refuses_twins and self._mine() is None):
                self.tries += not is_going
                is_over = self._is_over
                if not is_over:
                    self._pause()
                if not self.run.refuses_twins:
                    self._look_late()
                if is_over and self._mine() is None:
                    raise self._given_up()

    def confirm(self) -> bool:
        run, made = self.run, self.run.thing
        answer = run.seen()
        if answer is not None and self._is_named_as_asked(answer):
            return False
        self.last = ResponseError(f"the answer to the create call has the id of another {run.noun}, {made}")
        self._look()
        mine = self._mine()
        if mine is not None:
            run.thing = run.id_of(mine) if run.id_of(mine) == made else self._adopt(mine).id
            run.life.drop(self.context, run.connection, run.thing)
            return True
        if answer is None:
            raise run.gone()
        run.wrote = False  # what is another's must not come into the state
        raise self.last

    def _is_named_as_asked(self, answer: Answer) -> bool:
        inputs, live = self.run.inputs, self.run.life.live_of(answer, self.run.inputs).values
        names = [name for name in ("name", *self.run.life.unique_by) if name in inputs and name in live]
        return all(live[name] == inputs[name] for name in names)

    def _look(self) -> bool:
        """Looks for what is there; answers whether there is something that is about to go.

        Where nobody would refuse a second thing, one that is listed and not found is looked for again.
        """
        found, listed = self.context.insist(self._details)
        for pause in () if self.run.refuses_twins else INSIST_PAUSES:
            if len(found) == listed:
                break
            self.context.pause(pause)
            found, listed = self.context.insist(self._details)
        self.known = [one for one in found if not self._is_going(one)]
        return len(found) > len(self.known)

    def _details(self) -> tuple[list[Answer], int]:
        """The details of what is listed, as far as they are there, and how much is listed."""
        run, life = self.run, self.run.life
        items = [(run.id_of(one), one) for one in run.find()]
        if run.lists_details:
            return [life.understood(one, thing) for thing, one in items], len(items)
        asked = (life.look(self.context, run.connection, thing, PATIENCE) for thing, _ in items)
        return [one for one in asked if one is not None], len(items)

    def _look_first(self) -> None:
        """Looks before the first call where nobody would refuse a twin, or where what is ours is of no use.

        Twice when nothing is found: a list that lacks what it has would cost a twin, and asking again costs little.
        """
        for _ in range(2 if not self.run.refuses_twins else 0 if self.run.takes_over else 1):
            if not self.known:
                self._look()

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
        self.calls += 1
        self.is_open = self.is_open or not self.context.environment.cancelled.is_set()
        try:
            made = self.run.make(next((one for one in self.known if self._is_older(one)), None))
        except ConflictError as error:
            self.last, self.is_open = error, self.is_open and error.attempts > 1
        except (TransportError, ServerError, ResponseError) as error:
            if isinstance(error, TransportError) and not error.sent:
                raise
            self.last = error
        else:
            if made is not None:
                return made
            self.last = ResponseError("the answer does not say what was made")
        self.was_lost = self.was_lost or self._is_lost
        return None

    def _pause(self) -> None:
        """Waits before the call is made again: a name that is being given up is free when its thing is gone."""
        environment = self.context.environment
        if self.last is not None and (self.tries >= TRIES or environment.clock.monotonic() >= self.run.deadline):
            raise self._given_up()
        if environment.clock.wait(float(2**self.tries), environment.cancelled):
            raise CancelledError

    @property
    def _is_over(self) -> bool:
        """Whether the time is used up in which a call is made again that failed; a name that gets free has more."""
        return not isinstance(self.last, ConflictError) and self._elapsed >= PATIENCE

    @property
    def _elapsed(self) -> float:
        return self.run.clock.monotonic() - self.started

    def failed(self, error: InferenceError) -> InferenceError:
        """The error, with what has become of the thing."""
        if not (self.is_open and isinstance(error, CancelledError)):
            return error.add_context(f"{self.run.name} {self.run.unmade}")
        error.add_detail("run `pulumi up` again: it looks for it, and takes it over")
        return error.add_context(f"{self.run.name} may have been created")

    def _given_up(self) -> InferenceError:
        error = self.last or InferenceError("nothing is known of what was made")
        return error.add_detail(f"made {self.calls} times in {self._elapsed:.0f} s") if self.calls > 1 else error

    def _mine(self) -> Answer | None:
        """What this resource has made: by its name, by its mark, or by all that was just asked for."""
        if self.context.may_hide_an_old_one():
            return None
        for one in self.known:
            # What the engine keeps when it replaces is nobody's any more, and may be taken over.
            is_kept = self.context.course.retains and self.run.takes_over
            is_new = is_kept or not self.memory.has_seen(self.run.life.kind, self.run.id_of(one))
            is_usable = self.run.is_alike(one) or not self.run.takes_over
            if is_new and (self._is_proven(one) or self._is_of_a_lost_try(one)) and is_usable:
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

    def _is_older(self, answer: Answer) -> bool:
        """Whether this resource has made it; what it was called before bears its mark, and may be another's by now."""
        known_as = self.memory.seen_as(self.run.life.kind, self.run.id_of(answer), self.context.urn)
        return known_as in (None, self.context.urn) and self._is_proven(answer)

    def _is_of_a_lost_try(self, answer: Answer) -> bool:
        is_new = self._is_lost and self.run.id_of(answer) not in self.before
        is_anothers = self.run.mark_of(answer) not in ("", ownership.mark(self.context.urn))
        return is_new and not is_anothers and self.run.has_all_asked(answer)

    def _give_up(self, answer: Answer) -> None:
        """Deletes what an earlier try has made: the next one makes it anew, as long as there are tries left."""
        run, thing = self.run, self.run.id_of(answer)
        whose = "whose answer was lost" if self._is_lost else "of an earlier run of this program, whose state lost it"
        self.context.note(
            f"deletes {run.name} ({thing}), made by a create call {whose}, and makes it anew: what that answer said, "
            "nobody can ask for again"
        )
        run.life.delete(self.context, thing, State(thing, dict(run.inputs), {}))
        self.known = []
        if self.calls:
            self.tries += 1
            self._pause()

    def _adopt(self, answer: Answer) -> Submitted:
        thing = self.run.id_of(answer)
        if self.memory.has_seen(self.run.life.kind, thing):
            self.context.note(
                f"{self.run.name} ({thing}) was not replaced: retain_on_delete keeps it, and no two can have "
                f"the same {self.run.unique}; give the new one another {self.run.unique}"
            )
        elif self.was_lost or self._is_lost:
            self.context.note(
                f"the answer to the create call was lost, and {self.run.name} ({thing}) was found in its place"
            )
        else:
            self.context.note(
                f"takes over {self.run.name} ({thing}), made by an earlier run of this program whose state lost it; "
                "if another state manages it, choose another stack or name"
            )
        self.memory.took(self.run.life.kind, thing)
        return Submitted(thing, adopted=True)

    def _taken(self, answer: Answer) -> InferenceError:
        is_foreign = not self.memory.has_seen(self.run.life.kind, self.run.id_of(answer))
        what, next_step = rival_of(self.run, answer)
        return InferenceError(what, details=[str(self.last)] if is_foreign and self.last else [], next_step=next_step)
