"""Property paths, as people and Pulumi write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_inference.core.fields.paths import Path, parse, render, starts_with


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", ()),
        ("name", ("name",)),
        ("config[0].custom_spec.gpu_p4", ("config", 0, "custom_spec", "gpu_p4")),
        ("config[12]", ("config", 12)),
        ('envs["A.B"]', ("envs", "A.B")),
        ('envs["A[0]"].x', ("envs", "A[0]", "x")),
        ('envs["say \\"hi\\""]', ("envs", 'say "hi"')),
        ("envs.back\\slash", ("envs", "back\\slash")),
        ('envs["back\\\\sl ash"]', ("envs", "back\\sl ash")),
        ('envs["a b"]', ("envs", "a b")),
    ],
)
def test_text_and_tokens_are_the_same_path(text: str, tokens: Path) -> None:
    assert parse(text) == tokens
    assert render(tokens) == text


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("config[*].envs", ("config", "*", "envs")),
        ("config.*.envs", ("config", "*", "envs")),
        ('["config"][0]["envs"]["A"]', ("config", 0, "envs", "A")),
        ('secret_envs["model-a"].PASS', ("secret_envs", "model-a", "PASS")),
    ],
)
def test_other_ways_to_write_a_path(text: str, tokens: Path) -> None:
    assert parse(text) == tokens


_NAMES = st.text(min_size=1, max_size=6).filter(lambda name: name != "*")


@given(st.lists(_NAMES | st.integers(0, 99), min_size=1, max_size=4).map(tuple))
def test_what_is_rendered_is_parsed_again(tokens: Path) -> None:
    assert parse(render(tokens)) == tokens


@pytest.mark.parametrize(
    ("path", "prefix", "expected"),
    [
        ("config[0].envs.A", "config", True),
        ("config[0].envs.A", "config[0].envs", True),
        ("config[0].envs.A", "config[0].envs.A", True),
        ("config[0].envs.A", "config[*].envs", True),
        ("config[0].envs.A", "config[1].envs", False),
        ("config[0].envs", "config[0].envs.A", False),
        ("config[0].envs_too", "config[0].envs", False),
        ("config[0].envs.A", "", True),
        ("config", "*", True),
    ],
)
def test_what_lies_below_what(path: str, prefix: str, expected: bool) -> None:
    assert starts_with(parse(path), parse(prefix)) is expected
