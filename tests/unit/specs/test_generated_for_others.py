"""What is generated for a cloud that is not like the first one."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

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
