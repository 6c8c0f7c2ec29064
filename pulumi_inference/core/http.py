"""One request function for all clouds: authentication, retries, honest errors, trace.

This is the only module that knows httpx (the emulator's in-process transport is handed in from outside).
The retry loop is our own: stamina sleeps by itself, on the machine's clock, and cannot be woken by Ctrl-C.
"""

import json as jsonlib
import random
import threading
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import unquote

import httpx

from pulumi_inference.core.clock import Clock
from pulumi_inference.core.errors import ApiError, CancelledError, ConfigurationError, TransportError
from pulumi_inference.core.exchange import Authenticator, ParseError, Response, WireRequest, quote_segment
from pulumi_inference.core.redact import Redactor
from pulumi_inference.core.retry import RetryQuota, Tries, Uniform
from pulumi_inference.core.trace import Trace

Transport: TypeAlias = httpx.BaseTransport

ALWAYS_RETRIED = frozenset({429, 503})
IDEMPOTENT_METHODS = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
REQUEST_ID_HEADERS = ("x-request-id", "x-requestid", "nvcf-reqid", "request-id", "x-openstack-request-id")
CONNECT_TIMEOUT = 10.0
# A mistyped host is far more often the reason than a host that comes back within a minute.
CONNECT_RETRY_SECONDS = 15.0
FIRST_AT_ONCE = 2
FIRST_ANSWER_SECONDS = 2.0
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class HttpClient:
    """Talks to one host. Safe for threads; keeps connections open.

    Tried again, until ``retry_seconds`` are over: connect errors, 429 and 503 always; other 5xx, timeouts and resets
    only when the request is idempotent. ``Retry-After`` is obeyed up to what is left of that time. All threads share
    one retry quota. A 401 is tried once more when the authenticator has something new to say.
    """

    def __init__(
        self,
        base_url: str,
        *,
        clock: Clock,
        cancelled: threading.Event,
        redactor: Redactor,
        parse_error: ParseError,
        authenticator: Authenticator | None = None,
        transport: Transport | None = None,
        trace: Trace | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        user_agent: str = "pulumi-inference",
        uniform: Uniform = random.uniform,
    ) -> None:
        """``headers`` go with every request; ``timeout`` is in seconds and for each try.

        Raises ConfigurationError when ``base_url`` is no http or https URL, or the proxy settings are wrong.
        """
        self.base_url = base_url.rstrip("/")
        self._clock = clock
        self._cancelled = cancelled
        self._redactor = redactor
        self._parse_error = parse_error
        self._authenticator = authenticator
        self._trace = trace
        self._headers = {"accept": "application/json", "user-agent": user_agent, **_lower(headers or {})}
        self._uniform = uniform
        self._quota = RetryQuota(clock)
        self._first = threading.Semaphore(FIRST_AT_ONCE)
        self._opened = threading.Event()
        self._answered = threading.Event()
        self._refused: Response | None = None
        self._clients = _Clients(self.base_url, transport, timeout)

    def close(self) -> None:
        """Close all connections."""
        self._clients.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Sequence[tuple[str, str]] = (),
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        idempotent: bool | None = None,
        retry_seconds: float = 60.0,
    ) -> Response:
        """Send one request and answer the server's answer, whose status is 2xx (redirects are not followed).

        ``path`` is already quoted (``quote_segment``) and follows the base URL. The body is ``json`` as JSON, or
        ``content`` as it is, with the content type that ``headers`` give it; without both there is none.
        ``idempotent`` says whether the request may be repeated when nobody knows if it was carried out;
        by default that is true of all methods but POST and PATCH.

        Raises an ApiError subclass by status, TransportError, CancelledError, and ConfigurationError for what no
        second try can mend (an untrusted certificate).
        """
        method = method.upper()
        body = content or b""
        all_headers = {**self._headers, **_lower(headers or {})}
        if json is not None:
            body = jsonlib.dumps(json, ensure_ascii=False, separators=(",", ":")).encode()
            all_headers.setdefault("content-type", "application/json")
        prepared = httpx.Request(method, self._url(path, params), headers=all_headers, content=body or None)
        may_repeat = method in IDEMPOTENT_METHODS if idempotent is None else idempotent
        tries = Tries(self._clock, self._quota, self._uniform, retry_seconds)
        refreshed = False
        while not self._cancelled.is_set():
            tries.count += 1
            outcome, sent_headers = self._admitted_try(prepared, tries.count)
            if isinstance(outcome, Response):
                if outcome.status < 300:
                    return outcome
                if outcome.status == 401 and not refreshed and self._refresh(sent_headers):
                    refreshed, self._refused = True, None
                    continue
            pause = _pause(tries, outcome) if _is_retried(outcome, may_repeat) else None
            if pause is None:
                raise self._error(outcome, method, path, tries)
            self._clock.wait(pause, self._cancelled)
        raise CancelledError

    def _url(self, path: str, params: Sequence[tuple[str, str]]) -> str:
        query = "&".join(f"{quote_segment(name)}={quote_segment(value)}" for name, value in params)
        return f"{self.base_url}{path}?{query}" if query else self.base_url + path

    def _admitted_try(
        self, prepared: httpx.Request, attempt: int
    ) -> tuple[Response | TransportError, Mapping[str, str]]:
        """One try, among few until one has ended otherwise than with a 401.

        Servers lock an account after five refusals in a row, and a program asks from many threads at once: what was
        refused to the first is not asked again by the others. A slow first answer holds nobody up for long.
        """
        if self._authenticator is None or self._opened.is_set():
            return self._try(prepared, attempt)
        if not self._first.acquire(blocking=False):
            self._answered.wait(FIRST_ANSWER_SECONDS)
            return (self._refused, {}) if self._refused is not None else self._try(prepared, attempt)
        try:
            if self._refused is not None:
                return self._refused, {}
            outcome, added = self._try(prepared, attempt)
            if isinstance(outcome, Response) and outcome.status == 401:
                self._refused = outcome
            else:
                self._opened.set()
            self._answered.set()
            return outcome, added
        finally:
            self._first.release()

    def _try(self, prepared: httpx.Request, attempt: int) -> tuple[Response | TransportError, Mapping[str, str]]:
        """One try: the answer, or why there is none; and the headers that the authenticator added."""
        added = self._authenticator.authenticate(_wire(prepared)) if self._authenticator else {}
        request = httpx.Request(
            prepared.method,
            prepared.url,
            headers={**prepared.headers, **_lower(added)},
            content=prepared.content or None,
        )
        began, started = self._clock.now(), self._clock.monotonic()
        outcome = self._send(request)
        if self._trace:
            answer = outcome if isinstance(outcome, Response) else None
            self._trace.write(
                time=began,
                attempt=attempt,
                method=request.method,
                url=str(request.url),
                headers=dict(request.headers),
                body=request.content,
                duration=self._clock.monotonic() - started,
                status=answer.status if answer else None,
                request_id=answer.request_id if answer else None,
                answer=answer.body if answer else None,
                error=outcome.message if isinstance(outcome, TransportError) else None,
            )
        return outcome, added

    def _send(self, request: httpx.Request) -> Response | TransportError:
        what = f"{request.method} {request.url.path}"
        try:
            answer = self._clients.get().send(request)
        except httpx.LocalProtocolError:
            raise ConfigurationError(
                f"{what}: the request cannot be sent, one of its headers has a forbidden character",
                next_step="Check the credentials and the project id for line breaks and other control characters.",
            ) from None
        except _NOT_SENT as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise ConfigurationError(
                    f"{what}: the certificate of {_authority(request.url)} is not trusted: {error}",
                    next_step="Check the endpoint; SSL_CERT_FILE names a file with further trusted certificates.",
                ) from None
            return TransportError(
                f"{what}: cannot connect to {_authority(request.url)}: {_reason(error)}",
                sent=False,
                next_step="Check the endpoint and region, the network, and the proxy settings (HTTPS_PROXY, NO_PROXY).",
            )
        except httpx.TimeoutException as error:
            return _lost(request, f"no answer from {_authority(request.url)} in time ({type(error).__name__})")
        except (httpx.TransportError, httpx.DecodingError) as error:
            return _lost(request, f"the connection to {_authority(request.url)} broke: {_reason(error)}")
        expected = answer.headers.get("content-length", "")
        is_plain = "content-encoding" not in answer.headers and request.method != "HEAD"
        if is_plain and expected.isdecimal() and answer.status_code != 304 and int(expected) > len(answer.content):
            return _lost(request, f"the answer was cut off after {len(answer.content)} of {expected} bytes")
        return Response(
            status=answer.status_code,
            headers=_lower(answer.headers),
            body=answer.content,
            request_id=next((answer.headers[name] for name in REQUEST_ID_HEADERS if name in answer.headers), None),
            request=what,
        )

    def _refresh(self, sent_headers: Mapping[str, str]) -> bool:
        return self._authenticator is not None and self._authenticator.refresh(sent_headers)

    def _error(
        self, outcome: Response | TransportError, method: str, path: str, tries: Tries
    ) -> ApiError | TransportError:
        error: ApiError | TransportError
        if isinstance(outcome, TransportError):
            error = outcome
        else:
            error = self._parse_error(outcome, method, path)
            error.attempts = tries.count
        for note in tries.notes:
            error.add_detail(note)
        return error.redact(self._redactor.redact)


def _is_retried(outcome: Response | TransportError, may_repeat: bool) -> bool:
    if isinstance(outcome, TransportError):
        return may_repeat or not outcome.sent
    return outcome.status in ALWAYS_RETRIED or (may_repeat and outcome.status >= 500)


def _pause(tries: Tries, outcome: Response | TransportError) -> float | None:
    if isinstance(outcome, Response):
        return tries.pause(outcome.headers.get("retry-after"))
    return tries.pause(limit=None if outcome.sent else CONNECT_RETRY_SECONDS)


def _wire(request: httpx.Request) -> WireRequest:
    return WireRequest(
        method=request.method,
        path=unquote(request.url.raw_path.decode("ascii").partition("?")[0]),
        query=tuple(request.url.params.multi_items()),
        headers=_lower(request.headers),
        body=request.content,
        host=request.headers["host"],
    )


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def host_of(base_url: str) -> str:
    """The host of an http or https URL. Raises ConfigurationError when it is none."""
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in {"http", "https"} or not url.host or (url.port or 0) > 65535:
        raise ConfigurationError(
            f"{base_url!r} is not an endpoint",
            next_step="Write it with its scheme, for example https://api.example.com or http://127.0.0.1:8080.",
        )
    return url.host


def _authority(url: httpx.URL) -> str:
    return url.netloc.decode("ascii")


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def _lost(request: httpx.Request, reason: str) -> TransportError:
    changes_nothing = request.method in {"GET", "HEAD"}
    advice = "Try again." if changes_nothing else "The server may have done it; run the command again to see."
    return TransportError(f"{request.method} {request.url.path}: {reason}", sent=True, next_step=advice)


class _Clients:
    """An httpx client for each thread: a pool shared by 64 threads looks at all its connections for each request."""

    def __init__(self, base_url: str, transport: Transport | None, timeout: float) -> None:
        self._transport = transport
        self._timeout = httpx.Timeout(timeout, connect=min(timeout, CONNECT_TIMEOUT))
        self._trust_env = host_of(base_url) not in _LOOPBACK
        self._local = threading.local()
        self._opened: list[httpx.Client] = []
        try:
            # Certificates take some 50 ms to load, and plain http needs none.
            is_secure = base_url.startswith("https:")
            self._verify = httpx.create_ssl_context(trust_env=self._trust_env) if is_secure else False
            self.get()
        except (ValueError, ImportError, OSError, httpx.InvalidURL) as error:
            raise ConfigurationError(
                f"cannot use the proxy or certificate settings of the environment: {error}",
                next_step="Correct HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY or SSL_CERT_FILE.",
            ) from None

    def get(self) -> httpx.Client:
        """The client of the thread that asks."""
        client: httpx.Client | None = getattr(self._local, "client", None)
        if client is None:
            client = httpx.Client(
                transport=self._transport, verify=self._verify, timeout=self._timeout, trust_env=self._trust_env
            )
            self._local.client = client
            self._opened.append(client)
        return client

    def close(self) -> None:
        """Close the connections of all threads."""
        for client in self._opened:
            client.close()
