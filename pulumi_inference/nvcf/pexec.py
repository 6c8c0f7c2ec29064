"""Calls by pexec, and by the exec that was before it (reference 13.2 to 13.7)."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from pulumi_inference.core.errors import (
    ApiError,
    CancelledError,
    ConfigurationError,
    InferenceError,
    ResponseError,
    TransportError,
)
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Response, lower, quote_segment
from pulumi_inference.core.http.members import object_of
from pulumi_inference.core.http.parsing import parse_json
from pulumi_inference.core.http.streaming import StreamedFile, StreamedResponse
from pulumi_inference.core.invocation.address import Address, is_same_origin
from pulumi_inference.core.invocation.bodies import ANY_TYPE, JSON_TYPE, bytes_of
from pulumi_inference.core.invocation.calls import Call, shortened
from pulumi_inference.core.invocation.endpoint import FETCH_SECONDS, Limit
from pulumi_inference.core.invocation.files import LARGEST_RESULT, Archive
from pulumi_inference.nvcf.answers import is_of_container
from pulumi_inference.nvcf.client import DIRECT, version_path
from pulumi_inference.nvcf.hosts import FunctionEndpoint
from pulumi_inference.nvcf.uploads import input_assets

QUEUE_LOOK_SECONDS: Final = 15.0
"""After so many seconds of waiting, and then again, it is asked how many requests are before this one."""
LARGEST_BODY: Final = Limit(
    5 * 2**20,
    "calls by pexec carry at most 5 MB",
    "Send it as an input asset: assets=[…], or --asset FILE; or call the function's own host, with a path.",
)
_REQUEST_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_OF_REDIRECT: Final = ("location", "content-length", "content-type")
_PENDING = ("pending-evaluation", "in-progress")
_ENDED = ("rejected", "errored")


class PexecEndpoint(FunctionEndpoint):
    """A function called by pexec: long answers are polled, large ones are fetched from where they lie."""

    largest = LARGEST_BODY
    elsewhere = frozenset({202, 302})
    way: ClassVar[str] = "pexec"

    _accept = ANY_TYPE
    _looked = 0.0
    _may_look = True

    def _address(self) -> Address:
        thing = f"{self.function_id},{self.version_id}"
        return Address(self.account.invocation_url, f"{DIRECT}/{self.way}{version_path(thing)}")

    @contextmanager
    def prepared(self, call: Call, *, streamed: bool) -> Iterator[Call]:  # noqa: ARG002 - what is accepted says it
        """The call with its hold and its assets; those that were uploaded for it are deleted afterwards."""
        if call.path or call.method.upper() != "POST":
            raise ConfigurationError(
                f"{self.way} takes POST without a path: the container is called at the function's inference_url",
                next_step='Call the function\'s own host: via="host", or --via host.',
            )
        self._looked = self.environment.clock.monotonic()
        self._accept = lower(call.headers).get("accept", ANY_TYPE)
        with input_assets(self.account, self.assets) as ids:
            yield self._with(call, ids, self._hold(call.timeout, polls=self._polls))

    @property
    def _polls(self) -> bool:
        """Whether the platform answers what takes its time with a 202: not who wants to read events."""
        return self._accept != self.live_type

    def _with(self, call: Call, ids: Sequence[str], hold: str) -> Call:
        headers = {"nvcf-poll-seconds": hold, **lower(call.headers)}
        if ids:
            headers["nvcf-input-asset-references"] = ",".join(ids)
        return replace(call, headers=headers)

    def is_platforms(self, answer: Response) -> bool:
        """The container's errors say so in their type."""
        return not is_of_container(answer)

    def is_elsewhere(self, answer: Response) -> bool:
        """Whether an answer is still to come or at another place; or there is none, though it looks like one."""
        return super().is_elsewhere(answer) or (answer.status < 300 and _state(answer) in _ENDED)

    def http_at(self, base_url: str, timeout: float) -> HttpClient | None:
        """Other hosts of NVIDIA's invocation plane get the key too: a result may lie in another region."""
        return self.account.calls_to(base_url, self.is_error, timeout) if self.account.is_nvidias(base_url) else None

    def follow(
        self, http: HttpClient, answer: Response, tell: Callable[[str], None], *, streamed: bool
    ) -> Response | StreamedResponse:
        """Polls, or fetches what is elsewhere."""
        status = _state(answer)
        if status in _ENDED:
            said = [shortened(answer.body.decode("utf-8", "replace"))] if answer.body.strip() else []
            raise answer.unusable(f"says that the request was {status}{'' if said else ', and not why'}", *said)
        if answer.status == 302:
            return self._fetched(http, answer, answer.headers.get("location", ""), streamed=streamed)
        request_id = self._request_id(answer)
        self._tell(http, request_id, answer.headers.get("nvcf-percent-complete", ""), tell)
        return self._poll(http, request_id, streamed=streamed)

    def _poll(self, http: HttpClient, request_id: str, *, streamed: bool) -> Response | StreamedResponse:
        path = f"{DIRECT}/{self.way}/status/{quote_segment(request_id)}"
        headers = {
            "nvcf-poll-seconds": self._hold(http.timeout, polls=self._polls),
            "accept": self._accept,
        }
        if streamed:
            return http.stream("GET", path, headers=headers, retry_seconds=FETCH_SECONDS)
        return http.request("GET", path, headers=headers, retry_seconds=FETCH_SECONDS)

    def _request_id(self, answer: Response) -> str:
        request_id = answer.headers.get("nvcf-reqid", "")
        if not _REQUEST_ID.fullmatch(request_id):
            raise answer.unusable("says that the result is still to come, but not under which request id")
        return request_id

    def _tell(self, http: HttpClient, request_id: str, percent: str, tell: Callable[[str], None]) -> None:
        """How far a request is, or how many are before it."""
        if percent.isascii() and percent.isdecimal() and len(percent) <= 3 and int(percent) <= 100:
            tell(f"{int(percent)} % done")
            return
        now = self.environment.clock.monotonic()
        if not self._may_look or now - self._looked < QUEUE_LOOK_SECONDS:
            return
        self._looked = now
        position = self._position(http, request_id)
        tell(f"request {request_id} is number {position} in the queue" if position else f"request {request_id} runs")

    def _position(self, http: HttpClient, request_id: str) -> int | None:
        path = f"{DIRECT}/queues/{quote_segment(request_id)}/position"
        try:
            found = object_of(http.within(min(http.timeout, 5.0)).request("GET", path, retry_seconds=0))
        except CancelledError:
            raise
        except InferenceError:
            self._may_look = False  # a key may have no scope for it, and a request that runs has no place any more
            return None
        position = found.get("positionInQueue")
        return position if isinstance(position, int) and not isinstance(position, bool) and position > 0 else None

    def _fetched(self, http: HttpClient, answer: Response, url: str, *, streamed: bool) -> Response | StreamedResponse:
        """What is where an answer points to: the archive of a large result, or the status in another region."""
        if not url:
            raise answer.unusable("says that the result is elsewhere, but not where")
        end = self.environment.clock.monotonic() + http.timeout
        with ExitStack() as stack:
            client, target = stack.enter_context(self.reach(http, url))
            is_ours = is_same_origin(client.base_url, http.base_url) or self.account.is_nvidias(client.base_url)
            try:
                found = client.stream("GET", target, headers={"accept": ANY_TYPE}, retry_seconds=FETCH_SECONDS)
            except ApiError as error:
                raise error if is_ours else _refused(client.base_url, error.status) from None
            stack.callback(found.close)
            if not is_ours and found.status != 200:
                raise _refused(client.base_url, found.status)
            if found.status != 200 or (is_ours and "nvcf-status" in found.headers):
                what = f"GET {target.partition('?')[0]}"
                return Response(found.status, found.headers, found.read(), found.request_id, what)
            file = stack.enter_context(tempfile.TemporaryFile())
            try:
                for chunk in found:
                    file.write(chunk)
                    if file.tell() > LARGEST_RESULT:
                        raise answer.unusable(f"leads to more than {LARGEST_RESULT // 2**30} GB")
                    if not streamed and self.environment.clock.monotonic() > end:
                        raise _overdue(url, http.timeout)
            except OSError as error:
                raise ConfigurationError(
                    f"the large result cannot be kept in {tempfile.gettempdir()}: {error.strerror}",
                    next_step="Set TMPDIR to a folder with more room.",
                ) from None
            body, others = _parts(Archive(file, "the large result"), answer.headers.get("nvcf-reqid", ""))
            headers = {name: value for name, value in answer.headers.items() if name not in _OF_REDIRECT}
            return StreamedResponse(200, headers, body, stack.pop_all().close, found.request_id, files=others)


class ExecEndpoint(PexecEndpoint):
    """A function called by the old exec, which has an envelope around what is sent and around what is answered."""

    way = "exec"
    is_live = False

    def _with(self, call: Call, ids: Sequence[str], hold: str) -> Call:
        try:
            body = parse_json(bytes_of(call.body))
        except ValueError as error:
            raise ConfigurationError(f"exec takes JSON only: {error}", next_step="Call by pexec.") from None
        header = {"pollDurationSeconds": int(hold), **({"inputAssetReferences": list(ids)} if ids else {})}
        content = json.dumps({"requestHeader": header, "requestBody": body}, ensure_ascii=False).encode()
        return replace(call, body=content, headers={**lower(call.headers), "content-type": JSON_TYPE})

    def is_platforms(self, answer: Response) -> bool:
        """What the container refused is in the envelope, by its status alone; the platform's errors have none."""
        return answer.status == 504 or "errorCode" not in _envelope(answer)

    def is_elsewhere(self, answer: Response) -> bool:
        """A large result has its address in the envelope, and so has its state what is still to come."""
        envelope = _envelope(answer)
        is_open = answer.status < 300 and str(envelope.get("status")).lower() in (*_PENDING, *_ENDED)
        return answer.status == 202 or is_open or bool(envelope.get("responseReference"))

    def follow(
        self, http: HttpClient, answer: Response, tell: Callable[[str], None], *, streamed: bool
    ) -> Response | StreamedResponse:
        """The same, by what stands in the envelope."""
        envelope, headers = _envelope(answer), dict(answer.headers)
        for name, member in (("nvcf-reqid", "reqId"), ("nvcf-status", "status"), ("location", "responseReference")):
            if isinstance(envelope.get(member), str):
                headers[name] = envelope[member]
        if isinstance(envelope.get("percentComplete"), int):
            headers["nvcf-percent-complete"] = str(envelope["percentComplete"])
        status = 302 if envelope.get("responseReference") else answer.status
        return super().follow(http, replace(answer, status=status, headers=headers), tell, streamed=streamed)

    def received(self, answer: Response) -> Response:
        """What is in the envelope."""
        envelope = _envelope(answer)
        if answer.status != 200 or "response" not in envelope:
            return answer
        content = json.dumps(envelope["response"], ensure_ascii=False).encode()
        return replace(answer, body=content, headers={**answer.headers, "content-type": JSON_TYPE})


def _envelope(answer: Response) -> Mapping[str, Any]:
    """The envelope of exec in an answer; nothing where there is none."""
    try:
        body = answer.json()
    except ResponseError:
        return {}
    return body if isinstance(body, dict) and "reqId" in body and "status" in body else {}


def _parts(archive: Archive, request_id: str) -> tuple[Iterator[bytes], list[StreamedFile]]:
    """The container's answer in the archive of a large result, and the files that it wrote besides."""
    bodies = [name for name in archive.names if name == f"{request_id}.response"]
    bodies = bodies or [name for name in archive.names if name.endswith(".response") and "/" not in name]
    if len(bodies) != 1:
        raise ResponseError(f"the large result has no answer in it: no file {request_id or '…'}.response")
    return archive.chunks(bodies[0]), [archive.file(name) for name in archive.names if name != bodies[0]]


def _state(answer: Response) -> str:
    return answer.headers.get("nvcf-status", "").lower()


def _refused(base_url: str, status: int) -> InferenceError:
    return InferenceError(
        f"the storage at {urlsplit(base_url).hostname} does not give the large result (HTTP {status})",
        next_step="Call the function again: a result can be fetched for half an hour, and from its own address only.",
    )


def _overdue(url: str, seconds: float) -> TransportError:
    return TransportError(
        f"GET {urlsplit(url).path}: the large result has not come within {seconds:g} s",
        sent=True,
        next_step="Give it more time by timeout.",
    )
