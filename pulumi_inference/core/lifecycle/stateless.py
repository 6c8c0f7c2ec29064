"""What is there or not there, and has no state of its own: keys, bindings, credentials, sharing."""

from __future__ import annotations

from typing import TypeVar

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.operation import Operation
from pulumi_inference.core.lifecycle.state import State
from pulumi_inference.core.lifecycle.waiting import Verdict

C = TypeVar("C")


class Stateless(Operation[C]):
    """Part of an operation on such a thing: nothing is said of a state."""

    def first(self) -> State:
        """Nothing but a look: it is there at once."""
        return self.state()

    def settled(self, answer: Answer) -> Verdict:  # noqa: ARG002 - it has no states
        """Always."""
        return Verdict.done()

    def status_of(self, answer: Answer) -> str:  # noqa: ARG002 - an answer says that it is there
        """That it is there."""
        return "there"

    def tell(self, answer: Answer) -> None:
        """Nothing: it is done at once."""

    def headline(self, error: InferenceError, status: str) -> str:  # noqa: ARG002 - as in the base
        """What went wrong, in the first line."""
        return super().headline(error, "there")
