"""The verbs of Alaya NeW with its own names: dictionaries in, dictionaries out (alaya.md, sections 1 to 10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from pulumi_inference.alaya.answers import spelled
from pulumi_inference.alaya.errors import is_refusal
from pulumi_inference.core.errors import ApiError, NotFoundError, ResponseError
from pulumi_inference.core.fields.normalise import whole_number
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Response, quote_segment
from pulumi_inference.core.http.members import Json, object_of
from pulumi_inference.core.lifecycle.memory import Answer

Mode = Literal["expert", "quickStart", "lora"]

PAGE_SIZE = 100

_INFERENCE = "/api/serverless-infer/v1/deployment"
_JSON = {"content-type": "application/json"}
"""All samples send it, those without a body too."""

_KINDS: Mapping[Mode, str] = {"expert": "/expert", "quickStart": "", "lora": "/lora"}
"""What the paths of create and update calls have for each form."""


class AlayaClient:
    """One account; reads are tried for `patience` seconds.

    `ask_models` asks a deployment, given by its detail, which models it serves: at its own host, with its own key.
    """

    def __init__(self, http: HttpClient, patience: float, ask_models: Callable[[Answer], list[Json]]) -> None:
        self.http, self.patience, self._ask_models = http, patience, ask_models

    def create_deployment(self, mode: Mode, body: Mapping[str, Any]) -> tuple[str | None, str | None]:
        """Makes a deployment of one of the forms: its id where the answer says it, and the request's id."""
        # There is no unique name that would refuse a second one.
        answer = self._write("POST", _INFERENCE + _KINDS[mode], body, idempotent=False)
        data = _data(answer)
        made = data.get("serviceId") if isinstance(data, dict) else None
        return (made if _is_text(made) else None), answer.request_id

    def get_deployment(self, thing: str, patience: float | None = None) -> Answer:
        """The detail of a deployment in one spelling, with its id where the answer leaves that out."""
        try:
            answer = self._get(_path(thing), patience=patience)
        except ApiError as error:
            raise self._told_by_the_list(error, thing) from None
        data = _object(answer)
        return spelled({**data, "serviceId": data.get("serviceId") or thing})

    def list_deployments(self, filters: Mapping[str, str] | None = None) -> list[Json]:
        """All deployments that the filters let through, by the names of the API's query, in one spelling.

        One without its id says nothing of what there is: that is an error.
        """
        try:
            found = self._all_pages(f"{_INFERENCE}/list", filters or {}, "serviceId")
        except NotFoundError as error:
            error.is_gone = False  # a list that is not there says of no deployment that it is gone
            raise
        if not all(_is_text(one.get("serviceId")) for one in found):
            raise ResponseError(f"GET {_INFERENCE}/list: the answer has a deployment without a serviceId")
        return [spelled(one) for one in found]

    def list_one(self) -> Response:
        """The first deployment of the list: whether the account may ask."""
        return self._get(f"{_INFERENCE}/list", params=[("page", "1"), ("size", "1")])

    def scale(self, thing: str, scale: Mapping[str, Any]) -> str | None:
        """Changes the autoscaling of a running deployment."""
        body = {"serviceId": thing, "scale": scale}
        return self._write("PUT", f"{_path(thing)}/scale", body).request_id

    def update_deployment(self, mode: Mode, thing: str, body: Mapping[str, Any]) -> str | None:
        """Replaces the whole of a deployment that does not run."""
        return self._write("PUT", f"{_INFERENCE}{_KINDS[mode]}/{quote_segment(thing)}", body).request_id

    def cancel_deployment(self, thing: str) -> str | None:
        """Stops a deployment."""
        return self._write("POST", f"{_path(thing)}/cancel", idempotent=True).request_id

    def delete_deployment(self, thing: str) -> str | None:
        """Deletes a deployment."""
        try:
            return self._write("DELETE", _path(thing)).request_id
        except ApiError as error:
            raise self._told_by_the_list(error, thing) from None

    def list_served_models(self, thing: str) -> list[Json]:
        """The models that a deployment says it answers for, the adapters on it included."""
        return self._ask_models(self.get_deployment(thing))

    def list_models(self, filters: Mapping[str, str]) -> list[Json]:
        """The models of a data centre that the filters let through."""
        return self._all_pages("/api/model/v1/list", filters, "id")

    def list_data_centers(self) -> list[Json]:
        """The data centres (AIDC)."""
        answer = self._get("/api/aidc/v1/list")
        return _objects(answer, _data(answer))

    def get_cluster(self, vks_id: str) -> Json:
        """The detail of a cluster (VKS), with what of it is used."""
        return _object(self._get(f"/api/vks/v1/{quote_segment(vks_id)}"))

    def _told_by_the_list(self, error: ApiError, thing: str) -> ApiError:
        """The error, or that the deployment is gone.

        A refusal with a status of success, and a 404 that is not in Alaya NeW's own words, may mean that: then the list
        says whether it is.
        """
        if not (is_refusal(error) or (isinstance(error, NotFoundError) and not error.is_gone)):
            return error
        return (
            error if any(one.get("serviceId") == thing for one in self.list_deployments()) else NotFoundError.of(error)
        )

    def _get(self, path: str, *, params: Sequence[tuple[str, str]] = (), patience: float | None = None) -> Response:
        seconds = self.patience if patience is None else patience
        return self.http.request("GET", path, params=params, headers=_JSON, retry_seconds=seconds)

    def _write(self, method: str, path: str, body: Any = None, *, idempotent: bool | None = None) -> Response:
        return self.http.request(method, path, json=body, headers=_JSON, idempotent=idempotent)

    def _all_pages(self, path: str, filters: Mapping[str, str], identity: str) -> list[Json]:
        """All items of a list, each once, until a page brings nothing new.

        The count is believed only where it says that there are more: samples have it as an empty text.
        """
        found: dict[str, Json] = {}
        page = 1
        while True:
            params = [*filters.items(), ("page", str(page)), ("size", str(PAGE_SIZE))]
            answer = self._get(path, params=params)
            data = _data(answer)
            rows = _objects(answer, data.get("rows") if isinstance(data, dict) else None)
            before = len(found)
            for one in rows:
                found.setdefault(str(one.get(identity)), one)
            total = whole_number(data.get("count"))
            is_short = isinstance(total, int) and len(found) < total
            if len(found) == before or not (is_short or len(rows) >= PAGE_SIZE):
                return list(found.values())
            page += 1


def _path(thing: str) -> str:
    return f"{_INFERENCE}/{quote_segment(thing)}"


def _data(answer: Response) -> Any:
    """What stands in the envelope, or all of an answer without one, as the sample of a LoRA service has it."""
    body = object_of(answer)
    return body.get("data") if "code" in body or "data" in body else body


def _object(answer: Response) -> Json:
    data = _data(answer)
    if not isinstance(data, dict):
        raise ResponseError(f"{answer.request}: the answer has no object 'data'")
    return data


def _is_text(value: Any) -> bool:
    """Whether it is a text that can be one of the cloud's: not blank, and of whole characters."""
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def _objects(answer: Response, items: Any) -> list[Json]:
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        raise ResponseError(f"{answer.request}: the answer has no list of objects")
    return items
