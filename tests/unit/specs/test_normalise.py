"""Values that mean the same become the same; nothing else is touched."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_inference.core.fields.normalise import normalise
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.fields.validate import validate
from pulumi_inference.modelarts.services.rules import SERVICE_RULES, complete
from pulumi_inference.modelarts.specs.config import CustomSpec, ServiceConfig
from pulumi_inference.modelarts.specs.service import ServiceSpec
from tests.support.specs import documents

_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def _config(**values: Any) -> dict[str, Any]:
    return normalise(ServiceConfig, {"model_id": "m", "specification": "s", **values})


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [
        (70, 70),
        (70.0, 70),
        ("70", 70),
        (" 70 ", 70),
        ("-1", -1),
        (70.5, 70.5),
        ("70.0", "70.0"),
        ("many", "many"),
        ("", ""),
        (True, True),
        (float("inf"), float("inf")),
        ([70], [70]),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_integers_are_restored(given_value: Any, expected: Any) -> None:
    weight = _config(weight=given_value)["weight"]
    assert (weight, type(weight)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [
        (0.015, 0.02),
        (1.005, 1.01),
        (1.234, 1.23),
        (1.235, 1.24),
        (2.0, 2.0),
        (4, 4),
        (1e300, 1e300),
        (0.009, 0.009),
        (0.01, 0.01),
        ("1.005", "1.005"),
        (True, True),
    ],
)
def test_decimals_are_rounded_half_up_on_their_text(given_value: Any, expected: Any) -> None:
    assert normalise(CustomSpec, {"cpu": given_value})["cpu"] == expected


@given(st.floats(min_value=0.01, max_value=1e6))
def test_rounding_is_that_of_the_decimal_text(cpu: float) -> None:
    expected = Decimal(repr(cpu)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert Decimal(repr(normalise(CustomSpec, {"cpu": cpu})["cpu"])) == expected


def test_rounding_does_not_lift_a_value_over_its_minimum() -> None:
    values = normalise(CustomSpec, {"cpu": 0.005, "memory": 1, "gpu_p4": -0.001})
    assert values == {"cpu": 0.005, "memory": 1, "gpu_p4": -0.001}
    assert [problem.path for problem in validate(CustomSpec, values)] == ["cpu", "gpu_p4"]


def test_our_defaults_are_filled_in_and_the_clouds_are_not() -> None:
    values = normalise(ServiceSpec, {"config": [{"model_id": "m", "specification": "s"}]})
    assert values == {
        "config": [{"model_id": "m", "specification": "s", "instance_count": 1}],
        "infer_type": "real-time",
        "wait": True,
    }


def test_none_is_absent_and_tuples_are_lists() -> None:
    values = normalise(
        ServiceSpec,
        {"name": None, "config": ({"model_id": "m", "weight": None, "envs": {"A": None, "B": "b"}},), "schedule": ()},
    )
    assert values["config"] == [{"model_id": "m", "envs": {"B": "b"}, "instance_count": 1}]
    assert values["schedule"] == []
    assert "name" not in values


def test_empty_and_zero_are_values() -> None:
    assert _config(weight=0, envs={})["weight"] == 0
    assert normalise(ServiceSpec, {"description": ""})["description"] == ""
    assert normalise(CustomSpec, {"gpu_p4": 0})["gpu_p4"] == 0


def test_unknown_passes_at_any_depth() -> None:
    values = normalise(
        ServiceSpec,
        {"config": [{"model_id": UNKNOWN, "custom_spec": {"cpu": UNKNOWN}, "envs": {"A": UNKNOWN}}, UNKNOWN]},
    )
    first, second = values["config"]
    assert (first["model_id"], first["custom_spec"]["cpu"], first["envs"]["A"], second) == (UNKNOWN,) * 4
    assert normalise(ServiceSpec, {"config": UNKNOWN})["config"] is UNKNOWN


def test_the_result_shares_nothing_with_its_source() -> None:
    source = {"config": [{"model_id": "m", "envs": {"A": "a"}}]}
    normalise(ServiceSpec, source)["config"][0]["envs"]["A"] = "changed"
    assert source["config"][0]["envs"] == {"A": "a"}


@given(documents(ServiceSpec))
def test_what_fits_stays_valid_through_floats_and_is_normal_the_second_time(document: dict[str, Any]) -> None:
    as_the_engine_sends = json.loads(json.dumps(document), parse_int=float)
    values = normalise(ServiceSpec, as_the_engine_sends)
    assert validate(ServiceSpec, values) == []
    assert normalise(ServiceSpec, values) == values == normalise(ServiceSpec, document)


@given(documents(ServiceSpec), documents(ServiceSpec), st.data())
def test_what_is_alike_in_known_values_has_the_form_that_it_has_there(
    document: dict[str, Any], other: dict[str, Any], data: st.DataObject
) -> None:
    names = data.draw(st.sets(st.sampled_from(sorted(document))))
    near = {**other, **{name: document[name] for name in names}}
    form = normalise(ServiceSpec, document)
    found = normalise(ServiceSpec, near, (document, form))
    assert found == normalise(ServiceSpec, near)
    assert all(found[name] is form[name] for name in names & found.keys())


def test_what_is_alike_inside_of_what_is_not_has_the_form_that_it_has_there() -> None:
    known = {"config": [{"model_id": "m", "envs": {"a": "1"}, "weight": "70"}, {"model_id": "n"}]}
    form = normalise(ServiceSpec, known)
    other = {"config": [{"model_id": "m", "envs": {"a": "1"}, "weight": 71.0}, 5, {"model_id": "n"}]}
    found = normalise(ServiceSpec, other, (known, form))
    assert found == normalise(ServiceSpec, other)
    assert found["config"][0]["envs"] is form["config"][0]["envs"]
    assert normalise(ServiceSpec, other, ({"config": 1}, {"config": 1})) == found


@given(
    st.dictionaries(st.sampled_from(list(ServiceSpec.model_fields)) | st.text(max_size=5), _JUNK),
    st.lists(st.dictionaries(st.sampled_from(list(ServiceConfig.model_fields)), _JUNK), max_size=3),
)
def test_nothing_makes_check_raise(document: dict[str, Any], config: list[dict[str, Any]]) -> None:
    for values in (document, {**document, "config": config}):
        for problem in validate(ServiceSpec, complete(normalise(ServiceSpec, values)), SERVICE_RULES):
            assert str(problem)


def test_the_order_is_that_of_the_spec_whatever_the_order_given() -> None:
    """Pulumi hands maps over in an order that changes with each run, and problems are told in that of the values."""
    model = {"specification": "s", "model_id": "m", "envs": {"B": "1", "A": "2"}}
    given = {"odd": 1, "tags": {"b": "1", "a": "2"}, "config": [model], "name": "n"}
    for values in (given, dict(reversed(given.items()))):
        result = normalise(ServiceSpec, values)
        assert [name for name in result if name in given] == ["name", "config", "tags", "odd"]
        assert list(result["tags"]) == ["a", "b"]
        assert list(result["config"][0]["envs"]) == ["A", "B"]
