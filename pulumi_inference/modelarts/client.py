"""The API's verbs with its own names, and nothing else: dictionaries in, dictionaries out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_inference.core.errors import ResponseError
from pulumi_inference.core.fields.normalise import whole_number
from pulumi_inference.core.fields.record import is_name
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Due, Response, quote_segment
from pulumi_inference.core.http.members import Json, member_list, object_of
from pulumi_inference.core.lifecycle.connections import ADVICE_PATIENCE, PATIENCE
from pulumi_inference.core.lifecycle.creation import Created
from pulumi_inference.huaweicloud.errors import refuse_error
from pulumi_inference.huaweicloud.paging import Identity, all_pages

PAGE_SIZE = 1000

_TOTALS = ("total_count", "count")


class ModelArtsClient:
    """ModelArts' management API, version 1, in one project (reference/modelarts.md, sections 4 to 8 and 12).

    Calls that change a service answer the id of the request, for whoever has to ask the cloud's support.

    Errors are those of ``HttpClient.request``. Reads of a service or model that does not exist raise a NotFoundError
    with ``is_gone``; one without comes from a gateway and says nothing of the thing. Reads are tried for
    ``retry_seconds`` unless a call says otherwise.
    """

    def __init__(self, http: HttpClient, project_id: str, *, retry_seconds: float = PATIENCE) -> None:
        self._http, self._retry_seconds = http, retry_seconds
        self._root = f"/v1/{quote_segment(project_id)}"
        self._pools = f"/v2/{quote_segment(project_id)}/pools"
        self.project_id = project_id

    def create_service(self, body: Mapping[str, Any]) -> Created:
        """Register and deploy a service. Never sent twice blindly."""
        return _created(self._http.request("POST", f"{self._root}/services", json=body), "service_id")

    def get_service(self, service_id: str, *, retry_seconds: float | None = None) -> Json:
        """The detail of a service."""
        return _detail(self._get(self._service(service_id), retry_seconds), "service_id")

    def list_services(self, **filters: str) -> list[Json]:
        """All services that match (``service_name``, ``model_id``, ``status``, ``infer_type`` …), without details.

        The server may match ``service_name`` loosely.
        """
        return self._list("/services", "services", filters, _id("service_id"))

    def check_access(self) -> None:
        """A harmless read, refused when the credentials may not use this project; soon given up without an answer."""
        self._http.request("GET", f"{self._root}/services", params=[("limit", "1")], retry_seconds=ADVICE_PATIENCE)

    def update_service(self, service_id: str, body: Mapping[str, Any]) -> str | None:
        """Change fields, or start or stop by ``status``; ``config`` replaces the whole array.

        Raises ValueError when both are given: the server would drop ``config`` without a word.
        """
        if "status" in body and "config" in body:
            raise ValueError("status and config must be sent in two calls")
        return _accepted(self._http.request("PUT", self._service(service_id), json=body))

    def scale_service(self, service_id: str, counts: Sequence[tuple[str, int]]) -> str | None:
        """Set the instance count of models, by model id. A count equal to the present one is refused (400)."""
        configs = [{"model_id": model_id, "changed_value": str(count)} for model_id, count in counts]
        body = {"changed_property": "instance_count", "configs": configs}
        return _accepted(self._http.request("PUT", self._service(service_id, "/property"), json=body))

    def delete_service(self, service_id: str) -> str | None:
        """Begin to delete a service; its detail answers 404 when that is done."""
        return _accepted(self._http.request("DELETE", self._service(service_id)))

    def list_events(self, service_id: str, *, event_type: str | None = None, since: int | None = None) -> list[Json]:
        """The events of the last month, oldest first; ``event_type`` is normal or abnormal, ``since`` in ms."""
        wanted = {"event_type": event_type, "start_time": None if since is None else str(since)}
        params = {name: value for name, value in wanted.items() if value is not None}
        params |= {"sort_by": "occur_time", "order": "asc"}
        path = self._service(service_id, "/events")
        events = self._all(path, "events", params, _by("occur_time", "event_type", "event_info"))
        return sorted(events, key=_moment)

    def list_update_records(self, service_id: str) -> list[Json]:
        """The records of configuration updates, as the server orders them."""
        return _list(self._get(self._service(service_id, "/logs")), "logs")

    def get_monitor(self, service_id: str) -> Json:
        """Counters and load of a service. Asked once: they are to look at, and nobody should wait for them."""
        return object_of(self._http.request("GET", self._service(service_id, "/monitor"), retry_seconds=0))

    def list_specifications(self, *, infer_type: str = "real-time", dedicated_pool: bool = False) -> list[Json]:
        """The flavours that this project may use."""
        params = {"infer_type": infer_type, "is_personal_cluster": "true" if dedicated_pool else "false"}
        return self._list("/services/specifications", "specifications", params, _by("specification"))

    def set_node_status(self, service_id: str, node_id: str, status: str) -> str | None:
        """Start (``running``) or stop (``stopped``) an edge service on one node."""
        path = self._service(service_id, f"/nodes/{quote_segment(node_id)}/status")
        return _accepted(self._http.request("PUT", path, json={"status": status}))

    def add_tags(self, service_id: str, tags: Mapping[str, str]) -> None:
        """Set tags; an existing key gets the new value."""
        body = {"tags": [{"key": key, "value": value} for key, value in tags.items()]}
        self._http.request(
            "POST", self._service(service_id, "/tags/create"), json=body, idempotent=True, due=Due.NOTHING
        )

    def remove_tags(self, service_id: str, keys: Sequence[str]) -> None:
        """Remove tags by key."""
        body = {"tags": [{"key": key} for key in keys]}
        self._http.request("DELETE", self._service(service_id, "/tags/delete"), json=body, due=Due.NOTHING)

    def create_model(self, body: Mapping[str, Any]) -> Created:
        """Register a model version, which is published after a while. Never sent twice blindly."""
        return _created(self._http.request("POST", f"{self._root}/models", json=body), "model_id")

    def get_model(self, model_id: str, *, retry_seconds: float | None = None) -> Json:
        """The detail of a model version."""
        return _detail(self._get(self._model(model_id), retry_seconds), "model_id")

    def list_models(self, **filters: str) -> list[Json]:
        """All model versions that match (``model_name``, ``model_version``, ``model_status``, ``model_type`` …).

        ``model_name`` matches parts of names, unless ``exact_match`` is ``true``.
        """
        return self._list("/models", "models", filters, _id("model_id"))

    def delete_model(self, model_id: str, *, cascade: bool = False) -> tuple[Json, str | None]:
        """Delete a model version, or with ``cascade`` all versions of its name; the answer and the id of the request.

        The answer is a success even when nothing was deleted: ``delete_success_list`` has ids, ``delete_failed_list``
        objects with ``model_id``, ``error_code`` and ``error_msg`` (ModelArts.3009: a service uses it).
        """
        params = [("cascade", "true" if cascade else "false")]
        answer = self._http.request("DELETE", self._model(model_id), params=params)
        request_id, body = _accepted(answer), object_of(answer)
        if body.get("delete_failed_list") is not None:
            member_list(answer, "delete_failed_list")
        return body, request_id

    def list_runtimes(self) -> list[Json]:
        """The runtimes that models can be built from: one entry per engine, with parallel lists."""
        # An engine may have several entries, so nothing less than a whole entry tells two apart.
        return self._list("/models/ai-engine-runtimes", "engine_runtimes", {}, _whole)

    def list_clusters(self) -> list[Json]:
        """The old dedicated pools (``cluster_id``)."""
        return self._list("/clusters", "clusters", {}, _id("cluster_id"))

    def list_pools(self) -> list[Json]:
        """The new dedicated pools (``pool_name``); they come in one page."""
        return _list(self._get(self._pools), "items")

    def _service(self, service_id: str, suffix: str = "") -> str:
        return f"{self._root}/services/{quote_segment(service_id)}{suffix}"

    def _model(self, model_id: str) -> str:
        return f"{self._root}/models/{quote_segment(model_id)}"

    def _list(self, path: str, key: str, params: Mapping[str, str], identity: Identity) -> list[Json]:
        return self._all(self._root + path, key, params, identity)

    def _all(self, path: str, key: str, params: Mapping[str, str], identity: Identity) -> list[Json]:
        return all_pages(
            lambda page: self._get(path, params=[*params.items(), *page]), key, identity, size=PAGE_SIZE, totals=_TOTALS
        )

    def _get(self, path: str, retry_seconds: float | None = None, params: Sequence[tuple[str, str]] = ()) -> Response:
        seconds = self._retry_seconds if retry_seconds is None else retry_seconds
        return self._http.request("GET", path, params=params, retry_seconds=seconds)


def _created(answer: Response, key: str) -> Created:
    made = _detail(answer, key).get(key)
    if not is_name(made):
        raise ResponseError(f"{answer.request}: the answer has no {key}")
    return Created(str(made), answer.request_id)


def _detail(answer: Response, key: str) -> Json:
    """What is told of a thing; a model may have an error of its own, an error has no id."""
    body = object_of(answer)
    if key not in body:
        refuse_error(answer, body)
    return body


def _accepted(answer: Response) -> str | None:
    """The id of a request that was carried out as far as its answer tells."""
    if answer.body:
        refuse_error(answer, object_of(answer))
    return answer.request_id


def _id(name: str) -> Identity:
    """The id of an item of a list; one without makes the whole list one that cannot be understood."""

    def identity(item: Json) -> str:
        if not is_name(item.get(name)):
            raise ResponseError(f"the cloud's list has an item without {name}")
        return str(item[name])

    return identity


def _by(*names: str) -> Identity:
    return lambda item: tuple(str(item.get(name)) for name in names)


def _whole(item: Json) -> str:
    return json.dumps(item, sort_keys=True)


def _moment(event: Json) -> int:
    moment = whole_number(event.get("occur_time"))
    return moment if isinstance(moment, int) else 0


def _list(answer: Response, key: str) -> list[Json]:
    return member_list(answer, key)
