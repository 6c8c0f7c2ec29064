"""The connections of NVCF: a bearer key, one path family, and the hosts of its planes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from pulumi_inference.core.errors import ApiError, AuthenticationError, ConfigurationError, PermissionDeniedError
from pulumi_inference.core.fields.facts import Spec
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import FixedHeader, IsError, Response, quote_segment
from pulumi_inference.core.http.proxies import is_loopback
from pulumi_inference.core.lifecycle.account import KeyConnection
from pulumi_inference.core.lifecycle.connections import ADVICE_PATIENCE, Connections
from pulumi_inference.core.lifecycle.context import Environment
from pulumi_inference.core.lifecycle.memory import Once
from pulumi_inference.core.settings import Resolved
from pulumi_inference.nvcf import errors
from pulumi_inference.nvcf.answers import parse_call_error
from pulumi_inference.nvcf.client import DIRECT, NvcfClient
from pulumi_inference.nvcf.settings import SETTINGS
from pulumi_inference.nvcf.specs.placed import Placed

DEFAULT_ENDPOINT = "https://api.ngc.nvidia.com"


_INVOCATION_HOSTS = {"api.ngc.nvidia.com": "api.nvcf.nvidia.com", "api.stg.ngc.nvidia.com": "stg.api.nvcf.nvidia.com"}
"""The hosts of the invocation API, by those of the management API."""

_GRPC_HOSTS = {
    "api.nvcf.nvidia.com": "grpc.nvcf.nvidia.com:443",
    "stg.api.nvcf.nvidia.com": "stg.grpc.nvcf.nvidia.com:443",
}
"""The gRPC proxies, by the hosts of the invocation API."""

_NVIDIAS = re.compile(r"([a-z0-9-]+\.)+nvcf\.nvidia\.com", re.IGNORECASE)
"""The names of the hosts of NVIDIA's invocation plane."""

_GRPC_ADDRESS = re.compile(
    r"((?P<scheme>https?)://)?(?P<address>(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:(?P<port>[0-9]{1,5}))?)/?",
    re.IGNORECASE,
)

_NONE = ("no-org", "no-team")
"""What NVIDIA's own tools call no organisation and no team."""


class NvcfConnection(KeyConnection[NvcfClient]):
    """One account of NVCF, asked on one path family."""

    access_check = "listed functions"
    request_id_headers = ("nvcf-reqid", "x-request-id")

    def __init__(self, environment: Environment, settings: Resolved) -> None:
        key, endpoint = settings.get("api_key"), settings.get("endpoint") or DEFAULT_ENDPOINT
        if not key:
            advice = SETTINGS.how_to_set("api_key", "KEY")
            raise ConfigurationError("the API key of NVCF is not set", next_step=advice)
        self.org, self.team = _name(settings, "org"), _name(settings, "team")
        if self.team and not self.org:
            raise ConfigurationError(
                f"{settings.origins['team']}: a team is one of an organisation, and that is not set",
                next_step=SETTINGS.how_to_set("org", "ORG"),
            )
        self.key = key
        super().__init__(environment, settings, endpoint.rstrip("/"), FixedHeader("authorization", f"Bearer {key}"))
        self.invocation_url = (settings.get("invocation_endpoint") or self._usual_invocation_url()).rstrip("/")
        is_same = self.invocation_url == self.base_url.rstrip("/")
        self._invocation = self._api if is_same else self.http_to(self.invocation_url, self.is_error)
        self._kept: Once[str, HttpClient] = Once()
        self._kept.put(self.invocation_url, self._invocation)

    @property
    def root(self) -> str:
        """What management paths begin with: that of the organisation and team, or the direct one without."""
        if not self.org:
            return DIRECT
        team = f"/teams/{quote_segment(self.team)}" if self.team else ""
        return f"/v2/orgs/{quote_segment(self.org)}{team}/nvcf"

    @property
    def grpc_address(self) -> tuple[str, bool]:
        """Host and port of the gRPC proxy, and whether it is spoken to by TLS.

        Raises:
            ConfigurationError: it is not known.
        """
        given = self.settings.get("grpc_endpoint")
        usual = _GRPC_HOSTS.get(urlsplit(self.invocation_url).netloc.lower())
        if not given and not usual:
            raise ConfigurationError(
                f"the gRPC proxy of {self.invocation_url} is not known",
                next_step=SETTINGS.how_to_set("grpc_endpoint", "HOST:PORT"),
            )
        whole = given or str(usual)
        found = _GRPC_ADDRESS.fullmatch(whole)
        if found is None or int(found["port"] or 0) > 65535:
            raise ConfigurationError(
                f"{self.settings.origins.get('grpc_endpoint', 'grpc_endpoint')}: {whole!r} is no host and port",
                next_step="Write it as HOST:PORT, or as http://HOST:PORT where it is spoken to without TLS.",
            )
        return found["address"], (found["scheme"] or "").lower() != "http"

    @property
    def function_domain(self) -> str | None:
        """What follows a function's id in the name of its own host; None where functions have none that is known."""
        host = urlsplit(self.invocation_url).hostname or ""
        return f"invocation.{host}" if host in _GRPC_HOSTS else None

    def is_nvidias(self, base_url: str) -> bool:
        """Whether a URL is one of NVIDIA's own invocation plane, and so is the one that this connection calls."""
        host = urlsplit(base_url).hostname or ""
        return self.function_domain is not None and base_url.startswith("https://") and bool(_NVIDIAS.fullmatch(host))

    @property
    def llm_url(self) -> str:
        """Address of the LLM gateway; on this machine it has a name of its own, as the emulator has it.

        Raises:
            ConfigurationError: it is not known.
        """
        given, parts = self.settings.get("llm_endpoint"), urlsplit(self.invocation_url)
        if given:
            return given.rstrip("/")
        if not is_loopback(parts.hostname or ""):
            raise ConfigurationError(
                f"the LLM gateway of {self.invocation_url} is not known",
                next_step=SETTINGS.how_to_set("llm_endpoint", "https://llm.invocation.DOMAIN"),
            )
        return f"{parts.scheme}://llm.invocation.localhost" + (f":{parts.port}" if parts.port else "")

    def calls_to(self, base_url: str, is_error: IsError, timeout: float) -> HttpClient:
        """A client with the key for calls to an address of this cloud; all of them share connections that are kept."""
        kept = self._kept.get(base_url, lambda: self.http_to(base_url, self.is_error))
        return kept.lent(is_error, parse_call_error).within(timeout)

    def describe(self) -> str:
        """Whose functions are asked for, and where."""
        whose = f"organisation {self.org}" if self.org else "the key's account"
        team = f", team {self.team}" if self.team else ""
        return f"{whose}{team} at {self.endpoint}"

    def place(self, *, ask: bool) -> Mapping[str, str]:  # noqa: ARG002 - it is known without a request
        """Endpoint, organisation and team."""
        found = {"endpoint": self.endpoint, "org": self.org, "team": self.team}
        return {name: value for name, value in found.items() if value}

    def parse_error(self, answer: Response, method: str, path: str) -> ApiError:
        """The error in an answer."""
        return errors.parse_error(answer, method, path)

    @classmethod
    def records(cls) -> Iterable[type[Spec]]:
        """What is sent and answered with secrets in it."""
        # Slow to load, and needed for the trace only.
        from pulumi_inference.nvcf.specs.asset import AssetUpload
        from pulumi_inference.nvcf.specs.function import FunctionSpec
        from pulumi_inference.nvcf.specs.records import FunctionVersion
        from pulumi_inference.nvcf.specs.registrycredential import RegistryCredentialSpec
        from pulumi_inference.nvcf.specs.secrets import ExecAnswer, SecretBody
        from pulumi_inference.nvcf.specs.telemetry import TelemetrySpec

        return (
            SecretBody,
            AssetUpload,
            ExecAnswer,
            FunctionSpec,
            FunctionVersion,
            RegistryCredentialSpec,
            TelemetrySpec,
        )

    def make_client(self, http: HttpClient, patience: float) -> NvcfClient:
        """The client of this account."""
        return NvcfClient(http, self._invocation, self.root, patience)

    def check_access(self) -> None:
        """Lists the ids of functions; a key without that scope may have others."""
        try:
            self.client(ADVICE_PATIENCE).list_function_ids()
        except PermissionDeniedError as error:
            if isinstance(error, AuthenticationError):
                raise

    def _usual_invocation_url(self) -> str:
        parts = urlsplit(self.base_url)
        host = _INVOCATION_HOSTS.get(parts.netloc.lower())
        return f"{parts.scheme}://{host}" if host else self.base_url


def _name(settings: Resolved, field: str) -> str:
    given = settings.get(field) or ""
    return "" if given.lower() in _NONE else given


EMULATED = {"api_key": "nvapi-emulator", "org": "emulator"}

CONNECTIONS = Connections("NVCF", SETTINGS, NvcfConnection, Placed, EMULATED, absence_counts=True)
