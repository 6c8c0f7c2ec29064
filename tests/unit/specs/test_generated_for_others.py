"""What is generated for a cloud that is not like the first one."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.fields.record import Record
from tests.support.toyland import CLOUD, MarbleLifecycle

ROOT = Path(__file__).resolve().parents[3]


class Marbles(MarbleLifecycle):
    """The resource, with an output that is its id."""

    identity = ("marble_id",)


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A resource without nested values."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    return import_module("generators.targets").Target(CLOUD, CLOUD.kinds[0], Marbles)


class Rolled(Record):
    """What is known of a marble besides."""

    marble_id: str = field(description="Id of the marble.", source="tests")
    rolled_at: int | None = field(None, description="When it rolled.", source="tests", unit="s", moment=True)


class RolledMarbles(Marbles):
    """The resource, with a time among its outputs."""

    outputs = Rolled


def test_a_time_is_there_as_text_too(target: Any) -> None:
    timed = dataclasses.replace(target, lifecycle=RolledMarbles)
    text = import_module("generators.resources").resources_module(CLOUD.name, [timed])
    assert "def rolled_at_iso(self) -> pulumi.Output[str | None]:" in text
    assert 'return self._iso(self.rolled_at, "s")' in text
    page = import_module("generators.reference").reference_page(timed, "# marbles")
    assert "\n`rolled_at_iso` is the same time as text, ISO 8601 in UTC" in page
    assert "_iso" not in import_module("generators.reference").reference_page(target, "# marbles")


def ruff(text: str, *words: str) -> str:
    name = ["--stdin-filename", str(ROOT / "pulumi_inference" / "toyland" / "generated.py")]
    command = [sys.executable, "-m", "ruff", *words, *name, "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("what", ["inputs", "resources"])
def test_files_without_nested_values_are_right(what: str, target: Any) -> None:
    text = getattr(import_module(f"generators.{what}"), f"{what}_module")(CLOUD.name, [target])
    assert ruff(text, "check", "--output-format", "concise") == "All checks passed!\n"
    assert ruff(text, "format") == text


def test_a_page_that_nobody_has_written_a_head_for_begins_with_what_the_spec_says(target: Any) -> None:
    reference = import_module("generators.reference")
    page = reference.reference_page(target, reference.plain_head(target))
    assert page.startswith("# toyland.Marble\n\nA marble.\n\n## Arguments\n")
