"""How a program asks a cloud: each question once per run, answered at once, awaitable, or as an output."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Self, TypeVar
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime.settings import get_monitor

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle.context import Context, Environment
from pulumi_inference.engine.settings import ProgramConfiguration, connect_transport

if TYPE_CHECKING:
    from pulumi_inference.core.fields.facts import Spec
    from pulumi_inference.core.fields.lookup import Lookup
    from pulumi_inference.core.lifecycle.connections import Connections

T = TypeVar("T")
S = TypeVar("S", bound="Spec")


def _environment() -> Environment:
    return Environment(ProgramConfiguration(), connect_transport)


_runs: WeakKeyDictionary[Any, Environment] = WeakKeyDictionary()
_script = _environment()


def program_context() -> Context:
    """The context of this run's calls; that of the process in a script.

    A process may run several programs, for several stacks, each with its own monitor.
    """
    monitor = get_monitor()
    return Context(_script if monitor is None else _runs.setdefault(monitor, _environment()))


class Awaitable:
    """An answer that is there already; awaiting it answers it at once, for programs that await every lookup."""

    def __await__(self) -> Generator[Any, Any, Self]:
        yield from ()
        return self


class Records(Awaitable, list[T]):
    """A list of records."""


class Lookups:
    """The questions that a program asks one cloud.

    Args:
        cloud: the name that messages put before that of the function.
        connections: where they are asked.
    """

    def __init__(self, cloud: str, connections: Connections[Any]) -> None:
        self._cloud, self._connections = cloud, connections

    def records(self, lookup: type[Lookup[list[T]]], connection: str | None, **arguments: Any) -> Records[T]:
        """The answer to a question, made once per run for each lookup and its arguments; errors are not kept.

        Raises:
            pulumi.RunError: arguments exclude each other, settings are missing, the cloud refuses or cannot be asked,
                or has no such thing.
        """
        found: list[T] = self._ask(lookup.model_construct(**arguments), connection)
        return Records(found)

    def record(self, lookup: type[Lookup[Any]], answer: type[S], connection: str | None, **arguments: Any) -> S:
        """The same for a single record, as an `answer`, which is a subclass of it that can be awaited."""
        found = self._ask(lookup.model_construct(**arguments), connection)
        return answer.model_construct(found.model_fields_set, **dict(found))

    def _ask(self, lookup: Lookup[T], connection: str | None) -> T:
        name, question = f"{self._cloud}.{lookup.function()}", lookup.question()
        problem = lookup.find_problem()
        if problem:
            raise pulumi.RunError(f"{name}: {problem}")
        try:
            context = program_context()
            found: T = context.environment.memory.lookups.get(
                (self._connections, connection, (name, *question.items())),
                lambda: lookup.ask(self._connections.today(context, connection).client()),
            )
        except InferenceError as error:
            said = ", ".join(f"{argument}={value!r}" for argument, value in question.items())
            raise pulumi.RunError(f"{name}({said}): {error}") from None
        return lookup.select(found)


def later(lookup: Callable[..., T], **arguments: pulumi.Input[Any]) -> pulumi.Output[T]:
    """What `lookup` answers when its arguments are known."""

    async def answer(known: dict[str, Any]) -> T:
        return await asyncio.to_thread(lookup, **known)

    return pulumi.Output.all(**arguments).apply(answer)
