"""Between the program's values and the cloud's bodies: secrets, the mark, the live detail."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from pulumi_inference.core.fields.shape import canonical
from pulumi_inference.core.lifecycle.ownership import mark, out_of_text
from pulumi_inference.modelarts.services.values import (
    VARIABLES,
    create_body,
    live_of,
)
from pulumi_inference.modelarts.specs.service import ServiceSpec
from tests.support.services import services
from tests.support.specs import Values
from tests.support.world import URN

MODELS: list[Values] = [{"model_id": "a", "envs": {"A": "1"}}, {"model_id": "b"}]
DETAIL = {"service_id": "s-1", "service_name": "demo", "status": "running", "config": []}


def meaning(values: Values) -> Values:
    secrets = {model: names for model, names in values.get("secret_envs", {}).items() if names}
    return canonical(ServiceSpec, {**values, "secret_envs": secrets})


@given(services())
def test_secrets_come_back_to_where_they_were(service: Values) -> None:
    merged = VARIABLES.merge(service)
    assert "secret_envs" not in merged
    assert meaning(VARIABLES.split(merged, service)) == meaning(service)


def test_secrets_join_the_variables_of_their_model() -> None:
    merged = VARIABLES.merge({"config": MODELS, "secret_envs": {"a": {"P": "x"}, "b": {"Q": "y"}}})
    assert [one["envs"] for one in merged["config"]] == [{"A": "1", "P": "x"}, {"Q": "y"}]
    assert MODELS[0]["envs"] == {"A": "1"}


@pytest.mark.parametrize("secrets", [{}, {"a": {}}, {"gone": {"P": "x"}}])
def test_secrets_of_no_model_go_nowhere(secrets: Any) -> None:
    merged = VARIABLES.merge({"config": MODELS, "secret_envs": secrets})
    assert [one.get("envs", {}) for one in merged["config"]] == [{"A": "1"}, {}]


def test_a_name_that_is_secret_somewhere_is_secret_at_a_model_that_nobody_knows() -> None:
    live = {"config": [{"model_id": "new", "envs": {"P": "x", "A": "1"}}]}
    found = VARIABLES.split(live, {"config": MODELS, "secret_envs": {"a": {"P": "x"}}})
    assert (found["config"][0]["envs"], found["secret_envs"]) == ({"A": "1"}, {"new": {"P": "x"}})


@pytest.mark.parametrize(("description", "left"), [("", ""), ("mine", "mine"), ("x" * 90, "x" * 90)])
def test_the_mark_is_put_on_and_taken_off(description: str, left: str) -> None:
    body = create_body({"name": "demo", "description": description, "config": []}, mark(URN))
    sent = body.get("description", "")
    assert len(sent) <= 100
    assert sent.endswith(f"[{mark(URN)}]") is (len(description) < 80)
    assert out_of_text(sent) == left


@pytest.mark.parametrize(
    "description", ["see [pulumi:1234567] there", "[pulumi:123456]", "[pulumi:ABCDEF0]", "[pulumi:12345678]"]
)
def test_what_only_resembles_a_mark_is_the_authors(description: str) -> None:
    assert out_of_text(description) == description


def test_marks_differ_by_resource() -> None:
    assert mark(URN) != mark(URN + "2")


@pytest.mark.parametrize(
    ("status", "recorded", "expected"),
    [
        ("running", None, "running"),
        ("concerning", None, "running"),
        ("stopped", None, "stopped"),
        ("stopping", "running", "stopped"),
        ("deploying", "stopped", "stopped"),
        ("failed", "running", "running"),
        ("failed", None, None),
    ],
)
def test_the_wanted_status_that_a_state_stands_for(status: str, recorded: str | None, expected: str | None) -> None:
    known = {"desired_status": recorded} if recorded else {}
    assert live_of({**DETAIL, "status": status}, known).values.get("desired_status") == expected


@pytest.mark.parametrize(
    ("status", "problem", "busy"),
    [
        ("running", False, False),
        ("concerning", False, False),
        ("stopped", False, False),
        ("failed", True, False),
        ("deploying", False, True),
        ("stopping", False, True),
        ("waiting", False, True),
    ],
)
def test_what_is_wrong_and_what_goes_on(status: str, problem: bool, busy: bool) -> None:
    live = live_of({**DETAIL, "status": status}, {})
    assert (live.problem is not None, live.busy is not None) == (problem, busy)


def test_answers_of_loose_types_are_read_and_counters_are_no_outputs() -> None:
    answer = {**DETAIL, "invocation_times": 7, "workspace_id": 0, "is_free": "false", "config": [{"weight": "70"}]}
    live = live_of(answer, {})
    assert (live.values["workspace_id"], live.values["config"], live.facts["is_free"]) == ("0", [{"weight": 70}], False)
    assert "invocation_times" not in {**live.values, **live.facts}
