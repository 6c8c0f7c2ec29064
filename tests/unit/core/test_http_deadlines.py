"""One try ends at its deadline and when the user stops it, however much or little the other side says."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from scripted import OK, World

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.errors import CancelledError, TransportError
from tests.support.patience import PATIENCE

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BODY = b'{"service_id": "' + b"x" * 200 + b'"}'

Talk = Callable[[socket.socket], None]
Serve = Callable[[Talk], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server that reads the head of a request and then says what a function says."""
    listeners: list[socket.socket] = []

    def start(talk: Talk) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def work() -> None:
            try:
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        head = b""
                        while b"\r\n\r\n" not in head:
                            head += connection.recv(65536)
                        talk(connection)
            except OSError:
                return  # the client has gone, or the test is over

        threading.Thread(target=work, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for one in listeners:
        one.close()


def drip(clock: ManualClock, connection: socket.socket, text: bytes) -> None:
    """A byte a second, then the end."""
    for number in range(len(text)):
        clock.advance(1.0)
        connection.sendall(text[number : number + 1])


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("slow", ["headers", "body"])
def test_an_answer_that_drips_ends_at_the_deadline(serve: Serve, method: str, slow: str) -> None:
    head = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY)

    def talk(connection: socket.socket) -> None:
        if slow == "body":
            connection.sendall(head)
        drip(world.clock, connection, BODY if slow == "body" else head + BODY)

    world = World(OK, base_url=serve(talk), transport=None, timeout=30.0)
    with pytest.raises(TransportError, match=r"no whole answer from 127\.0\.0\.1:\d+ within 30 s") as caught:
        world.client.request(method, "/x", retry_seconds=0)
    world.client.close()
    assert caught.value.sent


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_ctrl_c_ends_a_try_that_waits(serve: Serve, method: str) -> None:
    over = threading.Event()

    def talk(_connection: socket.socket) -> None:
        world.cancelled.set()
        while not over.wait(0.01):
            world.clock.advance(0.1)  # a write may take a little longer

    world = World(OK, base_url=serve(talk), transport=None)
    try:
        with pytest.raises(CancelledError):
            world.client.request(method, "/x")
    finally:
        over.set()
    world.client.close()
    assert world.clock.monotonic() >= (5.0 if method == "PUT" else 0.0)


def test_the_id_of_what_was_made_still_arrives_after_ctrl_c(serve: Serve) -> None:
    def talk(connection: socket.socket) -> None:
        world.cancelled.set()
        world.clock.advance(4.0)
        connection.sendall(HEAD + b"Content-Length: 7\r\n\r\n" + b'{"a":1}')

    world = World(OK, base_url=serve(talk), transport=None)
    assert world.client.request("POST", "/x").json() == {"a": 1}
    world.client.close()


def test_a_stream_may_take_longer_than_the_timeout_but_ends_with_ctrl_c(serve: Serve) -> None:
    begun, over = threading.Event(), threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n")
        assert begun.wait(PATIENCE)
        drip(world.clock, connection, b"x" * 99)
        over.wait(PATIENCE)

    world = World(OK, base_url=serve(talk), transport=None, timeout=30.0)
    try:
        with world.client.stream("POST", "/x") as answer:
            begun.set()
            chunks, size = answer.chunks(), 0
            while size < 99:
                size += len(next(chunks))
            world.cancelled.set()
            with pytest.raises(CancelledError):
                next(chunks)
    finally:
        over.set()
    world.client.close()


def test_a_silent_stream_ends_after_the_timeout(serve: Serve) -> None:
    over = threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 100\r\n\r\nx")
        over.wait(PATIENCE)

    world = World(OK, base_url=serve(talk), transport=None, timeout=0.3)
    try:
        with world.client.stream("POST", "/x") as answer:
            chunks = answer.chunks()
            next(chunks)
            with pytest.raises(TransportError, match="in time"):
                next(chunks)
    finally:
        over.set()
    world.client.close()
