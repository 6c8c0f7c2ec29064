"""What `pulumi-inference import` has to know of the things of ModelArts v2."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pulumi_inference.core.errors import unless_gone
from pulumi_inference.core.lifecycle.importing import Importing
from pulumi_inference.modelartsv2.schedules.values import cron_rules, other_rules

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle import Live
    from pulumi_inference.modelartsv2.client import ModelArtsV2Client


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

    def refusal(self, live: Live) -> str | None:
        """One that goes by a metric cannot be managed."""
        names = other_rules(live.raw)
        return f"the rules {', '.join(names)} go by a metric, which the API does not describe" if names else None


REPLICA_SCHEDULE = ReplicaScheduleImporting()
