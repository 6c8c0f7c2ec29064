"""The comment of a review, as stand-ins of GitHub and GitLab get it: one a stack, edited in place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.support.comments import (
    MARKER,
    TEXT,
    Review,
    posted,
    preview,
    said,
)
from tests.support.forges import BOT, PERSON, Request, StandIn

Run = Callable[..., Result]


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


def test_each_organization_has_a_comment_of_its_own(server: StandIn, review: Review) -> None:
    for name in ("acme/fleet/dev", "other/dev", "organization/fleet/dev", "dev"):
        review(server.kind, preview("b"), words=("--stack", name))
    texts = server.bodies(by=BOT)
    for text, name in zip(texts, ("acme/fleet/dev", "other/fleet/dev", "fleet/dev"), strict=True):
        assert text.startswith(f"<!-- pulumi-inference review: {name} -->\n## {name}: 1 change\n")


def test_a_preview_that_failed_replaces_the_comment_of_its_organization(
    server: StandIn, review: Review, project: Path
) -> None:
    (project / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
    for name in ("acme/fleet/dev", "other/dev"):
        review(server.kind, preview("b"), words=("--stack", name))
        assert review(server.kind, "", words=("--stack", name)).exit_code == 1
    texts = server.bodies(by=BOT)
    assert len(texts) == 2
    assert all("the preview failed" in text for text in texts)


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
