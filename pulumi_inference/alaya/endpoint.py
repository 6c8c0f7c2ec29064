"""Where a deployment is called: its own address, with its own key."""

from __future__ import annotations

import re
from typing import Any

from pulumi_inference.alaya.client import AlayaClient
from pulumi_inference.alaya.connection import AlayaConnection
from pulumi_inference.alaya.errors import FAILURE, code_of
from pulumi_inference.alaya.specs.records import DeploymentDetail, DeploymentSummary
from pulumi_inference.alaya.specs.states import RUNNING
from pulumi_inference.core.errors import ConfigurationError, ResponseError, unless_gone
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Response
from pulumi_inference.core.http.members import Json
from pulumi_inference.core.invocation.address import Address, is_url
from pulumi_inference.core.invocation.calls import Call, model_error, send
from pulumi_inference.core.invocation.endpoint import Endpoint
from pulumi_inference.core.lifecycle.account import TRY_SECONDS
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.memory import Answer

CHAT, MODELS = "/v1/chat/completions", "/v1/models"

LARGEST_REFUSAL = 2**16
"""Bytes of what can be a refusal; more is the engine's answer, which nobody has to parse."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class DeploymentEndpoint(Endpoint):
    """A deployment that runs; its key goes to its own host and nowhere else."""

    live_type = "text/event-stream"

    def __init__(self, name: str, address: Address, context: Context, account: AlayaConnection, api_key: str) -> None:
        super().__init__(name, address, context.environment, home=account.base_url)
        self._account, self._api_key = account, api_key

    def http(self, timeout: float) -> HttpClient:
        """A client with the key of the deployment."""
        return self._account.calls_to(self.address.base_url, self._api_key, self.is_error, timeout)

    def is_platforms(self, answer: Response) -> bool:
        """The platform has its envelope, and refuses keys; any other error is the engine's."""
        body = _json(answer)
        return answer.status == 401 or (code_of(body) is not None and "msg" in body)

    def is_error(self, answer: Response) -> bool:
        """The platform may also refuse with a status of success; nothing else stands in its envelope then."""
        if answer.status >= 300 or len(answer.body) > LARGEST_REFUSAL:
            return super().is_error(answer)
        body = _json(answer)
        return code_of(body) == FAILURE and "msg" in body and not body.keys() - {"code", "msg", "data"}


def endpoint_of(context: Context, account: AlayaConnection, detail: Answer) -> DeploymentEndpoint:
    """The endpoint in the detail of a deployment.

    Raises:
        ConfigurationError: it does not run, or has no address or key.
    """
    name, status = str(detail.get("name")), detail.get("status")
    if status != RUNNING:
        raise ConfigurationError(f"{name} is {status}", next_step="`pulumi up` starts it; wait until it runs.")
    url, api_key = detail.get("serviceUrl"), detail.get("apiKey")
    for what, value in (("address", url), ("key", api_key)):
        if not isinstance(value, str) or not value.strip():
            raise ConfigurationError(f"{name} runs, and Alaya NeW does not say its {what}")
    return DeploymentEndpoint(f"{name} ({status})", Address.of(str(url)), context, account, str(api_key))


def find_deployment(client: AlayaClient, thing: str) -> Answer:
    """The detail of the deployment with this id, name or address; of several with a name, the one that runs.

    Raises:
        ConfigurationError: there is none, or more than one.
    """
    if _UUID.fullmatch(thing):  # a name in a path could be a path of the API's own, such as list
        detail = _detail(client, thing)
        if detail is not None:
            return detail
    rows = [one for one in _listed(client) if _is_meant(one, thing)]
    running = [one for one in rows if one["status"] == RUNNING] or rows
    if len(running) > 1:
        raise ConfigurationError(
            f"there are {len(running)} deployments {thing!r}",
            details=[f"{one['serviceId']} ({one['status']})" for one in running],
            next_step="Give the id of one of them.",
        )
    found = _detail(client, str(running[0]["serviceId"])) if running else None
    if found is None:
        raise ConfigurationError(
            f"there is no deployment with the id, name or address {thing!r}",
            next_step="`pulumi-inference alaya deployments` lists those of the account; a name ends in a hash unless "
            "the program gives it.",
        )
    return found


def list_served(context: Context, account: AlayaConnection, detail: Answer) -> list[Json]:
    """The models that the engine of a deployment says it answers for.

    Raises:
        ConfigurationError: it does not run, or cannot be called.
        ModelError: the engine answers with an error.
        ResponseError: what it answers is no list of models.
    """
    known = DeploymentDetail.recognise(detail, "the deployment")
    endpoint, call = endpoint_of(context, account, known), Call(path=MODELS, method="GET", timeout=TRY_SECONDS)
    answer = send(endpoint, call)
    if answer.is_error:
        raise model_error(endpoint, call, answer)
    body = answer.json()
    models = body.get("data") if isinstance(body, dict) else None
    if not isinstance(models, list) or not all(isinstance(one, dict) for one in models):
        raise ResponseError(f"{endpoint.name} answered GET {MODELS} with no list of models")
    return models


def _listed(client: AlayaClient) -> list[Answer]:
    return list(DeploymentSummary.recognise_list(client.list_deployments(), "a deployment"))


def _detail(client: AlayaClient, thing: str) -> Answer | None:
    found = unless_gone(client.get_deployment, thing)
    if found is None:
        return None
    return DeploymentDetail.recognise(found, f"the deployment {thing}", service_id=thing)


def _is_meant(row: Answer, thing: str) -> bool:
    if is_url(thing):
        return str(row.get("serviceUrl") or "").rstrip("/") == thing.rstrip("/")
    return thing in (row["serviceId"], row["name"])


def _json(answer: Response) -> Any:
    try:
        return answer.json()
    except ResponseError:
        return None
