"""The calls about deployments, their versions, instances and replica schedules (modelarts-v2.md, 3.2 to 3.4, 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_inference.core.errors import ApiError, NotFoundError, ResponseError, unless_gone
from pulumi_inference.core.http.exchange import Due, quote_segment
from pulumi_inference.core.http.members import Json, object_of
from pulumi_inference.core.lifecycle.creation import Created
from pulumi_inference.modelartsv2.calls import Calls, by_all, by_id, created, unless_missing
from pulumi_inference.modelartsv2.errors import says_missing

_DEPLOYMENT = by_id("infer_name", "id")


class DeploymentCalls(Calls):
    """The verbs of deployments. Those that change one answer the id of the request.

    Most paths have its id; those of scaling, instances and pods have its name.
    """

    def create_deployment(self, service_id: str, body: Mapping[str, Any]) -> Created:
        """Adds a deployment to a service, which starts at once. Never sent twice blindly."""
        return created(self._write("POST", self._service(service_id, "/deployments"), body))

    def get_deployment(self, service_id: str, deployment_id: str, retry_seconds: float | None = None) -> Json:
        """The detail of a deployment."""
        path = self._deployment(service_id, deployment_id)
        return self._detail(path, retry_seconds, lambda: self._lists(service_id, deployment_id))

    def list_deployments(self, service_id: str) -> list[Json]:
        """The deployments of a service, each with its own id under ``id``: there the API has that of the service."""
        try:
            found = self._pages(self._service(service_id, "/deployments"), _DEPLOYMENT)
        except ApiError as error:  # that there is no such service may be told with 400
            if says_missing(error) and not self._pages(f"{self._root}/services", by_id("id"), {"id": service_id}):
                raise NotFoundError.of(error) from None
            raise
        return [{**one, "id": _DEPLOYMENT(one)} for one in found]

    def update_deployment(self, service_id: str, deployment_id: str, body: Mapping[str, Any]) -> str | None:
        """Changes a deployment; ``name``, ``weight`` and ``advanced_config`` are required, units come as a whole."""
        return self._write("PUT", self._deployment(service_id, deployment_id), body).request_id

    def delete_deployment(self, service_id: str, deployment_id: str) -> str | None:
        """Begins to delete a deployment; its detail answers 404 when that is done."""
        path = self._deployment(service_id, deployment_id)
        return unless_missing(
            lambda: self._write("DELETE", path), lambda: self._lists(service_id, deployment_id)
        ).request_id

    def start_deployment(self, service_id: str, deployment_id: str) -> str | None:
        """Starts one that is stopped or has failed."""
        return self._write("POST", self._deployment(service_id, deployment_id, "/start")).request_id

    def stop_deployment(self, service_id: str, deployment_id: str) -> str | None:
        """Stops one, which frees what it uses."""
        return self._write("POST", self._deployment(service_id, deployment_id, "/stop")).request_id

    def interrupt_deployment(self, service_id: str, deployment_id: str) -> str | None:
        """Ends a deployment that is starting, or a roll-out: the former version goes on then."""
        return self._write("POST", self._deployment(service_id, deployment_id, "/interrupt")).request_id

    def scale_deployment(self, service_id: str, name: str, count: int) -> str | None:
        """Sets the number of replicas of a deployment, given by its name; makes no new version."""
        return self._write("PUT", self._deployment(service_id, name, "/scale"), {"count": count}).request_id

    def list_versions(self, service_id: str, deployment_id: str) -> list[Json]:
        """The versions of a deployment, the failed ones too."""
        return self._pages(self._deployment(service_id, deployment_id, "/versions"), by_id("version"))

    def get_version(self, service_id: str, deployment_id: str, version: str) -> Json:
        """The deployment as it is in one of its versions, by number."""
        return object_of(self._get(self._version(service_id, deployment_id, version)))

    def switch_version(self, service_id: str, deployment_id: str, version: str) -> str | None:
        """Makes a running deployment use another of its versions."""
        path = self._version(service_id, deployment_id, version, "/switch")
        body = {"infer_name": deployment_id, "service_id": service_id, "target_deployment_version": version}
        return self._write("POST", path, body, idempotent=True).request_id

    def list_instances(self, service_id: str, name: str = "all") -> list[Json]:
        """The instances of a deployment, given by its name, or of all of the service."""
        return self._pages(self._deployment(service_id, name, "/instances"), by_id("instance_name"))

    def list_pods(self, service_id: str, name: str, instance: str = "all") -> list[Json]:
        """The pods of an instance, or of all of a deployment, given by its name."""
        path = self._deployment(service_id, name, f"/instances/{quote_segment(instance)}/pods")
        return self._pages(path, by_id("pod_id", "pod_name"))

    def list_pod_events(self, service_id: str, name: str, instance: str, pod: str) -> list[Json]:
        """The events of a pod, a list without pages."""
        path = self._deployment(service_id, name, f"/instances/{quote_segment(instance)}/pods/{quote_segment(pod)}")
        answer = self._get(f"{path}/events", due=Due.NOTHING)
        events = answer.json() if answer.body else []
        if not isinstance(events, list) or not all(isinstance(one, dict) for one in events):
            raise ResponseError(f"{answer.request}: the answer is no list of objects")
        return events

    def get_hpa(self, service_id: str, deployment_id: str, retry_seconds: float | None = None) -> Json:
        """The replica schedule of a deployment. There is no list that could confirm that there is none."""
        return self._detail(self._deployment(service_id, deployment_id, "/hpa"), retry_seconds, lambda: False)

    def create_hpa(self, service_id: str, deployment_id: str, body: Mapping[str, Any]) -> Created:
        """Makes the replica schedule of a deployment."""
        return created(self._write("POST", self._deployment(service_id, deployment_id, "/hpa"), body))

    def update_hpa(self, service_id: str, deployment_id: str, body: Mapping[str, Any]) -> str | None:
        """Adds, changes and removes rules. Never sent twice blindly: a rule would be there twice."""
        path = self._deployment(service_id, deployment_id, "/hpa")
        return self._write("PUT", path, body, idempotent=False).request_id

    def delete_hpa(self, service_id: str, deployment_id: str) -> str | None:
        """Removes the replica schedule, which not everybody may."""
        return self._write("DELETE", self._deployment(service_id, deployment_id, "/hpa")).request_id

    def list_hpa_events(self, service_id: str, deployment_id: str) -> list[Json]:
        """What the replica schedule has done."""
        path = self._deployment(service_id, deployment_id, "/hpa/events")
        return self._pages(path, by_all("id", "hpa_id", "record_time"))

    def _lists(self, service_id: str, deployment_id: str) -> bool:
        return any(one["id"] == deployment_id for one in unless_gone(self.list_deployments, service_id) or ())

    def _version(self, service_id: str, deployment_id: str, version: str, suffix: str = "") -> str:
        return self._deployment(service_id, deployment_id, f"/versions/{quote_segment(version)}{suffix}")
