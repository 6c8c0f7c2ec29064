"""One comment a stack in a pull or merge request: found again by its marker, and edited in place."""

from __future__ import annotations

import json as jsonlib
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_inference.cli.forges import Forge
from pulumi_inference.core.clock import Clock, SystemClock
from pulumi_inference.core.errors import (
    ApiError,
    BadRequestError,
    InferenceError,
    NotFoundError,
    ResponseError,
    ServerError,
    TransportError,
    api_error_class,
)
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Due, FixedHeader, Response
from pulumi_inference.core.redact import Redactor

PAGE = 100
MOST_PAGES = 100
"""More comments than either of them keeps of one request."""
MOST_REDIRECTS = 3
TRIES = 3
PAUSE_SECONDS = 2.0
LONGEST_REASON = 300
LARGEST_PAGE = 64 * 2**20
"""A hundred comments of the greatest length."""

_REDIRECTS = (301, 302, 307, 308)
_REFUSALS = (403, 404, 410)
_NOT_KNOWN = 401
_NOT_ACCEPTED = "The token is not accepted: it has expired or been revoked, or it is of another server."


class RefusedError(InferenceError):
    """The token may not write there, as that of a fork."""


def post(forge: Forge, marker: str, texts: Iterable[str], clock: Clock | None = None) -> str:
    """Writes the comment that begins with the marker, or edits the one that is there; answers what was done.

    `texts` are the same from long to short: the next one is taken when one is too long for the server.

    Raises:
        RefusedError: the token may not.
        InferenceError: the server does not answer as it should.
    """
    with _Talk(forge, clock or SystemClock()) as talk:
        error: InferenceError | None = None
        for text in texts:
            try:
                return talk.write(marker, text)
            except BadRequestError as refused:
                error = refused
            except ApiError as refused:
                if refused.status in _REFUSALS:
                    raise RefusedError(refused.headline(), details=refused.lines(), next_step=forge.rights) from None
                if refused.status == _NOT_KNOWN:
                    refused.next_step = _NOT_ACCEPTED
                raise
        raise error or ValueError("nothing to write")


class _Talk:
    """What is said to one server."""

    def __init__(self, forge: Forge, clock: Clock) -> None:
        self._forge, self._clock = forge, clock
        self._cancelled = threading.Event()
        self._redactor = Redactor([forge.token])
        self._client = HttpClient(
            forge.base_url,
            clock=clock,
            cancelled=self._cancelled,
            redactor=self._redactor,
            parse_error=_parse_error,
            is_error=lambda answer: answer.status >= 400,  # a redirect is followed here
            authenticator=FixedHeader(*forge.header),
            headers=forge.headers,
            request_id_headers=("x-github-request-id", "x-request-id"),
        ).taking(Due.ANYTHING, LARGEST_PAGE)

    def __enter__(self) -> _Talk:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def write(self, marker: str, text: str) -> str:
        """Writes one text. After a write of which nobody knows whether it was done, it looks again."""
        body = {"body": self._redactor.redact(text)}
        me = self._who()
        doubtful: InferenceError | None = None
        for _ in range(TRIES):
            if doubtful is not None:
                self._clock.wait(PAUSE_SECONDS, self._cancelled)
            mine = self._find(marker, me)
            try:
                if not mine:
                    self._ask("POST", self._forge.comments, json=body)
                    return "the comment was written"
                self._ask(self._forge.method, self._forge.one.format(id=mine[0]), json=body, idempotent=True)
            except NotFoundError as error:
                if not mine:
                    raise
                doubtful = error  # it was deleted in between
            except (ServerError, TransportError, ResponseError) as error:
                if mine:
                    raise
                doubtful = error
            else:
                self._remove(mine[1:])
                return "the comment was edited"
        raise doubtful or ValueError("not tried")

    def _remove(self, surplus: Iterable[int]) -> None:
        """Two jobs at a time may have written one each: what is not edited any more would say what is no longer so."""
        for one in surplus:
            try:
                self._ask("DELETE", self._forge.one.format(id=one))
            except NotFoundError:
                continue

    def _who(self) -> int | None:
        """The id of who writes; None for the token of a build, which may not ask."""
        try:
            found = self._ask("GET", "/user").json()
        except ApiError as error:
            if error.status == 403 and self._forge.bots_may_not_ask:
                return None
            raise
        if not isinstance(found, dict) or not _is_id(found.get("id")):
            raise ResponseError("GET /user: the answer does not say who writes")
        return int(found["id"])

    def _find(self, marker: str, me: int | None) -> list[int]:
        """The ids of the comments of ours that begin with the marker, the oldest first.

        What others have written is left alone: they could change it again, and quote the marker as they like.
        """
        found: list[int] = []
        for page in range(1, MOST_PAGES + 1):
            params = [*self._forge.order, ("per_page", str(PAGE)), ("page", str(page))]
            answer = self._ask("GET", self._forge.comments, params=params)
            items = answer.json()
            if not isinstance(items, list):
                raise answer.unusable("is no list of comments")
            found += [int(one["id"]) for one in items if self._is_ours(one, marker, me)]
            # A page may have fewer than asked for, or none, and still not be the last one.
            link = answer.headers.get("link")
            if 'rel="next"' not in link if link is not None else len(items) < PAGE:
                return found
        raise ResponseError(f"GET {self._forge.comments}: the list of comments does not end")

    def _is_ours(self, one: Any, marker: str, me: int | None) -> bool:
        if not isinstance(one, dict) or not _is_id(one.get("id")):
            return False
        body, author = one.get("body"), one.get(self._forge.author)
        if not isinstance(body, str) or not body.startswith(marker) or not isinstance(author, dict):
            return False
        return author.get("type") == "Bot" if me is None else author.get("id") == me

    def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Iterable[tuple[str, str]] = (),
        json: Any = None,
        idempotent: bool | None = None,
    ) -> Response:
        """One request; a redirect is followed on the same server, with the same verb."""
        answer = self._client.request(method, path, params=[*params], json=json, idempotent=idempotent)
        for _ in range(MOST_REDIRECTS):
            if answer.status < 300:
                return answer
            place = answer.headers.get("location", "")
            root = f"{self._forge.base_url}/"
            if answer.status not in _REDIRECTS or not place.startswith(root) or not place.isascii():
                raise answer.unusable("leads to another server, which does not get the token")
            answer = self._client.request(method, place[len(root) - 1 :], json=json, idempotent=idempotent)
        raise answer.unusable("leads from one address to the next")


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _parse_error(answer: Response, method: str, path: str) -> ApiError:
    try:
        body = answer.json()
    except InferenceError:
        body = None
    reason = _reason(body if isinstance(body, dict) else {})
    # GitHub says 403 for too many requests, too.
    is_limit = answer.status == 403 and (
        "retry-after" in answer.headers or answer.headers.get("x-ratelimit-remaining", "").strip() == "0"
    )
    status = 429 if is_limit else answer.status
    return api_error_class(status)(
        status=status,
        code=None,
        message=reason or "the server gave no reason",
        request_id=answer.request_id,
        method=method,
        path=path,
    )


def _reason(body: Mapping[str, Any]) -> str:
    """What the server says, in the ways that it has: a text, texts by field, a list of what is wrong."""
    said = [body.get(name) for name in ("message", "error", "error_description", "errors")]
    texts = [one if isinstance(one, str) else jsonlib.dumps(one, ensure_ascii=False) for one in said if one]
    return "; ".join(texts)[:LONGEST_REASON]
