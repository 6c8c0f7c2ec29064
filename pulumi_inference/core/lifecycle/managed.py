"""The lifecycle of a thing with a detail answer of its own: where it is found, and create, update and delete of it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pulumi_inference.core.errors import (
    ApiError,
    ConfigurationError,
    InferenceError,
    NotFoundError,
    ResponseError,
    unless_gone,
)
from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.core.fields.paths import texts_at
from pulumi_inference.core.fields.problems import Problem
from pulumi_inference.core.fields.record import Record
from pulumi_inference.core.fields.secrets import secret_paths
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import naming, ownership
from pulumi_inference.core.lifecycle.connections import (
    LOOK_PATIENCE,
    PATIENCE,
    REFUSALS,
    Connection,
    Connections,
    place_of,
)
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.creation import Creating
from pulumi_inference.core.lifecycle.lifecycle import Lifecycle
from pulumi_inference.core.lifecycle.memory import Answer, Thing
from pulumi_inference.core.lifecycle.state import Inputs, Live, State
from pulumi_inference.core.lifecycle.submission import confirm, submit
from pulumi_inference.core.lifecycle.uniqueness import find_clashes

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.status import Observation, Wanted

C = TypeVar("C")

SECOND_LOOKS = (1.0, 2.0, 4.0)
"""Seconds before each further look at a thing that the cloud says it does not have, as long as its list has it."""

DELETIONS = 4
"""How often a delete call is made at most that the cloud accepts and does not carry out."""

UNMOVED_GRACE = 10.0
"""Seconds after a delete call during which the state from before it is nothing unusual; doubled with each call."""


class Managed(Lifecycle, Generic[C]):
    """The verbs of one kind of resource in a cloud that is asked through a client `C`."""

    connections: ClassVar[Connections[Any]]
    detail: ClassVar[type[Record]]
    """The detail answer; one without what is `always_answered` tells of no such thing."""
    operation: ClassVar[type[Creating[Any]]]
    answered_as: ClassVar[str] = ""
    """The kind whose detail answer tells of this one, where that is another."""
    generation: ClassVar[str] = ""
    """The output that tells a thing from a later one with the same id, where ids are given again."""

    @abstractmethod
    def ask(self, client: C, thing: str, patience: float) -> Answer:
        """The detail answer, asked for `patience` seconds.

        Raises:
            NotFoundError: with `is_gone`, there is no such thing.
        """

    @abstractmethod
    def live_of(self, answer: Answer, *known: Inputs) -> Live:
        """A detail answer as values and facts; `known` are inputs that say what it cannot, the first of them counts."""

    def joined(
        self,
        context: Context,  # noqa: ARG002 - for things of which another one tells more
        connection: Connection[C],  # noqa: ARG002
        answer: Answer,
        patience: float,  # noqa: ARG002
        *,
        is_new: bool,  # noqa: ARG002
    ) -> Answer:
        """The detail answer with what that of another thing tells of this one; by default as it is.

        The other one is asked for anew only where `is_new`: else the newest answer that this process has will do, so
        that in a preview all that belong to one thing ask for it once.
        """
        return answer

    def is_going(self, answer: Answer) -> bool:  # noqa: ARG002 - for things that take their time
        """Whether the thing is being deleted already: as good as gone."""
        return False

    def name_of(self, inputs: Inputs, thing: str) -> str:
        """What the thing is called in messages."""
        return str(inputs.get("name", thing))

    def connect(self, context: Context, inputs: Inputs) -> Connection[C]:
        """The connection to where a thing with these inputs is; their secrets are kept out of messages from here on."""
        self.learn_secrets(context, inputs)
        connection: Connection[C] = self.connections.of(context, inputs)
        return connection

    def learn_secrets(self, context: Context, inputs: Inputs) -> None:
        """Keeps the secrets in these inputs out of messages from here on."""
        secret = (text for path in secret_paths(self.spec) for text in texts_at(inputs, path))
        context.environment.redactor.add(*secret)

    def locate(self, context: Context, inputs: Inputs) -> dict[str, Any]:
        """The place of today's settings."""
        if inputs.get("connection") is UNKNOWN:
            raise ConfigurationError("connection: must be known in the preview, because it says where to ask")
        return dict(self.connections.today(context, inputs.get("connection")).place(ask=True))

    def check_access(self, context: Context, inputs: Inputs) -> list[Problem]:
        """Tells refused credentials in the preview already; a cloud that does not answer is a warning."""
        error = self.connections.refusal(context, inputs)
        return [Problem("", str(error))] if isinstance(error, REFUSALS) else []

    def check_unique(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Tells a name that is taken, in the cloud or in the program itself."""
        return find_clashes(self, context, old, values)

    def mark(self, context: Context, inputs: Inputs) -> str:
        """The ownership mark to leave on a thing; "" where its name alone is proof enough."""
        urn = context.urn
        needs_none = not urn or self.proves_ownership(inputs, urn)
        return "" if needs_none else ownership.mark(urn)

    def answered(self, connection: Connection[C], thing: str) -> Thing:
        """The thing whose detail answer tells of this one, as this process remembers it."""
        return Thing(self.answered_as or self.kind, place_of(connection), thing)

    def understood(self, answer: Any, thing: str) -> Answer:
        """A detail answer as it came.

        Raises:
            ResponseError: it is none, or about another thing.
        """
        return self.detail.recognise(answer, f"the {self._noun} {thing}", **self.identify(thing))

    def kept(
        self, context: Context, connection: Connection[C], thing: str, recorded: Inputs, patience: float = PATIENCE
    ) -> Answer | None:
        """The newest detail answer that this process has, asked for when it has none; None when the thing is gone."""
        answers, key = context.environment.memory.answers, self.answered(connection, thing)
        return answers.get(key, lambda: self.sure(context, connection, thing, recorded, patience))

    def sure(
        self, context: Context, connection: Connection[C], thing: str, recorded: Inputs, patience: float = PATIENCE
    ) -> Answer | None:
        """The detail answer of now; None only when the thing is not found twice and the cloud's list lacks it too.

        Raises:
            ResponseError: the cloud contradicts itself, or cannot be understood.
        """

        def look() -> Answer | None:
            return context.insist(lambda: self._asked(context, connection, thing, patience))

        answer = look()
        for pause in SECOND_LOOKS:
            if answer is not None:
                return answer
            context.pause(pause)
            answer = look()
            if answer is None and not self._is_listed(context, connection, thing, recorded):
                return None
        if answer is None:
            raise ResponseError(
                f"the cloud says that it has no {self._noun} {thing}, but its list has it",
                next_step="Run the command again; if it stays so, ask the cloud's support.",
            )
        return answer

    def look(self, context: Context, connection: Connection[C], thing: str, patience: float) -> Answer | None:
        """The detail answer of now, kept for whoever reads next; None when the cloud says that there is none.

        That is not kept: whoever reads next has to make sure of it.
        """
        answer = self._asked(context, connection, thing, patience, is_new=True)
        if answer is None:
            self.drop(context, connection, thing)
        else:
            context.environment.memory.answers.put(self.answered(connection, thing), answer)
        return answer

    def lists(self, context: Context, connection: Connection[C], thing: str, recorded: Inputs) -> bool:  # noqa: ARG002 - for kinds that are parts of others
        """Whether the cloud's list has the thing, whatever its detail call says."""
        run = self.operation(self, context, State(thing, dict(recorded), {}), "delete")
        return any(run.id_of(one) == thing for one in run.find())

    def peeked(self, context: Context, thing: str | None, recorded: Inputs) -> Answer | None:
        """The detail answer that this process has already; None when it has none, or there is no thing."""
        if thing is None:
            return None
        return context.environment.memory.answers.peek(self.answered(self.connect(context, recorded), thing))

    def drop(self, context: Context, connection: Connection[C], thing: str) -> None:
        """Forgets the answer that a write has made old."""
        context.environment.memory.answers.drop(self.answered(connection, thing))

    def fetch(self, context: Context, thing: str, recorded: Inputs) -> Live | None:
        """The live thing; None when it is gone or about to be."""
        connection = self.connect(context, recorded)
        context.environment.memory.saw(self.kind, thing, context.urn)
        answer = self.kept(context, connection, thing, recorded)
        return None if answer is None or self.is_going(answer) else self.live_of(answer, recorded)

    def observe(
        self,
        context: Context,
        thing: str | None,
        values: Inputs,
        wanted: Wanted,  # noqa: ARG002 - for clouds that tell more
    ) -> Observation:
        """What the cloud says at this moment, also of a thing that is about to go; soon given up."""
        from pulumi_inference.core.lifecycle.status import observation_of  # loaded when somebody looks

        if thing is None:
            return observation_of(None, None)
        answer = self.look(context, self.connections.of(context, values), thing, LOOK_PATIENCE)
        return observation_of(thing, None if answer is None else self.live_of(answer, values))

    def create(self, context: Context, inputs: Inputs) -> State:
        """Makes the thing and waits until it is ready; one that a crashed run of ours left behind is taken over."""
        run = self.operation(self, context, State("", dict(inputs), {}), "create")
        made = submit(run)
        run.thing, run.request_id, run.wrote = made.id, made.request_id, True

        def go_on() -> State:
            # Where ids are given again, what was answered so far is about an older thing.
            self.drop(context, run.connection, made.id)
            is_older = made.adopted or confirm(run)
            return run.converge() if is_older else run.first()

        return run.keeping(go_on)

    def update(self, context: Context, thing: str, recorded: State, inputs: Inputs) -> State:
        """Sends what differs from the live thing, by the smallest calls, and waits."""
        run = self.operation(
            self, context, State(thing, dict(inputs), recorded.facts), "update", recorded=recorded.inputs
        )
        return run.keeping(run.converge)

    def delete(self, context: Context, thing: str, recorded: State) -> None:
        """Deletes the thing and waits until it is gone; one that is gone already is a success."""
        memory, name = context.environment.memory, self.name_of(recorded.inputs, thing)
        # Asked before anything else: the connection of the older thing may be one that is no more.
        if memory.has_taken(self.kind, thing):
            # `pulumi up --replace` tells neither check nor create that there is an older thing: create then takes it
            # over, and what comes to delete as the older one is what the state goes on with.
            other_way = "run with --refresh, or " if naming.is_automatic(recorded.inputs) else ""
            context.warn(
                f"{name} was not replaced but kept, because its {self.operation.unique} is taken by itself; to replace "
                f"it, {other_way}set delete_before_replace=True in the resource's options"
            )
            return
        run = self.operation(self, context, recorded, "delete")
        if not self._is_another(run, recorded):
            try:
                self._remove(run)
            except InferenceError as error:
                raise error.add_context(f"{run.name} was not deleted") from None
        self.drop(context, run.connection, thing)
        memory.deleted(self.kind, thing)

    def _remove(self, run: Creating[C]) -> None:
        """Makes the delete call until the thing is gone: an answer may be no success although it looks like one."""
        for sent in range(DELETIONS):
            try:
                run.remove()
            except NotFoundError as error:
                if not error.is_gone:
                    raise
                if self._is_gone(run):
                    if not sent and error.attempts == 1:
                        run.context.warn(f"{run.name} was gone already; nothing was deleted")
                    return
            except (ResponseError, ApiError) as error:
                # A repeated call that is refused says nothing against the one before it.
                if isinstance(error, ApiError) and not sent:
                    raise
                run.context.progress(f"still deleting, though the last call failed: {error.headline()}")
            if run.is_gone_within(UNMOVED_GRACE * 2**sent) and (run.wrote or self._is_gone(run)):
                return
            if sent + 1 < DELETIONS:
                run.context.note("is still there, as if nothing had been asked; the cloud is told again to delete it")
        raise InferenceError(
            f"the cloud was told {DELETIONS} times, and it is still there",
            next_step="Run the command again; if it stays so, ask the cloud's support.",
        )

    def _is_gone(self, run: Creating[C]) -> bool:
        """Whether it is proved to be gone; where no call of ours was carried out, one look proves nothing."""
        return self.sure(run.context, run.connection, run.thing, run.inputs) is None

    def _is_another(self, run: Creating[C], recorded: State) -> bool:
        """Whether the id belongs to a thing that was made later: the recorded one is gone then."""
        known = recorded.facts.get(self.generation)
        if not known:
            return False
        answer = run.context.insist(lambda: self.look(run.context, run.connection, recorded.id, PATIENCE))
        return answer is not None and self.live_of(answer, recorded.inputs).facts.get(self.generation) != known

    def _asked(
        self, context: Context, connection: Connection[C], thing: str, patience: float, *, is_new: bool = False
    ) -> Answer | None:
        def ask() -> Answer:
            answer = self.understood(self.ask(connection.client(), thing, patience), thing)
            return self.joined(context, connection, answer, patience, is_new=is_new)

        return unless_gone(ask)

    def _is_listed(self, context: Context, connection: Connection[C], thing: str, recorded: Inputs) -> bool:
        try:
            return context.insist(lambda: self.lists(context, connection, thing, recorded))
        except REFUSALS:
            # Who may read a thing need not be allowed to list them all.
            return False

    @property
    def _noun(self) -> str:
        return self.answered_as.rpartition(".")[2].lower() or self.noun

    def mended(self, recorded: State, live: Live) -> State:
        """The record; one that has lost what is always answered gets back what no update could."""
        always = {one.wire for one in facts_of(self.detail).values() if one.always_answered}
        for_good = {name: one.wire for name, one in facts_of(self.spec).items() if one.immutable}
        if not recorded.inputs or all(name in recorded.inputs for name, wire in for_good.items() if wire in always):
            return recorded
        back = {name: live.values[name] for name in for_good if name in live.values}
        return replace(recorded, inputs={**back, **recorded.inputs})
