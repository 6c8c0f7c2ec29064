"""Why a service cannot be given a schedule."""

from __future__ import annotations

from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.schedules.values import Detail, item_of, items_of, name_of, words_of


def rival(context: Context, service: str) -> str | None:
    """What else in the program gives this service a schedule; Service.diff looks at it from the other side."""
    first = context.environment.memory.claim("modelarts.Service", service, "schedule", context.urn)
    if first == context.urn:
        return None
    name = first.rpartition("::")[2]
    if first.split("::")[-2].endswith(":Schedule"):
        return f'the Schedule "{name}" is for the same service; remove one of the two'
    return f'the Service "{name}" has a schedule= of its own; remove that one, or this Schedule'


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
