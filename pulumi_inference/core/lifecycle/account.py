"""An account that is known by a key in a header, at one endpoint: the connection of most clouds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from pulumi_inference import __version__
from pulumi_inference.core.errors import ApiError
from pulumi_inference.core.fields.facts import Spec, secret_members
from pulumi_inference.core.http.client import HttpClient, is_no_success
from pulumi_inference.core.http.exchange import Authenticator, IsError, ParseError, Response
from pulumi_inference.core.http.trace import Trace
from pulumi_inference.core.lifecycle.connections import PATIENCE
from pulumi_inference.core.lifecycle.context import Environment
from pulumi_inference.core.settings import Resolved, open_endpoint

if TYPE_CHECKING:
    from pulumi_inference.core.http.sending import Transport

C = TypeVar("C")

TRY_SECONDS = 30.0
"""Seconds that one try of a management call may take."""


def open_http(
    environment: Environment,
    base_url: str,
    *,
    parse_error: ParseError,
    is_error: IsError = is_no_success,
    authenticator: Authenticator | None = None,
    transport: Transport | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = TRY_SECONDS,
    request_id_headers: Sequence[str] = ("x-request-id",),
    records: Callable[[], Iterable[type[Spec]]] = tuple,
) -> HttpClient:
    """A client that keeps this process's time, secrets and trace, and stops when the process is told to.

    `records` are the specs of what is sent and answered: what is secret in them, no trace shows.
    """
    return HttpClient(
        base_url,
        clock=environment.clock,
        cancelled=environment.cancelled,
        redactor=environment.redactor,
        parse_error=parse_error,
        is_error=is_error,
        authenticator=authenticator,
        transport=transport,
        trace=Trace.from_environment(environment.environ, environment.redactor, lambda: secret_members(*records())),
        headers=headers,
        timeout=timeout,
        request_id_headers=request_id_headers,
        user_agent=f"pulumi-inference/{__version__}",
    )


class KeyConnection(ABC, Generic[C]):
    """One account at one endpoint. Safe for threads; makes no request before one is needed.

    A room says what makes an error of an answer and how its client is made; one whose things are in more places than
    an endpoint says so in `place`.
    """

    request_id_headers: ClassVar[Sequence[str]] = ("x-request-id",)
    """The headers with the id of a request, the first one that is there counts."""
    access_check: ClassVar[str]
    """What `check_access` has done when it ends well, in a user's words."""

    def __init__(
        self, environment: Environment, settings: Resolved, endpoint: str, authenticator: Authenticator
    ) -> None:
        """Raises ConfigurationError when the endpoint is no address."""
        self.settings, self.redactor, self.endpoint = settings, environment.redactor, endpoint
        self._environment, self._authenticator = environment, authenticator
        self.redactor.add(*settings.secrets())
        self.base_url, self._transport = open_endpoint(endpoint, environment.transports)
        self._api = self.http_to(self.base_url, self.is_error)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(endpoint={self.endpoint!r})"

    @abstractmethod
    def parse_error(self, answer: Response, method: str, path: str) -> ApiError:
        """The error that an answer is."""

    @abstractmethod
    def make_client(self, http: HttpClient, patience: float) -> C:
        """The client, whose reads are tried for `patience` seconds."""

    @abstractmethod
    def check_access(self) -> None:
        """A harmless read, refused when this key may not ask here."""

    @classmethod
    @abstractmethod
    def records(cls) -> Iterable[type[Spec]]:
        """The specs of what the cloud is sent and answers: what is secret in them, no trace shows."""

    def is_error(self, answer: Response) -> bool:
        """Whether an answer of the API is an error; by default by its status."""
        return is_no_success(answer)

    def describe(self) -> str:
        """Whose things are asked for, and where."""
        return f"the account at {self.endpoint}"

    def place(self, *, ask: bool) -> Mapping[str, str]:  # noqa: ARG002 - it is known without a request
        """The endpoint."""
        return {"endpoint": self.endpoint}

    def client(self, patience: float = PATIENCE) -> C:
        """The client of this account; all of them share their connections."""
        return self.make_client(self._api, patience)

    def http_to(self, base_url: str, is_error: IsError, timeout: float = TRY_SECONDS) -> HttpClient:
        """A client for another address of this account, with the same key. Whoever makes one closes it."""
        return open_http(
            self._environment,
            base_url,
            parse_error=self.parse_error,
            is_error=is_error,
            authenticator=self._authenticator,
            transport=self._transport,
            timeout=timeout,
            request_id_headers=self.request_id_headers,
            records=self.records,
        )
