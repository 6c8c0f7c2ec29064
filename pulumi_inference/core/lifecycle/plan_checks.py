"""The cloud's own lists against a program, told in the preview: each asked for once, soon given up, warned of once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Generic, TypeAlias, TypeVar

from pulumi_inference.core.errors import ConfigurationError, InferenceError
from pulumi_inference.core.fields.problems import Problem
from pulumi_inference.core.lifecycle.connections import ADVICE_PATIENCE, REFUSALS, Connections, place_of
from pulumi_inference.core.lifecycle.context import Context

C = TypeVar("C")
T = TypeVar("T")


class UnavailableError(Exception):
    """A list cannot be had, and that was said: nothing can be judged by it."""


class Advice(Generic[C]):
    """What an account may use, in one place.

    A list that cannot be had is soon given up: it is a warning, once per process, and an UnavailableError each time.
    """

    def __init__(self, connections: Connections[Any], context: Context, inputs: Mapping[str, Any]) -> None:
        """`inputs` say where and with which connection."""
        self.inputs = inputs
        self._connections, self._context = connections, context
        self._connection = connections.of(context, inputs)

    def ask(self, what: str, key: Hashable, question: Callable[[C], T]) -> T:
        """The answer to a question, asked once per process and place.

        Args:
            what: what is asked for, in a warning.
            key: what tells the question from others.
            question: asks.

        Raises:
            UnavailableError: there is no answer.
        """
        refused = self._connections.refusal(self._context, self.inputs)
        if isinstance(refused, REFUSALS):
            self.warn(
                f"{self._connections.title} does not let its lists be read, so the preview cannot check against them: "
                f"{refused}"
            )
        if refused:
            raise UnavailableError

        def answer() -> Any:
            try:
                return question(self._connection.client(ADVICE_PATIENCE))
            except InferenceError as error:
                self.warn(f"the {what} could not be looked up, so the preview cannot check against them: {error}")
                return error

        asked = (self._connections, self.inputs.get("connection"), (place_of(self._connection), key))
        found = self._context.environment.memory.lookups.get(asked, answer)
        if isinstance(found, InferenceError):
            raise UnavailableError
        answered: T = found
        return answered

    def warn(self, text: str) -> None:
        """Warns once per process, however many resources have the same reason."""
        if self._context.environment.memory.first_time("", text):
            self._context.warn(text)


A = TypeVar("A", bound=Advice[Any])
Finder: TypeAlias = Callable[[A], Iterable[Problem]]


def find_problems(
    connections: Connections[Any], context: Context, advice: Callable[[], A], finders: Iterable[Finder[A]]
) -> list[Problem]:
    """The problems that are found; none when the checks are switched off, nor of one for which a list is missing."""
    try:
        if not connections.settings.plan_checks(context.environment):
            return []
    except ConfigurationError as error:
        return [Problem("", str(error))]
    asked = advice()
    return [problem for find in finders for problem in _found(asked, find)]


def _found(advice: A, find: Finder[A]) -> list[Problem]:
    try:
        return list(find(advice))
    except UnavailableError:
        return []
