"""The lifecycle of a thing with a detail answer of its own: where it is found, and create, update and delete of it."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pulumi_inference.core.errors import ConfigurationError, InferenceError, NotFoundError, unless_gone
from pulumi_inference.core.fields.facts import walk
from pulumi_inference.core.fields.paths import texts_at
from pulumi_inference.core.fields.problems import Problem
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
from pulumi_inference.core.lifecycle.creation import Creating, submit
from pulumi_inference.core.lifecycle.lifecycle import Lifecycle
from pulumi_inference.core.lifecycle.memory import Answer, Thing
from pulumi_inference.core.lifecycle.state import Inputs, Live, State
from pulumi_inference.core.lifecycle.uniqueness import find_clashes

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.status import Observation, Wanted

C = TypeVar("C")


class Managed(Lifecycle, Generic[C]):
    """The verbs of one kind of resource in a cloud that is asked through a client `C`."""

    kind: ClassVar[str]
    """Cloud and resource class, with a dot between."""
    connections: ClassVar[Connections[Any]]
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
        secret = [path for path, one in walk(self.spec) if one.secret]
        context.environment.redactor.add(*(text for path in secret for text in texts_at(inputs, path)))

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

    def kept(
        self, context: Context, connection: Connection[C], thing: str, patience: float = PATIENCE
    ) -> Answer | None:
        """The newest detail answer that this process has, asked for when it has none; None when the thing is gone."""
        answers, key = context.environment.memory.answers, self.answered(connection, thing)
        return answers.get(key, lambda: self._asked(connection, thing, patience))

    def look(self, context: Context, connection: Connection[C], thing: str, patience: float) -> Answer | None:
        """The detail answer of now, kept for whoever reads next; None when the thing is gone."""
        answer = self._asked(connection, thing, patience)
        context.environment.memory.answers.put(self.answered(connection, thing), answer)
        return answer

    def peeked(self, context: Context, thing: str, recorded: Inputs) -> Answer | None:
        """The detail answer that this process has already; None when it has none."""
        return context.environment.memory.answers.peek(self.answered(self.connect(context, recorded), thing))

    def drop(self, context: Context, connection: Connection[C], thing: str) -> None:
        """Forgets the answer that a write has made old."""
        context.environment.memory.answers.drop(self.answered(connection, thing))

    def fetch(self, context: Context, thing: str, recorded: Inputs) -> Live | None:
        """The live thing; None when it is gone or about to be."""
        connection = self.connect(context, recorded)
        context.environment.memory.saw(self.kind, thing, context.urn)
        answer = self.kept(context, connection, thing)
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
        try:
            made = submit(run)
        except InferenceError as error:
            raise error.add_context(f"{run.name} was not created") from None
        run.thing, run.request_id, run.wrote = made.id, made.request_id, True

        def go_on() -> State:
            # Where ids are given again, what was answered so far is about an older thing.
            self.drop(context, run.connection, made.id)
            return run.converge() if made.adopted else run.first()

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
                run.remove()
            except NotFoundError as error:
                if not error.is_gone:
                    raise error.add_context(f"{run.name} was not deleted") from None
            except InferenceError as error:
                raise error.add_context(f"{run.name} was not deleted") from None
            else:
                run.wait_until_gone()
        self.drop(context, run.connection, thing)
        memory.deleted(self.kind, thing)

    def _is_another(self, run: Creating[C], recorded: State) -> bool:
        """Whether the id belongs to a thing that was made later: the recorded one is gone then."""
        known = recorded.facts.get(self.generation)
        answer = self.look(run.context, run.connection, recorded.id, PATIENCE) if known else None
        return answer is not None and self.live_of(answer, recorded.inputs).facts.get(self.generation) != known

    def _asked(self, connection: Connection[C], thing: str, patience: float) -> Answer | None:
        return unless_gone(self.ask, connection.client(), thing, patience)
