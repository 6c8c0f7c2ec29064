"""What ModelArts' own lists say against a program, told in the preview (modelarts-v2.md, sections 1.4 and 10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from pulumi_inference.core.fields.messages import did_you_mean
from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.http.members import Json
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.plan_checks import Advice, Finder, find_problems
from pulumi_inference.modelartsv2.client import ModelArtsV2Client
from pulumi_inference.modelartsv2.connection import CONNECTIONS

Asked = Advice[ModelArtsV2Client]

ACTIVE = "ACTIVE"
_CUSTOM = "custom"
_MOST_NAMED = 5
_MOST_SERVICES = 20


def check_deployment(context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
    """Whether the pool of a deployment works and its flavours can be had, for what is new or has changed."""
    finders = list(_flavour_finders(old or {}, values, ""))
    pool = values.get("pool_id")
    if isinstance(pool, str) and pool != (old or {}).get("pool_id"):
        finders.append(partial(_pool, pool))
    return _found(context, values, finders)


def check_service(context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
    """Whether a new service may be made, and the flavours of the deployment in it can be had."""
    before, inline = (old or {}).get("deployment"), values.get("deployment")
    finders: list[Finder[Asked]] = []
    if isinstance(inline, Mapping):
        known = before if isinstance(before, Mapping) else {}
        finders.extend(_flavour_finders(known, inline, "deployment."))
    if old is None:
        finders.append(_count)
    return _found(context, values, finders)


def _found(context: Context, values: Inputs, finders: list[Finder[Asked]]) -> list[Problem]:
    if not finders:
        return []
    return find_problems(CONNECTIONS, context, lambda: Asked(CONNECTIONS, context, values), finders)


def _flavour_finders(old: Inputs, values: Inputs, at: str) -> Iterator[Finder[Asked]]:
    before = {flavor for flavor, _ in _flavours(old)}
    for flavor, index in _flavours(values):
        if flavor not in before:
            unit = values["unit_configs"][index]
            yield partial(_flavour, f"{at}unit_configs[{index}].flavor", flavor, unit)


def _flavours(values: Inputs) -> Iterator[tuple[str, int]]:
    units = values.get("unit_configs")
    for index, unit in enumerate(units if isinstance(units, list) else ()):
        flavor = unit.get("flavor") if isinstance(unit, Mapping) else None
        if isinstance(flavor, str) and flavor != _CUSTOM:
            yield flavor, index


def _flavour(path: str, name: str, unit: Mapping[str, Any], advice: Asked) -> Iterator[Problem]:
    listed = advice.ask("flavours", "flavours", lambda client: client.list_flavors())
    if not listed:
        return  # a list without any flavour says nothing of this one
    found = next((one for one in listed if one.get("id") == name), None)
    names = [str(one.get("id")) for one in listed]
    if found is None:
        more = " …" if len(names) > _MOST_NAMED else ""
        there_is = did_you_mean(name, names) or f"; there is {', '.join(names[:_MOST_NAMED])}{more}"
        yield Problem(path, f'there is no flavour "{name}"{there_is}')
        return
    if found.get("sold_out") is True:
        yield Problem(path, f'"{name}" is sold out at the moment{_instead(found, listed)}')
    image = unit.get("image")
    wanted = image.get("category") if isinstance(image, Mapping) else None
    if isinstance(wanted, str) and found.get("category") not in (None, wanted):
        yield Problem(path, f'"{name}" is a flavour for {found["category"]}, and the image is for {wanted}')


def _instead(flavour: Json, listed: list[Json]) -> str:
    """What else could be had, of the same category first."""
    usable = [one for one in listed if one is not flavour and one.get("sold_out") is not True]
    usable.sort(key=lambda one: one.get("category") != flavour.get("category"))
    names = ", ".join(str(one.get("id")) for one in usable[:_MOST_NAMED])
    return f"; to be had: {names}" if names else ""


def _pool(pool_id: str, advice: Asked) -> Iterator[Problem]:
    found = advice.ask(f"pool {pool_id}", ("cluster", pool_id), lambda client: client.find_cluster(pool_id))
    if found is None:
        lists = "`pulumi-inference modelartsv2 pools` lists those that there are"
        yield Problem("pool_id", f'there is no dedicated pool "{pool_id}"; {lists}')
    elif isinstance(found.get("status"), str) and found["status"] != ACTIVE:
        yield Problem("pool_id", f'the pool "{pool_id}" is {found["status"]}; deploying needs an {ACTIVE} one')


def _count(advice: Asked) -> Iterator[Problem]:
    listed = advice.ask("services", "services", lambda client: client.list_services())
    if len(listed) >= _MOST_SERVICES:
        advice.warn(
            f"there are {len(listed)} services, and a user may have {_MOST_SERVICES} unless the quota was raised; "
            "stopped and failed ones count too"
        )
    yield from ()
