"""Whether a flavour exists, is for such a service, and can be had now (reference 5.4 and 8.12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pulumi_inference.core.fields.messages import did_you_mean
from pulumi_inference.core.fields.problems import Problem
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.plan_checks import UnavailableError
from pulumi_inference.modelarts.checks.answers import PlanLookups
from pulumi_inference.modelarts.specs.records import Flavour

POOLS = ("pool_name", "cluster_id")
INFER_TYPES = ("real-time", "batch", "edge")

_CUSTOM = "custom"
_SOLD_OUT = "sellout"
_MOST_NAMED = 5

_NAMES_OF_2024 = {"modelarts.vm.gpu.p4": "modelarts.vm.gpu.pnt004", "modelarts.vm.ai1.a310": "modelarts.vm.ai1.snt3"}
_ALIASES = {**_NAMES_OF_2024, **{new: old for old, new in _NAMES_OF_2024.items()}}
"""Flavours that have had another name; a region's list has either."""


@dataclass(frozen=True)
class Wanted:
    """A flavour that a program names, and for what."""

    name: str
    infer_type: str
    dedicated_pool: bool

    @property
    def place(self) -> str:
        """The pool, for people."""
        return "a dedicated pool" if self.dedicated_pool else "the shared pool"


def wanted(item: Inputs, service: Inputs) -> Wanted | None:
    """What an item of `config` asks for; None when that is not known, or no flavour of the cloud's."""
    name, infer_type = item.get("specification"), service.get("infer_type")
    pools = [one.get(pool) for one in (item, service) for pool in POOLS]
    is_known = (
        isinstance(name, str) and isinstance(infer_type, str) and all(isinstance(one, str | None) for one in pools)
    )
    if not is_known or name == _CUSTOM:
        return None
    # The list for dedicated pools is about pools of the account; edge nodes are another thing.
    return Wanted(str(name), str(infer_type), dedicated_pool=infer_type != "edge" and any(pools))


def find(asked: Wanted, lookups: PlanLookups) -> Flavour | None:
    """The flavour in the cloud's list, by its present or its former name.

    Raises:
        UnavailableError: the list cannot be had.
    """
    listed = {one.specification: one for one in _listed(asked, lookups)}
    return listed.get(asked.name) or listed.get(_ALIASES.get(asked.name, ""))


def check(path: str, asked: Wanted, lookups: PlanLookups) -> Iterator[Problem]:
    """What speaks against the flavour; one that has to be applied for is a warning.

    Raises:
        UnavailableError: the list cannot be had.
    """
    listed = _listed(asked, lookups)
    if not listed:
        return  # a list without any flavour says nothing of this one
    flavour = find(asked, lookups)
    if flavour is None:
        yield Problem(path, _not_found(asked, listed, lookups))
    elif flavour.spec_status == _SOLD_OUT:
        yield Problem(path, f'"{asked.name}" is sold out at the moment{_instead(flavour, listed)}')
    elif flavour.over_quota:
        reason = f'the quota for "{asked.name}" is used up; ask for a higher one'
        yield Problem(path, f"{reason}{_instead(flavour, listed)}")
    elif flavour.is_open is False:
        lookups.warn(
            f'the flavour "{asked.name}" is not open to everybody: deploying fails until a ticket for it was granted'
        )


def _listed(asked: Wanted, lookups: PlanLookups) -> list[Flavour]:
    return lookups.flavours(asked.infer_type, dedicated_pool=asked.dedicated_pool)


def _not_found(asked: Wanted, listed: list[Flavour], lookups: PlanLookups) -> str:
    names = [one.specification for one in listed]
    there_is = f"; there is {', '.join(names[:_MOST_NAMED])}{' …' if len(names) > _MOST_NAMED else ''}"
    others = [kind for kind in INFER_TYPES if kind != asked.infer_type]
    found = [kind for kind in others if _exists(Wanted(asked.name, kind, asked.dedicated_pool), lookups)]
    if found:
        return (
            f'"{asked.name}" is a flavour for {" and ".join(found)} services, not for {asked.infer_type} ones{there_is}'
        )
    elsewhere = Wanted(asked.name, asked.infer_type, not asked.dedicated_pool)
    if asked.infer_type != "edge" and _exists(elsewhere, lookups):
        return f'"{asked.name}" is a flavour of {elsewhere.place}, and the service is in {asked.place}{there_is}'
    nobody = f'there is no flavour "{asked.name}" for {asked.infer_type} services in {asked.place}'
    return f"{nobody}{did_you_mean(asked.name, names) or there_is}"


def _exists(asked: Wanted, lookups: PlanLookups) -> bool:
    """Whether it is known to exist; another list that cannot be had takes nothing back of what was found."""
    try:
        return find(asked, lookups) is not None
    except UnavailableError:
        return False


def _instead(flavour: Flavour, listed: list[Flavour]) -> str:
    """What else could be had, of the same category first."""
    usable = [
        one
        for one in listed
        if one is not flavour and one.spec_status != _SOLD_OUT and not one.over_quota and one.is_open is not False
    ]
    usable.sort(key=lambda one: one.category != flavour.category)
    names = ", ".join(one.specification for one in usable[:_MOST_NAMED])
    return f"; to be had: {names}" if names else ""
