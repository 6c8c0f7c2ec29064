"""What the schema refuses, in which words and in which order."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pydantic
import pytest
from hypothesis import given

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.fields.normalise import normalise
from pulumi_inference.core.fields.problems import Problem, item_rule, rule
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.fields.validate import parse, validate
from pulumi_inference.modelarts.specs.config import CustomSpec
from pulumi_inference.modelarts.specs.service import ServiceSpec
from tests.support.specs import documents

SECRET = "hunter2-hunter2"


def _service(**values: Any) -> dict[str, Any]:
    return {"config": [{"model_id": "m", "specification": "modelarts.vm.cpu.2u"}], **values}


def _told(values: Mapping[str, Any]) -> list[str]:
    return [str(problem) for problem in validate(ServiceSpec, normalise(ServiceSpec, values))]


def _item(**values: Any) -> dict[str, Any]:
    return _service(config=[{"model_id": "m", "specification": "modelarts.vm.cpu.2u", **values}])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            _item(instance_cuont=2),
            "config[0]: unknown property `instance_cuont`; did you mean `instance_count`?",
        ),
        (_item(instanceCount=2), "config[0]: unknown property `instanceCount`; did you mean `instance_count`?"),
        (_service(poolname="p"), "unknown property `poolname`; did you mean `pool_name`?"),
        (
            _item(custom_spec={"cpu": 1, "memory": 1, "zzz": 1}),
            "config[0].custom_spec: unknown property `zzz`; allowed: cpu, memory, gpu_p4, ascend_a310",
        ),
        (_item(instance_count="abc"), 'config[0].instance_count: must be an integer, not the text "abc"'),
        (_item(instance_count=True), "config[0].instance_count: must be an integer, not true"),
        (_item(instance_count=1.5), "config[0].instance_count: must be a whole number, not 1.5"),
        (_item(instance_count=0), "config[0].instance_count: must be at least 1, not 0"),
        (_item(weight=101), "config[0].weight: must be at most 100 %, not 101"),
        (
            _item(custom_spec={"cpu": 1, "memory": 7500.5}),
            "config[0].custom_spec.memory: must be a whole number, not 7500.5",
        ),
        (
            _item(custom_spec={"cpu": "1.5", "memory": 1}),
            'config[0].custom_spec.cpu: must be a number, not the text "1.5"',
        ),
        (_item(custom_spec={"cpu": float("nan"), "memory": 1}), "config[0].custom_spec.cpu: must be a number, not nan"),
        (
            _item(custom_spec={"cpu": 0.009, "memory": 1}),
            "config[0].custom_spec.cpu: must be at least 0.01 cores, not 0.009",
        ),
        (_item(custom_spec={"cpu": 1}), "config[0].custom_spec.memory: is required"),
        (_item(deploy_timeout_in_seconds=179), "config[0].deploy_timeout_in_seconds: must be at least 180 s, not 179"),
        (
            _item(additional_properties={"max_surge": 0}),
            "config[0].additional_properties.max_surge: must be more than 0, not 0",
        ),
        (_item(envs={"BATCH": 8}), 'config[0].envs.BATCH: must be text, not a number; put it in quotes, as in "8"'),
        (_item(envs={"ON": True}), 'config[0].envs.ON: must be text, not a boolean; put it in quotes, as in "true"'),
        (_item(envs={"a.b": []}), 'config[0].envs["a.b"]: must be text, not a list'),
        ({}, "config: is required"),
        (_service(config=[]), "config: must have at least 1 item, not 0"),
        (_service(config={"model_id": "m"}), "config: must be a list, not a map"),
        (_service(config=["m"]), 'config[0]: must be a map, not the text "m"'),
        (
            _service(name="my service"),
            'name: must be 1 to 64 letters (Chinese ones too), digits, "-" or "_", not the text "my service"',
        ),
        (_service(name=8), 'name: must be text; write "8"'),
        (_service(name=True), 'name: must be text; write "true"'),
        (_service(description="x" * 101), "description: must have at most 100 characters, not 101"),
        (_service(workspace_id=""), "workspace_id: must have at least 1 character, not 0"),
        (
            _service(load_balancer_policy="ROUNDROBIN"),
            'load_balancer_policy: must be "ROUND_ROBIN", "LEAST_CONNECTIONS" or "SOURCE_IP", not the text "ROUNDROBIN"'
            "; did you mean `ROUND_ROBIN`?",
        ),
        (_service(desired_status=1), 'desired_status: must be "running" or "stopped", not 1'),
        (_service(priority=4), "priority: must be at most 3, not 4"),
        (_service(wait="no"), 'wait: must be true or false, not the text "no"'),
        (
            _service(timeouts={"create": "20"}),
            'timeouts.create: must be a duration such as "20m" or "1h30m", not the text "20"',
        ),
        (
            _service(schedule=[{"time_unit": "HOURS", "duration": 1}] * 2),
            "schedule: must have at most 1 item, not 2",
        ),
        (_service(secret_envs=SECRET), "secret_envs: must be a map, not a text"),
    ],
)
def test_one_mistake_is_one_message(values: dict[str, Any], message: str) -> None:
    assert _told(values) == [message]


@pytest.mark.parametrize("forbidden", "!<>=&\"'+")
def test_characters_that_no_description_may_have(forbidden: str) -> None:
    (told,) = _told(_service(description=f"a{forbidden}b"))
    assert told.startswith("description: must not contain any of ! < > = & \" ' +, not ")


@pytest.mark.parametrize("name", ["a", "A-b_1", "x" * 64, "\u5206\u7c7b"])
def test_names_that_are_allowed(name: str) -> None:
    assert _told(_service(name=name)) == []


@pytest.mark.parametrize("name", ["", "x" * 65, "a b", "a.b", "a/b", "-\n"])
def test_names_that_are_not(name: str) -> None:
    assert len(_told(_service(name=name))) == 1


def test_what_the_settings_say_is_not_offered() -> None:
    [told] = _told(_service(zzz=1))
    allowed = told.partition("; allowed: ")[2].split(", ")
    assert "name" in allowed
    assert not {"endpoint", "region", "project_id"} & set(allowed)


@pytest.mark.parametrize("duration", ["20m", "1h30m", "45s", "1.5h"])
def test_durations(duration: str) -> None:
    assert _told(_service(timeouts={"create": duration})) == []


def test_all_mistakes_are_told_in_document_order() -> None:
    values = {
        "priority": 9,
        "config": [
            {"weight": 200, "model_id": "m", "specification": 5, "zz": 1},
            {"specification": "s", "instance_count": 0},
        ],
        "name": "a b",
    }
    assert [problem.path for problem in validate(ServiceSpec, values)] == [
        "priority",
        "config[0].weight",
        "config[0].specification",
        "config[0]",
        "config[1].instance_count",
        "config[1].model_id",
        "name",
    ]


@pytest.mark.parametrize(
    "values",
    [
        _service(secret_envs={"m": {"TOKEN": [SECRET]}}),
        _service(secret_envs={"m": SECRET}),
        _service(secret_envs=[SECRET]),
        _service(secret_envs=SECRET),
        _item(envs={"TOKEN": [SECRET]}),
        _item(envs=SECRET),
        _service(config={"envs": {"TOKEN": SECRET}}),
        _service(config=[[SECRET]]),
    ],
)
def test_secrets_and_variables_are_never_quoted(values: dict[str, Any]) -> None:
    told = _told(values)
    assert told
    assert not any("hunter2" in message for message in told)


def test_a_secret_text_is_never_quoted() -> None:
    class Login(Spec):
        """A login."""

        password: str = field(
            description="The password.", source="test", secret=True, pattern="[0-9]+", hint="must be digits"
        )

    assert [str(problem) for problem in validate(Login, {"password": SECRET})] == [
        "password: must be digits, not a text"
    ]


def test_a_long_text_is_cut() -> None:
    (told,) = _told(_service(priority="p" * 500))
    assert len(told) < 120


def test_unknown_values_pass_everywhere() -> None:
    whole = dict.fromkeys(ServiceSpec.model_fields, UNKNOWN)
    item = {"model_id": UNKNOWN, "specification": UNKNOWN, "envs": {"A": UNKNOWN}, "custom_spec": UNKNOWN}
    parts = _service(config=[item, UNKNOWN], schedule=[UNKNOWN], secret_envs={"m": UNKNOWN})
    assert validate(ServiceSpec, whole) == []
    assert validate(ServiceSpec, parts) == []
    beside = _service(config=[{**item, "instance_count": 0}])
    assert [problem.path for problem in validate(ServiceSpec, beside)] == ["config[0].instance_count"]


@given(documents(ServiceSpec))
def test_validation_changes_nothing(document: dict[str, Any]) -> None:
    before = copy.deepcopy(document)
    validate(ServiceSpec, document)
    assert document == before


@rule("config[*].weight", "priority")
def _tells_all(document: Mapping[str, Any]) -> Iterator[Problem]:
    yield Problem("config", f"weights {[item.get('weight') for item in document['config']]}")


@item_rule("custom_spec.cpu", each="config", around=("pool_name",))
def _tells_each(item: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Problem]:
    yield Problem("custom_spec", f"{item.get('model_id')} in {document.get('pool_name')}")


def _config(*items: Any, **values: Any) -> dict[str, Any]:
    return {"config": [item if item is UNKNOWN else {"specification": "s", **item} for item in items], **values}


@pytest.mark.parametrize("most", [1, 2, 3])
def test_parts_of_schemas_that_look_alike_are_not_mixed_up(most: int) -> None:
    class Part(Spec):
        size: int = field(description="A size.", source="test", le=most)

    class Whole(Spec):
        first: Part = field(description="A part.", source="test")
        others: list[Part] = field(description="Parts.", source="test")
        named: dict[str, Part] = field(description="Parts by name.", source="test")

    assert validate(Whole, {"first": {"size": most}, "others": [{"size": most}], "named": {"a": {"size": most}}}) == []
    wrong = {"first": {"size": most + 1}, "others": [{"size": most}, {"size": most + 1}], "named": {"a": {"size": 9}}}
    assert [str(problem) for problem in validate(Whole, wrong)] == [
        f"first.size: must be at most {most}, not {most + 1}",
        f"others[1].size: must be at most {most}, not {most + 1}",
        f"named.a.size: must be at most {most}, not a number",
    ]


def test_a_rule_sees_the_document() -> None:
    assert validate(ServiceSpec, _config({"model_id": "m", "weight": 1}), [_tells_all]) == [
        Problem("config", "weights [1]")
    ]


@pytest.mark.parametrize(
    "values",
    [
        _config({"model_id": "m", "weight": UNKNOWN}, {"model_id": "n", "weight": 3}),
        _config({"model_id": "m", "weight": 3}, UNKNOWN),
        _config({"model_id": "m"}, priority=UNKNOWN),
        {"config": UNKNOWN},
    ],
)
def test_a_rule_is_skipped_when_something_it_reads_is_unknown(values: dict[str, Any]) -> None:
    assert validate(ServiceSpec, values, [_tells_all]) == []


@pytest.mark.parametrize(
    ("values", "paths"),
    [
        (_config({"model_id": "m", "weight": "many"}), ["config[0].weight"]),
        (_config({"model_id": "m"}, priority=[]), ["priority"]),
        ({"config": "none"}, ["config"]),
    ],
)
def test_a_rule_is_skipped_when_something_it_reads_was_refused(values: dict[str, Any], paths: list[str]) -> None:
    assert [problem.path for problem in validate(ServiceSpec, values, [_tells_all])] == paths


def test_an_item_rule_skips_the_items_it_cannot_know() -> None:
    values = _config(
        {"model_id": "a", "custom_spec": {"cpu": UNKNOWN, "memory": 1}},
        {"model_id": "b", "custom_spec": UNKNOWN},
        UNKNOWN,
        {"model_id": UNKNOWN},
        pool_name="p",
    )
    assert validate(ServiceSpec, values, [_tells_each]) == [Problem("config[3].custom_spec", "unknown in p")]
    assert validate(ServiceSpec, {**values, "pool_name": UNKNOWN}, [_tells_each]) == []


def test_problems_of_rules_stand_where_they_belong() -> None:
    values = {"priority": 9, **_config({"model_id": "m"}), "name": "a b"}
    paths = [problem.path for problem in validate(ServiceSpec, values, [_tells_each])]
    assert paths == ["priority", "config[0].custom_spec", "name"]


def test_a_problem_of_the_whole_document_has_no_path() -> None:
    assert str(Problem("", "is wrong")) == "is wrong"
    assert str(Problem("a[0].b", "is wrong")) == "a[0].b: is wrong"


def test_a_document_that_is_no_map() -> None:
    assert validate(ServiceSpec, ["config"], [_tells_all]) == [Problem("", "must be a map, not a list")]  # type: ignore[arg-type]


def test_parse_answers_the_model() -> None:
    spec = parse(CustomSpec, {"cpu": 1.005, "memory": 8192.0})
    assert (spec.cpu, spec.memory, spec.gpu_p4) == (1.01, 8192, None)


def test_parse_refuses_and_quotes_nothing() -> None:
    with pytest.raises(pydantic.ValidationError) as refused:
        parse(ServiceSpec, {"config": [], "secret_envs": {"m": SECRET}, "colour": "red"})
    assert refused.value.error_count() == 3
    assert SECRET not in str(refused.value)
