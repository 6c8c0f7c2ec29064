"""The connections of Alaya NeW: an access key and its secret key in one header, which is always the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pulumi_inference.alaya import errors
from pulumi_inference.alaya.client import AlayaClient
from pulumi_inference.alaya.settings import SETTINGS
from pulumi_inference.core.errors import ApiError, ConfigurationError
from pulumi_inference.core.fields.facts import Spec
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import FixedHeader, Response
from pulumi_inference.core.http.members import Json
from pulumi_inference.core.lifecycle.account import KeyConnection, open_http
from pulumi_inference.core.lifecycle.connections import ADVICE_PATIENCE, Connections
from pulumi_inference.core.lifecycle.context import Context, Environment
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.options import AtEndpoint
from pulumi_inference.core.settings import Resolved

if TYPE_CHECKING:
    from pulumi_inference.core.http.exchange import IsError

DEFAULT_ENDPOINT = "https://api.alayanew.com"


class AlayaConnection(KeyConnection[AlayaClient]):
    """One account of Alaya NeW."""

    access_check = "listed deployments"

    def __init__(self, environment: Environment, settings: Resolved) -> None:
        endpoint = settings.get("endpoint") or DEFAULT_ENDPOINT
        keys = {name: settings.get(name) or "" for name in ("access_key", "secret_key")}
        for name, key in keys.items():
            if not key:
                what, advice = name.replace("_", " "), SETTINGS.how_to_set(name, "KEY")
                raise ConfigurationError(f"the {what} of Alaya NeW is not set", next_step=advice)
        signature = f"plain Credential={keys['access_key']},Signature={keys['secret_key']}"
        super().__init__(environment, settings, endpoint.rstrip("/"), FixedHeader("authorization", signature))

    def describe(self) -> str:
        """Whose deployments are asked for, and where."""
        return f"the account of access key {self.settings.get('access_key')} at {self.endpoint}"

    def calls_to(self, base_url: str, api_key: str, is_error: IsError, timeout: float) -> HttpClient:
        """A client for the host of a deployment, with the deployment's own key and none of the account's."""
        self.redactor.add(api_key)
        return open_http(
            self._environment,
            base_url,
            parse_error=errors.parse_call_error,
            is_error=is_error,
            authenticator=FixedHeader("apikey", api_key),
            transport=self._transport,
            timeout=timeout,
            records=self.records,
        )

    def is_error(self, answer: Response) -> bool:
        """Whether an answer is an error, as its envelope says."""
        return errors.is_error(answer)

    def parse_error(self, answer: Response, method: str, path: str) -> ApiError:
        """The error in an answer."""
        return errors.parse_error(answer, method, path)

    @classmethod
    def records(cls) -> Iterable[type[Spec]]:
        """What is sent and answered with secrets in it."""
        # Slow to load, and needed for the trace only.
        from pulumi_inference.alaya.specs.deployment import DeploymentSpec
        from pulumi_inference.alaya.specs.records import DeploymentDetail, DeploymentSummary, Untraced

        return (DeploymentSpec, DeploymentDetail, DeploymentSummary, Untraced)

    def make_client(self, http: HttpClient, patience: float) -> AlayaClient:
        """The client of this account."""
        return AlayaClient(http, patience, self._ask_models)

    def _ask_models(self, detail: Answer) -> list[Json]:
        # What calls deployments is made of connections.
        from pulumi_inference.alaya.endpoint import list_served

        return list_served(Context(self._environment), self, detail)

    def check_access(self) -> None:
        """Lists deployments."""
        self.client(ADVICE_PATIENCE).list_one()


EMULATED = {"access_key": "emulator", "secret_key": "emulator-secret"}

CONNECTIONS = Connections("Alaya NeW", SETTINGS, AlayaConnection, AtEndpoint, EMULATED)
