"""The create call of a thing with a name of its own, made safe to repeat."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from pulumi_inference.core.errors import (
    CancelledError,
    ConflictError,
    InferenceError,
    ResponseError,
    ServerError,
    TransportError,
)
from pulumi_inference.core.fields.facts import Spec, facts_of
from pulumi_inference.core.lifecycle import Inputs, naming
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.modelarts.api.client import Created, ModelArtsClient
from pulumi_inference.modelarts.marks import mark
from pulumi_inference.modelarts.operation import Answer
from pulumi_inference.modelarts.places import seen_key

TRIES = 4


class Creation(ABC):
    """The create call, made safe to repeat: names are unique in a project, so a lost answer can be looked for."""

    spec: ClassVar[type[Spec]]
    noun: ClassVar[str]
    """What the thing is called in messages."""
    id_name: ClassVar[str]
    """What the cloud's answers call its id."""
    unique: ClassVar[str]
    """What two things of this kind cannot share, in a user's words."""
    named_by: ClassVar[tuple[str, ...] | None] = None
    """That of the lifecycle: what goes into an automatic name."""

    def __init__(self, context: Context, client: ModelArtsClient, inputs: Inputs, deadline: float) -> None:
        self.context, self.client, self.inputs, self.deadline = context, client, inputs, deadline
        self.name = str(inputs["name"])
        self.request_id: str | None = None

    def submit(self) -> tuple[str, bool]:
        """The id of the thing, and whether it was there already.

        Raises:
            InferenceError: nothing was made, or the name is taken by one that is not ours.
        """
        try:
            return self._submit()
        except InferenceError as error:
            raise error.add_context(f"{self.name} was not created") from None

    def _submit(self) -> tuple[str, bool]:
        tries = 0
        while True:
            try:
                created = self._make()
                self.request_id = created.request_id
                return created.id, False
            except ConflictError as error:
                last: InferenceError = error
            except (TransportError, ServerError, ResponseError) as error:
                if isinstance(error, TransportError) and not error.sent:
                    raise
                last = error
            found = self._find()
            if found is not None and not self._is_going(found):
                return self._adopt(found, last), True
            tries += found is None
            self._pause(tries, last)

    def _pause(self, tries: int, last: InferenceError) -> None:
        """Waits before the call is made again: a name that is being given up is free when its service is gone."""
        environment = self.context.environment
        if tries >= TRIES or environment.clock.monotonic() >= self.deadline:
            raise last
        if environment.clock.wait(float(2**tries), environment.cancelled):
            raise CancelledError

    @abstractmethod
    def _make(self) -> Created:
        """Makes the call."""

    @abstractmethod
    def _find(self) -> Answer | None:
        """The detail answer of the thing that has the name, whoever made it."""

    def _is_going(self, found: Answer) -> bool:  # noqa: ARG002 - for things whose names are given up slowly
        """Whether the name is being given up."""
        return False

    @abstractmethod
    def _is_what_was_asked(self, detail: Answer) -> bool:
        """Whether a thing has all that the program says."""

    @abstractmethod
    def _values(self, detail: Answer) -> Mapping[str, Any]:
        """The values of a thing."""

    def _adopt(self, detail: Answer, error: InferenceError) -> str:
        thing = str(detail[self.id_name])
        if self.context.environment.cache.peek(seen_key(thing)):
            raise InferenceError(
                f"its older {self.noun} {thing} still has the {self.unique}",
                next_step="Set delete_before_replace=True in the resource's options, or another "
                f"{self.unique}, and run again.",
            )
        if self._is_ours(detail, lost=not isinstance(error, ConflictError) or error.attempts > 1):
            self.context.note(
                f"takes over {self.name} ({thing}), made by an earlier run of this program whose state lost it; "
                "if another state manages it, choose another stack or name"
            )
            return thing
        raise InferenceError(
            f"the {self.unique} is taken by the {self.noun} {thing}, which this resource has not made",
            details=[str(error)],
            next_step=f"Choose another {self.unique}, or manage that {self.noun}: `pulumi-inference import modelarts "
            f"{self.noun} {thing} --name {self.context.label}`",
        )

    def _is_ours(self, detail: Answer, *, lost: bool) -> bool:
        """Whether the thing is this resource's own: by its name, by its mark, or by all it was just asked for."""
        if self.context.may_hide_an_old_one():
            return False
        proven = self._is_proven(detail) or (lost and self._is_what_was_asked(detail))
        return proven and self._is_alike(self._values(detail))

    def _is_proven(self, detail: Answer) -> bool:
        is_named = naming.proves_ownership(self.spec, self.inputs, self.context.urn, self.named_by)
        return is_named or mark(self.context.urn) in str(detail.get("description", ""))

    def _is_alike(self, live: Inputs) -> bool:
        for name, field in facts_of(self.spec).items():
            if not field.immutable or field.resolved or (name not in self.inputs and field.server_default):
                continue
            if self.inputs.get(name) != live.get(name):
                return False
        return True
