"""What the preview of an update can know: outputs that stay as they are. The provider's process says which those are.

In a preview Pulumi answers a dynamic resource with its inputs, and all outputs are unknown: whatever depends on one is
shown as changed too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import pulumi
from pulumi.runtime import invoke_async, is_dry_run
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_monitor

from pulumi_inference.engine.host import STABLE

Stable = Mapping[str, Any]


def know_stable(resource: pulumi.CustomResource, names: Iterable[str]) -> None:
    """Makes those of the outputs known in a preview that an update leaves as they are."""
    if not is_dry_run() or isinstance(get_monitor(), MockMonitor):
        return
    asking: list[asyncio.Future[Stable]] = []

    def ask() -> Awaitable[Stable]:
        if not asking:
            asking.append(asyncio.ensure_future(_stable(resource)))
        return asking[0]

    for name in names:
        setattr(resource, name, _known(getattr(resource, name), name, ask))


def _known(output: pulumi.Output[Any], name: str, ask: Callable[[], Awaitable[Stable]]) -> pulumi.Output[Any]:
    async def find() -> tuple[Any, bool]:
        if await output.is_known():
            return await output.future(), True
        stable = await ask()
        return stable.get(name), name in stable

    found = asyncio.ensure_future(find())

    async def part(index: int) -> Any:
        return (await found)[index]

    return pulumi.Output(
        asyncio.ensure_future(output.resources()),
        asyncio.ensure_future(part(0)),
        asyncio.ensure_future(part(1)),
        asyncio.ensure_future(output.is_secret()),
    )


async def _stable(resource: pulumi.CustomResource) -> Stable:
    """What the provider says; nothing for what is made anew, or where the host could not be extended."""
    if not await resource.id.is_known():
        return {}
    try:
        return await invoke_async(STABLE, {"urn": await resource.urn.future()}) or {}
    except Exception as error:  # a preview that knows less is still right
        pulumi.log.debug(f"the outputs that stay are not known: {error}", resource)
        return {}
