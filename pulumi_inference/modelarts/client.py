"""The API's verbs with its own names, and nothing else: dictionaries in, dictionaries out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_inference.core.errors import ResponseError
from pulumi_inference.core.exchange import Response, quote_segment
from pulumi_inference.core.http import HttpClient
from pulumi_inference.core.numerals import whole_number

Json = dict[str, Any]

PAGE_SIZE = 1000
ACCESS_SECONDS = 3.0
RETRY_SECONDS = 60.0


@dataclass(frozen=True)
class Created:
    """What a create call answered."""

    service_id: str
    request_id: str | None


class ModelArtsClient:
    """ModelArts' management API, version 1, in one project (reference/modelarts.md, sections 4 to 8).

    Calls that change a service answer the id of the request, for whoever has to ask the cloud's support.

    Errors are those of ``HttpClient.request``. Reads of a service that does not exist raise a NotFoundError with
    ``is_gone``; one without comes from a gateway and says nothing of the service.
    """

    def __init__(self, http: HttpClient, project_id: str) -> None:
        self._http = http
        self._root = f"/v1/{quote_segment(project_id)}"
        self.project_id = project_id

    def create_service(self, body: Mapping[str, Any]) -> Created:
        """Register and deploy a service. Never sent twice blindly."""
        answer = self._http.request("POST", f"{self._root}/services", json=body)
        service_id = _object(answer).get("service_id")
        if not service_id:
            raise ResponseError(f"{answer.request}: the answer has no service_id")
        return Created(str(service_id), answer.request_id)

    def get_service(self, service_id: str, *, retry_seconds: float = RETRY_SECONDS) -> Json:
        """The detail of a service."""
        return _object(self._http.request("GET", self._service(service_id), retry_seconds=retry_seconds))

    def list_services(self, **filters: str) -> list[Json]:
        """All services that match (``service_name``, ``model_id``, ``status``, ``infer_type`` …), without details.

        The server may match ``service_name`` loosely.
        """
        return self._all_pages(f"{self._root}/services", "services", filters, lambda item: item.get("service_id"))

    def check_access(self) -> None:
        """A harmless read, refused when the credentials may not use this project; soon given up without an answer."""
        self._http.request("GET", f"{self._root}/services", params=[("limit", "1")], retry_seconds=ACCESS_SECONDS)

    def update_service(self, service_id: str, body: Mapping[str, Any]) -> str | None:
        """Change fields, or start or stop by ``status``; ``config`` replaces the whole array.

        Raises ValueError when both are given: the server would drop ``config`` without a word.
        """
        if "status" in body and "config" in body:
            raise ValueError("status and config must be sent in two calls")
        return self._http.request("PUT", self._service(service_id), json=body).request_id

    def scale_service(self, service_id: str, counts: Sequence[tuple[str, int]]) -> str | None:
        """Set the instance count of models, by model id. A count equal to the present one is refused (400)."""
        configs = [{"model_id": model_id, "changed_value": str(count)} for model_id, count in counts]
        body = {"changed_property": "instance_count", "configs": configs}
        return self._http.request("PUT", self._service(service_id, "/property"), json=body).request_id

    def delete_service(self, service_id: str) -> str | None:
        """Begin to delete a service; its detail answers 404 when that is done."""
        return self._http.request("DELETE", self._service(service_id)).request_id

    def list_events(self, service_id: str, *, event_type: str | None = None, since: int | None = None) -> list[Json]:
        """The events of the last month, oldest first; ``event_type`` is normal or abnormal, ``since`` in ms."""
        wanted = {"event_type": event_type, "start_time": None if since is None else str(since)}
        params = {name: value for name, value in wanted.items() if value is not None}
        params |= {"sort_by": "occur_time", "order": "asc"}
        events = self._all_pages(self._service(service_id, "/events"), "events", params, _event_identity)
        return sorted(events, key=_moment)

    def list_update_records(self, service_id: str) -> list[Json]:
        """The records of configuration updates, as the server orders them."""
        return _list(self._http.request("GET", self._service(service_id, "/logs")), "logs")

    def get_monitor(self, service_id: str) -> Json:
        """Counters and load of a service. Asked once: they are to look at, and nobody should wait for them."""
        return _object(self._http.request("GET", self._service(service_id, "/monitor"), retry_seconds=0))

    def list_specifications(self, *, infer_type: str = "real-time", dedicated_pool: bool = False) -> list[Json]:
        """The flavours that this project may use."""
        params = {"infer_type": infer_type, "is_personal_cluster": "true" if dedicated_pool else "false"}
        path = f"{self._root}/services/specifications"
        return self._all_pages(path, "specifications", params, lambda item: item.get("specification"))

    def add_tags(self, service_id: str, tags: Mapping[str, str]) -> None:
        """Set tags; an existing key gets the new value."""
        body = {"tags": [{"key": key, "value": value} for key, value in tags.items()]}
        self._http.request("POST", self._service(service_id, "/tags/create"), json=body, idempotent=True)

    def remove_tags(self, service_id: str, keys: Sequence[str]) -> None:
        """Remove tags by key."""
        body = {"tags": [{"key": key} for key in keys]}
        self._http.request("DELETE", self._service(service_id, "/tags/delete"), json=body)

    def list_tags(self) -> list[Json]:
        """The tags of all services of the project: ``key`` and ``values``."""
        return _list(self._http.request("GET", f"{self._root}/services/tms/tags"), "tags")

    def _service(self, service_id: str, suffix: str = "") -> str:
        return f"{self._root}/services/{quote_segment(service_id)}{suffix}"

    def _all_pages(self, path: str, key: str, params: Mapping[str, str], identity: Callable[[Json], Any]) -> list[Json]:
        """All items of a paged list.

        Sources disagree whether ``offset`` counts items or pages (section 14, row 1): it is sent as items, and a page
        that brings nothing new ends the list.
        """
        found: dict[Any, Json] = {}
        offset = 0
        while True:
            query = [*params.items(), ("offset", str(offset)), ("limit", str(PAGE_SIZE))]
            answer = self._http.request("GET", path, params=query)
            body = _object(answer)
            items = _member_list(answer, body, key)
            before = len(found)
            for item in items:
                found.setdefault(identity(item), item)
            offset += len(items)
            total = body.get("total_count")
            if len(found) == before or total is None or offset >= int(total):
                return list(found.values())


def _moment(event: Json) -> int:
    moment = whole_number(event.get("occur_time"))
    return moment if isinstance(moment, int) else 0


def _event_identity(event: Json) -> tuple[Any, ...]:
    return event.get("occur_time"), event.get("event_type"), event.get("event_info")


def _object(answer: Response) -> Json:
    body = answer.json()
    if not isinstance(body, dict):
        raise ResponseError(f"{answer.request}: the answer is no JSON object")
    return body


def _list(answer: Response, key: str) -> list[Json]:
    return _member_list(answer, _object(answer), key)


def _member_list(answer: Response, body: Json, key: str) -> list[Json]:
    items = body.get(key)
    if not isinstance(items, list):
        raise ResponseError(f"{answer.request}: the answer has no list {key!r}")
    return items
