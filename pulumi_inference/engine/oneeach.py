"""Parts of resource classes of which others have at most one: a second is refused before it is made."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import pulumi

from pulumi_inference.engine.resource import InferenceResource

_first: WeakKeyDictionary[InferenceResource, dict[Hashable, Any]] = WeakKeyDictionary()
"""The first of each class, and of what else it is for, for each resource of the program."""


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
            owner = await _source(owner_id, self._owner(), self._owner_id)
            problem = await self._problem(resource_name, owner) if owner is not None else None
        except Exception:  # the failure of what the id comes from is told where it happened
            return None
        return [problem] if problem else None

    async def _problem(self, resource_name: str, owner: Any) -> str | None:
        objection = await self._objection(resource_name, owner)
        if objection:
            return objection
        first = _first.setdefault(owner, {}).setdefault((type(self),), self)
        if first is not self:
            other = f'{type(self).__name__} "{getattr(first, "_name", "")}"'
            what = f'{type(owner).__name__} "{owner._name}"'
            return f"{self._owner_id}: the {other} is for the {what} too; remove one of the two"
        return None


class OncePerPair:
    """Refuses a second resource of its class with the same ids, before what these are of exists.

    Left to the provider is what can be told by known ids only: two ids that are both plain, and one that stands in the
    program as a plain text here and as an output there. Where such an id is unknown in a preview, `up` refuses the
    second one when it is, before anything is sent.
    """

    def _sources(self) -> Mapping[str, type[InferenceResource]]:
        """The arguments that tell two of them apart, with the classes whose ids they are."""
        raise NotImplementedError

    def _find_problems(self, resource_name: str, inputs: Mapping[str, Any]) -> pulumi.Output[list[str] | None] | None:  # noqa: ARG002 - as in the base
        sources = self._sources()
        if not all(name in inputs for name in sources):
            return None
        ids = [pulumi.Output.from_input(inputs[name]) for name in sources]
        return pulumi.Output.from_input(self._problems_of(ids))

    async def _problems_of(self, ids: Sequence[pulumi.Output[str]]) -> list[str] | None:
        try:
            named = zip(ids, self._sources().items(), strict=True)
            meant = tuple([await _source(one, of, name) or await one.future() for one, (name, of) in named])
        except Exception:  # the failure of what an id comes from is told where it happened
            return None
        owner = next((one for one in meant if isinstance(one, InferenceResource)), None)
        if owner is None or None in meant:
            return None
        first = _first.setdefault(owner, {}).setdefault((type(self), meant), self)
        if first is self:
            return None
        other = f'{type(self).__name__} "{getattr(first, "_name", "")}"'
        return [f"{list(self._sources())[-1]}: the {other} is the same; remove one of the two"]


async def _source(value: pulumi.Output[str], owner: type[InferenceResource], name: str) -> InferenceResource | None:
    """The resource whose output `name` a value is; None where it may still be that of several, or is none's."""
    behind = [one for one in await value.resources() if isinstance(one, owner)]
    owners = [one for one in behind if await _may_be(one, value, name)]
    return owners[0] if len(owners) == 1 else None


async def _may_be(owner: Any, value: pulumi.Output[str], name: str) -> bool:
    """Whether the id is that of the other one, as far as it is known: it may only have been computed with it."""
    own, meant = await getattr(owner, name).future(), await value.future()
    return own is None or meant is None or own == meant
