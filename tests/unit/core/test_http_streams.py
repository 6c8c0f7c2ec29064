"""Answers that are read while they arrive, and files that are sent from disk."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from scripted import LOST, OK, UNREACHABLE, World, status

from pulumi_inference.core.errors import BadRequestError, ConfigurationError, ServerError, TransportError
from pulumi_inference.core.http.exchange import FileBody, WireRequest
from pulumi_inference.core.http.streaming import ServerSentEvent
from pulumi_inference.core.http.trace import Trace
from pulumi_inference.core.redact import Redactor
from tests.support.patience import PATIENCE

EVENTS = httpx.Response(200, content=b"data: 1\n\ndata: 2\n\n", headers={"X-Request-Id": "r-7"})

Write = Callable[[bytes], None]
Serve = Callable[[Callable[[Write], None]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server whose chunked answers are written by a function."""
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Callable[[Write], None]) -> str:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                try:
                    answer(lambda chunk: self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk)))
                except OSError:
                    pass
                self.close_connection = True

            def log_message(self, *_args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_status_and_headers_come_before_the_body() -> None:
    with World(EVENTS).client.stream("post", "/x", content=b"{}") as answer:
        assert (answer.status, answer.request_id, answer.headers["x-request-id"]) == (200, "r-7", "r-7")
        assert list(answer.events()) == [ServerSentEvent("1"), ServerSentEvent("2")]


def test_the_body_can_be_had_in_several_ways() -> None:
    client = World(EVENTS).client
    assert client.stream("POST", "/x").read() == b"data: 1\n\ndata: 2\n\n"
    assert b"".join(client.stream("POST", "/x")) == b"data: 1\n\ndata: 2\n\n"
    assert list(client.stream("POST", "/x").lines()) == ["data: 1", "", "data: 2", ""]


def test_a_chunk_is_there_before_the_next_one_is_sent(serve: Serve) -> None:
    seen = threading.Event()

    def answer(write: Write) -> None:
        write(b"first")
        assert seen.wait(PATIENCE)
        write(b"second")
        write(b"")

    world = World(OK, base_url=serve(answer), transport=None)
    with world.client.stream("POST", "/x") as stream:
        chunks = stream.chunks()
        assert next(chunks) == b"first"
        seen.set()
        assert next(chunks) == b"second"
        assert list(chunks) == []
    world.client.close()


def test_leaving_in_the_middle_closes_the_connection(serve: Serve) -> None:
    closed = threading.Event()

    def answer(write: Write) -> None:
        try:
            while True:
                write(b"more and more " * 1000)
        finally:
            closed.set()

    world = World(OK, base_url=serve(answer), transport=None)
    with world.client.stream("POST", "/x") as stream:
        next(stream.chunks())
    assert closed.wait(PATIENCE)
    world.client.close()


def test_a_stream_that_breaks_off_is_a_transport_error(serve: Serve) -> None:
    world = World(OK, base_url=serve(lambda write: write(b"first")), transport=None)
    with world.client.stream("POST", "/x") as stream:
        chunks = stream.chunks()
        assert next(chunks) == b"first"
        with pytest.raises(TransportError, match=r"POST /x: the connection to 127\.0\.0\.1:\d+ broke") as caught:
            next(chunks)
    assert caught.value.sent
    world.client.close()


@pytest.mark.parametrize(("refusal", "error"), [(status(400), BadRequestError), (status(503), ServerError)])
def test_an_error_is_read_as_a_whole_and_not_tried_again(refusal: httpx.Response, error: type[Exception]) -> None:
    world = World(refusal, OK)
    with pytest.raises(error, match=f"answer {refusal.status_code}"):
        world.client.stream("POST", "/x")
    assert world.tries == 1


@pytest.mark.parametrize("failure", [LOST, UNREACHABLE])
def test_no_answer_is_not_tried_again(failure: Exception) -> None:
    world = World(failure, OK)
    with pytest.raises(TransportError):
        world.client.stream("GET", "/x")
    assert world.tries == 1


class Ticket:
    """Has a new ticket after the first was refused."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []

    def authenticate(self, request: WireRequest) -> Mapping[str, str]:
        self.seen.append(request.body)
        return {"x-ticket": str(len(self.seen))}

    def refresh(self, rejected: Mapping[str, str]) -> bool:
        return True


def test_a_file_is_sent_with_its_length_and_again_for_each_try(tmp_path: Path) -> None:
    (tmp_path / "image.jpg").write_bytes(b"jpeg" * 50_000)
    ticket = Ticket()
    bodies: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(request.read())
        assert request.headers["content-length"] == "200000"
        assert "transfer-encoding" not in request.headers
        return httpx.Response(200 if len(bodies) > 1 else 401, json={})

    world = World(OK, transport=httpx.MockTransport(answer), authenticator=ticket)
    world.client.request("POST", "/x", content=FileBody.of(tmp_path / "image.jpg"))
    assert bodies == [b"jpeg" * 50_000] * 2
    assert ticket.seen == [b"", b""]


def test_a_large_file_may_take_longer_than_the_timeout_as_long_as_it_is_taken(tmp_path: Path) -> None:
    (tmp_path / "image.jpg").write_bytes(b"jpeg" * 100_000)

    class Slow(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            assert isinstance(request.stream, httpx.SyncByteStream)
            for _piece in request.stream:
                world.clock.advance(20.0)
            world.clock.advance(late)
            return httpx.Response(200, json={})

    late = 20.0
    world = World(OK, transport=Slow(), timeout=30.0)
    world.client.request("POST", "/x", content=FileBody.of(tmp_path / "image.jpg"))
    assert world.clock.monotonic() > 100
    late = 40.0
    with pytest.raises(TransportError, match="no whole answer"):
        world.client.request("POST", "/x", content=FileBody.of(tmp_path / "image.jpg"), retry_seconds=0)


def test_an_empty_file_is_an_empty_body(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    world = World(OK)
    world.client.request("POST", "/x", content=FileBody.of(tmp_path / "empty"))
    assert world.server.requests[0].content == b""


def test_a_file_that_cannot_be_read_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="missing cannot be read: No such file or directory"):
        FileBody.of(tmp_path / "missing")
    with pytest.raises(ConfigurationError, match="cannot be read: Is a directory"):
        FileBody.of(tmp_path)


def test_the_trace_has_the_request_but_no_body_that_is_not_in_memory(tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(b"content of the file")
    trace = Trace(tmp_path / "trace", Redactor())
    World(EVENTS, trace=trace).client.stream("POST", "/x", content=FileBody.of(tmp_path / "body")).close()
    [line] = (tmp_path / "trace").read_text().splitlines()
    record = json.loads(line)
    assert (record["method"], record["status"], record["request_id"]) == ("POST", 200, "r-7")
    assert not {"body", "answer", "error"} & record.keys()


def test_closing_leaves_a_transport_alone_that_others_use() -> None:
    closed: list[bool] = []

    class Shared(httpx.MockTransport):
        def close(self) -> None:
            closed.append(True)

    world = World(OK, transport=Shared(lambda _request: httpx.Response(200, json={})))
    world.client.request("GET", "/x")
    world.client.close()
    assert closed == []
