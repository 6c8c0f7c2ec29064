"""Calling a deployed service: one request to its access address, with the account's own credentials."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from pulumi_inference.core.errors import ApiError, ConfigurationError, InferenceError, NotFoundError
from pulumi_inference.core.exchange import Response
from pulumi_inference.modelarts.auth import ModelArtsConnection
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.errors import parse_error
from pulumi_inference.modelarts.values import STOPPED

JSON_TYPE = "application/json"
TEXT_TYPE = "text/plain; charset=utf-8"
BINARY_TYPE = "application/octet-stream"
NOT_SERVING = (*STOPPED, "deleting")

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PLATFORM_CODE = re.compile(r"(APIG|APIGW|ModelArts)\.\d+")


@dataclass(frozen=True)
class Answer:
    """What the model answered. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_error(self) -> bool:
        """Whether the model itself refused or failed."""
        return self.status >= 400


class ModelError(ApiError):
    """The request reached the model, and the model answered with an error; `answer` is its answer."""

    answer: Answer


def invoke(
    connection: ModelArtsConnection,
    service: str,
    body: bytes = b"",
    *,
    path: str = "",
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    timeout: float = 60.0,
) -> Answer:
    """Sends one request to a service, once, and answers the model's answer, an error of the model's included.

    Args:
        connection: where and who.
        service: id or exact name of a real-time service.
        body: what the model is to get; its content type is guessed when `headers` has none.
        path: what follows the access address, such as `/v1/chat/completions?stream=false`.
        method: HTTP method.
        headers: further headers.
        timeout: how long to wait for the answer, in seconds.

    Raises:
        ConfigurationError: there is no such service, it is not of a kind that can be called, or it does not run.
        ApiError: the platform refused the request before it reached the model.
        InferenceError: no answer came back.
    """
    detail = find_service(connection.client(), service)
    base, address_path = _address(detail)
    given = {name.lower(): value for name, value in (headers or {}).items()}
    if body:
        given.setdefault("content-type", content_type(body))
    http = connection.http_to(base, parse_error=_parse_error, timeout=timeout)
    try:
        answer = http.request(
            method,
            f"{address_path}{_suffix(path)}",
            content=body,
            headers=given,
            idempotent=False,
            retry_seconds=0,
        )
    except ModelError as error:
        return error.answer
    except InferenceError as error:
        raise error.add_context(
            f"{detail.get('service_name')}, which is {detail.get('status')}, gave no answer"
        ) from None
    return _answer(answer)


def find_service(client: ModelArtsClient, service: str) -> Mapping[str, Any]:
    """The detail of the service with this id or exact name.

    Raises:
        ConfigurationError: there is none.
    """
    if _UUID.fullmatch(service):
        try:
            return client.get_service(service)
        except NotFoundError as error:
            if not error.is_gone:
                raise
    for item in client.list_services(service_name=service):
        if item.get("service_name") == service:
            return client.get_service(str(item["service_id"]))
    raise ConfigurationError(
        f"there is no service with the id or name {service!r}",
        next_step=f"Asked was the project {client.project_id}; check the name, the region and the project.",
    )


def content_type(body: bytes) -> str:
    """The content type of a body that does not say: JSON, text or anything else."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return BINARY_TYPE
    try:
        json.loads(text)
    except ValueError:
        return TEXT_TYPE
    return JSON_TYPE


def _address(detail: Mapping[str, Any]) -> tuple[str, str]:
    """Base URL and path of a service's access address."""
    name, status = detail.get("service_name"), str(detail.get("status"))
    if detail.get("infer_type") != "real-time":
        raise ConfigurationError(f"{name} is a {detail.get('infer_type')} service; only real-time ones can be called")
    if status in NOT_SERVING:
        raise ConfigurationError(f"{name} is {status}", next_step="Start it, and wait until it is running.")
    address = detail.get("access_address")
    if not address:
        reason = f": {detail['error_msg']}" if detail.get("error_msg") else ""
        raise ConfigurationError(f"{name} has no access address yet; its status is {status}{reason}")
    parts = urlsplit(str(address))
    return f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")


def _suffix(path: str) -> str:
    quoted = quote(path, safe="/?&=%+:@,;$!*'()~")
    return quoted if not quoted or quoted.startswith(("/", "?")) else f"/{quoted}"


def _parse_error(response: Response, method: str, path: str) -> ApiError:
    """Gateway and platform have their own envelope; any other error is the model's."""
    try:
        body = response.json()
    except InferenceError:
        body = None
    code = body.get("error_code") if isinstance(body, dict) else None
    if _PLATFORM_CODE.fullmatch(str(code)) or response.status == 401:
        return parse_error(response, method, path)
    error = ModelError(
        status=response.status,
        code=None,
        message="the model answered with an error",
        request_id=response.request_id,
        method=method,
        path=path,
    )
    error.answer = _answer(response)
    return error


def _answer(response: Response) -> Answer:
    return Answer(response.status, response.headers, response.body)
