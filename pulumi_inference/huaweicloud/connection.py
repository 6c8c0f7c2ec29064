"""One account of Huawei Cloud in one place, for clients of any of its services."""

from __future__ import annotations

import copy
import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import ClassVar, Generic, TypeVar

from pulumi_inference.core.errors import ConfigurationError, InferenceError, ResponseError
from pulumi_inference.core.fields.facts import Spec
from pulumi_inference.core.http.client import HttpClient, is_no_success
from pulumi_inference.core.http.exchange import Authenticator, IsError
from pulumi_inference.core.http.hosts import host_of
from pulumi_inference.core.lifecycle.account import TRY_SECONDS, open_http
from pulumi_inference.core.lifecycle.connections import PATIENCE
from pulumi_inference.core.lifecycle.context import Environment
from pulumi_inference.core.settings import Resolved, is_emulator, open_endpoint
from pulumi_inference.huaweicloud.errors import ErrorCodes
from pulumi_inference.huaweicloud.iam import PasswordCredentials, TokenAuthenticator, find_project
from pulumi_inference.huaweicloud.settings import CLOUDS, DEFAULT_CLOUD, SETTINGS
from pulumi_inference.huaweicloud.signing import AccessKeyCredentials, AkSkAuthenticator

C = TypeVar("C")

EMULATOR_CREDENTIALS = AccessKeyCredentials("emulator", "emulator-secret")
EMULATED = {"region": "emulator", "project_id": "e0000000000000000000000000000001"}
"""The settings that hold on the embedded emulator when nothing else is configured."""

REQUEST_ID_HEADERS = ("x-request-id", "x-openstack-request-id")
"""Of the gateway and the services, and of IAM."""

Credentials = AccessKeyCredentials | PasswordCredentials

_CONTENT_TYPE = {"content-type": "application/json;charset=UTF-8"}
_HOST = re.compile(r"modelarts\.(?P<region>[a-z0-9-]+)\.(?P<cloud>.+)")
_NAME_IN_HOST = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")


class HuaweiConnection(ABC, Generic[C]):
    """One account in one place. Safe for threads; makes no request before one is needed.

    ``endpoint`` is as configured (``emulator:PATH`` stays that), ``base_url`` what requests go to, ``region`` is None
    when only an endpoint is known, ``settings`` says where each value came from, ``redactor`` learns secrets that
    requests will carry.
    """

    access_check: ClassVar[str]
    errors: ClassVar[ErrorCodes]
    """How the answers of a service are read that are errors."""

    def __init__(self, environment: Environment, settings: Resolved) -> None:
        """Raises ConfigurationError when credentials are missing or an address is none."""
        self.endpoint = endpoint = _endpoint(settings)
        self.region = _region(settings, endpoint)
        self.settings = settings
        self.redactor = environment.redactor
        self._environment = environment
        self._credentials = _credentials(settings, endpoint)
        self.base_url, self._transport = open_endpoint(endpoint, environment.transports)
        self.iam_endpoint = _iam_url(settings, self.base_url)
        self._project_id = settings.get("project_id")
        self._look_up_error: InferenceError | None = None
        self._clients: dict[float, C] = {}
        self._api: HttpClient | None = None
        self._iam: HttpClient | None = None
        self._authenticator: Authenticator | None = None
        self._lock = threading.RLock()
        self.redactor.add(*settings.secrets())
        host_of(self.iam_endpoint)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(endpoint={self.endpoint!r}, region={self.region!r})"

    @abstractmethod
    def make_client(self, http: HttpClient, patience: float) -> C:
        """The client of a service over requests that are signed already."""

    @abstractmethod
    def check_access(self) -> None:
        """A harmless read, refused when these credentials may not use this project."""

    @classmethod
    @abstractmethod
    def records(cls) -> Iterable[type[Spec]]:
        """The specs of what the service is sent and answers: what is secret in them, no trace shows."""

    @property
    def project_id(self) -> str:
        """The project's id; asked of the identity service once when it is not configured, with success or not.

        Raises ConfigurationError when there is no such project, and what requests raise.
        """
        with self._lock:
            if self._look_up_error is not None:
                # It was tried for long already; each of many resources would try for as long once more.
                raise copy.copy(self._look_up_error)
            if self._project_id is None:
                try:
                    self._project_id = self._look_up_project()
                except InferenceError as error:
                    self._look_up_error = copy.copy(error)
                    raise
            return self._project_id

    def place(self, *, ask: bool) -> dict[str, str]:
        """Endpoint, region and project id; without ``ask``, as far as they are known without a request."""
        project_id = self.project_id if ask else self._project_id
        known = {"endpoint": self.endpoint, "region": self.region, "project_id": project_id}
        return {name: value for name, value in known.items() if value}

    def describe(self) -> str:
        """Project and endpoint, for people."""
        return f"project {self.project_id} at {self.endpoint}"

    def client(self, patience: float = PATIENCE) -> C:
        """The client of this connection's project, always the same one for as many seconds of patience."""
        with self._lock:
            if patience not in self._clients:
                if self._api is None:
                    self._api = self._http(self.base_url, self._authenticator_for(self.project_id))
                self._clients[patience] = self.make_client(self._api, patience)
            return self._clients[patience]

    def _look_up_project(self) -> str:
        name = self._project_name()
        if isinstance(self._credentials, AccessKeyCredentials):
            if self._iam is None:
                signer = AkSkAuthenticator(self._credentials, clock=self._environment.clock)
                self._iam = self._http(self.iam_endpoint, signer)
            return find_project(self._iam, name)
        project_id = self._token_authenticator(self._credentials).token().project_id
        if project_id is None:
            raise ResponseError(f"the identity service gave a token without the project {name!r}")
        return project_id

    def _project_name(self) -> str:
        name = self.settings.get("project_name") or self.region
        if name is None:
            raise ConfigurationError(
                "neither the ModelArts project nor the region is known",
                next_step=f"{SETTINGS.how_to_set('project_id', 'ID')}; "
                f"or the region: {SETTINGS.how_to_set('region', 'cn-north-4')}",
            )
        return name

    def _authenticator_for(self, project_id: str) -> Authenticator:
        if isinstance(self._credentials, AccessKeyCredentials):
            return AkSkAuthenticator(self._credentials, clock=self._environment.clock, project_id=project_id)
        return self._token_authenticator(self._credentials)

    def _token_authenticator(self, credentials: PasswordCredentials) -> TokenAuthenticator:
        if not isinstance(self._authenticator, TokenAuthenticator):
            scope = {"id": self._project_id} if self._project_id else {"name": self._project_name()}
            http = self._http(self.iam_endpoint, None)
            self._authenticator = TokenAuthenticator(
                http, credentials, scope, clock=self._environment.clock, redactor=self.redactor
            )
        return self._authenticator

    @property
    def signs_requests(self) -> bool:
        """Whether requests carry a signature over their body, not a token."""
        return isinstance(self._credentials, AccessKeyCredentials)

    def trusts(self, url: str) -> bool:
        """Whether an address is a host of the endpoint's own cloud."""
        named = _host_in_cloud(self.settings, self.base_url)
        return named is not None and host_of(url).endswith(f".{named['cloud']}")

    def http_to(self, base_url: str, *, is_error: IsError, timeout: float = TRY_SECONDS) -> HttpClient:
        """A client for another address of this account, such as a service's, with the same credentials.

        Not all that is no success is an error there.
        """
        with self._lock:
            authenticator = self._authenticator_for(self.project_id)
        return self._http(base_url, authenticator, {}, is_error, timeout)

    def _http(
        self,
        base_url: str,
        authenticator: Authenticator | None,
        headers: Mapping[str, str] = _CONTENT_TYPE,
        is_error: IsError = is_no_success,
        timeout: float = TRY_SECONDS,
    ) -> HttpClient:
        return open_http(
            self._environment,
            base_url,
            parse_error=self.errors.parse_error,
            is_error=is_error,
            authenticator=authenticator,
            transport=self._transport,
            headers=headers,
            timeout=timeout,
            request_id_headers=REQUEST_ID_HEADERS,
            records=self.records,
        )


def _endpoint(settings: Resolved) -> str:
    endpoint = _endpoint_or_none(settings)
    if endpoint is None:
        raise ConfigurationError(
            "the ModelArts region is not set",
            next_step=f"{SETTINGS.how_to_set('region', 'cn-north-4')}. Without an account, try the embedded "
            f"emulator: {SETTINGS.how_to_set('endpoint', 'emulator:emulator.db')}",
        )
    return endpoint


def _endpoint_or_none(settings: Resolved) -> str | None:
    endpoint, region = settings.get("endpoint"), settings.get("region")
    if endpoint is not None:
        return endpoint if is_emulator(endpoint) else endpoint.rstrip("/")
    if region is None:
        return None
    cloud = settings.get("cloud") or DEFAULT_CLOUD
    for name, value in (("region", region), ("cloud", cloud)):
        if not _NAME_IN_HOST.fullmatch(value):
            raise ConfigurationError(f"{value!r} ({settings.origins.get(name, name)}) is no {name} name")
    return f"https://modelarts.{region}.{cloud}"


def _region(settings: Resolved, endpoint: str) -> str | None:
    if is_emulator(endpoint):
        return settings.get("region") or EMULATED["region"]
    named = _HOST.fullmatch(host_of(endpoint))
    return settings.get("region") or (named["region"] if named else None)


def _iam_url(settings: Resolved, base_url: str) -> str:
    """The identity service: as given, else beside the cloud's endpoint, else on the endpoint's own host."""
    given = settings.get("iam_endpoint")
    if given is not None:
        # HW_AUTH_URL customarily names the version too.
        return given.rstrip("/").removesuffix("/v3")
    named = _host_in_cloud(settings, base_url)
    return f"https://iam.{named['region']}.{named['cloud']}" if named else base_url


def _host_in_cloud(settings: Resolved, base_url: str) -> re.Match[str] | None:
    """Region and cloud of an endpoint; None when it is not in one that is known or set."""
    named = _HOST.fullmatch(host_of(base_url))
    return named if named and named["cloud"] in {*CLOUDS, settings.get("cloud")} else None


def _credentials(settings: Resolved, endpoint: str) -> Credentials:
    """Access key and secret key win over a user's password, as they need no token."""
    access_key, secret_key = settings.get("access_key"), settings.get("secret_key")
    user_name, password, domain_name = (settings.get(name) for name in ("user_name", "password", "domain_name"))
    if access_key and secret_key:
        return AccessKeyCredentials(access_key, secret_key, settings.get("security_token"))
    if user_name and password and domain_name:
        return PasswordCredentials(user_name, password, domain_name)
    fields = [one.field for one in SETTINGS if one.credential and one.field in settings.origins]
    given = [f"{name} ({settings.origins[name]})" for name in fields]
    if is_emulator(endpoint) and not given:
        return EMULATOR_CREDENTIALS
    found = f" are not complete: there is only {', '.join(given)}" if given else " are not set"
    raise ConfigurationError(
        f"the ModelArts credentials{found}",
        details=[
            "access key: pulumi config set inference:modelartsAccessKey AK; "
            "pulumi config set --secret inference:modelartsSecretKey SK; or HW_ACCESS_KEY and HW_SECRET_KEY",
            "or user: inference:modelartsUserName, modelartsPassword (--secret), modelartsDomainName; "
            "or HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME",
        ],
        next_step="Set one of the two, all of it in one place: half from the configuration and half from the "
        "environment is not put together.",
    )
