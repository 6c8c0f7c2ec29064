"""What goes wrong before there is a report replaces the comment of before, so that it never says what is not so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import Result

from pulumi_inference.review.reading import Preview
from tests.support.comments import Review, preview, said
from tests.support.forges import StandIn

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def told_before(server: StandIn, review: Review, project: Path) -> None:
    """A comment that says "no change"."""
    (project / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
    review(server.kind, preview("a"))
    assert "no change" in server.bodies()[0]


def the_comment(server: StandIn) -> str:
    [body] = server.bodies()
    return body


@pytest.mark.parametrize("text", ["noize: []", "a: [", "prices: [{per_hour: {a: -1}}]", "[" * 3000])
def test_a_mistake_in_the_configuration_replaces_it(server: StandIn, review: Review, project: Path, text: str) -> None:
    (project / "review.yaml").write_text(text)
    result = review(server.kind, preview("b"))
    assert result.exit_code == 1
    assert "failed: review.yaml" in the_comment(server)
    assert "value" not in the_comment(server), "nothing is told by halves"


def test_a_mistake_in_the_configuration_is_told_before_any_preview(
    server: StandIn, run: Run, project: Path, fake_pulumi: Callable[[str], Path]
) -> None:
    (project / "review.yaml").write_text("noize: []")
    fake_pulumi('echo "$*" >> ran.log')
    for word in ("review", "drift"):
        assert run(word, "--stack", "dev", "--post", server.kind).exit_code == 1
        assert "review.yaml: there is no 'noize'" in the_comment(server)
    assert not (project / "ran.log").exists()


def test_a_configuration_that_is_not_there_replaces_it(server: StandIn, review: Review) -> None:
    assert review(server.kind, preview("b"), words=("--config", "reviews.yaml")).exit_code == 1
    assert "reviews.yaml: cannot be read: No such file or directory" in the_comment(server)


def test_a_long_mistake_is_told_to_its_end(server: StandIn, review: Review, project: Path) -> None:
    (project / "review.yaml").write_text(f"{'n' * 300}: 1")
    review(server.kind, preview("b"))
    assert "there are prices, noise, heavy&#95;gpus" in the_comment(server).replace("heavy_gpus", "heavy&#95;gpus")


def test_a_folder_for_a_preview_replaces_it(server: StandIn, run: Run, project: Path) -> None:
    (project / "previews").mkdir()
    assert run("review", "--preview", "previews", "--stack", "dev", "--post", server.kind).exit_code == 1
    assert "previews: Is a directory" in the_comment(server)


@pytest.mark.parametrize(
    "left",
    [
        '{"diagnostics": [{"severity": "error", "message": "error: no such module"}]}',
        '{"steps": [{"op": "same"}], "diagnostics": [{"severity": "error", "message": "error: no such module"}]}',
    ],
)
def test_a_preview_that_failed_before_it_named_its_stack_replaces_it(
    server: StandIn, review: Review, left: str
) -> None:
    assert review(server.kind, left, words=("--stack", "dev")).exit_code == 1
    assert "no such module" in the_comment(server)


@pytest.mark.parametrize("option", ["--output", "--html", "--summary"])
def test_a_file_that_cannot_be_written_keeps_no_comment_as_it_was(server: StandIn, review: Review, option: str) -> None:
    result = review(server.kind, preview("b"), words=(option, "nowhere/report"))
    assert result.exit_code == 1
    assert "No such file or directory" in said(result)
    assert "+ value: b" in the_comment(server)


def test_a_job_summary_that_cannot_be_written_keeps_no_comment_as_it_was(
    server: StandIn, review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "nowhere/summary.md")
    server.may_write = False
    both = (preview("b"), preview("b", "prod"))
    result = review(server.kind, *both)
    assert result.exit_code == 1
    for stack in ("dev", "prod"):
        assert f"{stack}: no comment was written, nor the job's summary (No such file or directory)" in said(result)


def test_a_mistake_of_our_own_replaces_it_and_shows_no_value(
    server: StandIn, review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(found: Preview, lifecycle_of: object) -> Sequence[object]:
        if found.steps:
            raise KeyError("hunter2hunter2")
        return ()

    monkeypatch.setattr("pulumi_inference.review.report.join", broken)
    result = review(server.kind, preview("b"))
    assert result.exit_code == 1
    assert "a mistake of pulumi-inference itself, please report it: KeyError in" in the_comment(server)
    assert "hunter2" not in the_comment(server) + said(result)
