"""How a program asks a cloud: each question once per run, answered at once, awaitable, or as an output."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime.mocks import MockCallArgs, MockMonitor
from pulumi.runtime.settings import get_monitor

from pulumi_inference.core.errors import (
    ConfigurationError,
    InferenceError,
    PermissionDeniedError,
)
from pulumi_inference.core.lifecycle.context import Context, Environment
from pulumi_inference.engine.answers import Answer, Records, holds_secrets
from pulumi_inference.engine.settings import ProgramConfiguration, check_keys, connect_transport

if TYPE_CHECKING:
    from pulumi_inference.core.fields.lookup import Lookup
    from pulumi_inference.core.lifecycle.connections import Connections

T = TypeVar("T")
A = TypeVar("A", bound=Answer)

CALL_MODULE = "index"
"""The middle of a lookup's token, by which Pulumi's mocks are asked: `toys:index:getToy`."""


def _environment() -> Environment:
    return Environment(ProgramConfiguration(), connect_transport)


_runs: WeakKeyDictionary[Any, Environment] = WeakKeyDictionary()
_script = _environment()


def program_context() -> Context:
    """The context of this run's calls; that of the process in a script.

    A process may run several programs, for several stacks, each with its own monitor.

    Raises:
        ConfigurationError: a key of the configuration is unknown, or the run is a test with Pulumi's mocks.
    """
    check_keys()
    monitor = get_monitor()
    if isinstance(monitor, MockMonitor):
        raise ConfigurationError(
            "with Pulumi's mocks nothing is sent to a cloud", next_step="Put something in the place of this call."
        )
    return Context(_script if monitor is None else _runs.setdefault(monitor, _environment()))


def forget_script() -> None:
    """Lets the next call outside of a run read the environment variables anew, and know no account of before."""
    global _script  # noqa: PLW0603 - a process is one script
    _script = _environment()


class Lookups:
    """The questions that a program asks one cloud.

    Args:
        cloud: the name that messages put before that of the function.
        connections: where they are asked.
    """

    def __init__(self, cloud: str, connections: Connections[Any]) -> None:
        self._cloud, self._connections = cloud, connections

    def records(
        self, lookup: type[Lookup[Any]], answer: type[A], connection: str | None, **arguments: Any
    ) -> Records[A]:
        """The answer to a question, as a list of `answer`.

        Within a run each question is asked once, however often a program has it; errors are not kept. With Pulumi's
        mocks these are asked, and no cloud.

        Raises:
            pulumi.RunError: arguments exclude each other, settings are missing, the cloud refuses or cannot be asked,
                or has no such thing.
        """
        return self._ask(lookup, connection, arguments, lambda found: Records(answer(**one) for one in found))

    def record(self, lookup: type[Lookup[Any]], answer: type[A], connection: str | None, **arguments: Any) -> A:
        """The same for a single record."""
        return self._ask(lookup, connection, arguments, lambda found: answer(**found))

    def _ask(
        self,
        lookup: type[Lookup[Any]],
        connection: str | None,
        arguments: Mapping[str, Any],
        answer: Callable[[Any], T],
    ) -> T:
        asked, name = lookup.model_construct(**arguments), f"{self._cloud}.{lookup.function()}"
        problem = asked.find_problem()
        if problem:
            raise pulumi.RunError(f"{name}: {problem}")
        monitor = get_monitor()
        if isinstance(monitor, MockMonitor):
            return self._ask_mocks(monitor, lookup, {**arguments, "connection": connection}, answer)
        question = asked.question()

        def ask() -> Any:
            client = self._connections.today(context, connection).client()
            try:
                return asked.ask(client)
            except PermissionDeniedError as error:
                if not lookup.unless_refused:
                    raise
                _warn_once(context.environment, f"{self._cloud}: {lookup.unless_refused} ({error.headline()})")
                return []

        try:
            context = program_context()
            key = (self._connections, connection, (name, *question.items()))
            # Without a run there is nothing whose picture of the cloud would have to stay the same.
            found = ask() if monitor is None else context.environment.memory.lookups.get(key, ask)
        except InferenceError as error:
            said = ", ".join(f"{argument}={value!r}" for argument, value in question.items())
            raise pulumi.RunError(f"{name}({said}): {error}") from None
        return answer(_plain(asked.select(found)))

    def _ask_mocks(
        self, mocked: MockMonitor, lookup: type[Lookup[Any]], arguments: Mapping[str, Any], answer: Callable[[Any], T]
    ) -> T:
        """What the mocks' `call` answers: the fields of a record, or a list of records in an object's one field."""
        head, *tail = lookup.function().split("_")
        token = f"{self._cloud}:{CALL_MODULE}:{head}{''.join(part.capitalize() for part in tail)}"
        given = {argument: value for argument, value in arguments.items() if value is not None}
        found = mocked.mocks.call(MockCallArgs(token, given, ""))
        values, failures = found if isinstance(found, tuple) else (found, None)
        if failures:
            raise pulumi.RunError(f"{token}: {'; '.join(reason for _, reason in failures)}")
        try:
            return answer(next(iter(values.values()), []) if lookup.answers()[1] else values)
        except TypeError as error:
            raise pulumi.RunError(f"{token}: the mock's answer: {error}") from None


def later(lookup: Callable[..., Awaitable[T]], **arguments: pulumi.Input[Any]) -> pulumi.Output[T]:
    """What `lookup` answers when its arguments are known; a secret output when there is a secret in it."""

    async def ask(known: dict[str, Any]) -> T:
        return await (await asyncio.to_thread(lookup, **known))

    def mark(found: T) -> pulumi.Input[T]:
        return pulumi.Output.secret(found) if holds_secrets(found) else found

    given: pulumi.Output[dict[str, Any]] = pulumi.Output.all(**arguments)
    found: pulumi.Output[T] = given.apply(ask)
    return found.apply(mark)


def _warn_once(environment: Environment, text: str) -> None:
    if environment.memory.first_time("", text):
        pulumi.log.warn(text)


def _plain(found: Any) -> Any:
    return [one.model_dump() for one in found] if isinstance(found, list) else found.model_dump()
