"""Facts are derived from declarations: shapes, requirements, paths."""

from __future__ import annotations

import copy
import pickle
from typing import Any, Literal

import pydantic
import pytest

from pulumi_inference.core.fields.facts import Spec, facts_of, field, walk
from pulumi_inference.core.fields.paths import render
from pulumi_inference.core.fields.unknown import UNKNOWN, Unknown, contains_unknown
from pulumi_inference.modelarts.specs.config import CustomSpec
from pulumi_inference.modelarts.specs.detail import ServiceDetail, ServiceOutputs
from pulumi_inference.modelarts.specs.service import ServiceSpec


def declared(**facts: Any) -> Any:
    return field(description="A field.", source="test", **facts)


class Inner(Spec):
    """An inner spec."""

    size: int | None = declared(default=None, wire="innerSize", ge=1, unit="MB")


class Outer(Spec):
    """An outer spec."""

    key: str = declared(immutable=True)
    mode: Literal["a", "b"] = declared(default="a")
    one: Inner | None = declared(default=None)
    many: list[Inner] | None = declared(default=None, keyed_by="size")
    named: dict[str, Inner] | None = declared(default=None)
    texts: list[str] | None = declared(default=None, unordered=True)
    nested: dict[str, dict[str, str]] | None = declared(default=None, secret=True)
    ratio: float | None = declared(default=None)
    flag: bool | None = declared(default=None)
    anything: dict[str, Any] | None = declared(default=None)


@pytest.mark.parametrize(
    ("name", "kind", "json_type", "item"),
    [
        ("key", "scalar", "string", None),
        ("mode", "scalar", "string", None),
        ("one", "object", "object", Inner),
        ("many", "list", "array", Inner),
        ("named", "map", "object", Inner),
        ("texts", "list", "array", None),
        ("nested", "map", "object", None),
        ("ratio", "scalar", "number", None),
        ("flag", "scalar", "boolean", None),
        ("anything", "map", "object", None),
    ],
)
def test_shape_follows_the_annotation(name: str, kind: str, json_type: str, item: type[Spec] | None) -> None:
    facts = facts_of(Outer)[name]
    assert (facts.kind, facts.type, facts.item) == (kind, json_type, item)


def test_facts_hold_what_was_declared() -> None:
    outer, inner = facts_of(Outer), facts_of(Inner)
    assert outer["key"].required
    assert outer["key"].immutable
    assert not outer["mode"].required
    assert (outer["mode"].default, outer["mode"].choices) == ("a", ("a", "b"))
    assert outer["many"].keyed_by == ("size",)
    assert outer["key"].keyed_by == ()
    assert outer["texts"].unordered
    assert (inner["size"].wire, outer["key"].wire) == ("innerSize", "key")
    assert (inner["size"].ge, inner["size"].unit) == (1, "MB")


def test_facts_are_computed_once_and_cannot_be_changed() -> None:
    assert facts_of(Outer) is facts_of(Outer)
    with pytest.raises(TypeError):
        facts_of(Outer)["key"] = facts_of(Outer)["mode"]  # type: ignore[index]


def test_walk_names_every_depth_with_wildcards() -> None:
    found = {render(path) for path, _ in walk(Outer)}
    assert {"key", "one", "one.size", "many", "many.*.size", "named.*.size", "nested"} <= found


def test_an_undeclared_field_is_refused() -> None:
    class Bare(Spec):
        """A spec with a field that has no facts."""

        name: str

    with pytest.raises(TypeError, match=r"Bare\.name is not declared"):
        facts_of(Bare)


@pytest.mark.parametrize("annotation", [tuple[int, int], int | str, bytes])
def test_an_annotation_without_a_json_form_is_refused(annotation: Any) -> None:
    odd = pydantic.create_model("Odd", __base__=Spec, value=(annotation, declared()))
    with pytest.raises(TypeError, match=r"Odd\.value"):
        facts_of(odd)


def test_there_is_one_unknown() -> None:
    assert Unknown() is UNKNOWN
    assert copy.deepcopy({"a": [UNKNOWN]})["a"][0] is UNKNOWN
    assert copy.copy(UNKNOWN) is UNKNOWN
    assert pickle.loads(pickle.dumps(UNKNOWN)) is UNKNOWN
    assert repr(UNKNOWN) == "unknown"
    assert all(UNKNOWN != other for other in (None, "", 0, "unknown", {}, object()))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (UNKNOWN, True),
        ({"a": [{"b": (1, UNKNOWN)}]}, True),
        ({"a": [{"b": (1, None)}]}, False),
        ("unknown", False),
        ({}, False),
    ],
)
def test_unknown_is_found_at_any_depth(value: Any, expected: bool) -> None:
    assert contains_unknown(value) is expected


@pytest.mark.parametrize("model", [ServiceSpec, ServiceOutputs, ServiceDetail])
def test_every_field_says_what_it_is_and_where_that_is_documented(model: type[Spec]) -> None:
    for path, facts in walk(model):
        assert facts.description.endswith("."), render(path)
        assert facts.source, render(path)
        assert facts.hint or not facts.pattern, f"{render(path)}: a pattern needs words for its message"
        assert set(facts.effect) <= {"capacity", "traffic", "restart", "downtime", "schedule"}, render(path)


def test_every_managed_field_of_a_service_says_how_it_changes() -> None:
    for facts in facts_of(ServiceSpec).values():
        ours = facts.name in ("wait", "timeouts", "connection")
        assert bool(facts.update) + facts.immutable + ours == 1, facts.name


def test_what_replaces_a_service() -> None:
    immutable = {facts.name for facts in facts_of(ServiceSpec).values() if facts.immutable}
    assert immutable == {
        *("name", "infer_type", "workspace_id", "pool_name", "cluster_id"),
        *("vpc_id", "subnet_network_id", "security_group_id", "endpoint", "region", "project_id"),
    }


def test_counters_are_no_outputs() -> None:
    volatile = {facts.name for facts in facts_of(ServiceDetail).values() if facts.volatile}
    assert volatile == {"progress", "invocation_times", "failed_times", "shared_count", "operation_time"}
    assert volatile.isdisjoint(facts_of(ServiceOutputs))


def test_only_a_keyword_of_the_secret_kind_is_secret() -> None:
    assert [facts.name for facts in facts_of(ServiceSpec).values() if facts.secret] == ["secret_envs"]
    assert not any(facts.secret for facts in facts_of(CustomSpec).values())
