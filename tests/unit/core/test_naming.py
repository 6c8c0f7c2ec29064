"""Automatic names are repeatable, and differ where they must."""

from __future__ import annotations

import pytest

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.lifecycle.naming import DEFAULTS, Policy, digest, is_automatic

URN = "urn:pulumi:test::trial::modelarts:Service::classifier"
POOL = {"pool_name": "pool-a", "infer_type": "real-time"}


def test_the_name_is_the_label_and_a_digest() -> None:
    name = Policy().name(URN, POOL)
    label, _, tail = name.rpartition("-")
    assert (label, tail) == ("classifier", digest(URN, POOL))
    assert len(tail) == 7
    assert set(tail) <= set("0123456789abcdef")


def test_the_digest_never_changes() -> None:
    """A crashed create is found again by the next version too, so this value is a contract."""
    assert Policy().name(URN, POOL) == "classifier-daf692e"


def test_the_same_resource_has_the_same_name_whatever_the_order_of_its_fields() -> None:
    assert Policy().name(URN, POOL) == Policy().name(URN, dict(reversed(POOL.items())))


@pytest.mark.parametrize(
    ("urn", "immutables"),
    [(URN + "2", POOL), (URN.replace("test", "prod"), POOL), (URN, {**POOL, "pool_name": "pool-b"}), (URN, {})],
    ids=["resource", "stack", "immutable field", "immutable field left out"],
)
def test_another_thing_has_another_name(urn: str, immutables: dict[str, str]) -> None:
    assert Policy().name(urn, immutables)[-7:] != Policy().name(URN, POOL)[-7:]


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("my.model/v2", "my-model-v2"),
        ("a b", "a-b"),
        ("模型", "-"),
        ("under_score-ok", "under_score-ok"),
        ("x" * 100, "x" * 56),
    ],
)
def test_what_clouds_do_not_take_is_left_out_of_the_label(label: str, expected: str) -> None:
    name = Policy().name(f"urn:pulumi:test::trial::modelarts:Service::{label}", {})
    assert name.rpartition("-")[0] == expected
    assert len(name) <= 64


def test_the_projects_own_pattern_wins_when_it_is_enforced() -> None:
    assert Policy("trial-classifier", enforced=True).name(URN, POOL) == "trial-classifier"


def test_a_mere_proposal_is_no_repeatable_name() -> None:
    assert Policy("classifier-91ab4").name(URN, POOL) == Policy().name(URN, POOL)


@pytest.mark.parametrize(
    ("policy", "urn", "words"),
    [
        (Policy(disabled=True), URN, "automatic names are switched off"),
        (Policy(), "", "does not tell the resource's urn"),
    ],
)
def test_no_name_can_be_made(policy: Policy, urn: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        policy.name(urn, POOL)


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({"name": "a", DEFAULTS: ["name"]}, True),
        ({"name": "a"}, False),
        ({"name": "a", DEFAULTS: []}, False),
        ({"name": "", DEFAULTS: ["name"]}, False),
        ({DEFAULTS: ["name"]}, False),
    ],
)
def test_whose_name_it_is(inputs: dict[str, object], expected: bool) -> None:
    assert is_automatic(inputs) is expected
