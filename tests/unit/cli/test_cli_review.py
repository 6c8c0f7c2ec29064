"""`pulumi-inference review` on previews that are there: what is written where, and what it ends with."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from pulumi_inference.review.reading import preview_of_events
from tests.support.fleet import FUNCTION, FUNCTION_KIND, SERVICE, SERVICE_KIND, changed
from tests.support.previews import Thing, as_events, as_json, said
from tests.unit.cli.conftest import Run

NEW = changed(SERVICE, ("config.0.weight", 30))
BY_HAND = changed(SERVICE, ("description", "by hand"))

SAME = Thing(SERVICE_KIND, "same", recorded=SERVICE, program=SERVICE)
UPDATED = Thing(SERVICE_KIND, "updated", "update", recorded=SERVICE, program=NEW)
DRIFTED = Thing(SERVICE_KIND, "drifted", "update", recorded=SERVICE, live=BY_HAND, program=SERVICE)
DELETED = Thing(FUNCTION_KIND, "deleted", "delete", recorded=FUNCTION)
RENAMED = Thing(SERVICE_KIND, "renamed", recorded=SERVICE, program=SERVICE, was="former")
READ = Thing("aws:s3/bucket:Bucket", "read", "read", program={"bucket": "b"})
ERROR = said("error: it cannot be", UPDATED, "error")


@pytest.fixture
def review(run: Run, elsewhere: Path) -> Any:
    """Runs the command on a preview of these things."""

    def call(*things: Thing, told: tuple[Any, ...] = (), words: tuple[str, ...] = ()) -> Result:
        file = elsewhere / "preview.json"
        file.write_text(as_json(things, *told), encoding="utf-8")
        return run("review", "--preview", str(file), *words)

    return call


@pytest.mark.parametrize(
    ("things", "told", "words", "code"),
    [
        ([SAME], (), (), 0),
        ([UPDATED], (), (), 2),
        ([DRIFTED], (), (), 2),
        ([DRIFTED], (), ("--fail-on", "drift"), 4),
        ([UPDATED], (), ("--fail-on", "drift"), 2),
        ([UPDATED, DELETED], (), (), 3),
        ([UPDATED, DELETED], (), ("--approve", DELETED.urn), 2),
        ([UPDATED, DELETED], (), ("--approve", UPDATED.urn), 3),
        ([DRIFTED, DELETED], (), ("--approve", DELETED.urn, "--fail-on", "drift"), 4),
        ([DRIFTED, DELETED], (), ("--fail-on", "drift"), 3),
        ([DRIFTED, DELETED], (ERROR,), ("--fail-on", "drift"), 1),
        ([], (), (), 0),
        ([RENAMED], (), (), 0),
        ([READ], (), (), 0),
        ([READ, UPDATED], (), (), 2),
        ([UPDATED], (), ("--no-such-option",), 1),
        ([UPDATED], (), ("--format", "pdf"), 1),
        ([UPDATED], (), ("--stack", "a", "--stack", "b"), 1),
    ],
)
def test_the_exit_code_is_the_first_that_holds(
    review: Any, things: list[Thing], told: tuple[Any, ...], words: tuple[str, ...], code: int
) -> None:
    found = review(*things, told=told, words=words)
    assert found.exit_code == code, found.output


@pytest.mark.parametrize(
    ("option", "text", "why"),
    [
        ("--preview", "", "the preview is empty"),
        ("--preview", as_events([UPDATED]), "this is an event log of the engine\n"),
        ("--preview", '{"steps": [null]}', "step 1 of the preview is none of Pulumi"),
        ("--preview", '{"steps": "x", "changeSummary": {}}', "step 1 of the preview is none of Pulumi"),
        ("--preview", '{"steps": [{"op": "delete", "urn": 5}]}', "step 1 of the preview is none of Pulumi"),
        ("--events", '{"resourcePreEvent": {"metadata": {"op": "delete"}}}', "line 1 of the event log is no step"),
    ],
)
def test_what_is_no_preview_is_a_failed_one(run: Run, elsewhere: Path, option: str, text: str, why: str) -> None:
    file = elsewhere / "given"
    file.write_text(text, encoding="utf-8")
    found = run("review", option, str(file), "--format", "text")
    assert found.exit_code == 1
    assert why.strip() in found.stdout


@pytest.mark.parametrize("form", ["json", "markdown"])
def test_a_closed_output_is_no_traceback(review: Any, elsewhere: Path, form: str) -> None:
    review(UPDATED)
    command = f'"$0" -m pulumi_inference review --preview preview.json --format {form} >&-'
    found = subprocess.run(
        ["/bin/sh", "-c", command, sys.executable], capture_output=True, text=True, check=False, cwd=elsewhere
    )
    assert "Traceback" not in found.stderr


def test_the_process_ends_at_once_with_all_that_it_has_to_say(review: Any, elsewhere: Path) -> None:
    inside = review(UPDATED, DELETED)
    command = [sys.executable, "-m", "pulumi_inference", "review", "--preview", str(elsewhere / "preview.json")]
    watched = "import atexit, runpy, sys; atexit.register(print, 'taken apart'); runpy.run_module('pulumi_inference')"
    for started in (command, [sys.executable, "-c", watched, *command[3:]]):
        found = subprocess.run(started, capture_output=True, text=True, check=False, cwd=elsewhere)
        assert (found.stdout, found.stderr) == (inside.stdout, inside.stderr)
        assert found.returncode == inside.exit_code == 3


def test_what_cannot_be_read_is_a_failed_preview_of_that_stack(run: Run, elsewhere: Path) -> None:
    (elsewhere / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n", encoding="utf-8")
    for text in ("", "{", "[]", '{"a": 1}', "\udcff"):
        file = elsewhere / "preview.json"
        file.write_text(text, encoding="utf-8", errors="surrogateescape")
        for option in ("--preview", "--events"):
            found = run("review", option, str(file), "--stack", "dev")
            assert found.exit_code == 1, found.output
            assert "## fleet/dev: the preview failed: preview.json" in found.output
            assert "<!-- pulumi-inference review: fleet/dev -->" in found.output
            assert "no change" not in found.output


def test_a_file_that_begins_with_a_byte_order_mark_is_read(run: Run, elsewhere: Path) -> None:
    """As PowerShell writes them."""
    (elsewhere / "preview.json").write_text(as_json([UPDATED]), encoding="utf-8-sig")
    (elsewhere / "events.log").write_text(as_events([UPDATED]), encoding="utf-8-sig")
    for words in (("--preview", "preview.json"), ("--events", "events.log")):
        assert run("review", *words).exit_code == 2


def test_without_pulumi_the_preview_has_failed(run: Run, elsewhere: Path) -> None:
    for command in ("review", "drift"):
        found = run(command, "--stack", "dev")
        assert found.exit_code == 1
        assert "the preview failed: pulumi is not on PATH" in found.output


def test_what_could_not_be_read_is_said_with_the_line_that_says_why(
    run: Run, elsewhere: Path, fake_pulumi: Callable[[str], Path]
) -> None:
    trace = "Traceback (most recent call last):\n  File x\nRuntimeError: 403: you may not\n"
    unread = [
        Thing(SERVICE_KIND, "a", "refresh", recorded=SERVICE, unread=True),
        Thing(SERVICE_KIND, "b", "refresh", recorded=SERVICE, unread=True),
    ]
    told = (said(trace, unread[0], "error"), said("404: it is not there\n  more", unread[1], "error"))
    lines = as_events(unread, *told, ended=False).splitlines(keepends=True)
    (elsewhere / "true.log").write_text("".join(one for one in lines if '"op": "same"' not in one), encoding="utf-8")
    (elsewhere / "false.log").write_text(as_events([UPDATED], refresh=False), encoding="utf-8")
    fake_pulumi('''refresh=${2#--refresh=}
        while [ "$1" != --event-log ]; do shift; done
        cat $refresh.log > "$2"''')
    found = run("review", "--stack", "dev")
    assert "not read: a: RuntimeError: 403: you may not" in found.output
    assert "not read: b: 404: it is not there" in found.output
    assert "Traceback" not in found.output
    assert found.exit_code == 2


def test_drift_is_shown_as_far_as_it_is_asked_for(review: Any) -> None:
    converged = Thing(SERVICE_KIND, "quiet", recorded=SERVICE, live=BY_HAND, program=SERVICE)
    titles = {}
    for which in ("all", "relevant", "none"):
        text = review(DRIFTED, converged, words=("--drift", which)).output
        section = text.partition("### Changed outside of the program")[2].partition("###")[0]
        titles[which] = ("drifted" in section, "quiet" in section)
        assert "drift: 2 fields on 2 resources" in text
    assert titles == {"all": (True, True), "relevant": (True, False), "none": (False, False)}


def test_known_drift_is_counted_and_folded_until_it_expires(review: Any, elsewhere: Path) -> None:
    settings = elsewhere / "review.yaml"
    entry = "noise:\n- path: description\n  reason: people write there\n"
    settings.write_text(f"{entry}  expires: 9999-12-31\n", encoding="utf-8")
    known = review(DRIFTED, words=("--fail-on", "drift"))
    assert known.exit_code == 2
    assert "1 known, not counted as drift" in known.output
    assert "people write there" in known.output
    assert "drift:" not in known.output.splitlines()[1]

    settings.write_text(f"{entry}  expires: 2020-01-31\n", encoding="utf-8")
    expired = review(DRIFTED, words=("--fail-on", "drift"))
    assert expired.exit_code == 4
    assert "known until 2020-01-31, counted since: description (people write there)" in expired.output


def test_files_for_the_report_the_page_and_the_summary(review: Any, elsewhere: Path) -> None:
    summary = elsewhere / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    words = ("--output", "out.md", "--html", "page.html", "--summary", "summary.md")
    found = review(UPDATED, words=words)
    assert (found.exit_code, found.output) == (2, "")
    comment = (elsewhere / "out.md").read_text("utf-8")
    assert summary.read_text("utf-8") == f"before\n{comment}"
    assert (elsewhere / "page.html").read_text("utf-8").startswith("<!doctype html>")
    data = review(UPDATED, words=("--format", "json", "-o", "out.json"))
    assert data.output == ""
    assert json.loads((elsewhere / "out.json").read_text("utf-8"))["stacks"][0]["verdict"] == "changes"


def test_several_stacks_have_a_table_on_top(run: Run, elsewhere: Path) -> None:
    (elsewhere / "a.json").write_text(as_json([UPDATED]), encoding="utf-8")
    other = as_events([DELETED]).replace("urn:pulumi:dev::", "urn:pulumi:prod::")
    (elsewhere / "b.log").write_text(other, encoding="utf-8")
    found = run("review", "--preview", "a.json", "--events", "b.log")
    assert found.exit_code == 3
    assert found.output.startswith("## 2 stacks\n\n| stack | verdict |\n")
    assert "| <code>fleet/dev</code> | 1 change |" in found.output
    assert "| <code>fleet/prod</code> | 1 change, 1 deleted |" in found.output
    assert found.output.count("<!-- pulumi-inference review: ") == 2


def test_a_comment_keeps_to_its_budget(review: Any) -> None:
    things = [Thing(FUNCTION_KIND, f"function-{place}", "delete", recorded=FUNCTION) for place in range(200)]
    assert len(review(*things, words=("--budget", "2000")).stdout) <= 2000
    assert review(UPDATED, words=("--budget", "1999")).exit_code == 1


def test_a_preview_is_read_without_what_only_an_up_needs(elsewhere: Path) -> None:
    file = elsewhere / "events.json"
    file.write_text(as_events([UPDATED, DRIFTED]), encoding="utf-8")
    code = (
        "import sys; from click.testing import CliRunner; from pulumi_inference.cli import cli; "
        f"print(CliRunner().invoke(cli, ['review', '--events', {str(file)!r}]).exit_code, "
        "[name for name in ('pulumi', 'grpc', 'httpx', 'http.client', 'jsonschema', 'yaml') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "2 []\n"


def test_the_log_says_what_to_approve_and_what_was_approved_for_nothing(review: Any) -> None:
    other = Thing(FUNCTION_KIND, "other", "delete", recorded=FUNCTION)
    found = review(UPDATED, DELETED, other, words=("--approve", other.urn, "--approve", UPDATED.urn))
    assert found.exit_code == 3
    assert f"--approve {UPDATED.urn}: nothing of this URN is replaced or deleted" in found.stderr
    assert found.stderr.endswith(f"what may be, say with\n  --approve {DELETED.urn}\n")
    assert "--approve" not in found.stdout
    assert review(UPDATED, DELETED, words=("--approve", DELETED.urn)).stderr == ""


def test_drift_alone_says_nothing_of_changes(run: Run, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refresh has no steps but its own."""
    for live, told in ((BY_HAND, "drift: 1 field on 1 resource"), (SERVICE, "no drift")):
        text = as_events([Thing(SERVICE_KIND, "x", "gone", recorded=SERVICE, live=live)])
        found = replace(preview_of_events(BytesIO(text.encode())), is_drift_only=True)
        monkeypatch.setattr("pulumi_inference.cli.previews.run_refresh", lambda _, found=found: found)
        shown = run("drift")
        assert shown.exit_code == (4 if live is BY_HAND else 0)
        assert f"## fleet/dev: {told}\n\n1 resource compared with the record" in shown.stdout
        assert ("once what has drifted is put back" in shown.stdout) == (live is BY_HAND)
