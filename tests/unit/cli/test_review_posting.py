"""The comment of a review, written through the REST APIs of GitHub and GitLab as a stand-in answers them."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from pulumi_inference.cli.forges import forge_of
from pulumi_inference.cli.posting import post
from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.errors import InferenceError
from tests.support.forges import BOT, PERSON, TOKEN, Request, StandIn, answer, stand_in

Run = Callable[..., Result]
Review = Callable[..., Result]

MARKER = "<!-- pulumi-inference review: fleet/dev -->"
KINDS = ("github", "gitlab")
FOREIGN = ("GITHUB_", "GITLAB_", "CI_", "PULL_REQUEST_")


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StandIn]:
    """The server of a build for request 12, whose environment is set."""
    with stand_in(request.param) as here:
        for name, value in environment(here, tmp_path).items():
            monkeypatch.setenv(name, value)
        yield here


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StandIn]:
    with stand_in("github") as here:
        for name, value in environment(here, tmp_path).items():
            monkeypatch.setenv(name, value)
        yield here


@pytest.fixture(autouse=True)
def elsewhere_than_a_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of a build that runs these tests."""
    for name in [one for one in os.environ if one.startswith(FOREIGN)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def environment(here: StandIn, folder: Path) -> dict[str, str]:
    """What a build server sets."""
    if here.kind == "gitlab":
        places = {"CI_API_V4_URL": f"{here.url}/api/v4", "CI_PROJECT_ID": "4711", "CI_MERGE_REQUEST_IID": "12"}
        return {"GITLAB_TOKEN": TOKEN, "CI_JOB_TOKEN": "64_job", **places}
    event = folder / "event.json"
    event.write_text(json.dumps({"action": "synchronize", "pull_request": {"number": 12}}))
    places = {"GITHUB_API_URL": here.url, "GITHUB_REPOSITORY": "acme/fleet", "GITHUB_EVENT_PATH": str(event)}
    return {"GITHUB_TOKEN": TOKEN, "GITHUB_STEP_SUMMARY": str(folder / "summary.md"), **places}


def preview(value: str = "b", stack: str = "dev", *, error: str = "") -> str:
    """What `pulumi preview --json` writes of a stack with one thing in it."""
    urn = f"urn:pulumi:{stack}::fleet::random:index/randomId:RandomId::thing"
    old = {"urn": urn, "id": "x", "type": "random:index/randomId:RandomId", "inputs": {"value": "a"}}
    op = "same" if value == "a" else "update"
    step = {"op": op, "urn": urn, "oldState": old, "newState": {**old, "inputs": {"value": value}}}
    if op == "update":
        step["detailedDiff"] = {"value": {"kind": "update", "inputDiff": True}}
    said = [{"urn": urn, "message": f"error: {error}", "severity": "error"}] if error else []
    return json.dumps({"steps": [step], "diagnostics": said, "changeSummary": {op: 1}})


@pytest.fixture
def review(run: Run, tmp_path: Path) -> Review:
    """Reviews previews, each a text, and comments."""

    def invoke(kind: str, *previews: str, words: tuple[str, ...] = ()) -> Result:
        given: list[str] = []
        for number, text in enumerate(previews or (preview(),)):
            file = tmp_path / f"preview{number}.json"
            file.write_text(text)
            given += ["--preview", str(file)]
        return run("review", *given, "--post", kind, *words)

    return invoke


def said(result: Result) -> str:
    return result.output


def summary_of(folder: Path) -> str:
    file = folder / "summary.md"
    return file.read_text() if file.is_file() else ""


# The comment


def test_a_comment_is_written_and_then_edited_in_place(server: StandIn, review: Review) -> None:
    first = review(server.kind, preview("b"))
    again = review(server.kind, preview("b"))
    last = review(server.kind, preview("c"))

    assert [one.exit_code for one in (first, again, last)] == [2, 2, 2]
    assert "dev: the comment was written" in said(first)
    assert "dev: the comment was edited" in said(again)
    [body] = server.bodies()
    assert body.startswith(f"{MARKER}\n")
    assert "+ value: c" in body
    assert server.count("POST") == 1


def test_it_says_what_the_command_prints(server: StandIn, review: Review) -> None:
    printed = review(server.kind).stdout
    assert server.bodies() == [printed]


@pytest.mark.parametrize("others", [99, 100, 101, 250])
def test_it_is_found_however_many_comments_there_are(server: StandIn, review: Review, others: int) -> None:
    for number in range(others):
        server.add(f"comment {number}")
    review(server.kind, preview("b"))
    for number in range(others):
        server.add(f"later {number}")
    review(server.kind, preview("c"))
    [body] = server.bodies(by=BOT)
    assert "+ value: c" in body


def test_a_page_with_fewer_comments_than_asked_for_is_not_the_last_one(server: StandIn, review: Review) -> None:
    server.hidden = {server.add(f"internal {number}")["id"] for number in range(120)}
    review(server.kind, preview("b"))
    review(server.kind, preview("c"))
    assert len(server.bodies(by=BOT)) == 1


def test_what_somebody_else_has_written_is_left_alone(server: StandIn, review: Review) -> None:
    """Whoever wrote it could change it again after us, and have it say that nothing changes."""
    quoted, taken = f"> {MARKER}\nwhat is this?", f"{MARKER}\nno change"
    server.add(quoted)
    server.add(taken)
    review(server.kind, preview("b"))
    review(server.kind, preview("c"))
    assert server.bodies(by=PERSON) == [quoted, taken]
    [body] = server.bodies(by=BOT)
    assert "+ value: c" in body


def test_the_marker_in_the_midst_of_our_own_text_is_not_the_comment(server: StandIn, review: Review) -> None:
    server.add(f"an older text with {MARKER}", by=BOT)
    review(server.kind)
    assert len(server.bodies(by=BOT)) == 2


def test_with_a_personal_token_it_is_that_persons_comment(server: StandIn, review: Review) -> None:
    server.me = PERSON
    server.add(f"{MARKER}\nof the build", by=BOT)
    review(server.kind, preview("b"))
    review(server.kind, preview("c"))
    [body] = server.bodies(by=PERSON)
    assert "+ value: c" in body
    assert server.bodies(by=BOT) == [f"{MARKER}\nof the build"]


def test_each_stack_has_a_comment_of_its_own(server: StandIn, review: Review) -> None:
    server.add("<!-- pulumi-inference review: fleet/development -->\nanother", by=BOT)
    for _ in range(2):
        result = review(server.kind, preview(stack="dev"), preview(stack="prod"))
        assert result.exit_code == 2
    markers = [body.splitlines()[0] for body in server.bodies(by=BOT)]
    names = ("fleet/development", "fleet/dev", "fleet/prod")
    assert markers == [f"<!-- pulumi-inference review: {name} -->" for name in names]
    assert "dev: the comment was edited" in said(result)
    assert "prod: the comment was edited" in said(result)


def test_what_two_jobs_wrote_at_the_same_time_becomes_one(server: StandIn, review: Review) -> None:
    for _ in range(3):
        server.add(f"{MARKER}\nno change", by=BOT)
    review(server.kind, preview("c"))
    [body] = server.bodies(by=BOT)
    assert "+ value: c" in body


def test_one_that_is_deleted_in_between_is_written_anew(server: StandIn) -> None:
    server.add(f"{MARKER}\nold", by=BOT)

    def delete_it(request: Request) -> Any:
        if request.method in ("PATCH", "PUT"):
            server.comments.clear()

    server.instead = delete_it
    assert posted(server) == "the comment was written"
    assert server.bodies() == [TEXT]


def test_a_preview_that_failed_replaces_what_it_said_before(server: StandIn, review: Review) -> None:
    review(server.kind, preview("a"))
    assert "no change" in server.bodies()[0]
    result = review(server.kind, preview("a", error="the program has raised"))
    assert result.exit_code == 1
    [body] = server.bodies()
    assert "failed" in body and "the program has raised" in body
    assert "no change" not in body


@pytest.mark.parametrize("left", ["", "{", "<html>", '{"steps": 3}'])
def test_what_a_crashed_preview_leaves_replaces_it_too(
    server: StandIn, review: Review, project: Path, left: str
) -> None:
    """Whatever file there is: with the name of the stack, the old comment is found."""
    (project / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
    review(server.kind, preview("a"))
    result = review(server.kind, left, words=("--stack", "dev"))
    assert result.exit_code == 1
    [body] = server.bodies()
    assert "no change" not in body and "failed" in body


def test_a_preview_that_has_written_no_file_replaces_it_too(
    server: StandIn, review: Review, run: Run, project: Path
) -> None:
    (project / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
    review(server.kind, preview("a"))
    result = run("review", "--events", "missing.json", "--stack", "dev", "--post", server.kind)
    assert result.exit_code == 1
    [body] = server.bodies()
    assert "missing.json: No such file or directory" in body


# Who may not, and what is wrong


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


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_each_refusal_degrades(server: StandIn, review: Review, status: int) -> None:
    server.instead = lambda _: answer(status, {"message": "you may not"})
    result = review(server.kind)
    assert result.exit_code == 2
    assert f"HTTP {status}" in said(result)
    assert "you may not" in said(result)


def test_an_edit_that_is_refused_is_no_second_comment(server: StandIn, review: Review) -> None:
    review(server.kind)
    server.may_write = False
    result = review(server.kind, preview("c"))
    assert "no comment was written" in said(result)
    assert len(server.bodies()) == 1


TEXT, SHORTER = f"{MARKER}\nthe report\n", f"{MARKER}\nshort\n"


def posted(server: StandIn, *texts: str, clock: ManualClock | None = None) -> str:
    """Posts texts on a clock that does not sleep."""
    return post(forge_of(server.kind, os.environ), MARKER, texts or (TEXT,), clock or ManualClock())


def times(server: StandIn, number: int, reply: Any, *methods: str) -> None:
    """Answers so many requests with these verbs otherwise."""
    left = [number]

    def instead(request: Request) -> Any:
        if request.method in methods and left[0]:
            left[0] -= 1
            return reply
        return None

    server.instead = instead


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


# The token


def assert_hidden(text: str) -> None:
    """The token is not there, in no spelling."""
    for spelling in (TOKEN, json.dumps(TOKEN)[1:-1], base64.b64encode(TOKEN.encode()).decode()[:20]):
        assert spelling not in text


def test_the_token_is_nowhere_but_in_its_header(server: StandIn, review: Review, tmp_path: Path) -> None:
    result = review(server.kind, preview(error=f"the program printed {TOKEN}"))
    assert_hidden("".join(server.bodies()))
    assert_hidden(summary_of(tmp_path))
    header = "private-token" if server.kind == "gitlab" else "authorization"
    for one in server.requests:
        assert TOKEN in one.headers[header]
        assert_hidden(json.dumps([one.path, one.query, one.body]))
        assert_hidden(json.dumps({name: value for name, value in one.headers.items() if name != header}))
    assert result.exit_code == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://github.example.com/api/v3",
        "http://127.0.0.1.example.com",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "https://",
        "https://user:pass@api.github.com",
        "https://api.github.com?x=1",
        "https://api.github.com#x",
        "https://[::1",
        "api.github.com",
    ],
)
def test_only_https_or_this_machine_gets_the_token(
    server: StandIn, review: Review, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    name = "CI_API_V4_URL" if server.kind == "gitlab" else "GITHUB_API_URL"
    monkeypatch.setenv(name, url)
    result = review(server.kind)
    assert result.exit_code == 1
    assert f"Error: {name}: " in said(result)
    assert server.requests == []


@pytest.mark.parametrize("token", ["two\nlines", "töken"])
def test_a_token_that_no_header_can_carry_is_said_so(
    server: StandIn, review: Review, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("GITLAB_TOKEN" if server.kind == "gitlab" else "GITHUB_TOKEN", token)
    result = review(server.kind)
    assert "no header can carry" in said(result)
    assert token not in said(result)
    assert server.requests == []


# Where


@pytest.mark.parametrize(
    "event",
    [
        {"action": "opened", "pull_request": {"number": 12}},
        {"action": "opened", "number": 12, "pull_request": {"number": 12, "head": {"repo": {"fork": True}}}},
        {"action": "created", "issue": {"number": 12, "pull_request": {"url": "x"}}, "comment": {"id": 1}},
        {"action": "completed", "workflow_run": {"pull_requests": [{"number": 12}]}},
    ],
    ids=["pull_request", "pull_request_target", "issue_comment", "workflow_run"],
)
def test_the_events_that_tell_the_pull_request(github: StandIn, tmp_path: Path, event: Any) -> None:
    (tmp_path / "event.json").write_text(json.dumps(event))
    posted(github)
    assert github.bodies(12) == [TEXT]


@pytest.mark.parametrize(
    "event",
    [
        {"ref": "refs/heads/main"},
        {"action": "created", "issue": {"number": 12}},
        {"action": "completed", "workflow_run": {"pull_requests": []}},
        {"action": "completed", "workflow_run": {"pull_requests": [{"number": 12}, {"number": 13}]}},
        {"pull_request": {"number": "12/../13"}},
        {"pull_request": {"number": True}},
        {"pull_request": [12]},
        [],
        None,
    ],
)
def test_an_event_without_a_pull_request_is_said_before_the_preview(
    github: StandIn, review: Review, tmp_path: Path, event: Any
) -> None:
    (tmp_path / "event.json").write_text(json.dumps(event))
    result = review("github")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "Run it on pull_request, or set PULL_REQUEST_NUMBER." in said(result)
    assert github.requests == []


def test_a_number_that_is_given_counts(github: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "event.json").write_text(json.dumps({"workflow_run": {"pull_requests": []}}))
    monkeypatch.setenv("PULL_REQUEST_NUMBER", " 77 ")
    posted(github)
    assert github.bodies(77) == [TEXT]


@pytest.mark.parametrize("number", ["x", "-1", "0", "1.5", "12/comments", "٣", "1" * 40])
def test_a_number_that_is_none(server: StandIn, review: Review, monkeypatch: pytest.MonkeyPatch, number: str) -> None:
    name = "CI_MERGE_REQUEST_IID" if server.kind == "gitlab" else "PULL_REQUEST_NUMBER"
    monkeypatch.setenv(name, number)
    result = review(server.kind)
    assert f"{name}: must be a number such as 12" in said(result)


@pytest.mark.parametrize("text", ["", "{", "\0"])
def test_an_event_file_that_is_none(github: StandIn, review: Review, tmp_path: Path, text: str) -> None:
    (tmp_path / "event.json").write_text(text)
    assert "GITHUB_EVENT_PATH: " in said(review("github"))
    (tmp_path / "event.json").unlink()
    assert "GITHUB_EVENT_PATH: " in said(review("github"))


NEEDED = {
    "github": ("GITHUB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_EVENT_PATH"),
    "gitlab": ("CI_PROJECT_ID", "CI_MERGE_REQUEST_IID"),
}


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in NEEDED.items() for name in names])
def test_what_is_not_set_is_said_with_what_to_do(
    kind: str, name: str, review: Review, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stand_in(kind) as here:
        for one, value in environment(here, tmp_path).items():
            monkeypatch.setenv(one, value)
        monkeypatch.setenv(name, " ")
        result = review(kind)
    assert result.exit_code == 1
    assert f"Error: {name} is not set" in said(result)
    assert len(said(result).splitlines()) == 2, "what to do"
    assert result.stdout == "", "nothing was previewed for it"


def test_the_token_of_a_gitlab_job_is_not_enough(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI_JOB_TOKEN", "64_job")
    result = review("gitlab")
    assert "CI_JOB_TOKEN may not write comments" in said(result)
    assert "project access token with the scope api" in said(result)
    assert "64_job" not in said(result)


def test_a_merge_request_from_a_fork_is_in_the_project_that_it_goes_to(
    review: Review, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with stand_in("gitlab") as here:
        given = environment(here, tmp_path) | {"CI_PROJECT_ID": "99", "CI_MERGE_REQUEST_PROJECT_ID": "4711"}
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        review("gitlab")
        assert len(here.bodies()) == 1


@pytest.mark.parametrize("repository", ["acme", "/fleet", "acme/", "a/b/c"])
def test_a_repository_that_is_none(
    github: StandIn, review: Review, monkeypatch: pytest.MonkeyPatch, repository: str
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", repository)
    assert "GITHUB_REPOSITORY: must be OWNER/NAME" in said(review("github"))


def test_the_two_words_for_places_are_all_there_are(run: Run) -> None:
    result = run("review", "--post", "bitbucket")
    assert "'github', 'gitlab'" in said(result)
