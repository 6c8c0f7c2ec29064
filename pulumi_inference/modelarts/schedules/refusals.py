"""Why a service cannot be given a schedule."""

from __future__ import annotations

from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.modelarts.api.client import ModelArtsClient
from pulumi_inference.modelarts.places import inline_schedule_key, schedule_owner_key
from pulumi_inference.modelarts.schedules.values import Detail, item_of, items_of, name_of, words_of


def rival(context: Context, client: ModelArtsClient, thing: str) -> str | None:
    """What else in the program gives this service a schedule; Service.diff looks at it from the other side."""
    cache = context.environment.cache
    first: str = cache.get(schedule_owner_key(client, thing), lambda: context.urn)
    if first != context.urn:
        return f'the Schedule "{first.rpartition("::")[2]}" is for the same service; remove one of the two'
    service = cache.peek(inline_schedule_key(client, thing))
    if service is None:
        return None
    return f'the Service "{service}" has a schedule= of its own; remove that one, or this Schedule'


def unfit(client: ModelArtsClient, thing: str, detail: Detail | None) -> str | None:
    """Why this service can have no schedule at all."""
    if detail is None:
        return f"there is no service {thing} in project {client.project_id}; check the id, and connection and region"
    kind = detail.get("infer_type", "real-time")
    if kind != "real-time":
        return f"{name_of(detail)} is a {kind} service; only real-time services can have a schedule"
    if detail.get("is_shared"):
        return f"{name_of(detail)} is a subscribed service; only its owner can give it a schedule"
    return None


def taken(detail: Detail, values: Inputs) -> str | None:
    """Why a service that has another schedule cannot be given this one."""
    found = items_of(detail)
    if not found or any(value is UNKNOWN for value in values.values()) or found == [item_of(values)]:
        return None
    return (
        f"{name_of(detail)} has another schedule already, {words_of(found)}; remove that one first, or begin with just "
        "its values: then `pulumi up` takes it over"
    )
