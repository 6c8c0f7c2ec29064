"""Texts of others on their way to a terminal, to the engine and to a build server's log."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_inference import cli
from pulumi_inference.core.errors import ConfigurationError, FailedStateError
from pulumi_inference.core.redact import Redactor
from pulumi_inference.core.texts import json_text, neutral
from tests.support.hostile import ACTS, HOSTILE

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from([HOSTILE, "##[group]", "::error::"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "plain \u5206\u7c7b\u5668 \u2026 \U0001f600\ttab\nline",
            "plain \u5206\u7c7b\u5668 \u2026 \U0001f600\ttab\nline",
        ),
        ("\x1b[2J", "\\u001b[2J"),
        ("a\rb", "a\\u000db"),
        ("a\r\nb", "a\nb"),
        ("a\x9b31mb", "a\\u009b31mb"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("a\u2066b\u2069", "a\\u2066b\\u2069"),
        ("a\u2028b", "a\\u2028b"),
        ("half \ud800", "half \\ud800"),
        ("::warning::x", ": :warning::x"),
        ("a\n  ::set-output name=b::c", "a\n  : :set-output name=b::c"),
        ("a std::vector", "a std::vector"),
        ("##vso[task.complete]", "# #vso[task.complete]"),
        ("so ##[error]x", "so # #[error]x"),
        ("##teamcity[x]", "# #teamcity[x]"),
        ("## heading", "## heading"),
        ("<{%fg 1%}>", "< {%fg 1%}>"),
    ],
)
def test_what_would_act_is_shown_instead(text: str, shown: str) -> None:
    assert neutral(text) == shown


@given(st.text() | st.text(alphabet="\x1b\r\n:#[<{%vso \t"))
def test_nothing_acts_and_nothing_is_done_twice(text: str) -> None:
    assert not ACTS.search(neutral(text))
    assert neutral(neutral(text)) == neutral(text)


@given(json_values)
def test_json_is_harmless_and_means_the_same(value: Any) -> None:
    for indent in (None, 2):
        text = json_text(value, indent=indent)
        assert json.loads(text) == value
        assert not ACTS.search(text)


def test_errors_are_neutral_as_a_whole() -> None:
    error = FailedStateError(f"x {HOSTILE}", state="failed", reason=HOSTILE, events=[HOSTILE])
    error.add_context(HOSTILE).add_detail(HOSTILE)
    assert not ACTS.search(str(error))
    assert not ACTS.search(str(ConfigurationError(HOSTILE, next_step=HOSTILE)))


def test_clean_is_without_secrets_and_neutral() -> None:
    assert Redactor(["hunter\x1b2"]).clean("a hunter\x1b2 b\x1b") == "a [secret] b\\u001b"


def test_commands_write_through_one_door() -> None:
    files = [file for file in Path(cli.__path__[0]).glob("*.py") if file.name != "terminal.py"]
    assert [file.name for file in files if re.search(r"click\.s?echo\(", file.read_text("utf-8"))] == []
