"""Where a deployment is called: its own address, with its own key."""

from __future__ import annotations

from pulumi_inference.alaya.answers import spelled
from pulumi_inference.alaya.client import AlayaClient
from pulumi_inference.alaya.connection import AlayaConnection
from pulumi_inference.alaya.errors import code_of
from pulumi_inference.alaya.specs.records import DeploymentDetail, DeploymentSummary
from pulumi_inference.alaya.specs.states import RUNNING
from pulumi_inference.core.errors import ConfigurationError, ResponseError, unless_gone
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Response
from pulumi_inference.core.invocation.address import Address, is_url
from pulumi_inference.core.invocation.endpoint import Endpoint
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.memory import Answer

CHAT = "/v1/chat/completions"


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
        try:
            body = answer.json()
        except ResponseError:
            body = None
        return answer.status == 401 or (code_of(body) is not None and "msg" in body)


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
    if is_url(thing):
        rows = [one for one in _listed(client) if _is_at(one, thing)]
    else:
        detail = _detail(client, thing)
        if detail is not None:
            return detail
        rows = [one for one in _listed(client, name=thing) if one["name"] == thing]
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


def _listed(client: AlayaClient, **filters: str) -> list[Answer]:
    rows = [spelled(one) for one in client.list_deployments(filters)]
    return list(DeploymentSummary.recognise_list(rows, "a deployment"))


def _detail(client: AlayaClient, thing: str) -> Answer | None:
    found = unless_gone(client.get_deployment, thing)
    if found is None:
        return None
    return DeploymentDetail.recognise(spelled(found), f"the deployment {thing}", service_id=thing)


def _is_at(row: Answer, url: str) -> bool:
    address = str(row.get("serviceUrl") or "").rstrip("/")
    return bool(address) and url.rstrip("/") == address
