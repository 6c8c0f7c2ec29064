"""What all calls of ModelArts v2 have in common: paths, pages and the ids in answers."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from pulumi_inference.core.errors import ApiError, NotFoundError, ResponseError
from pulumi_inference.core.fields.record import is_name
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Due, Response, quote_segment
from pulumi_inference.core.http.members import Json, object_of
from pulumi_inference.core.lifecycle.connections import PATIENCE
from pulumi_inference.core.lifecycle.creation import Created
from pulumi_inference.huaweicloud.errors import refuse_error
from pulumi_inference.huaweicloud.paging import Identity, all_pages
from pulumi_inference.modelartsv2.errors import says_missing

PAGE_SIZE = 500


class Calls:
    """Base of the API's verbs in one project. Reads are tried for ``retry_seconds`` unless a call says otherwise."""

    def __init__(self, http: HttpClient, project_id: str, *, retry_seconds: float = PATIENCE) -> None:
        self._http, self._retry_seconds = http, retry_seconds
        self._root = f"/v2/{quote_segment(project_id)}"
        self.project_id = project_id

    def regardless(self) -> Self:
        """These calls, for what has to be sent although the user stops everything else."""
        other = copy.copy(self)
        other._http = self._http.regardless()
        return other

    def _service(self, service_id: str, suffix: str = "") -> str:
        return f"{self._root}/services/{quote_segment(service_id)}{suffix}"

    def _deployment(self, service_id: str, deployment: str, suffix: str = "") -> str:
        return self._service(service_id, f"/deployments/{quote_segment(deployment)}{suffix}")

    def _get(
        self,
        path: str,
        params: Sequence[tuple[str, str]] = (),
        retry_seconds: float | None = None,
        due: Due = Due.OBJECT,
    ) -> Response:
        seconds = self._retry_seconds if retry_seconds is None else retry_seconds
        return self._http.request("GET", path, params=params, retry_seconds=seconds, due=due)

    def _detail(self, path: str, retry_seconds: float | None, is_listed: Callable[[], bool]) -> Json:
        """A detail answer."""
        answer = unless_missing(lambda: self._get(path, retry_seconds=retry_seconds), is_listed)
        body = object_of(answer)
        if "id" not in body:
            refuse_error(answer, body)
        return body

    def _write(self, method: str, path: str, body: Any = None, *, idempotent: bool | None = None) -> Response:
        """Makes a call that changes something; one that succeeds may answer nothing."""
        answer = self._http.request(method, path, json=body, idempotent=idempotent, due=Due.NOTHING)
        if answer.body:
            found = answer.json()
            if isinstance(found, dict) and "id" not in found:
                refuse_error(answer, found)
        return answer

    def _pages(self, path: str, identity: Identity, filters: Mapping[str, str | None] | None = None) -> list[Json]:
        """All items of a list that the filters let through; a filter without a value is none."""
        given = [(name, value) for name, value in (filters or {}).items() if value is not None]
        return all_pages(
            lambda page: self._get(path, [*given, *page]), "data", identity, size=PAGE_SIZE, totals=("total",)
        )


def unless_missing(call: Callable[[], Response], is_listed: Callable[[], bool]) -> Response:
    """The answer to a call about a thing.

    Raises:
        NotFoundError: there is none, which may be told with 400; then its list has to lack it too.
    """
    try:
        return call()
    except ApiError as error:
        if says_missing(error) and not is_listed():
            raise NotFoundError.of(error) from None
        raise


def created(answer: Response, key: str = "id") -> Created:
    """The id of what a create call has made.

    Raises:
        ResponseError: the answer has none.
    """
    made = object_of(answer).get(key)
    if not is_name(made):
        raise ResponseError(f"{answer.request}: the answer has no {key}")
    return Created(str(made), answer.request_id)


def by_id(*names: str) -> Identity:
    """The id of an item of a list, the first of these that it has; one without makes the list useless."""

    def identity(item: Json) -> str:
        found = next((item[name] for name in names if is_name(item.get(name))), None)
        if found is None:
            raise ResponseError(f"the cloud's list has an item without {names[0]}")
        return str(found)

    return identity


def by_all(*names: str) -> Identity:
    """What tells two items of a list apart that have no id."""
    return lambda item: tuple(str(item.get(name)) for name in names)
