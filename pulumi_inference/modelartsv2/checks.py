"""What ModelArts' own lists say against a program, told in the preview (modelarts-v2.md, sections 1.4 and 10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from pulumi_inference.core.errors import unless_gone
from pulumi_inference.core.fields.messages import did_you_mean
from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.http.members import Json
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.connections import ADVICE_PATIENCE
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.plan_checks import Advice, Finder, find_problems
from pulumi_inference.modelartsv2 import doubts, ports
from pulumi_inference.modelartsv2.client import ModelArtsV2Client
from pulumi_inference.modelartsv2.connection import CONNECTIONS
from pulumi_inference.modelartsv2.services.values import inline_of
from pulumi_inference.modelartsv2.specs.records import ServiceDetail, ServiceSummary

Asked = Advice[ModelArtsV2Client]

ACTIVE = "ACTIVE"
_CUSTOM = "custom"
_MOST_NAMED = 5
_MOST_SERVICES = 20


def check_deployment(context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
    """Whether service and pool are there and the flavours can be had, for what is new or has changed.

    What is doubtful is a warning.
    """
    before = old or {}
    finders = [*service_finders(before, values), *_flavour_finders(before, values, "")]
    pool = values.get("pool_id")
    if isinstance(pool, str):
        if pool != before.get("pool_id"):
            finders.append(partial(_pool, pool))
        finders.extend(_size_finders(context, before, values, "", partial(_flavours_of_pool, pool)))
    _doubt(context, before, values, "")
    if isinstance(values.get("service_id"), str) and values["service_id"] != before.get("service_id"):
        finders.append(partial(_public, values["service_id"]))
    if ports.has_moved(before, values):
        finders.append(partial(_port, context))
    return _found(context, values, finders)


def check_service(context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
    """Whether a new service may be made, and the flavours of the deployment in it can be had."""
    before, inline = (old or {}).get("deployment"), values.get("deployment")
    finders: list[Finder[Asked]] = []
    if isinstance(inline, Mapping):
        known = before if isinstance(before, Mapping) else {}
        finders.extend(_flavour_finders(known, inline, "deployment."))
        finders.extend(_size_finders(context, known, inline, "deployment.", _all_flavours))
        _doubt(context, known, inline, "deployment.")
    if old is None:
        finders.append(_count)
    return _found(context, values, finders)


def service_finders(old: Inputs, values: Inputs) -> Iterator[Finder[Asked]]:
    """Whether the service is there that new inputs name."""
    service_id = values.get("service_id")
    if isinstance(service_id, str) and service_id != old.get("service_id"):
        yield partial(_service, service_id)


def _doubt(context: Context, old: Inputs, values: Inputs, at: str) -> None:
    for text in (*ports.unheard(old, values, at), *doubts.images(old, values, at)):
        context.warn(text)


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


def _size_finders(
    context: Context, old: Inputs, values: Inputs, at: str, flavours: doubts.Flavours
) -> Iterator[Finder[Asked]]:
    if doubts.has_new_sizes(old, values):
        yield partial(_sizes, context, values, at, flavours)


def _sizes(context: Context, values: Inputs, at: str, flavours: doubts.Flavours, advice: Asked) -> Iterator[Problem]:
    for text in doubts.sizes(values, at, flavours(advice)):
        context.warn(text)
    yield from ()


def _flavour(path: str, name: str, unit: Mapping[str, Any], advice: Asked) -> Iterator[Problem]:
    listed = _all_flavours(advice)
    if not listed:
        return  # a list without any flavour says nothing of this one
    found = next((one for one in listed if one.get("id") == name), None)
    names = [str(one.get("id")) for one in listed]
    if found is None:
        more = ", …" if len(names) > _MOST_NAMED else ""
        there_is = did_you_mean(name, names) or f"; the flavours are {', '.join(names[:_MOST_NAMED])}{more}"
        yield Problem(path, f'there is no flavour "{name}"{there_is}')
        return
    if found.get("sold_out") is True:
        yield Problem(path, f'"{name}" is sold out at the moment{_instead(found, listed)}')
    image = unit.get("image")
    wanted = image.get("category") if isinstance(image, Mapping) else None
    if isinstance(wanted, str) and found.get("category") not in (None, wanted):
        way_out = "choose another flavour, or correct image.category"
        yield Problem(path, f'"{name}" is a flavour for {found["category"]}, and the image is for {wanted}; {way_out}')


def _instead(flavour: Json, listed: list[Json]) -> str:
    """What else could be had, of the same category first."""
    usable = [one for one in listed if one is not flavour and one.get("sold_out") is not True]
    usable.sort(key=lambda one: one.get("category") != flavour.get("category"))
    names = ", ".join(str(one.get("id")) for one in usable[:_MOST_NAMED])
    return f"; to be had: {names}" if names else ""


def _all_flavours(advice: Asked) -> list[Json]:
    return advice.ask("flavours", "flavours", lambda client: client.list_flavors())


def _flavours_of_pool(pool_id: str, advice: Asked) -> list[Json]:
    listed = (_cluster(pool_id, advice) or {}).get("flavors")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _cluster(pool_id: str, advice: Asked) -> Json | None:
    return advice.ask(f"pool {pool_id}", ("cluster", pool_id), lambda client: client.find_cluster(pool_id))


def _service(service_id: str, advice: Asked) -> Iterator[Problem]:
    if _detail(service_id, advice) is None:
        named = advice.ask("services", ("services", service_id), lambda client: _ids_of(client, service_id))
        is_name = (
            f"; that is the name of the service {named[0]}: give its id, or service.id in the program" if named else ""
        )
        hint = is_name or "; compare the id with the cloud, and region and project"
        yield Problem("service_id", f"there is no service {service_id}{hint}")


def _detail(service_id: str, advice: Asked) -> Json | None:
    def ask(client: ModelArtsV2Client) -> Json | None:
        found = unless_gone(client.get_service, service_id, ADVICE_PATIENCE)
        if found is not None:
            ServiceDetail.recognise(found, f"the service {service_id}", service_id=service_id)
        return found

    return advice.ask(f"service {service_id}", ("service", service_id), ask)


def _public(service_id: str, advice: Asked) -> Iterator[Problem]:
    """Nothing is added to a service on the public pool, and the deployment in it has no calls of its own."""
    detail = _detail(service_id, advice)
    inline = inline_of(detail) if detail is not None else None
    if detail is not None and inline is not None:
        yield Problem(
            "service_id",
            f'the service "{detail.get("name")}" has its deployment "{inline.get("name")}" inline, on the public pool: '
            "no other one can be added. Change that one by `deployment` of the modelartsv2.Service, or give a service "
            "that is made without `deployment`",
        )


def _ids_of(client: ModelArtsV2Client, name: str) -> list[str]:
    listed = ServiceSummary.recognise_list(client.list_services(name=name), "a service")
    return [str(one["id"]) for one in listed if one["name"] == name]


def _port(context: Context, advice: Asked) -> Iterator[Problem]:
    service_id = advice.inputs.get("service_id")
    is_known = isinstance(service_id, str)
    detail = _detail(str(service_id), advice) if is_known else None
    for text in ports.unlike_service(context, advice.inputs, detail) if detail is not None or not is_known else ():
        context.warn(text)
    yield from ()


def _pool(pool_id: str, advice: Asked) -> Iterator[Problem]:
    found = _cluster(pool_id, advice)
    if found is None:
        lists = "`pulumi-inference modelartsv2 pools` lists those of the project"
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
