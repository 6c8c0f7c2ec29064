"""The outputs of a resource that a program reads: asked of the engine when it does, because most never are.

Pulumi fills every output that a program declares, and each costs the program about as much as an input does. So only
the inputs that are given are declared; the rest is looked up in the engine's state of the resource, once for all.

In the preview of an update that state has the inputs only, since nobody knows what the cloud will say. The provider's
process knows which outputs stay as they are, so that what depends on one of them is not shown as changed too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pulumi
from pulumi.output import UNKNOWN, contains_unknowns
from pulumi.runtime import invoke_async, is_dry_run, rpc
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import get_monitor

from pulumi_inference.engine.host import STABLE
from pulumi_inference.engine.provider import VERSION_KEY

State = Mapping[str, Any]

_OF_ENGINE = "pulumi:pulumi:getResource"
"""The engine's own function that answers the state of a resource which the program has registered or read."""


class Outputs:
    """What one resource has besides the inputs that were given.

    Args:
        resource: the resource, registered or read.
        made: an output of it that is known in a deployment unless the resource could not be made, or was left out.
        secrets: the names of the outputs that are secret even where the state does not say so.
        has_stable: whether an update can leave one of them as it is.
    """

    def __init__(
        self, resource: pulumi.CustomResource, made: pulumi.Output[Any], secrets: Collection[str], *, has_stable: bool
    ) -> None:
        self._resource, self._made, self._secrets, self._has_stable = resource, made, secrets, has_stable
        self._state: pulumi.Output[State | None] | None = None

    def get(self, name: str) -> pulumi.Output[Any]:
        """The output of this name; not known where a preview cannot tell, or the resource could not be made."""
        if self._state is None:
            # An urn is known in every preview, and what comes of it depends on the resource.
            self._state = self._resource.urn.apply(self._find)
        return self._state.apply(lambda state: self._value(state, name))

    def _value(self, state: State | None, name: str) -> Any:
        if state is None or name not in state:
            return None if state is not None and _is_settled(state) else UNKNOWN
        value = rpc.unwrap_rpc_secret(state[name])
        if isinstance(value, float) and value.is_integer():  # all numbers travel as floats
            value = int(value)
        is_secret = name in self._secrets or rpc.is_rpc_secret(state[name])
        return pulumi.Output.secret(value) if is_secret else value

    def part_of_id(self, name: str, index: int) -> pulumi.Output[str]:
        """A part of the id; in the preview of a replacement it may be known although the id is not."""
        if not is_dry_run():
            return self._resource.id.apply(lambda one: one.split(",")[index])

        async def find(urn: str) -> Any:
            if await self._resource.id.is_known():
                return str(await self._resource.id.future()).split(",")[index]
            return (
                UNKNOWN
                if isinstance(get_monitor(), MockMonitor)
                else (await self._ask_provider(urn)).get(name, UNKNOWN)
            )

        return self._resource.urn.apply(find)

    async def _find(self, urn: str) -> State | None:
        # The engine has a state of what failed or was left out too, with its inputs or what it was before.
        if not is_dry_run() and not await self._made.is_known():
            return None
        state = await _ask_engine(urn)
        if state is None or _is_settled(state) or not self._has_stable or isinstance(get_monitor(), MockMonitor):
            return state
        if not await self._resource.id.is_known():
            return state
        return {**await self._ask_provider(urn), **state}

    async def _ask_provider(self, urn: str) -> State:
        """The outputs that stay; none of what is made anew, and where the host could not be extended."""
        try:
            return await invoke_async(STABLE, {"urn": urn}) or {}
        except Exception as error:  # a preview that knows less is still right
            pulumi.log.debug(f"the outputs that stay are not known: {error}", self._resource)
            return {}


class Attributes(dict[str, Any]):
    """The attributes of a resource; whoever asks for all of them gets the outputs that nobody has read, too.

    That is how Pulumi exports a whole resource, and what `vars` and `copy` see. An attribute that is read by its name
    is looked for past all this.
    """

    def __init__(self, found: Mapping[str, Any], names: Collection[str], outputs: Outputs) -> None:
        super().__init__(found)
        self._names, self._outputs = names, outputs

    def __missing__(self, name: str) -> pulumi.Output[Any]:
        if name not in self._names:
            raise KeyError(name)
        found = self[name] = self._outputs.get(name)
        return found

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())

    def get(self, name: str, default: Any = None) -> Any:
        """The attribute of this name."""
        try:
            return self[name]
        except KeyError:
            return default

    def keys(self) -> Any:
        """The names of all attributes."""
        self._complete()
        return super().keys()

    def values(self) -> Any:
        """All attributes."""
        self._complete()
        return super().values()

    def items(self) -> Any:
        """All attributes with their names."""
        self._complete()
        return super().items()

    def _complete(self) -> None:
        for name in self._names:
            self[name]


class Inputs(dict[str, Any]):
    """The inputs of a resource as the program's transformations see them: None is what is not given."""

    def __init__(self, given: Mapping[str, Any], names: Collection[str]) -> None:
        super().__init__(given)
        self._names = names

    def __missing__(self, name: str) -> None:
        if name not in self._names:
            raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self._names


def _is_settled(state: State) -> bool:
    """Whether what is not in it is not there either."""
    return VERSION_KEY in state or not is_dry_run()


async def _ask_engine(urn: str) -> State | None:
    """The known outputs in the engine's state; None of a resource that could not be made."""
    request = resource_pb2.ResourceInvokeRequest(tok=_OF_ENGINE, acceptResources=True)
    request.args["urn"] = urn
    monitor: Any = get_monitor()
    try:
        answer = await asyncio.to_thread(monitor.Invoke, request)
    except Exception as error:  # why it could not be made is told where that happened
        pulumi.log.debug(f"{urn} has no outputs: {error}")
        return None
    outputs = rpc.deserialize_properties(getattr(answer, "return")["state"])
    return {name: one for name, one in outputs.items() if one is not None and not contains_unknowns(one)}
