"""From a service of ModelArts v1 (modelarts.md, sections 5 and 6) to one of this API (modelarts-v2.md, 1.5 and 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from pulumi_inference.core.conversion import Choice, Conversion, Converted, Found, Made, NotConvertibleError, Output
from pulumi_inference.modelartsv2.migration.containers import container_of
from pulumi_inference.modelartsv2.migration.deployments import UNIT, Place, group_of, names_of
from pulumi_inference.modelartsv2.migration.notes import Notes
from pulumi_inference.modelartsv2.migration.shapes import Values, amount, inside, items, whole
from pulumi_inference.modelartsv2.services.rules import LONGEST_MINUTES

_SERVICE, _MODEL = "modelarts.Service", "modelarts.Model"
_REAL_TIME = "real-time"
_MINUTES: Mapping[str, int] = {"MINUTES": 1, "HOURS": 60, "DAYS": 24 * 60}
_WIDEST: Values = {"rate_limit": {"num": 10000, "unit": "SECONDS"}, "request_size_limit": 50, "request_timeout": 7200}
"""The limits that refuse the least: v1 answers none that would have to be kept."""

_REFUSED: Mapping[str, str] = {
    "batch": "a batch service: v2 has none; ModelArts' training and data jobs process files",
    "edge": "an edge service: v2 deploys to no edge nodes",
}


class FromV1(Conversion):
    """Real-time services; each of their models becomes a deployment."""

    name = "from-v1"
    summary = "Write the program of a service that does the same as a service of ModelArts v1."
    source = _SERVICE
    choices: ClassVar[Mapping[str, Choice]] = {
        "name": Choice(help="The service's name in the program (default: its name in v1).", metavar="NAME"),
        "pool": Choice(
            help="Dedicated pool of the deployments (default: that of the service in v1; on the public pool there, "
            "several models need one).",
            metavar="POOL_ID",
        ),
        "auth": Choice(
            help="Who may call it: who has an IAM token, or who has a key.",
            values=("TOKEN", "API_KEY"),
            default="TOKEN",
        ),
    }

    def related(self, source: Found) -> Iterable[tuple[str, str]]:
        """The models, which say what runs."""
        return [(_MODEL, str(item["model_id"])) for item in items(source.values, "config")]

    def convert(self, source: Found, related: Mapping[str, Found], chosen: Mapping[str, str | None]) -> Converted:
        """One service, and a deployment for each model; on the public pool the one deployment stands in the service."""
        values, notes = source.values, Notes()
        label = str(chosen.get("name") or values.get("name") or source.id)
        places = _places(source, label, related, chosen.get("pool"))
        groups = [group_of(place, notes) for place in places]
        secrets = [_secrets(place) for place in places]
        service = _service(source, places, str(chosen["auth"]), notes)
        made: list[Made] = []
        if places[0].pool is None:
            service |= {"deployment": groups[0], **secrets[0]}
        for place, group, secret in zip(places, groups, secrets, strict=True):
            if place.pool is not None:
                of_service = {"service_id": Output(label, "service_id"), "pool_id": place.pool}
                made.append(Made("Deployment", place.label, {**group, **of_service, **secret}))
        _tell(source, places, str(chosen["auth"]), notes)
        # A service has no address before something was deployed.
        exports = {f"{label}_url": Output(places[0].label, "url")}
        return Converted([Made("Service", label, service), *made], exports, notes.lost, notes.by_hand)


def _places(source: Found, label: str, related: Mapping[str, Found], pool: str | None) -> Sequence[Place]:
    """Each model with its name and place.

    Raises:
        NotConvertibleError: v2 has no such services, or needs a pool for this one.
    """
    values = source.values
    kind, models = values.get("infer_type", _REAL_TIME), items(values, "config")
    who = f"{label} ({source.id})"
    if kind != _REAL_TIME:
        raise NotConvertibleError(
            f"{who} is {_REFUSED.get(kind, f'a service of the kind {kind}, which v2 does not have')}"
        )
    web_socket = bool(inside(values, "additional_properties").get("websocket_upgrade"))
    names = names_of(_model_names(source, related))
    is_alone = len(models) == 1
    places = []
    for item, name in zip(models, names, strict=True):
        own = pool or item.get("pool_name") or values.get("pool_name")
        old = item.get("cluster_id") or values.get("cluster_id")
        if not own and (old or not is_alone):
            raise _without_pool(who, old, len(models))
        place_label = f"{label}-{name}" if own else label
        container = container_of(related.get(str(item["model_id"])))
        places.append(Place(name, place_label, item, values, container, own, web_socket))
    return places


def _without_pool(who: str, old: Any, models: int) -> NotConvertibleError:
    reason = (
        f"runs on the old dedicated pool {old}, which v2 does not know"
        if old
        else f"has {models} models on the public pool, where a service of v2 has one deployment"
    )
    return NotConvertibleError(
        f"{who} {reason}",
        next_step="Name a dedicated pool with --pool; `pulumi-inference modelartsv2 pools` lists them.",
    )


def _model_names(source: Found, related: Mapping[str, Found]) -> Iterable[tuple[str, str]]:
    """Name and version of each model, from the model or from what its service says of it."""
    deployed = {one.get("model_id"): one for one in items(source.facts, "deployed")}
    for item in items(source.values, "config"):
        known, model = deployed.get(item["model_id"]) or {}, related.get(str(item["model_id"]))
        values = model.values if model else {}
        yield (
            str(values.get("name") or known.get("model_name") or ""),
            str(values.get("version") or known.get("model_version") or ""),
        )


def _secrets(place: Place) -> dict[str, Any]:
    secrets = inside(place.service, "secret_envs", str(place.item["model_id"]))
    return {"secret_envs": {UNIT: dict(secrets)}} if secrets else {}


def _service(source: Found, places: Sequence[Place], auth: str, notes: Notes) -> dict[str, Any]:
    """The arguments of the service, but for a deployment that stands in it."""
    values = source.values
    # Requests go to the port and in the protocol of their deployment; the service has to name one.
    first = max(places, key=lambda place: amount(place.item.get("weight")) or 0)
    if len({(place.container.port, place.protocol) for place in places}) > 1:
        notes.ask(
            "the models have different ports or protocols: each deployment says its own in advanced_config, and "
            f"service_invoke says those of {first.label}"
        )
    service: dict[str, Any] = {
        "name": values.get("name"),
        "runtime_config": {
            "service_invoke": {
                "port": first.container.port,
                "protocol": first.protocol,
                "auth_type": auth,
                "internet_access_enable": True,
            },
            "service_limit": _WIDEST,
        },
    }
    if values.get("description"):
        service["description"] = values["description"]
    if values.get("workspace_id") not in (None, "0"):
        service["workspace_id"] = values["workspace_id"]
    service |= _schedule(values, notes)
    service |= _logs(inside(values, "additional_properties"), notes)
    return {name: value for name, value in service.items() if value is not None}


def _schedule(values: Values, notes: Notes) -> dict[str, Any]:
    for one in items(values, "schedule"):
        unit, duration = str(one.get("time_unit")), whole(one.get("duration")) or 0
        if duration * _MINUTES.get(unit, 0) > LONGEST_MINUTES:
            notes.lose(f"schedule: v1 stops the service after {duration} {unit}; v2 takes 7 days at most")
            return {}
        return {"schedule": {"type": "STOP", "time_unit": unit, "duration": duration}}
    return {}


def _logs(properties: Values, notes: Notes) -> dict[str, Any]:
    channels = items(properties, "log_report_channels")
    if not channels:
        return {}
    notes.ask("log_configs: the lines go to the same log stream as those of v1, as long as both services run")
    streams = [inside(one, "configuration") for one in channels]
    return {"log_configs": [{"type": "STDOUT", **dict(one)} for one in streams[:1]]}


def _tell(source: Found, places: Sequence[Place], auth: str, notes: Notes) -> None:
    """What of the service is in no argument, or not as it was."""
    values, facts = source.values, source.facts
    notification = inside(values, "additional_properties", "smn_notification")
    if notification:
        notes.lose(
            f"smn_notification to {notification.get('topic_urn')}: v2 sends no messages about states; "
            "`pulumi-inference status` shows them, with events"
        )
    if values.get("security_group_id"):
        notes.lose(f"security_group_id {values['security_group_id']}: v2 has none for a service")
    if values.get("vpc_id"):
        subnet = values.get("subnet_network_id")
        notes.ask(
            f"vpc_id {values['vpc_id']}: for callers in it, add a modelartsv2.IntranetConnection of the scene VPC; its "
            f"subnet_id is the subnet's own id, and v1 has the network id {subnet}"
        )
    if any(one.get("scaling") for one in items(facts, "deployed")):
        notes.lose("auto scaling of v1: a modelartsv2.ReplicaSchedule sets the number of replicas by the clock")
    if any(place.protocol in ("HTTPS", "WSS") for place in places):
        notes.ask(
            "protocol: the model's interfaces say https, which may have been meant for callers: make sure that the "
            "container itself speaks it"
        )
    _tell_state(facts, notes)
    _tell_callers(facts, auth, notes)
    notes.ask(
        "limits: v1 answers none, and v2 needs some: service_limit has the widest that there are, for you to narrow"
    )
    notes.ask(
        "v1 does not answer tags, mounted secrets and deployment timeouts: where the service has some, add tags, "
        "service_secret and advanced_config.deploy_timeout_minutes"
    )


def _tell_state(facts: Values, notes: Notes) -> None:
    status = str(facts.get("status"))
    if status in ("stopped", "stopping"):
        notes.ask('v1\'s service is stopped, and this one will run; desired_status="stopped" keeps it stopped')
    elif status == "failed":
        notes.ask(f"v1's service has failed: {facts.get('error_msg') or 'v1 gives no reason'}")


def _tell_callers(facts: Values, auth: str, notes: Notes) -> None:
    if auth == "TOKEN":
        notes.ask(
            "callers: the address is another one, and an IAM token has to be sent; signed requests and codes of "
            "applications, which v1 takes too, are not for v2. --auth API_KEY is for callers without a token"
        )
    else:
        notes.ask(
            "callers: the address is another one, and a key has to be sent: make one with modelartsv2.ApiKey, and bind "
            "it with modelartsv2.ApiKeyBinding"
        )
    own = facts.get("bind_access_address")
    if own:
        notes.ask(
            f"callers use the own domain of v1's service, {own}: service_invoke.custom_urls is for such addresses"
        )


FROM_V1 = FromV1()
