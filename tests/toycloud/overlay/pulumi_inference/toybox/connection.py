"""The connections of Toybox: an API key in a header of its own."""

from collections.abc import Mapping
from typing import ClassVar

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import FixedHeader, IsError
from pulumi_inference.core.http.trace import Trace
from pulumi_inference.core.lifecycle.connections import ADVICE_PATIENCE, PATIENCE, Connections
from pulumi_inference.core.lifecycle.context import Environment
from pulumi_inference.core.settings import Resolved, open_endpoint
from pulumi_inference.toybox.client import ToyboxClient
from pulumi_inference.toybox.errors import is_error, parse_error
from pulumi_inference.toybox.settings import SETTINGS
from pulumi_inference.toybox.specs.box import Placed


class ToyboxConnection:
    """One account of Toybox."""

    access_check: ClassVar[str] = "listed boxes"

    def __init__(self, environment: Environment, settings: Resolved) -> None:
        if not settings.get("api_key"):
            advice = SETTINGS.how_to_set("api_key", "KEY")
            raise ConfigurationError("the API key of Toybox is not set", next_step=advice)
        self.settings, self.redactor, self._environment = settings, environment.redactor, environment
        self.redactor.add(*settings.secrets())
        self.endpoint = settings.get("endpoint") or "https://api.toybox.example"
        self.base_url, self._transport = open_endpoint(self.endpoint, environment.transports)
        self._http = self.http(is_error)

    def describe(self) -> str:
        """Whose boxes it asks for, and where."""
        return f"account of the API key at {self.endpoint}"

    def place(self, *, ask: bool) -> Mapping[str, str]:  # noqa: ARG002 - it is known without a request
        """The endpoint is all that says where a box is."""
        return {"endpoint": self.endpoint}

    def client(self, patience: float = PATIENCE) -> ToyboxClient:
        """The client."""
        return ToyboxClient(self._http, patience)

    def check_access(self) -> None:
        """Lists the boxes."""
        self.client(ADVICE_PATIENCE).list()

    def http(self, is_error: IsError, timeout: float = 30.0) -> HttpClient:
        """Requests with the key, also to a box itself."""
        return HttpClient(
            self.base_url,
            clock=self._environment.clock,
            cancelled=self._environment.cancelled,
            redactor=self.redactor,
            parse_error=parse_error,
            is_error=is_error,
            authenticator=FixedHeader("toy-key", self.settings.values["api_key"]),
            transport=self._transport,
            trace=Trace.from_environment(self._environment.environ, self.redactor),
            timeout=timeout,
            request_id_headers=("toy-request",),
        )


CONNECTIONS = Connections("Toybox", SETTINGS, ToyboxConnection, Placed, {"api_key": "emulator-key"})
