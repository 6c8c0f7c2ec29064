"""What ModelArts v2 says of services and deployments at this moment. Loaded when somebody looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.normalise import whole_number
from pulumi_inference.core.http.members import Json
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.connections import LOOK_PATIENCE
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.managed import Managed
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.status import Event, Moment, Observation, Wanted
from pulumi_inference.modelartsv2.client import ModelArtsV2Client
from pulumi_inference.modelartsv2.deployments.values import SERVICE, group_of

T = TypeVar("T")

_UNSAID = frozenset({SERVICE, "version", "unit_configs", "advanced_config"})
"""Members of details that `--json` leaves out: environments and mounted secrets."""


def observe_service(
    seen: Observation,
    life: Managed[ModelArtsV2Client],
    context: Context,
    *,
    thing: str | None,
    values: Inputs,
    wanted: Wanted,
) -> Observation:
    """A service: its deployments with their shares, replicas and events."""
    answer = life.peeked(context, thing, values)
    if thing is None or answer is None:
        return seen
    client, problems = _client(life, context, values), list(seen.problems)
    groups = answer["version"].get("instance_groups") or []
    shares = ", ".join(f"{one.get('name')} {one.get('traffic_ratio') or ''}".strip() for one in groups)
    events = _tried(lambda: client.list_events(thing), problems) if wanted.events else None
    due = next((whole_number(one.get("due_time")) for one in answer.get("schedule") or ()), None)
    return replace(
        seen,
        error=answer.get("failure_reason") or seen.error,
        running=_sum(groups, "running_count"),
        wanted=_sum(groups, "count"),
        columns={"deployments": shares or None, "due": Moment(due) if isinstance(due, int) else None},
        events=_last(events or [], wanted.events),
        raw={name: one for name, one in answer.items() if name not in _UNSAID},
        problems=problems,
    )


def observe_deployment(
    seen: Observation,
    life: Managed[ModelArtsV2Client],
    context: Context,
    *,
    thing: str | None,
    values: Inputs,
    wanted: Wanted,
) -> Observation:
    """A deployment: version, share, replicas, those of its instances and pods that do not run, and events."""
    answer = life.peeked(context, thing, values)
    if thing is None or answer is None:
        return seen
    client, problems = _client(life, context, values), list(seen.problems)
    service_id, name = str(answer["service_id"]), str(answer["name"])
    group, count = group_of(answer), answer.get("count")
    instances = _tried(lambda: client.list_instances(service_id, name), problems) or []
    pods = _tried(lambda: client.list_pods(service_id, name), problems) or []
    events = _tried(lambda: client.list_events(service_id), problems) if wanted.events else None
    running = group.get("running_count")
    return replace(
        seen,
        running=running if isinstance(running, int) else None,
        wanted=count if isinstance(count, int) else None,
        columns={
            "version": answer.get("version"),
            "share": group.get("traffic_ratio"),
            "replicas": _told(instances, "instance_name"),
            "pods": _told(pods, "pod_name"),
        },
        events=_last(events or [], wanted.events),
        raw={**{key: one for key, one in answer.items() if key not in _UNSAID}, "replicas": instances, "pods": pods},
        problems=problems,
    )


def _client(life: Managed[ModelArtsV2Client], context: Context, values: Inputs) -> ModelArtsV2Client:
    client: ModelArtsV2Client = life.connections.of(context, values).client(LOOK_PATIENCE)
    return client


def _told(things: list[Json], name: str) -> str | None:
    """How many there are, and those that do not run, by name."""
    if not things:
        return None
    others = [f"{one.get(name)} {one.get('status')}" for one in things if one.get("status") != "RUNNING"]
    return ", ".join([str(len(things)), *others])


def _sum(groups: list[Mapping[str, Any]], name: str) -> int | None:
    counts = [one[name] for one in groups if isinstance(one.get(name), int)]
    return sum(counts) if counts else None


def _last(events: list[Json], count: int) -> list[Event]:
    """The last ones; one that came again is as new as that."""
    found = sorted(map(_event, events), key=lambda one: one.time)
    return found[-count:] if count else []


def _event(event: Answer) -> Event:
    kind, moment = event.get("event_type"), whole_number(event.get("update_at") or event.get("create_at"))
    mark = "" if kind == "NORMAL" else f"{kind}: "
    source = str(event.get("id") or "")
    return Event(moment if isinstance(moment, int) else 0, f"{mark}{event.get('event_info')}", source)


def _tried(ask: Callable[[], T], problems: list[str]) -> T | None:
    """The answer, or None and one more problem."""
    try:
        return ask()
    except InferenceError as error:
        problems.append(str(error))
        return None
