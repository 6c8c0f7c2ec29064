"""One request function for all clouds: authentication, retries, honest errors, trace.

The retry loop is our own: stamina sleeps by itself, on the machine's clock, and cannot be woken by Ctrl-C.
"""

from __future__ import annotations

import copy
import json as jsonlib
import random
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from pulumi_inference.core.clock import Clock
from pulumi_inference.core.errors import ApiError, CancelledError, ResponseError, TransportError, UnableError
from pulumi_inference.core.http.body import LARGEST_ANSWER
from pulumi_inference.core.http.deadline import GRACE_SECONDS, Deadline
from pulumi_inference.core.http.exchange import (
    Authenticator,
    Body,
    Due,
    IsError,
    ParseError,
    Response,
    lower,
    quote_text,
)
from pulumi_inference.core.http.retry import Admission, Failure, Outcome, RetryQuota, Tries, Uniform
from pulumi_inference.core.http.streaming import StreamedResponse
from pulumi_inference.core.http.trace import Trace
from pulumi_inference.core.redact import Redactor

if TYPE_CHECKING:
    from pulumi_inference.core.http.sending import Draft, Transport

REFUSED = frozenset({429})
UNDONE = frozenset({429, 503})
"""Statuses of what was not carried out, where a second time does no harm: gateways send 503 for lost answers too."""
READS = frozenset({"GET", "HEAD"})
IDEMPOTENT_METHODS = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
# A mistyped host is far more often the reason than a host that comes back within a minute.
CONNECT_RETRY_SECONDS = 15.0
# Nor does a web page become an API by waiting.
UNUSABLE_RETRY_SECONDS = 15.0


def is_no_success(answer: Response) -> bool:
    """Whether an answer has another status than 2xx."""
    return answer.status >= 300


class HttpClient:
    """Talks to one host. Safe for threads; keeps connections open.

    Tried again, until ``retry_seconds`` are over: connect errors, 429 and 503 always; other 5xx, timeouts and resets
    and answers that are not what is due, only when the request is idempotent and the server does not say that it would
    fail again. ``Retry-After`` is obeyed
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
        from pulumi_inference.core.http.sending import Clients  # with httpx, which what only compares has no use for

        self.base_url = base_url.rstrip("/")
        self._clock = clock
        self._cancelled = cancelled
        self._redactor = redactor
        self._parse_error = parse_error
        self._is_error = is_error
        self._authenticator = authenticator
        self._trace = trace
        self._due, self._largest = Due.OBJECT, LARGEST_ANSWER
        self._is_lent = False
        self._transport, self._timeout, self._user_agent = transport, timeout, user_agent
        self._headers = {"accept": "application/json", "user-agent": user_agent, **lower(headers or {})}
        self._uniform = uniform
        self._quota = RetryQuota(clock)
        self._admission = Admission()
        self._request_id_headers = request_id_headers
        self._clients = Clients(self.base_url, transport, request_id_headers)

    def close(self) -> None:
        """Close all connections, unless they are lent."""
        if not self._is_lent:
            self._clients.close()

    def lent(self, is_error: IsError, parse_error: ParseError) -> HttpClient:
        """This client for somebody who has other errors, and whose closing leaves its connections open."""
        other = copy.copy(self)
        other._is_lent, other._is_error, other._parse_error = True, is_error, parse_error
        return other

    @property
    def redactor(self) -> Redactor:
        """What knows the secrets that may not be shown."""
        return self._redactor

    @property
    def timeout(self) -> float:
        """Seconds that each try may take."""
        return self._timeout

    def within(self, timeout: float) -> HttpClient:
        """This client, with its connections, whose tries may take so many seconds."""
        other = copy.copy(self)
        other._timeout = timeout
        return other

    def taking(self, due: Due, largest: int) -> HttpClient:
        """This client, with its connections, for answers of another kind and size."""
        other = copy.copy(self)
        other._due, other._largest = due, largest
        return other

    def regardless(self) -> HttpClient:
        """This client, with its connections, for what has to be sent although the user stops everything else."""
        other = copy.copy(self)
        other._cancelled = threading.Event()
        return other

    def elsewhere(self, base_url: str) -> HttpClient:
        """A client for another host, which gets neither the credentials nor the headers of this one.

        All that is no success is an error there. Close it too.
        """
        other = HttpClient(
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
        return other.taking(self._due, self._largest)

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
        due: Due | None = None,
    ) -> Response:
        """Send one request and answer the server's answer, which is no error (redirects are not followed).

        ``path`` is already quoted (``quote_segment``) and follows the base URL. The body is ``json`` as JSON, or
        ``content`` as it is, with the content type that ``headers`` give it; without both there is none.
        ``idempotent`` says whether the request may be repeated when nobody knows if it was carried out;
        by default that is true of all methods but POST and PATCH; where it is said to be False, a 503 is not taken for
        a refusal either. A success whose body is not ``due`` (by default a
        JSON object) is none.

        Raises an ApiError subclass by status, TransportError, ResponseError, CancelledError, and ConfigurationError
        for what no second try can mend (an untrusted certificate).
        """
        query = "&".join(f"{quote_text(name)}={quote_text(value)}" for name, value in params)
        given = lower(headers or {})
        if json is not None:
            content = jsonlib.dumps(json, ensure_ascii=False, separators=(",", ":")).encode()
            given.setdefault("content-type", "application/json")
        draft = self._draft(method, f"{path}?{query}" if query else path, content, given, secret=due is Due.SECRET)
        # What is not streamed is read.
        return cast("Response", self._exchange(draft, path, idempotent, retry_seconds, due or self._due))

    def stream(
        self,
        method: str,
        path: str,
        *,
        content: Body | None = None,
        headers: Mapping[str, str] | None = None,
        retry_seconds: float = 0.0,
    ) -> StreamedResponse:
        """Send one request, and answer as soon as a status of 2xx has come; the body is read while it arrives.

        Takes and raises what ``request`` does, but sends once by default; an answer of another status that is no error
        has been read. Close the answer: until then it holds a connection.
        """
        draft = self._draft(method, path, content, lower(headers or {}), streamed=True)
        may_repeat = None if retry_seconds else False
        answer = self._exchange(draft, path, may_repeat, retry_seconds, Due.ANYTHING)
        return answer if isinstance(answer, StreamedResponse) else StreamedResponse.of(answer)

    def _draft(
        self,
        method: str,
        target: str,
        content: Body | None,
        headers: Mapping[str, str],
        *,
        streamed: bool = False,
        secret: bool = False,
    ) -> Draft:
        from pulumi_inference.core.http.sending import Draft

        headers = {**self._headers, **headers}
        url = self.base_url + target
        return Draft(method.upper(), url, headers, content or None, streamed, self._timeout, self._largest, secret)

    def _exchange(
        self, draft: Draft, path: str, idempotent: bool | None, retry_seconds: float, due: Due
    ) -> Response | StreamedResponse:
        """Tries until there is an answer that is no error, or no reason to try again."""
        may_repeat = draft.method in IDEMPOTENT_METHODS if idempotent is None else idempotent
        tries = Tries(self._clock, self._quota, self._uniform, retry_seconds)
        grace = GRACE_SECONDS if draft.method not in READS and due is not Due.ANYTHING else 0.0
        refreshed = False
        while not self._cancelled.is_set():
            tries.count += 1
            outcome, sent_headers = self._next_try(draft, tries.count, grace)
            if isinstance(outcome, StreamedResponse):
                return outcome
            if isinstance(outcome, Response) and not self._is_error(outcome):
                unusable = _unusable(outcome, due)
                if unusable is None:
                    return outcome
                outcome = unusable
            if isinstance(outcome, Response) and outcome.status == 401 and not refreshed:
                refreshed = self._refresh(sent_headers)
                if refreshed:
                    self._admission.forget_refusal()
                    continue
            error = self._error(outcome, draft.method, path, tries.count)
            is_refusal = isinstance(error, ApiError) and error.status in (REFUSED if idempotent is False else UNDONE)
            pause = _pause(tries, outcome) if is_refusal or _is_retried(error, may_repeat) else None
            if pause is None:
                for note in tries.notes:
                    error.add_detail(note)
                raise error
            self._clock.wait(pause, self._cancelled)
        raise CancelledError

    def _next_try(self, draft: Draft, attempt: int, grace: float) -> tuple[Outcome, Mapping[str, str]]:
        if self._authenticator is None:
            return self._try(draft, attempt, grace)
        return self._admission.admit(lambda: self._try(draft, attempt, grace))

    def _try(self, draft: Draft, attempt: int, grace: float) -> tuple[Outcome, Mapping[str, str]]:
        """One try: the answer, or why there is none; and the headers that the authenticator added."""
        deadline = Deadline(self._clock, self._cancelled, draft.timeout, grace=grace)
        request = draft.request(deadline)
        added = self._authenticator.authenticate(draft.wire(request)) if self._authenticator else {}
        request.headers.update(added)
        began, started = self._clock.now(), self._clock.monotonic()
        deadline.begin()
        outcome = self._clients.send(draft, request, deadline)
        if self._trace:
            answer = None if isinstance(outcome, Failure) else outcome
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
                error=outcome.message if isinstance(outcome, Failure) else None,
                hides_answer=draft.secret and isinstance(outcome, Response) and not self._is_error(outcome),
            )
        return outcome, added

    def _refresh(self, sent_headers: Mapping[str, str]) -> bool:
        return self._authenticator is not None and self._authenticator.refresh(sent_headers)

    def _error(
        self, outcome: Response | Failure, method: str, path: str, attempts: int
    ) -> ApiError | TransportError | ResponseError:
        error: ApiError | TransportError | ResponseError
        if isinstance(outcome, Response):
            error = self._parse_error(outcome, method, path)
            error.attempts = attempts
        else:
            error = outcome
        return error.redact(self._redactor.redact)


def _unusable(answer: Response, due: Due) -> ResponseError | None:
    try:
        due.check(answer)
    except ResponseError as error:
        return error
    return None


def _is_retried(error: ApiError | TransportError | ResponseError, may_repeat: bool) -> bool:
    if isinstance(error, TransportError):
        return may_repeat or not error.sent
    if isinstance(error, ResponseError):
        return may_repeat
    is_final = error.is_final or isinstance(error, UnableError)
    return may_repeat and error.status >= 500 and not is_final


def _pause(tries: Tries, outcome: Response | Failure) -> float | None:
    if isinstance(outcome, Response):
        return tries.pause(outcome.headers.get("retry-after"))
    if isinstance(outcome, ResponseError):
        return tries.pause(limit=UNUSABLE_RETRY_SECONDS)
    return tries.pause(limit=None if outcome.sent else CONNECT_RETRY_SECONDS)
