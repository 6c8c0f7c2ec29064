"""How a program's lookups are asked and answered: each question once per run, at once or as an output."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Hashable, Mapping
from typing import Any, Self, TypeVar

import pulumi

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.engine.lookups import program_context
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.connection import CONNECTIONS

T = TypeVar("T")


class Awaitable:
    """An answer that is there already; awaiting it answers it at once, for programs that await every lookup."""

    def __await__(self) -> Generator[Any, Any, Self]:
        yield from ()
        return self


class Records(Awaitable, list[T]):
    """A list of records."""


def ask(
    lookup: str, arguments: Mapping[str, Hashable], connection: str | None, request: Callable[[ModelArtsClient], T]
) -> T:
    """The answer of `request`, made once per run for each lookup and its arguments; errors are not kept.

    Raises:
        pulumi.RunError: settings are missing, ModelArts refuses or cannot be asked, or has no such thing.
    """
    stated = {name: value for name, value in arguments.items() if value is not None}
    try:
        context = program_context()
        key = (CONNECTIONS, connection, (lookup, *stated.items()))
        answer: T = context.environment.memory.lookups.get(
            key, lambda: request(CONNECTIONS.today(context, connection).client())
        )
        return answer
    except InferenceError as error:
        said = ", ".join(f"{name}={value!r}" for name, value in stated.items())
        raise pulumi.RunError(f"modelarts.{lookup}({said}): {error}") from None


def later(lookup: Callable[..., T], **arguments: pulumi.Input[Any]) -> pulumi.Output[T]:
    """What `lookup` answers when its arguments are known."""

    async def answer(known: dict[str, Any]) -> T:
        return await asyncio.to_thread(lookup, **known)

    return pulumi.Output.all(**arguments).apply(answer)


def given(filters: Mapping[str, str | None]) -> dict[str, str]:
    """The filters that have a value."""
    return {name: value for name, value in filters.items() if value is not None}
