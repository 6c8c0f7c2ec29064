"""A comment that may not be written, and servers that do not answer as they should."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.errors import InferenceError
from tests.support.comments import (
    MARKER,
    SHORTER,
    TEXT,
    Review,
    assert_hidden,
    environment,
    posted,
    preview,
    said,
    summary_of,
    times,
)
from tests.support.forges import BOT, TOKEN, Request, StandIn, answer, stand_in

Run = Callable[..., Result]


def test_a_fork_may_not_write_and_its_report_is_in_the_summary(github: StandIn, review: Review, tmp_path: Path) -> None:
    github.may_write = False
    result = review("github")
    assert result.exit_code == 2, "the review is as good as any"
    assert "dev: no comment was written; it is in the job's summary" in said(result)
    assert "Resource not accessible by integration" in said(result)
    assert "+ value: b" in summary_of(tmp_path)
    assert "Traceback" not in said(result)


def test_the_summary_has_it_once(github: StandIn, review: Review, tmp_path: Path) -> None:
    github.may_write = False
    review("github", words=("--summary", str(tmp_path / "summary.md")))
    assert summary_of(tmp_path).count("+ value: b") == 1


def test_gitlab_without_the_scope(review: Review, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with stand_in("gitlab") as here:
        for name, value in environment(here, tmp_path).items():
            monkeypatch.setenv(name, value)
        here.may_write = False
        result = review("gitlab")
    assert result.exit_code == 2
    assert "no comment was written: " in said(result)
    assert "insufficient_scope" in said(result)


@pytest.mark.parametrize("status", [403, 404, 410])
def test_each_refusal_degrades(server: StandIn, review: Review, status: int) -> None:
    server.instead = lambda _: answer(status, {"message": "you may not"})
    result = review(server.kind)
    assert result.exit_code == 2
    assert f"HTTP {status}" in said(result)
    assert "you may not" in said(result)
    needs = "pull-requests: write" if server.kind == "github" else "the role Reporter"
    assert needs in said(result)


def test_a_token_that_is_no_more_fails(server: StandIn, review: Review) -> None:
    """A fork has a token that may less; with none that counts, the old comment would stay and nobody would know."""
    server.instead = lambda _: answer(401, {"message": "Bad credentials"})
    result = review(server.kind)
    assert result.exit_code == 1
    assert "HTTP 401" in said(result)
    assert "expired" in said(result)


def test_an_edit_that_is_refused_is_no_second_comment(server: StandIn, review: Review) -> None:
    review(server.kind)
    server.may_write = False
    result = review(server.kind, preview("c"))
    assert "no comment was written" in said(result)
    assert len(server.bodies()) == 1


@pytest.mark.parametrize("size", [70_000, 1_200_000])
def test_what_is_too_long_for_the_server_is_written_shorter(server: StandIn, size: int) -> None:
    long = f"{MARKER}\n{'x' * size}\n"
    posted(server, long, SHORTER)
    fits = server.kind == "gitlab" and size < 1_000_000
    assert server.bodies() == [long if fits else SHORTER]


def test_a_server_that_takes_less_gets_a_shorter_comment(server: StandIn, review: Review) -> None:
    """Whatever the budget was: the shorter one has the verdict still."""
    refusal = answer(422, {"message": "Validation Failed", "errors": [{"message": "Body is too long"}]})
    server.instead = lambda one: refusal if one.body and len(one.body["body"]) > 16_000 else None
    [step] = json.loads(preview())["steps"]
    steps = [json.loads(json.dumps(step).replace("::thing", f"::thing{number}")) for number in range(300)]
    result = review(server.kind, json.dumps({"steps": steps, "changeSummary": {"update": 300}}))
    assert result.exit_code == 2
    assert len(result.stdout) > 16_000
    [body] = server.bodies()
    assert body.startswith(MARKER) and "300 changes" in body


def test_what_is_refused_at_any_length_is_an_error(server: StandIn) -> None:
    server.instead = lambda one: answer(422, {"message": "Validation Failed"}) if one.body else None
    with pytest.raises(InferenceError, match="Validation Failed"):
        posted(server, TEXT, SHORTER)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
@pytest.mark.parametrize("methods", [("GET",), ("POST",)])
def test_what_passes_is_tried_again(server: StandIn, status: int, methods: tuple[str, ...]) -> None:
    times(server, 2, answer(status, {"message": "later"}, retry_after="3"), *methods)
    clock = ManualClock()
    assert posted(server, clock=clock) == "the comment was written"
    assert server.bodies() == [TEXT]
    assert clock.waits


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_edit_is_tried_again(server: StandIn, status: int) -> None:
    posted(server, SHORTER)
    times(server, 2, answer(status, {"message": "later"}), "PATCH", "PUT")
    assert posted(server) == "the comment was edited"
    assert server.bodies() == [TEXT]


def test_a_comment_that_was_written_although_the_server_failed_is_not_written_twice(server: StandIn) -> None:
    def write_and_fail(request: Request) -> Any:
        if request.method == "POST" and not server.bodies():
            server._add(request.body["body"], 12, BOT)
            return answer(502, b"<html>bad gateway</html>")
        return None

    server.instead = write_and_fail
    posted(server)
    assert server.bodies() == [TEXT]


@pytest.mark.parametrize("headers", [{"retry_after": "30"}, {"x_ratelimit_remaining": "0"}])
def test_githubs_403_for_too_many_requests_is_no_refusal(github: StandIn, headers: dict[str, str]) -> None:
    times(github, 1, answer(403, {"message": "You have exceeded a secondary rate limit"}, **headers), "POST")
    clock = ManualClock()
    assert posted(github, clock=clock) == "the comment was written"
    if "retry_after" in headers:
        assert sum(clock.waits) >= 30


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_does_not_pass_is_an_error_that_keeps_the_report(
    github: StandIn, review: Review, tmp_path: Path, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pulumi_inference.cli.posting.SystemClock", ManualClock)
    github.instead = lambda _: answer(status, {"message": "out of order"})
    result = review("github", preview(stack="dev"), preview(stack="prod"))
    assert result.exit_code == 1
    assert "out of order" in said(result)
    assert "dev: no comment was written" in said(result) and "prod: no comment was written" in said(result)
    assert summary_of(tmp_path).count("+ value: b") == 2
    assert "+ value: b" in result.stdout
    assert said(result).count("out of order") == 2, "once for each stack"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_on_the_same_server_is_followed_with_the_same_verb(github: StandIn, status: int) -> None:
    """As GitHub has it of a repository that was renamed."""

    def moved(request: Request) -> Any:
        if request.path.startswith("/repos/acme/fleet/"):
            query = "&".join(f"{name}={value}" for name, value in request.query.items())
            place = request.path.replace("/repos/acme/fleet", "/repositories/1") + (f"?{query}" if query else "")
            return answer(status, {"message": "Moved"}, location=f"{github.url}{place}")
        request.path = request.path.replace("/repositories/1", "/repos/acme/fleet")
        return None

    github.instead = moved
    posted(github, SHORTER)
    assert posted(github) == "the comment was edited"
    assert github.bodies() == [TEXT]


def test_a_redirect_to_another_server_gets_no_token(server: StandIn) -> None:
    with stand_in(server.kind) as other:
        server.instead = lambda one: answer(307, {}, location=f"{other.url}{one.path}")
        with pytest.raises(InferenceError, match="leads to another server") as raised:
            posted(server)
        assert other.requests == []
    assert_hidden(str(raised.value))


@pytest.mark.parametrize("place", ["", "//other.test/x", "/relative", "javascript:1", "http://127.0.0.1.evil.test/"])
def test_a_redirect_to_nowhere_is_an_error(server: StandIn, place: str) -> None:
    server.instead = lambda _: answer(302, {}, location=place)
    with pytest.raises(InferenceError, match="leads to another server"):
        posted(server)


def test_a_redirect_in_a_circle_ends(server: StandIn) -> None:
    base = forge_url(server)
    server.instead = lambda _: answer(302, {}, location=f"{base}/user")
    with pytest.raises(InferenceError, match="from one address to the next"):
        posted(server)


def forge_url(server: StandIn) -> str:
    return server.url + ("/api/v4" if server.kind == "gitlab" else "")


HOSTILE: list[Any] = [
    b"<html>login</html>",
    b"",
    b"[",
    b"\xff\xfe",
    b"null",
    b"3",
    b"[[[[" * 5000,
    {"message": "no list"},
    {"id": "../../x"},
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_an_answer_that_is_none_writes_nothing(server: StandIn, body: Any) -> None:
    """A second comment would be worse than none."""
    server.instead = lambda one: answer(200, body) if one.method == "GET" and one.path != user_of(server) else None
    with pytest.raises(InferenceError) as raised:
        posted(server)
    assert server.bodies() == []
    assert "\n    at " not in str(raised.value)


def user_of(server: StandIn) -> str:
    return "/api/v4/user" if server.kind == "gitlab" else "/user"


def test_items_of_any_shape_are_passed_over(server: StandIn) -> None:
    mine = {"id": BOT, "type": "Bot"}
    items: list[Any] = [
        None,
        3,
        "x",
        [],
        {},
        {"id": True, "body": MARKER, server.author: mine},
        {"id": "../9", "body": MARKER, server.author: mine},
        {"id": -1, "body": MARKER, server.author: mine},
        {"id": 9, "body": None, server.author: mine},
        {"id": 9, "body": [MARKER], server.author: mine},
        {"id": 9, "body": MARKER},
        {"id": 9, "body": MARKER, server.author: "Bot"},
    ]
    is_list = lambda one: one.method == "GET" and one.path != user_of(server)  # noqa: E731
    server.instead = lambda one: answer(200, items) if is_list(one) else None
    assert posted(server) == "the comment was written"


def test_a_list_without_end_ends(server: StandIn) -> None:
    endless = answer(200, [{"id": 1, "body": "x"}], link='<http://127.0.0.1/>; rel="next"')
    server.instead = lambda one: endless if one.method == "GET" and one.path != user_of(server) else None
    with pytest.raises(InferenceError, match="does not end"):
        posted(server)
    assert server.bodies() == []


def test_an_error_of_any_shape_is_told_harmlessly(server: StandIn, review: Review) -> None:
    bodies = [
        {"message": f"\x1b[31m::error::{TOKEN}\u202e"},
        {"message": {"note": ["is bad", TOKEN]}},
        {"error": [TOKEN], "message": None},
        [TOKEN],
        f"<html>{TOKEN}</html>".encode(),
        {"message": "x" * 100_000},
    ]
    for body in bodies:
        server.instead = lambda _, body=body: answer(403, body)  # type: ignore[misc]
        result = review(server.kind)
        assert result.exit_code == 2
        assert "HTTP 403" in said(result)
        assert len(result.stderr) < 2000
        assert "\x1b" not in said(result) and "\u202e" not in said(result)
        assert not any(line.startswith("::") for line in said(result).splitlines())
        assert_hidden(said(result))
