"""The calls about services (reference/modelarts-v2.md, sections 3.1, 3.5 and 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_inference.core.errors import BadRequestError, NotFoundError
from pulumi_inference.core.http.exchange import quote_segment
from pulumi_inference.core.http.members import Json, member_list, object_of
from pulumi_inference.core.lifecycle.connections import ADVICE_PATIENCE
from pulumi_inference.core.lifecycle.creation import Created
from pulumi_inference.modelartsv2.calls import Calls, by_all, by_id, created, unless_missing
from pulumi_inference.modelartsv2.errors import says_missing
from pulumi_inference.modelartsv2.moments import moment_of

_EVENT = by_all("id", "event_type", "event_info", "create_at")


class ServiceCalls(Calls):
    """The verbs of services. Those that change one answer the id of the request."""

    def create_service(self, body: Mapping[str, Any]) -> Created:
        """Makes a service. Never sent twice blindly."""
        return created(self._write("POST", f"{self._root}/services", body))

    def get_service(self, service_id: str, retry_seconds: float | None = None) -> Json:
        """The detail of a service, with its deployments."""
        return self._detail(self._service(service_id), retry_seconds, lambda: self._is_listed(service_id))

    def list_services(self, **filters: str | None) -> list[Json]:
        """All services that match (``id``, ``name``, ``status``, ``type``, ``workspace_id`` …), without details.

        How ``name`` is matched is not documented.
        """
        return self._pages(f"{self._root}/services", by_id("id"), filters)

    def check_access(self) -> None:
        """A harmless read, refused when the credentials may not use this project; soon given up without an answer."""
        self._get(f"{self._root}/services", [("limit", "1")], ADVICE_PATIENCE)

    def update_service(self, service_id: str, body: Mapping[str, Any]) -> str | None:
        """Changes settings: what is left out stays. All but a description alone makes a new service version."""
        return self._write("PUT", self._service(service_id), {"id": service_id, **body}).request_id

    def delete_service(self, service_id: str) -> str | None:
        """Begins to delete a service; its detail answers 404 when that is done."""
        body = {"service_ids": [service_id]}
        path = f"{self._root}/services/delete"
        return unless_missing(
            lambda: self._write("POST", path, body, idempotent=True), lambda: self._is_listed(service_id)
        ).request_id

    def start_service(self, service_id: str) -> str | None:
        """Starts all deployments of a service that is stopped or has failed."""
        return self._write("POST", self._service(service_id, "/start")).request_id

    def stop_service(self, service_id: str) -> str | None:
        """Stops all deployments of a service."""
        return self._write("POST", self._service(service_id, "/stop")).request_id

    def list_events(self, service_id: str, *, event_type: str | None = None, since: int | None = None) -> list[Json]:
        """The events, oldest first; ``event_type`` is NORMAL, WARNING or ABNORMAL, ``since`` in ms since the epoch."""
        filters = {"event_type": event_type, "start_time": None if since is None else str(since)}
        events = self._pages(self._service(service_id, "/events"), _EVENT, filters)
        return sorted(events, key=lambda one: moment_of(one, "create_at") or 0)

    def add_tags(self, service_id: str, tags: Mapping[str, str]) -> str | None:
        """Sets tags; an existing key gets the new value."""
        body = {"tags": tag_list(tags)}
        return self._write("POST", self._tags(service_id, "/create"), body, idempotent=True).request_id

    def remove_tags(self, service_id: str, tags: Mapping[str, str]) -> str | None:
        """Removes tags."""
        body = {"tags": tag_list(tags)}
        return self._write("DELETE", self._tags(service_id, "/delete"), body).request_id

    def list_flavors(self, flavor_type: str | None = None) -> list[Json]:
        """The flavours, of one kind (CPU, GPU, ASCEND) or all."""
        return self._pages(f"{self._root}/services/flavors", by_id("id"), {"flavor_type": flavor_type})

    def get_cluster(self, pool_id: str) -> Json:
        """A dedicated pool as the inference services see it."""
        return object_of(self._get(f"{self._root}/services/clusters/{quote_segment(pool_id)}"))

    def find_cluster(self, pool_id: str) -> Json | None:
        """A dedicated pool as the inference services see it; None when there is none."""
        try:
            return self.get_cluster(pool_id)
        except NotFoundError:
            return None
        except BadRequestError as error:
            if says_missing(error):
                return None
            raise

    def list_pools(self) -> list[Json]:
        """The dedicated pools, which come in one page."""
        return member_list(self._get(f"{self._root}/pools"), "items")

    def _is_listed(self, service_id: str) -> bool:
        return bool(self.list_services(id=service_id))

    def _tags(self, service_id: str, suffix: str) -> str:
        return f"{self._root}/modelarts-service-v2/{quote_segment(service_id)}/tags{suffix}"


def tag_list(tags: Mapping[str, str]) -> list[Json]:
    """Tags as the API has them."""
    return [{"key": key, "value": value} for key, value in tags.items()]
