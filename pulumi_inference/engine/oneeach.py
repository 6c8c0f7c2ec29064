"""Part of a resource class of which another resource has at most one: a second is refused before it is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import pulumi

from pulumi_inference.engine.resource import InferenceResource

_first: WeakKeyDictionary[InferenceResource, dict[type, OneEach]] = WeakKeyDictionary()
"""The first of each class for each resource of the program."""


class OneEach:
    """Refuses a second resource of its class for the same other one.

    It looks at the resources that the id comes from, so that it works before the other one exists. An id that may still
    be that of several is left to the provider.
    """

    _owner_id: ClassVar[str]
    """The argument with the id of the other one, which is an output of that, too."""

    def _owner(self) -> type[InferenceResource]:
        """The class of the other one."""
        raise NotImplementedError

    async def _objection(self, resource_name: str, owner: Any) -> str | None:  # noqa: ARG002 - for those who have more
        """Why the other one can have none at all; by default nothing."""
        return None

    def _find_problems(self, resource_name: str, inputs: Mapping[str, Any]) -> pulumi.Output[list[str] | None] | None:
        if self._owner_id not in inputs:
            return None
        owner_id = pulumi.Output.from_input(inputs[self._owner_id])
        return pulumi.Output.from_input(self._problems_of(resource_name, owner_id))

    async def _problems_of(self, resource_name: str, owner_id: pulumi.Output[str]) -> list[str] | None:
        try:
            behind = [one for one in await owner_id.resources() if isinstance(one, self._owner())]
            owners = [one for one in behind if await self._may_be(one, owner_id)]
            problem = await self._problem(resource_name, owners[0]) if len(owners) == 1 else None
        except Exception:  # the failure of what the id comes from is told where it happened
            return None
        return [problem] if problem else None

    async def _may_be(self, owner: Any, owner_id: pulumi.Output[str]) -> bool:
        """Whether the id is that of the other one, as far as it is known: it may only have been computed with it."""
        own, meant = await getattr(owner, self._owner_id).future(), await owner_id.future()
        return own is None or meant is None or own == meant

    async def _problem(self, resource_name: str, owner: Any) -> str | None:
        objection = await self._objection(resource_name, owner)
        if objection:
            return objection
        first = _first.setdefault(owner, {}).setdefault(type(self), self)
        if first is not self:
            other = f'{type(self).__name__} "{getattr(first, "_name", "")}"'
            what = f'{type(owner).__name__} "{owner._name}"'
            return f"{self._owner_id}: the {other} is for the {what} too; remove one of the two"
        return None
