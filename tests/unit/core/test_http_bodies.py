"""An answer counts when its body is what was due, and is no larger than anybody could want."""

import gzip
import io
import tracemalloc
import zlib
from collections.abc import Iterator

import httpx
import pytest
from scripted import OK, World

from pulumi_inference.core.errors import ConfigurationError, ResponseError, TransportError
from pulumi_inference.core.http.body import LARGEST_ANSWER
from pulumi_inference.core.http.exchange import Due, quote_segment
from pulumi_inference.core.http.streaming import LONGEST_LINE

HEADERS = {"X-Request-Id": "r-1"}

UNUSABLE = {
    "a web page": (b"<html><body>Log in</body></html>", "is not JSON"),
    "nothing": (b"", "is empty"),
    "a list": (b"[]", "is no JSON object"),
    "null": (b"null", "is no JSON object"),
    "a text": (b'"text"', "is no JSON object"),
    "a truncated object": (b'{"a": ', "is not JSON"),
    "not UTF-8": (b'{"a": "\xff\xfe"}', "it is not UTF-8"),
    "a surrogate in bytes": (b'{"a": "\xed\xa0\x80"}', "it is not UTF-8"),
    "half of a pair": (b'{"a": "\\ud800"}', "hex escape"),
    "half of a pair as a name": (b'{"\\uDC00": 1}', "hex escape"),
    "deep lists": (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "recursion limit exceeded"),
    "lists that are just parsed": (b'{"a": ' + b"[" * 101 + b"]" * 101 + b"}", "nested too deeply"),
    "deep objects": (b'{"a":' * 5000 + b"1" + b"}" * 5000, "recursion limit exceeded"),
    "400 digits": (b'{"a": -' + b"9" * 400 + b"}", "a number out of all range"),
    "5,000 digits": (b'{"a": ' + b"9" * 5000 + b"}", "number out of range"),
    "NaN": (b'{"a": NaN}', "expected value"),
    "infinity": (b'{"a": -Infinity}', "invalid number"),
    "1e999": (b'{"a": 1e999}', "a number out of all range"),
}


def answer(body: bytes, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, content=body, headers={**HEADERS, **headers})


@pytest.mark.parametrize("name", UNUSABLE)
def test_an_answer_that_is_not_what_was_due_is_asked_for_again(name: str) -> None:
    body, _ = UNUSABLE[name]
    for method in ("GET", "PUT", "DELETE"):
        world = World(answer(body), OK)
        assert world.client.request(method, "/x").json() == {"fine": True}
        assert world.tries == 2


@pytest.mark.parametrize("name", UNUSABLE)
def test_an_answer_that_stays_unusable_is_one_clear_error(name: str) -> None:
    body, reason = UNUSABLE[name]
    world = World(answer(body))
    with pytest.raises(ResponseError) as caught:
        world.client.request("GET", "/v1/x")
    text = str(caught.value)
    assert "GET /v1/x: the answer (HTTP 200)" in text
    assert reason in text
    assert "request id r-1" in text
    assert len(text) < 500
    assert world.clock.monotonic() == 15, "a web page does not become an API within a minute"


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_call_that_makes_something_is_not_made_again(name: str) -> None:
    world = World(answer(UNUSABLE[name][0]), OK)
    with pytest.raises(ResponseError):
        world.client.request("POST", "/x", json={})
    assert world.tries == 1


def test_what_is_due_may_be_nothing_or_anything() -> None:
    assert World(answer(b"", 204)).client.request("POST", "/x", due=Due.NOTHING).status == 204
    assert World(answer(b"", 204)).client.request("DELETE", "/x").status == 204
    assert World(answer(b"<html>")).client.request("GET", "/x", due=Due.ANYTHING).body == b"<html>"
    with pytest.raises(ResponseError, match="is not JSON"):
        World(answer(b"<html>")).client.request("POST", "/x", due=Due.NOTHING)
    with pytest.raises(ResponseError, match="is empty"):
        World(answer(b"", 204)).client.request("GET", "/x", retry_seconds=0)


@pytest.mark.parametrize("length", ["9" * 5000, "-1", "x", ""])
def test_a_length_that_is_none_is_no_matter(length: str) -> None:
    assert World(answer(b"{}", **{"Content-Length": length})).client.request("GET", "/x").body == b"{}"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "x-gzip", "GZIP"])
def test_compressed_answers_are_understood(coding: str) -> None:
    body = b'{"a": "' + b"x" * 200_000 + b'"}'
    compressed = zlib.compress(body) if coding == "deflate" else gzip.compress(body)
    assert compressed_world(compressed, coding).client.request("GET", "/x").body == body


def test_a_compressed_answer_that_is_cut_off_is_lost() -> None:
    world = compressed_world(gzip.compress(b"{}" * 5000)[:-9], "gzip")
    with pytest.raises(TransportError, match="cut off"):
        world.client.request("GET", "/x", retry_seconds=0)


@pytest.mark.parametrize("coding", ["br", "gzip, gzip", "nonsense"])
def test_other_codings_are_refused(coding: str) -> None:
    with pytest.raises(ResponseError, match=r"content coding .* is not understood"):
        compressed_world(b"x", coding).client.request("GET", "/x", retry_seconds=0)


def test_a_small_answer_that_becomes_a_huge_one_is_given_up() -> None:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as file:
        for _ in range(100):
            file.write(b" " * 2**20)
    world = compressed_world(packed.getvalue(), "gzip")
    tracemalloc.start()
    try:
        with pytest.raises(ResponseError, match=r"GET /x: the answer \(HTTP 200\) .* it has more than 64 MB"):
            world.client.request("GET", "/x", retry_seconds=0)
        assert tracemalloc.get_traced_memory()[1] < 2 * LARGEST_ANSWER
    finally:
        tracemalloc.stop()


def test_an_endless_answer_is_given_up() -> None:
    class Endless(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b" " * 2**20

    world = World(OK, transport=httpx.MockTransport(lambda _request: httpx.Response(200, stream=Endless())))
    with pytest.raises(ResponseError, match="more than 64 MB"):
        world.client.request("GET", "/x", retry_seconds=0)
    with (
        world.client.stream("GET", "/x") as stream,
        pytest.raises(ResponseError, match=f"a line of the answer has more than {LONGEST_LINE // 2**20} MB"),
    ):
        next(stream.lines())


def test_an_event_has_a_limit_too() -> None:
    lines = b"data: " + b"x" * 2**20 + b"\n"
    with (
        World(answer(lines * 20)).client.stream("GET", "/x") as stream,
        pytest.raises(ResponseError, match="an event of the answer has more than 16 MB"),
    ):
        next(stream.events())


@pytest.mark.parametrize("thing", ["", ".", "..", "a\ud800"])
def test_what_cannot_be_an_id_is_refused(thing: str) -> None:
    with pytest.raises(ConfigurationError, match="is no"):
        quote_segment(thing)


@pytest.mark.parametrize("thing", ["a/b", "a?b", "a%2Fb", "a b", "...", "../x", "a#b", "ä", "a\0b"])
def test_what_an_id_holds_stays_in_its_segment(thing: str) -> None:
    world = World(OK)
    world.client.request("DELETE", f"/v1/things/{quote_segment(thing)}")
    [request] = world.server.requests
    target = request.url.raw_path.decode()
    assert target.startswith("/v1/things/")
    assert not set(target.removeprefix("/v1/things/")) & set("/?# ")
    assert request.url.path == f"/v1/things/{thing}"


def compressed_world(body: bytes, coding: str) -> World:
    """A client of a server whose answers nobody has decompressed yet."""

    def handle(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={**HEADERS, "content-encoding": coding}, content=iter([body]))

    return World(OK, transport=httpx.MockTransport(handle))
