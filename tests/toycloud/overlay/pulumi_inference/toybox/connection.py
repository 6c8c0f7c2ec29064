"""The connections of Toybox: an API key in a header of its own."""

from collections.abc import Iterable

from pulumi_inference.core.errors import ApiError, ConfigurationError
from pulumi_inference.core.fields.facts import Spec
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import FixedHeader, Response
from pulumi_inference.core.lifecycle.account import KeyConnection
from pulumi_inference.core.lifecycle.connections import ADVICE_PATIENCE, Connections
from pulumi_inference.core.lifecycle.context import Environment
from pulumi_inference.core.lifecycle.options import AtEndpoint
from pulumi_inference.core.settings import Resolved
from pulumi_inference.toybox import errors
from pulumi_inference.toybox.client import ToyboxClient
from pulumi_inference.toybox.settings import SETTINGS
from pulumi_inference.toybox.specs.box import BoxSpec


class ToyboxConnection(KeyConnection[ToyboxClient]):
    """One account of Toybox."""

    access_check = "listed boxes"
    request_id_headers = ("toy-request",)

    def __init__(self, environment: Environment, settings: Resolved) -> None:
        key, endpoint = settings.get("api_key"), settings.get("endpoint") or "https://api.toybox.example"
        if not key:
            advice = SETTINGS.how_to_set("api_key", "KEY")
            raise ConfigurationError("the API key of Toybox is not set", next_step=advice)
        super().__init__(environment, settings, endpoint, FixedHeader("toy-key", key))

    def parse_error(self, answer: Response, method: str, path: str) -> ApiError:
        """The error in an answer."""
        return errors.parse_error(answer, method, path)

    def is_error(self, answer: Response) -> bool:
        """By its code, whatever the status."""
        return errors.is_error(answer)

    @classmethod
    def records(cls) -> Iterable[type[Spec]]:
        """Boxes have locks."""
        return (BoxSpec,)

    def make_client(self, http: HttpClient, patience: float) -> ToyboxClient:
        """The client."""
        return ToyboxClient(http, patience)

    def check_access(self) -> None:
        """Lists the boxes."""
        self.client(ADVICE_PATIENCE).list()


CONNECTIONS = Connections("Toybox", SETTINGS, ToyboxConnection, AtEndpoint, {"api_key": "emulator-key"})
