"""One request function for all clouds: authentication, retries, honest errors, trace.

The retry loop is our own: stamina sleeps by itself, on the machine's clock, and cannot be woken by Ctrl-C.
"""

import copy
import json as jsonlib
import random
import threading
from collections.abc import Mapping, Sequence
from typing import Any, cast

from pulumi_inference.core.clock import Clock
from pulumi_inference.core.errors import ApiError, CancelledError, TransportError, UnableError
from pulumi_inference.core.http.exchange import Authenticator, Body, IsError, ParseError, Response, quote_segment
from pulumi_inference.core.http.retry import Admission, Outcome, RetryQuota, Tries, Uniform
from pulumi_inference.core.http.sending import Clients, Draft, Transport, lower
from pulumi_inference.core.http.streaming import StreamedResponse
from pulumi_inference.core.http.trace import Trace
from pulumi_inference.core.redact import Redactor

ALWAYS_RETRIED = frozenset({429, 503})
IDEMPOTENT_METHODS = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
# A mistyped host is far more often the reason than a host that comes back within a minute.
CONNECT_RETRY_SECONDS = 15.0


def is_no_success(answer: Response) -> bool:
    """Whether an answer has another status than 2xx."""
    return answer.status >= 300


class HttpClient:
    """Talks to one host. Safe for threads; keeps connections open.

    Tried again, until ``retry_seconds`` are over: connect errors, 429 and 503 always; other 5xx, timeouts and resets
    only when the request is idempotent and the server does not say that it would fail again. ``Retry-After`` is obeyed
    up to what is left of that time. All threads share one retry quota. A 401 is tried once more when the authenticator
    has something new to say.
    """

    def __init__(
        self,
        base_url: str,
        *,
        clock: Clock,
        cancelled: threading.Event,
        redactor: Redactor,
        parse_error: ParseError,
        is_error: IsError = is_no_success,
        authenticator: Authenticator | None = None,
        transport: Transport | None = None,
        trace: Trace | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        user_agent: str = "pulumi-inference",
        request_id_headers: Sequence[str] = ("x-request-id",),
        uniform: Uniform = random.uniform,
    ) -> None:
        """``headers`` go with every request; ``timeout`` is in seconds and for each try.

        ``is_error`` says which answers are tried again and raised, as ``parse_error`` reads them: some servers put an
        error into a 200. The id of a request is the first of ``request_id_headers`` that its answer has.

        Raises ConfigurationError when ``base_url`` is no http or https URL, or the proxy settings are wrong.
        """
        self.base_url = base_url.rstrip("/")
        self._clock = clock
        self._cancelled = cancelled
        self._redactor = redactor
        self._parse_error = parse_error
        self._is_error = is_error
        self._authenticator = authenticator
        self._trace = trace
        self._transport, self._timeout, self._user_agent = transport, timeout, user_agent
        self._headers = {"accept": "application/json", "user-agent": user_agent, **lower(headers or {})}
        self._uniform = uniform
        self._quota = RetryQuota(clock)
        self._admission = Admission()
        self._request_id_headers = request_id_headers
        self._clients = Clients(self.base_url, transport, request_id_headers)

    def close(self) -> None:
        """Close all connections."""
        self._clients.close()

    def within(self, timeout: float) -> "HttpClient":
        """This client, with its connections, whose tries may take so many seconds."""
        other = copy.copy(self)
        other._timeout = timeout
        return other

    def elsewhere(self, base_url: str) -> "HttpClient":
        """A client for another host, which gets neither the credentials nor the headers of this one.

        All that is no success is an error there. Close it too.
        """
        return HttpClient(
            base_url,
            clock=self._clock,
            cancelled=self._cancelled,
            redactor=self._redactor,
            parse_error=self._parse_error,
            transport=self._transport,
            trace=self._trace,
            timeout=self._timeout,
            user_agent=self._user_agent,
            request_id_headers=self._request_id_headers,
            uniform=self._uniform,
        )

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Sequence[tuple[str, str]] = (),
        json: Any = None,
        content: Body | None = None,
        headers: Mapping[str, str] | None = None,
        idempotent: bool | None = None,
        retry_seconds: float = 60.0,
    ) -> Response:
        """Send one request and answer the server's answer, which is no error (redirects are not followed).

        ``path`` is already quoted (``quote_segment``) and follows the base URL. The body is ``json`` as JSON, or
        ``content`` as it is, with the content type that ``headers`` give it; without both there is none.
        ``idempotent`` says whether the request may be repeated when nobody knows if it was carried out;
        by default that is true of all methods but POST and PATCH.

        Raises an ApiError subclass by status, TransportError, CancelledError, and ConfigurationError for what no
        second try can mend (an untrusted certificate).
        """
        query = "&".join(f"{quote_segment(name)}={quote_segment(value)}" for name, value in params)
        given = lower(headers or {})
        if json is not None:
            content = jsonlib.dumps(json, ensure_ascii=False, separators=(",", ":")).encode()
            given.setdefault("content-type", "application/json")
        draft = self._draft(method, f"{path}?{query}" if query else path, content, given)
        # What is not streamed is read.
        return cast("Response", self._exchange(draft, path, idempotent, retry_seconds))

    def stream(
        self,
        method: str,
        path: str,
        *,
        content: Body | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> StreamedResponse:
        """Send one request once, and answer as soon as a status of 2xx has come; the body is read while it arrives.

        Takes and raises what ``request`` does; an answer of another status that is no error has been read. Close the
        answer: until then it holds a connection.
        """
        draft = self._draft(method, path, content, lower(headers or {}), streamed=True)
        answer = self._exchange(draft, path, idempotent=False, retry_seconds=0)
        return answer if isinstance(answer, StreamedResponse) else StreamedResponse.of(answer)

    def _draft(
        self, method: str, target: str, content: Body | None, headers: Mapping[str, str], *, streamed: bool = False
    ) -> Draft:
        headers = {**self._headers, **headers}
        return Draft(method.upper(), self.base_url + target, headers, content or None, streamed, self._timeout)

    def _exchange(
        self, draft: Draft, path: str, idempotent: bool | None, retry_seconds: float
    ) -> Response | StreamedResponse:
        """Tries until there is an answer that is no error, or no reason to try again."""
        may_repeat = draft.method in IDEMPOTENT_METHODS if idempotent is None else idempotent
        tries = Tries(self._clock, self._quota, self._uniform, retry_seconds)
        refreshed = False
        while not self._cancelled.is_set():
            tries.count += 1
            outcome, sent_headers = self._next_try(draft, tries.count)
            if isinstance(outcome, StreamedResponse) or (isinstance(outcome, Response) and not self._is_error(outcome)):
                return outcome
            if isinstance(outcome, Response) and outcome.status == 401 and not refreshed:
                refreshed = self._refresh(sent_headers)
                if refreshed:
                    self._admission.forget_refusal()
                    continue
            error = self._error(outcome, draft.method, path, tries.count)
            pause = _pause(tries, outcome) if _is_retried(error, may_repeat) else None
            if pause is None:
                for note in tries.notes:
                    error.add_detail(note)
                raise error
            self._clock.wait(pause, self._cancelled)
        raise CancelledError

    def _next_try(self, draft: Draft, attempt: int) -> tuple[Outcome, Mapping[str, str]]:
        if self._authenticator is None:
            return self._try(draft, attempt)
        return self._admission.admit(lambda: self._try(draft, attempt))

    def _try(self, draft: Draft, attempt: int) -> tuple[Outcome, Mapping[str, str]]:
        """One try: the answer, or why there is none; and the headers that the authenticator added."""
        added = self._authenticator.authenticate(draft.wire()) if self._authenticator else {}
        request = draft.request(added)
        began, started = self._clock.now(), self._clock.monotonic()
        outcome = self._clients.send(request, streamed=draft.streamed)
        if self._trace:
            answer = None if isinstance(outcome, TransportError) else outcome
            self._trace.write(
                time=began,
                attempt=attempt,
                method=request.method,
                url=str(request.url),
                headers=dict(request.headers),
                body=draft.body,
                duration=self._clock.monotonic() - started,
                status=answer.status if answer else None,
                request_id=answer.request_id if answer else None,
                answer=outcome.body if isinstance(outcome, Response) else None,
                error=outcome.message if isinstance(outcome, TransportError) else None,
            )
        return outcome, added

    def _refresh(self, sent_headers: Mapping[str, str]) -> bool:
        return self._authenticator is not None and self._authenticator.refresh(sent_headers)

    def _error(
        self, outcome: Response | TransportError, method: str, path: str, attempts: int
    ) -> ApiError | TransportError:
        error: ApiError | TransportError
        if isinstance(outcome, TransportError):
            error = outcome
        else:
            error = self._parse_error(outcome, method, path)
            error.attempts = attempts
        return error.redact(self._redactor.redact)


def _is_retried(error: ApiError | TransportError, may_repeat: bool) -> bool:
    if isinstance(error, TransportError):
        return may_repeat or not error.sent
    is_final = error.is_final or isinstance(error, UnableError)
    return error.status in ALWAYS_RETRIED or (may_repeat and error.status >= 500 and not is_final)


def _pause(tries: Tries, outcome: Response | TransportError) -> float | None:
    if isinstance(outcome, Response):
        return tries.pause(outcome.headers.get("retry-after"))
    return tries.pause(limit=None if outcome.sent else CONNECT_RETRY_SECONDS)
