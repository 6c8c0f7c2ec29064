"""What `pulumi-inference import` has to know of the things of ModelArts v2."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pulumi_inference.core.errors import unless_gone
from pulumi_inference.core.lifecycle.importing import Importing, IsSecret, Secrets
from pulumi_inference.modelartsv2.groups import MAIN, SERVICE_SECRET, VARIABLES
from pulumi_inference.modelartsv2.schedules.values import cron_rules, other_rules

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle import Inputs, Live
    from pulumi_inference.modelartsv2.client import ModelArtsV2Client


_MOUNTED = (
    "ModelArts may answer its mounted secrets, but nobody can tell whether they are whole: give them in "
    "`service_secret` to manage them; left out, they stay as they are"
)

_UPGRADE: Mapping[str, Any] = {"rolling_update": {"max_surge": "1%", "max_unavailable": "1%"}}

_UNIT: Mapping[str, Any] = {
    "name": MAIN,
    "role": "COMMON",
    "image": {"category": "CPU"},
    "flavor": "custom",  # goes with custom_spec
    "group_count": 1,
}
_GROUP: Mapping[str, Any] = {
    "unit_configs": _UNIT,
    "advanced_config": {"upgrade_config": _UPGRADE},
    "schedule_strategy": "HIGH_AVAILABILITY",
    "high_avail_switch": True,
    "system_log_dump_enable": False,
    "mirror_traffic_enable": False,
    "mirror_traffic_weight": 50,
}
"""What ModelArts fills in (modelarts-v2.md, sections 4.3 to 4.6)."""


class ServiceImporting(Importing["ModelArtsV2Client"]):
    """Services; the variables of a deployment that stands in one may be secrets."""

    filters = ("name", "status", "type", "auth_type", "workspace_id", "pool_id", "tags")
    holder, place = "project", "region"
    secrets = "secret_envs"
    usual = {"lts_strategy": "AUTO_CREATE", "upgrade_config": _UPGRADE, "deployment": _GROUP}  # noqa: RUF012

    def listed(self, client: ModelArtsV2Client, filters: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        """The services of the project; names are compared here, whatever the API makes of them."""
        found = client.list_services(**filters)
        name = filters.get("name")
        return [(str(one["id"]), str(one.get("name"))) for one in found if name in (None, one.get("name"))]

    def advice(self, live: Live) -> str | None:
        """What nobody answers for certain."""
        runtime = live.raw["version"].get("runtime_config") or {}
        return _MOUNTED if runtime.get(SERVICE_SECRET) else None

    def implied(self, values: Inputs) -> Collection[str]:  # noqa: ARG002 - as in the base
        """Whether it is started is no wish of anybody."""
        return {"desired_status"}

    def hidden(self, values: Inputs, is_secret: IsSecret) -> Secrets:
        """The secret variables of each unit."""
        return VARIABLES.found(values.get("deployment") or {}, is_secret)


class DeploymentImporting(Importing["ModelArtsV2Client"]):
    """Deployments on dedicated pools; their variables may be secrets."""

    filters = ("service_id", "name", "status", "pool_id")
    holder, place = "project", "region"
    identity = ("service_id", "deployment_id")
    secrets = "secret_envs"
    suffix = "_deployment"
    usual = _GROUP

    def listed(self, client: ModelArtsV2Client, filters: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        """Those of all services, or of one, but for what stands in a service."""
        given = filters.get("service_id")
        rest = [(name, value) for name, value in filters.items() if name != "service_id"]
        for service in [given] if given else [str(one["id"]) for one in client.list_services()]:
            for one in client.list_deployments(service):
                if one.get("pool_id") and all(one.get(name) == value for name, value in rest):
                    yield f"{service},{one['id']}", str(one.get("name"))

    def refusal(self, live: Live) -> str | None:
        """What is on the public pool belongs to its service."""
        if live.values.get("pool_id"):
            return None
        return "it is on the public pool, and stands in its service: import that one"

    def advice(self, live: Live) -> str | None:
        """What nobody answers for certain."""
        return _MOUNTED if (live.raw.get("advanced_config") or {}).get(SERVICE_SECRET) else None

    def implied(self, values: Inputs) -> Collection[str]:  # noqa: ARG002 - as in the base
        """Whether it is started is no wish of anybody."""
        return {"desired_status"}

    def hidden(self, values: Inputs, is_secret: IsSecret) -> Secrets:
        """The secret variables of each unit."""
        return VARIABLES.found(values, is_secret)


class ReplicaScheduleImporting(Importing["ModelArtsV2Client"]):
    """The replica schedules of a project's deployments; there is no list of them, so each deployment is asked."""

    filters = ("service_id",)
    holder, place = "project", "region"
    identity = ("service_id", "deployment_id")
    suffix = "_schedule"

    def listed(self, client: ModelArtsV2Client, filters: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        """Those of all services, or of one."""
        given = filters.get("service_id")
        services = [given] if given else [str(one["id"]) for one in client.list_services()]
        for service in services:
            for one in client.list_deployments(service):
                found = unless_gone(client.get_hpa, service, str(one["id"]))
                if found is not None and cron_rules(found):
                    yield f"{service},{one['id']}", str(one.get("name"))

    def label(self, live: Live) -> str:
        """The id of its deployment: it has no name of its own."""
        return str(live.values["deployment_id"])

    def refusal(self, live: Live) -> str | None:
        """One that goes by a metric cannot be managed."""
        names = other_rules(live.raw)
        return f"the rules {', '.join(names)} go by a metric, which the API does not describe" if names else None


REPLICA_SCHEDULE = ReplicaScheduleImporting()
SERVICE = ServiceImporting()
DEPLOYMENT = DeploymentImporting()
