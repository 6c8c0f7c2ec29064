"""No secret leaves through a text, a header, a body or the trace."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import parse_error

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.errors import ApiError, ConfigurationError
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Due
from pulumi_inference.core.http.trace import MAX_BODY, Trace
from pulumi_inference.core.redact import MASK, Redactor


def test_known_values_are_replaced_in_every_spelling() -> None:
    secret = 'p"ä s/1'
    redactor = Redactor([secret])
    for text in (secret, json.dumps(secret), json.dumps(secret, ensure_ascii=False), quote(secret, safe="")):
        assert MASK in redactor.redact(f"before {text} after")
        assert text.strip('"') not in redactor.redact(f"before {text} after")


def test_the_longer_secret_wins_where_one_contains_another() -> None:
    assert Redactor(["abcd", "abcdefgh"]).redact("x abcdefgh y") == f"x {MASK} y"


def test_a_short_secret_hides_in_quotes_and_in_mappings_but_does_not_eat_the_text() -> None:
    redactor = Redactor(["1"])
    assert redactor.redact('HTTP 401, envs {"A": "1"}') == f'HTTP 401, envs {{"A": "{MASK}"}}'
    assert redactor.redact_mapping({"A": "1", "B": "11"}) == {"A": MASK, "B": "11"}


def test_nothing_known_changes_nothing() -> None:
    assert Redactor().redact("text") == "text"
    assert Redactor([""]).redact("text") == "text"


@pytest.mark.parametrize(
    "name",
    [
        "X-Auth-Token",
        "Authorization",
        "Proxy-Authorization",
        "X-Subject-Token",
        "X-Security-Token",
        "Set-Cookie",
        "password",
        "DB_PASSWORD",
        "secretKey",
        "secret_key",
        "apiKey",
        "passcode",
    ],
)
def test_secret_names(name: str) -> None:
    assert Redactor().redact_mapping({name: "value"}) == {name: MASK}


@pytest.mark.parametrize("name", ["service_name", "max_tokens", "X-Request-Id", "X-Project-Id", "accessKey", "weight"])
def test_harmless_names(name: str) -> None:
    assert Redactor().redact_mapping({name: "value"}) == {name: "value"}


def test_nested_values_are_reached_and_the_rest_keeps_its_shape() -> None:
    body = {"auth": {"password": {"user": {"name": "u", "password": "p"}}}, "n": [1, None, True, "s3cret!"]}
    assert Redactor(["s3cret!"]).redact_value(body) == {
        "auth": {"password": {"user": {"name": "u", "password": MASK}}},
        "n": [1, None, True, MASK],
    }
    assert body["auth"]["password"]["user"]["password"] == "p"  # type: ignore[index]


@given(st.text(min_size=4), st.text(), st.text())
def test_no_value_of_four_letters_survives(secret: str, before: str, after: str) -> None:
    redactor = Redactor([secret])
    assert redactor.redact(before + secret + after).count(secret) <= (before + MASK + after).count(secret)
    assert redactor.redact_value({"key": [secret]}) == {"key": [MASK]}


def test_repr_shows_no_value() -> None:
    assert "hunter2" not in repr(Redactor(["hunter2"]))


def test_adding_from_many_threads_loses_nothing() -> None:
    redactor = Redactor()
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: redactor.add(f"secret-{number:03}"), range(200)))
    assert redactor.redact(" ".join(f"secret-{number:03}" for number in range(200))) == " ".join([MASK] * 200)


def _client(trace: Trace, redactor: Redactor, handler: Any) -> HttpClient:
    return HttpClient(
        "https://api.example.com",
        clock=ManualClock(),
        cancelled=threading.Event(),
        redactor=redactor,
        parse_error=parse_error,
        transport=httpx.MockTransport(handler),
        trace=trace,
        uniform=lambda _low, high: high,
    )


def _trace(path: Path, redactor: Redactor) -> Trace:
    trace = Trace.from_environment({"PULUMI_INFERENCE_TRACE": str(path)}, redactor)
    assert trace is not None
    return trace


def test_the_trace_has_one_redacted_line_per_try(tmp_path: Path) -> None:
    answers = [httpx.Response(503), httpx.Response(200, json={"token": "t0ps3cret"}, headers={"X-Request-Id": "r-2"})]
    redactor = Redactor(["env-value"])
    client = _client(_trace(tmp_path / "trace", redactor), redactor, lambda _request: answers.pop(0))
    client.request("PUT", "/x", json={"envs": {"A": "env-value"}}, headers={"X-Auth-Token": "abc"})
    text = (tmp_path / "trace").read_text()
    first, second = map(json.loads, text.splitlines())
    assert (first["attempt"], first["status"], second["attempt"], second["status"]) == (1, 503, 2, 200)
    assert first["time"] == "2023-11-14T22:13:20.000+00:00"
    assert second["time"] == "2023-11-14T22:13:21.000+00:00"
    assert (second["method"], second["url"], second["request_id"]) == ("PUT", "https://api.example.com/x", "r-2")
    assert second["body"] == {"envs": {"A": MASK}}
    assert second["answer"] == {"token": MASK}
    assert second["headers"]["x-auth-token"] == MASK
    assert "duration" in second
    assert "env-value" not in text
    assert "t0ps3cret" not in text


@pytest.mark.parametrize("answer", [b"n,api_key\r\nx,t0ps3cret", b'{"value": "t0ps3cret"}'], ids=["CSV", "JSON"])
def test_no_trace_shows_an_answer_that_is_secret_as_a_whole(tmp_path: Path, answer: bytes) -> None:
    redactor = Redactor()
    answers = [httpx.Response(409, json={"why": "taken"}), httpx.Response(200, content=answer)]
    client = _client(_trace(tmp_path / "trace", redactor), redactor, lambda _request: answers.pop(0))
    with pytest.raises(ApiError):
        client.request("POST", "/keys", json={"name": "n"}, due=Due.SECRET)
    assert client.request("POST", "/keys", json={"name": "n"}, due=Due.SECRET).body == answer
    first, second = map(json.loads, (tmp_path / "trace").read_text().splitlines())
    assert first["answer"] == {"why": "taken"}  # a refusal tells no secret
    assert second["answer"] == f"<{len(answer)} bytes, secret>"


def test_the_trace_tells_a_lost_connection(tmp_path: Path) -> None:
    answers: list[Exception] = [httpx.ReadError("reset")]

    def handler(_request: httpx.Request) -> httpx.Response:
        if answers:
            raise answers.pop()
        return httpx.Response(200)

    redactor = Redactor()
    _client(_trace(tmp_path / "trace", redactor), redactor, handler).request("GET", "/x", due=Due.ANYTHING)
    first, second = map(json.loads, (tmp_path / "trace").read_text().splitlines())
    assert "reset" in first["error"]
    assert "status" not in first
    assert "error" not in second


@pytest.mark.parametrize(
    ("body", "traced"),
    [
        (b"\xff\xfe", "<2 bytes>"),
        (b"x" * (MAX_BODY + 1), f"<{MAX_BODY + 1} bytes, too long for the trace>"),
        (b"plain s3cret!", f"plain {MASK}"),
    ],
)
def test_bodies_that_are_not_json(tmp_path: Path, body: bytes, traced: str) -> None:
    redactor = Redactor(["s3cret!"])
    trace = _trace(tmp_path / "trace", redactor)
    _client(trace, redactor, lambda _request: httpx.Response(200, content=body)).request("GET", "/x", due=Due.ANYTHING)
    assert json.loads((tmp_path / "trace").read_text())["answer"] == traced


def test_lines_of_many_writers_stay_whole(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    redactor = Redactor()
    clients = [
        _client(_trace(path, redactor), redactor, lambda _request: httpx.Response(200, json={})) for _ in range(4)
    ]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: clients[number % 4].request("PUT", "/x", json="y" * 9000), range(200)))
    assert [json.loads(line)["status"] for line in path.read_text().splitlines()] == [200] * 200


def test_the_trace_file_is_for_its_owner_only(tmp_path: Path) -> None:
    _trace(tmp_path / "trace", Redactor())
    assert (tmp_path / "trace").stat().st_mode & 0o077 == 0


def test_a_trace_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="PULUMI_INFERENCE_TRACE: cannot write"):
        _trace(tmp_path / "missing" / "trace", Redactor())


def test_a_trace_that_breaks_later_does_not_break_the_request(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    redactor = Redactor()
    trace = _trace(tmp_path / "folder" / "trace", redactor)
    (tmp_path / "folder" / "trace").unlink()
    (tmp_path / "folder").rmdir()
    assert _client(trace, redactor, lambda _request: httpx.Response(200, json={})).request("GET", "/x").status == 200


def test_no_variable_no_trace() -> None:
    assert Trace.from_environment({}, Redactor()) is None
    assert Trace.from_environment({"PULUMI_INFERENCE_TRACE": " "}, Redactor()) is None


CONFIG = {
    "config": [{"model_id": "m", "envs": {"PASSWORD": "unknown-1", "PORT": 8080, "EMPTY": "", "LIST": ["unknown-2"]}}]
}
SHOWN = {"config": [{"model_id": "m", "envs": {"PASSWORD": MASK, "PORT": MASK, "EMPTY": "", "LIST": [MASK]}}]}


@pytest.mark.parametrize(
    ("sent", "traced"),
    [
        (CONFIG, SHOWN),
        ({"nested": json.dumps(CONFIG)}, {"nested": json.dumps(SHOWN)}),
        ({"envs": [{"key": "A", "value": "unknown-1"}]}, {"envs": [{"key": MASK, "value": MASK}]}),
        ({"envs": None, "env": "plain"}, {"envs": None, "env": "plain"}),
    ],
)
def test_what_stands_under_a_secret_name_is_hidden_in_requests_and_answers(
    tmp_path: Path, sent: dict[str, Any], traced: dict[str, Any]
) -> None:
    redactor = Redactor()
    trace = Trace(tmp_path / "trace", redactor, {"envs"})
    client = _client(trace, redactor, lambda request: httpx.Response(200, content=request.read()))
    assert client.request("PUT", "/x", json=sent).json() == sent
    record = json.loads((tmp_path / "trace").read_text())
    assert record["body"] == traced
    assert record["answer"] == traced


@pytest.mark.parametrize(
    "body", [b'{"envs": {"A": "unknown"}, "cut', b"<p>envs A=unknown</p>", b'[{"envs": "unknown", NaN}]']
)
def test_an_answer_that_cannot_be_parsed_does_not_show_what_it_may_hide(tmp_path: Path, body: bytes) -> None:
    redactor = Redactor()
    trace = Trace(tmp_path / "trace", redactor, {"envs"})
    _client(trace, redactor, lambda _request: httpx.Response(200, content=body)).request("GET", "/x", due=Due.ANYTHING)
    assert json.loads((tmp_path / "trace").read_text())["answer"] == f"<{len(body)} bytes, not JSON>"


def test_a_trace_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    (tmp_path / "trace").write_text("{}\n")
    (tmp_path / "trace").chmod(0o666)
    _trace(tmp_path / "trace", Redactor())
    assert (tmp_path / "trace").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "trace").read_text() == "{}\n"


def test_the_trace_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    for target in ("precious", "nothing"):
        link = tmp_path / f"link-to-{target}"
        link.symlink_to(tmp_path / target)
        with pytest.raises(ConfigurationError, match=r"PULUMI_INFERENCE_TRACE: cannot write .*: it is a symbolic link"):
            _trace(link, Redactor())
    assert (tmp_path / "precious").read_text() == "mine"
    assert not (tmp_path / "nothing").exists()


def test_a_secret_that_is_no_text_is_no_error() -> None:
    assert Redactor(["a\udcff b"]).redact("x a+%ED%B3%BF") == "x a+%ED%B3%BF"
    assert Redactor(["p w/1"]).redact("x=p+w%2F1&y=p%20w%2F1") == f"x={MASK}&y={MASK}"
