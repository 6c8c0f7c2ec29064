"""Answers to calls that nobody may trust, and where the key goes."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import httpx
import pytest

from pulumi_inference.core.errors import (
    ApiError,
    ConfigurationError,
    InferenceError,
    ResponseError,
    ServerError,
    TransportError,
)
from pulumi_inference.core.invocation import files
from pulumi_inference.core.invocation.calls import Call, ModelError, ask, save, send, stream
from tests.support.nvcf_calls import (
    FUNCTION,
    KEY,
    REQUEST,
    VERSION,
    Scripted,
    archive,
    fulfilled,
    lies_at,
    problem,
    working,
)

BEARER = f"Bearer {KEY}"
PEXEC = f"POST https://api.nvcf.nvidia.com/v2/nvcf/pexec/functions/{FUNCTION}"
STATUS = f"GET https://api.nvcf.nvidia.com/v2/nvcf/pexec/status/{REQUEST}"
STORAGE = "https://storage.example.com/results/7?signature=abcdefghijklmnopqrstuvwxyz"


def sent_to(process: Scripted, call: Call | None = None, **options: object) -> bytes:
    return send(process.endpoint(**options), call or Call(b"{}")).body  # type: ignore[arg-type]


# where what goes


def test_hosts_of_each_way() -> None:
    process = Scripted(fulfilled(), nvcfLlmEndpoint="https://llm.invocation.example.com")
    sent_to(process)
    send(process.endpoint(f"{FUNCTION},{VERSION}"), Call(b"{}"))
    send(process.endpoint(path="/x"), Call(b"{}", path="/x"))
    send(process.endpoint(f"{FUNCTION},{VERSION}", path="/x"), Call(b"{}", path="/x"))
    send(process.endpoint(via="llm"), Call(json.dumps({"model": "tiny"}).encode()))
    assert process.server.sent() == [
        PEXEC,
        f"{PEXEC}/versions/{VERSION}",
        f"POST https://{FUNCTION}.invocation.api.nvcf.nvidia.com/x",
        f"POST https://{VERSION}.{FUNCTION}.invocation.api.nvcf.nvidia.com/x",
        "POST https://llm.invocation.example.com/v1/chat/completions",
    ]
    assert process.server.keys() == [BEARER] * 5
    assert json.loads(process.server.requests[-1].content) == {"model": f"{FUNCTION}/tiny"}
    assert not any("function-id" in one.headers for one in process.server.requests)


def test_elsewhere_the_function_is_named_by_headers() -> None:
    process = Scripted(fulfilled(), nvcfInvocationEndpoint="https://invocation.example.com")
    send(process.endpoint(f"{FUNCTION},{VERSION}", path="/x"), Call(b"{}", path="/x"))
    [request] = process.server.requests
    assert str(request.url) == "https://invocation.example.com/x"
    assert (request.headers["function-id"], request.headers["function-version-id"]) == (FUNCTION, VERSION)


@pytest.mark.parametrize("via", ["pexec", "host"])
def test_the_server_holds_no_longer_than_the_call_lasts(via: str) -> None:
    for timeout, poll_seconds, hold in (
        (30, None, "29"),
        (600, None, {"pexec": "60", "host": "599"}[via]),
        (600, 300, "300"),
    ):
        process = Scripted(fulfilled())
        given = {} if poll_seconds is None else {"poll_seconds": poll_seconds}
        send(process.endpoint(via=via, **given), Call(b"{}", timeout=timeout))
        assert process.server.requests[0].headers["nvcf-poll-seconds"] == hold


@pytest.mark.parametrize("seconds", [0, -1, 3601])
def test_a_hold_that_the_server_refuses(seconds: int) -> None:
    with pytest.raises(ConfigurationError, match="poll_seconds must be 1 to 3600"):
        Scripted().endpoint(poll_seconds=seconds)


def test_events_are_accepted_by_exactly_one_type() -> None:
    events = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=b"data: 1\n\n")
    process = Scripted(events)
    with stream(process.endpoint(), Call(b"{}", timeout=600)) as answer:
        assert [one.data for one in answer.events()] == ["1"]
    assert process.server.requests[0].headers["accept"] == "text/event-stream"
    assert process.server.requests[0].headers["nvcf-poll-seconds"] == "599"


def test_connections_are_kept_over_calls() -> None:
    process = Scripted(fulfilled())
    first, second = (process.endpoint().http(5) for _ in range(2))
    assert first._clients is second._clients


# polling


def test_polls_are_long_and_on_the_way_of_the_call() -> None:
    told = list[str]()
    process = Scripted(working(), working(nvcf_percent_complete="40"), fulfilled())
    assert send(process.endpoint(), Call(b"{}"), told.append).json() == {"said": "hello"}
    assert process.server.sent() == [PEXEC, STATUS, STATUS]
    assert told == ["40 % done"]
    assert {one.headers["nvcf-poll-seconds"] for one in process.server.requests} == {"59", "58"}


@pytest.mark.parametrize("percent", ["101", "-1", "9" * 5000, "ten", "1e3", "٤٠", ""])
def test_a_percentage_that_is_none_is_not_told(percent: str) -> None:
    told = list[str]()
    headers = {"nvcf-reqid": REQUEST, "nvcf-percent-complete": percent.encode("utf-8")}
    process = Scripted(httpx.Response(202, headers=headers), fulfilled())
    send(process.endpoint(), Call(b"{}"), told.append)
    assert told == []


@pytest.mark.parametrize("request_id", ["", "../../v2/nvcf/functions", "a" * 65, "x y", "a/b"])
def test_a_request_id_that_is_none(request_id: str) -> None:
    process = Scripted(httpx.Response(202, headers={"nvcf-reqid": request_id}))
    with pytest.raises(ResponseError, match="not under which request id"):
        sent_to(process)
    assert process.server.sent() == [PEXEC]


@pytest.mark.parametrize("status", ["rejected", "errored", "Rejected"])
def test_what_has_ended_is_not_polled(status: str) -> None:
    process = Scripted(working(nvcf_status=status), fulfilled())
    with pytest.raises(ResponseError, match=f"the request was {status.lower()}"):
        sent_to(process)


def test_polling_without_end_ends() -> None:
    process = Scripted(working())
    with pytest.raises(TransportError, match="the answer has not come within 60 s"):
        sent_to(process)
    assert len(process.server.requests) < 70
    assert process.clock.waits == [1.0] * 60


def test_a_poll_that_the_gateway_loses_is_made_again() -> None:
    process = Scripted(working(), httpx.Response(502), fulfilled())
    assert sent_to(process)


def test_a_result_that_is_gone() -> None:
    process = Scripted(working(), problem(404))
    with pytest.raises(ApiError, match="Its answer was fetched already"):
        sent_to(process)


def test_an_event_stream_after_a_poll_is_still_streamed() -> None:
    events = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=b"data: 1\n\n")
    process = Scripted(working(), events)
    with stream(process.endpoint(), Call(b"{}")) as answer:
        assert [one.data for one in answer.events()] == ["1"]
    assert process.server.requests[1].headers["accept"] == "text/event-stream"


# large results


@pytest.mark.parametrize(
    ("url", "key"),
    [
        (STORAGE, None),
        ("https://us-west.api.nvcf.nvidia.com/results/7", BEARER),
        ("https://api.nvcf.nvidia.com/results/7", BEARER),
        ("/results/7", BEARER),
        ("https://api.nvcf.nvidia.com.example.com/results/7", None),
        ("https://evilnvcf.nvidia.com/results/7", None),
        ("http://127.0.0.1:8000/results/7", None),
    ],
)
def test_the_key_goes_to_hosts_of_the_cloud_only(url: str, key: str | None) -> None:
    process = Scripted(lies_at(url), archive())
    assert json.loads(sent_to(process, Call(b"{}", headers={"x-mine": "1"}))) == {"said": "much"}
    assert process.server.keys() == [BEARER, key]
    assert "x-mine" not in process.server.requests[1].headers


def test_of_another_cloud_nvidias_hosts_get_no_key() -> None:
    process = Scripted(lies_at("https://api.nvcf.nvidia.com/results/7"), archive(), base_url="https://nvcf.example.com")
    sent_to(process)
    assert process.server.keys() == [BEARER, None]


@pytest.mark.parametrize(
    "url",
    [
        "http://api.nvcf.nvidia.com/results?signature=abc",
        "http://storage.example.com/results?signature=abc",
        "https://user:hunter2@storage.example.com/results",
        "file:///etc/passwd",
        "ftp://storage.example.com/x",
        "https://[::1",
        "https://storage.example.com:99999999/",
    ],
)
def test_a_result_is_fetched_by_https_or_not_at_all(url: str) -> None:
    process = Scripted(lies_at(url), archive())
    with pytest.raises(InferenceError) as caught:
        sent_to(process)
    assert len(process.server.requests) == 1
    assert "hunter2" not in str(caught.value)
    assert "abc" not in str(caught.value)


def test_a_result_that_is_nowhere() -> None:
    with pytest.raises(ResponseError, match="not where"):
        sent_to(Scripted(httpx.Response(302, headers={"nvcf-reqid": REQUEST})))


def test_a_refusal_of_the_storage_tells_no_signature() -> None:
    process = Scripted(lies_at(STORAGE), httpx.Response(403, content=b"<Error>SignatureDoesNotMatch</Error>"))
    with pytest.raises(InferenceError, match=r"the storage at storage.example.com") as caught:
        sent_to(process)
    assert "abcdefghij" not in str(caught.value)


def test_redirects_in_a_circle_end() -> None:
    process = Scripted(lies_at("https://api.nvcf.nvidia.com/again"))
    with pytest.raises(TransportError, match="the answer has not come within"):
        sent_to(process)
    assert len(process.server.requests) < 70


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in entries:
            opened.writestr(name, content)
    return file.getvalue()


BODY = (f"{REQUEST}.response", b"{}")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is no zip file"),
        (b"<html>log in</html>", "is no zip file"),
        (zipped(BODY)[:-30], "is no zip file"),
        (zipped(), "has no answer in it"),
        (zipped(("a.txt", b"")), "has no answer in it"),
        (zipped(("one.response", b""), ("two.response", b"")), "has no answer in it"),
        (zipped(BODY, ("../../etc/passwd", b"x")), "leads elsewhere"),
        (zipped(BODY, ("/etc/passwd", b"x")), "leads elsewhere"),
        (zipped(BODY, ("a/../../b", b"x")), "leads elsewhere"),
        (zipped(BODY, ("C:\\x", b"x")), "leads elsewhere"),
        (zipped(BODY, ("a\\..\\b", b"x")), "leads elsewhere"),
        (zipped(BODY, ("a/./b", b"x")), "leads elsewhere"),
        (zipped(BODY, ("a/ /b", b"x")), "leads elsewhere"),
        (zipped(BODY, ("a\nb", b"x")), "leads elsewhere"),
        (zipped(BODY, (".. /b", b"x")), "leads elsewhere"),
    ],
)
def test_an_archive_that_is_none_or_leads_elsewhere(tmp_path: Path, content: bytes, reason: str) -> None:
    process = Scripted(lies_at(STORAGE), httpx.Response(200, content=content))
    with pytest.raises(ResponseError, match=reason):
        sent_to(process)
    process = Scripted(lies_at(STORAGE), httpx.Response(200, content=content))
    with pytest.raises(ResponseError, match=reason):
        save(process.endpoint(), Call(b"{}"), tmp_path / "out" / "result")
    assert list(tmp_path.rglob("*")) == []


def test_a_broken_entry_leaves_no_half_file(tmp_path: Path) -> None:
    content = bytearray(zipped((BODY[0], bytes(range(256)) * 400)))
    content[60:90] = b"\xff" * 30
    target = tmp_path / "result"
    target.write_text("before")
    process = Scripted(lies_at(STORAGE), httpx.Response(200, content=bytes(content)))
    with pytest.raises(ResponseError, match="cannot be unpacked"):
        save(process.endpoint(), Call(b"{}"), target)
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_an_archive_that_unpacks_to_too_much(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(files, "LARGEST_RESULT", 2**20)
    bomb = zipped((BODY[0], b"\0" * (2**20 + 1)))
    assert len(bomb) < 2000
    with pytest.raises(ResponseError, match="has more than 0 GB in it"):
        sent_to(Scripted(lies_at(STORAGE), httpx.Response(200, content=bomb)))
    with pytest.raises(ResponseError, match="has more than 0 GB in it"):
        save(Scripted(lies_at(STORAGE), httpx.Response(200, content=bomb)).endpoint(), Call(b"{}"), tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_too_much_for_the_memory_is_for_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("pulumi_inference.core.http.streaming.LARGEST_REST", 1000)
    large = zipped((BODY[0], b"\0" * 800), ("a.bin", b"\0" * 800))
    with pytest.raises(ResponseError, match="Read it in chunks"):
        sent_to(Scripted(lies_at(STORAGE), httpx.Response(200, content=large)))
    written = save(
        Scripted(lies_at(STORAGE), httpx.Response(200, content=large)).endpoint(), Call(b"{}"), tmp_path / "x"
    )
    assert [one.stat().st_size for one in written] == [800, 800]


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        save(Scripted(fulfilled()).endpoint(), Call(b"{}"), tmp_path / "file" / "below")


# whose an error is


@pytest.mark.parametrize(
    ("answer", "kind", "text"),
    [
        (httpx.Response(401, text="`authorization` header is missing"), ApiError, "header is missing"),
        (problem(402), ApiError, "Add credits"),
        (problem(403, "Forbidden"), ApiError, "needs the scope invoke_function"),
        (problem(404, "Function 'x': Not found for account 'y'"), ApiError, "has to be deployed"),
        (problem(405), ApiError, "pexec takes POST"),
        (httpx.Response(408), ApiError, "took longer than the platform allows"),
        (problem(429), ApiError, "the function's rate limit is reached"),
        (problem(500, "boom", "urn:inference-connection:x"), ServerError, "inference_port"),
        (problem(500, "boom", "urn:nvcf-worker-service:problem-details:x"), ServerError, "The worker beside"),
        (httpx.Response(504, headers={"nvcf-reqid": REQUEST}), ServerError, "no instance of the function has taken"),
        (httpx.Response(502, content=b"<html>bad gateway</html>"), ServerError, "the server failed"),
        (problem(400, "DEGRADED function cannot be invoked"), ApiError, "raise min_instances"),
    ],
)
def test_errors_of_the_platform(answer: httpx.Response, kind: type[ApiError], text: str) -> None:
    for way in ("pexec", "host"):
        with pytest.raises(kind) as caught:
            send(Scripted(answer).endpoint(via=way), Call(b"{}"))
        assert text in str(caught.value)


def test_errors_of_the_container() -> None:
    of_container = problem(422, "bad input", "urn:inference-service:problem-details:unprocessable-entity")
    with pytest.raises(ModelError) as caught:
        ask(Scripted(of_container).endpoint(), Call(b"{}"), streamed=False)
    assert (caught.value.status, caught.value.answer.json()["detail"]) == (422, "bad input")
    verbatim = problem(500, "mine", nvcf_reqid=REQUEST, nvcf_status="errored")
    with pytest.raises(ModelError):
        ask(Scripted(verbatim).endpoint(via="host"), Call(b"{}"), streamed=False)
    moved = httpx.Response(307, headers={"nvcf-status": "fulfilled", "location": "https://evil.example.com/"})
    process = Scripted(moved)
    with pytest.raises(ModelError):
        ask(process.endpoint(), Call(b"{}"), streamed=False)
    assert len(process.server.requests) == 1


def test_what_was_rejected_is_never_shown() -> None:
    detail = "Validation failed: [object=x, field=secrets[0].value, rejected=hunter2, message=too long]"
    with pytest.raises(ApiError) as caught:
        sent_to(Scripted(problem(400, detail)))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("via", ["pexec", "exec"])
def test_neither_the_key_nor_a_signed_address_is_traced(tmp_path: Path, via: str) -> None:
    envelope = httpx.Response(200, json={"reqId": REQUEST, "status": "fulfilled", "responseReference": STORAGE})
    process = Scripted(lies_at(STORAGE) if via == "pexec" else envelope, archive())
    process.environment.environ = {"PULUMI_INFERENCE_TRACE": str(tmp_path / "trace")}
    sent_to(process, via=via)
    text = "".join(one.read_text() for one in tmp_path.rglob("*") if one.is_file())
    assert text
    assert KEY not in text
    assert "abcdefghijklmnopqrstuvwxyz" not in text


# uploads


def test_an_upload_address_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    for url in ("http://storage.example.com/a?sig=abc", "file:///x", "https://u:hunter2@storage.example.com/a"):
        made = httpx.Response(200, json={"assetId": REQUEST, "uploadUrl": url})
        process = Scripted(made, httpx.Response(204))
        with pytest.raises(InferenceError) as caught:
            send(process.endpoint(assets=[str(tmp_path / "a.txt")]), Call(b"{}"))
        assert [one.method for one in process.server.requests] == ["POST", "DELETE"]
        assert {one.url.host for one in process.server.requests} == {"api.nvcf.nvidia.com"}
        assert "hunter2" not in str(caught.value)


def test_an_asset_without_an_id(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    made = httpx.Response(200, json={"assetId": "../x", "uploadUrl": STORAGE})
    with pytest.raises(ResponseError):
        send(Scripted(made).endpoint(assets=[str(tmp_path / "a.txt")]), Call(b"{}"))
