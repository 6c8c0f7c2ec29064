"""Where a comment belongs, and who gets the token."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.support.comments import (
    TEXT,
    Review,
    assert_hidden,
    environment,
    posted,
    preview,
    said,
    summary_of,
)
from tests.support.forges import TOKEN, StandIn, stand_in

Run = Callable[..., Result]


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
