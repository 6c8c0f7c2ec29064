"""Requests to a service over the wire: how bodies go with a signature and with a token, and whose an error is."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from small_cloud import Cloud, World

from pulumi_inference.core.errors import ApiError, AuthenticationError, ConfigurationError, TransportError
from pulumi_inference.core.http.exchange import FileBody
from pulumi_inference.core.invocation.address import Address
from pulumi_inference.core.invocation.calls import Call, InvokeResult, ModelError, send, stream
from pulumi_inference.core.invocation.endpoint import Endpoint
from pulumi_inference.modelarts.connection import ModelArtsConnection
from pulumi_inference.modelarts.services.endpoint import SIGNED, AccountEndpoint

ADDRESS = Address("http://cloud", "/v1/infers/s-1")


class Model:
    """Stands behind the access address; all other requests go to the small cloud."""

    def __init__(self, cloud: Cloud, *answers: httpx.Response | Exception) -> None:
        self.requests: list[httpx.Request] = []
        self._answers = list(answers)
        self._cloud_answer = cloud.answer
        cloud.answer = self.answer  # type: ignore[method-assign]

    def answer(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.startswith("/v1/infers/"):
            return self._cloud_answer(request)
        request.read()
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def last(self) -> httpx.Request:
        return self.requests[-1]


@pytest.fixture
def image(tmp_path: Path) -> FileBody:
    (tmp_path / "image.jpg").write_bytes(b"jpeg" * 1000)
    return FileBody.of(tmp_path / "image.jpg")


def called_by(world: World, account: ModelArtsConnection) -> Endpoint:
    return AccountEndpoint("classifier (running)", ADDRESS, world.context({}, {}, {}), account)


def signing(world: World) -> Endpoint:
    return called_by(world, world.connect({"modelartsEndpoint": "emulator:x"}))


def with_token(world: World) -> Endpoint:
    return called_by(world, world.user())


def sparse(path: Path, size: int) -> FileBody:
    with path.open("wb") as file:
        file.truncate(size)
    return FileBody.of(path)


def test_a_file_goes_out_with_a_token_and_again_with_the_next_one(world: World, image: FileBody) -> None:
    expired = httpx.Response(401, json={"error_code": "APIG.0301", "error_msg": "token expires"})
    model = Model(world.cloud, expired, httpx.Response(200))
    assert send(with_token(world), Call(image)).status == 200
    assert [request.headers["x-auth-token"] for request in model.requests] == ["token-1", "token-2"]
    assert [request.content for request in model.requests] == [b"jpeg" * 1000] * 2


def test_a_file_goes_out_with_a_signature(world: World, image: FileBody) -> None:
    model = Model(world.cloud, httpx.Response(200))
    send(signing(world), Call(image, headers={"content-type": "image/jpeg"}))
    assert model.last.content == b"jpeg" * 1000
    assert model.last.headers["authorization"].startswith("SDK-HMAC-SHA256 ")
    assert "content-type;" in model.last.headers["authorization"]


def test_what_is_signed_has_at_most_12_mb(world: World, tmp_path: Path) -> None:
    model = Model(world.cloud, httpx.Response(200))
    send(signing(world), Call(sparse(tmp_path / "fits", SIGNED.most)))
    for body in (sparse(tmp_path / "large", SIGNED.most + 1), bytes(SIGNED.most + 1)):
        with pytest.raises(ConfigurationError, match=r"12\.0 MB; requests signed with an access key carry at most"):
            send(signing(world), Call(body))
    assert len(model.requests) == 1
    send(with_token(world), Call(sparse(tmp_path / "large", SIGNED.most + 1)))
    assert len(model.last.content) == SIGNED.most + 1


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("", "/v1/infers/s-1"),
        ("/v1/score", "/v1/infers/s-1/v1/score"),
        ("score", "/v1/infers/s-1/score"),
        ("?k=v", "/v1/infers/s-1?k=v"),
        ("/a b/ä?k=ü", "/v1/infers/s-1/a%20b/%C3%A4?k=%C3%BC"),
        ("/a%2Fb", "/v1/infers/s-1/a%2Fb"),
    ],
)
def test_the_path_follows_the_address(world: World, path: str, target: str) -> None:
    model = Model(world.cloud, httpx.Response(200))
    send(signing(world), Call(path=path))
    assert model.last.url.raw_path.decode() == target


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"error": "out of memory"}),
        (404, {"error_code": "E-17", "error_msg": "no such route"}),
        (503, "<html>busy</html>"),
        (302, ""),
    ],
)
def test_an_error_of_the_model_is_an_answer(world: World, status: int, body: object) -> None:
    answer = httpx.Response(status, json=body) if isinstance(body, dict) else httpx.Response(status, text=str(body))
    model = Model(world.cloud, answer)
    result = send(signing(world), Call())
    assert (result.status, result.is_error) == (status, True)
    with pytest.raises(ModelError, match=f"the model answered POST / with HTTP {status}") as caught:
        stream(signing(world), Call())
    assert caught.value.answer == result
    assert not isinstance(caught.value, ApiError)
    assert len(model.requests) == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, {"error_code": "APIG.0101", "error_msg": "The API does not exist"}),
        (502, {"error_code": "APIGW.0201", "error_msg": "Backend unavailable"}),
        (503, {"error_code": "ModelArts.4503", "error_msg": "not running"}),
        (401, {}),
    ],
)
def test_an_error_of_the_platform_is_raised(world: World, status: int, body: dict[str, str]) -> None:
    model = Model(world.cloud, httpx.Response(status, json=body))
    for ask in (send, stream):
        with pytest.raises(ApiError, match=r"classifier \(running\) gave no answer: POST /v1/infers/s-1") as caught:
            ask(signing(world), Call())
        assert caught.value.status == status
    assert len(model.requests) == 2


def test_a_wrong_token_is_an_authentication_error(world: World) -> None:
    Model(world.cloud, httpx.Response(401, json={"error_code": "APIG.0301", "error_msg": "decrypt token fail"}))
    with pytest.raises(AuthenticationError):
        send(with_token(world), Call())


def test_a_lost_answer_is_not_asked_for_again(world: World) -> None:
    model = Model(world.cloud, httpx.ReadTimeout("slow"))
    with pytest.raises(TransportError, match=r"classifier \(running\) gave no answer: GET .* in time"):
        send(signing(world), Call(method="get", path="/x"))
    assert len(model.requests) == 1


def test_any_kind_of_answer_is_accepted_unless_the_caller_says_otherwise(world: World) -> None:
    model = Model(world.cloud, httpx.Response(200))
    send(signing(world), Call())
    assert model.last.headers["accept"] == "*/*"
    send(signing(world), Call(headers={"Accept": "image/png"}))
    assert model.last.headers["accept"] == "image/png"


def test_leaving_a_stream_closes_the_answer(world: World) -> None:
    closed: list[bool] = []

    class Endless(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b"more"

        def close(self) -> None:
            closed.append(True)

    Model(world.cloud, httpx.Response(200, stream=Endless()))
    with stream(signing(world), Call()) as answer:
        assert next(answer.chunks()) == b"more"
        assert closed == []
    assert closed == [True]


def test_the_timeout_holds_and_is_more_than_nothing(world: World) -> None:
    model = Model(world.cloud, httpx.Response(200))
    send(signing(world), Call(timeout=0.5))
    assert model.last.extensions["timeout"]["read"] == 0.5
    with pytest.raises(ConfigurationError, match="timeout must be more than 0 seconds and at most 1000000, not 0"):
        send(signing(world), Call(timeout=0))


def test_secrets_in_a_models_error_are_not_shown(world: World) -> None:
    world.redactor.add("hunter2hunter2")
    Model(world.cloud, httpx.Response(500, text="wrong key hunter2hunter2"))
    with pytest.raises(ModelError) as caught:
        stream(signing(world), Call())
    assert "wrong key [secret]" in str(caught.value)
    assert caught.value.answer.text == "wrong key hunter2hunter2"


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/plain; charset=latin-1", b"\xe4", "ä"),
        ("text/plain", "ä".encode(), "ä"),
        ("", b"\xff", "�"),
        ("text/plain; charset=nonsense", b"a", "a"),
        ("text/plain; charset=idna", b"\xff", "�"),
        ("text/plain; charset=undefined", b"a", "a"),
        ("text/plain; charset=a\0b", b"a", "a"),
    ],
)
def test_text_of_an_answer(kind: str, body: bytes, text: str) -> None:
    assert InvokeResult(200, {"content-type": kind}, body).text == text


@pytest.mark.parametrize(
    ("url", "base", "path"),
    [
        ("https://host/v1/infers/s-1", "https://host", "/v1/infers/s-1"),
        ("http://127.0.0.1:8080/v1/infers/pool/s-1/", "http://127.0.0.1:8080", "/v1/infers/pool/s-1"),
    ],
)
def test_a_url_is_an_address(url: str, base: str, path: str) -> None:
    assert Address.of(url) == Address(base, path)


@pytest.mark.parametrize("url", ["ftp://host/x", "https://", "https://host/x?a=b", "https://host/x#f"])
def test_not_every_url_is_an_address(url: str) -> None:
    with pytest.raises(ConfigurationError):
        Address.of(url)
