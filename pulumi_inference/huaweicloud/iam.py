"""The identity service: tokens and project ids (reference/modelarts.md, sections 1 and 2)."""

import copy
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pulumi_inference.core.clock import Clock
from pulumi_inference.core.errors import AuthenticationError, ConfigurationError, InferenceError, ResponseError
from pulumi_inference.core.fields.record import is_name
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Response, WireRequest
from pulumi_inference.core.http.members import member_list, member_object
from pulumi_inference.core.redact import Redactor

TOKEN_HEADER = "x-auth-token"  # noqa: S105 - the name of a header
RENEW_BEFORE_SECONDS = 300.0


@dataclass(frozen=True)
class PasswordCredentials:
    """An IAM user. ``domain_name`` is the account that owns the user."""

    user_name: str
    password: str = field(repr=False)
    domain_name: str


@dataclass(frozen=True)
class Token:
    """A token, the moment of its end (seconds since the epoch) and the project that it is for."""

    value: str = field(repr=False)
    expires_at: float
    project_id: str | None


def log_in(http: HttpClient, credentials: PasswordCredentials, project: Mapping[str, str]) -> Token:
    """Ask for a token; ``project`` is the scope, ``{"id": …}`` or ``{"name": …}``."""
    user = {
        "name": credentials.user_name,
        "password": credentials.password,
        "domain": {"name": credentials.domain_name},
    }
    identity = {"methods": ["password"], "password": {"user": user}}
    body = {"auth": {"identity": identity, "scope": {"project": dict(project)}}}
    answer = http.request("POST", "/v3/auth/tokens", params=[("nocatalog", "true")], json=body, idempotent=True)
    return _read_token(answer)


def find_project(http: HttpClient, name: str) -> str:
    """The id of the project of this name. Raises ConfigurationError when there is none."""
    answer = http.request("GET", "/v3/projects", params=[("name", name)])
    projects = member_list(answer, "projects")
    ids = [project.get("id") for project in projects if project.get("name", name) == name]
    if not ids:
        raise ConfigurationError(
            f"there is no project named {name!r} in this account",
            next_step="Check the region, or set the project: pulumi config set inference:modelartsProjectId ID, "
            "or HW_PROJECT_ID.",
        )
    if not is_name(ids[0]):
        raise ResponseError(f"{answer.request}: the answer has a project without an id")
    return str(ids[0])


class TokenAuthenticator:
    """Logs in when needed, reuses the token until five minutes before its end, and renews it once after a 401.

    Safe for threads: whoever comes first logs in, the others wait for that token, or share its failure. A refused
    login is remembered for good, because repeated ones lock the account.
    """

    def __init__(
        self,
        http: HttpClient,
        credentials: PasswordCredentials,
        project: Mapping[str, str],
        *,
        clock: Clock,
        redactor: Redactor,
    ) -> None:
        self._http = http
        self._credentials = credentials
        self._project = project
        self._clock = clock
        self._redactor = redactor
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._refusal: AuthenticationError | None = None
        self._failure: InferenceError | None = None
        self._failed_at = 0.0

    def __repr__(self) -> str:
        return f"TokenAuthenticator(user_name={self._credentials.user_name!r})"

    def authenticate(self, request: WireRequest) -> Mapping[str, str]:  # noqa: ARG002 - the protocol's parameter
        """The X-Auth-Token header."""
        return {TOKEN_HEADER: self.token().value}

    def refresh(self, rejected: Mapping[str, str]) -> bool:
        """Drop the rejected token, unless another thread has already replaced it; the next try logs in."""
        with self._lock:
            if self._token is not None and self._token.value == rejected.get(TOKEN_HEADER):
                self._token = None
        return True

    def token(self) -> Token:
        """A token that is good for some minutes."""
        asked_at = self._clock.monotonic()
        with self._lock:
            if self._failure is not None and self._failed_at > asked_at:
                # It failed while this thread waited for it; 64 threads one after the other would take as many times.
                raise copy.copy(self._failure)
            if self._token is None or self._token.expires_at - self._clock.now() < RENEW_BEFORE_SECONDS:
                self._token = self._log_in()
            return self._token

    def _log_in(self) -> Token:
        if self._refusal is not None:
            raise copy.copy(self._refusal)
        try:
            token = log_in(self._http, self._credentials, self._project)
        except AuthenticationError as error:
            error.next_step = (
                "Check user name, password and domain name (inference:modelartsUserName, modelartsPassword, "
                "modelartsDomainName, or HW_USER_NAME, HW_USER_PASSWORD, HW_DOMAIN_NAME). "
                "A HUAWEI ID account has to create an IAM user first."
            )
            self._refusal = error
            raise copy.copy(error) from None
        except InferenceError as error:
            self._failure, self._failed_at = copy.copy(error), self._clock.monotonic()
            raise
        self._redactor.add(token.value)
        return token


def _read_token(answer: Response) -> Token:
    value = answer.headers.get("x-subject-token")
    if not value:
        raise ResponseError(f"{answer.request}: the answer has no X-Subject-Token header")
    token = member_object(answer, "token")
    try:
        expires_at = datetime.fromisoformat(str(token.get("expires_at"))).timestamp()
    except (ValueError, OverflowError, OSError):
        raise ResponseError(f"{answer.request}: the token's expires_at is no time") from None
    project = token.get("project")
    project_id = project.get("id") if isinstance(project, dict) else None
    return Token(value, expires_at, project_id if is_name(project_id) else None)
