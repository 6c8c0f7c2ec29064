"""Smoke tests: what passes, what is tried again, and what a failure says."""

from collections.abc import Callable
from typing import Any

import pytest

from pulumi_inference.core.errors import CancelledError
from pulumi_inference.core.fields.normalise import normalise
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.fields.validate import validate
from pulumi_inference.core.invocation.smoke_fields import SMOKE_RULES, SmokeTest
from pulumi_inference.core.invocation.smoke_test import run_smoke_test
from pulumi_inference.modelarts.connection import CONNECTIONS
from pulumi_inference.modelarts.services.endpoint import endpoint_of
from pulumi_inference.modelarts.services.kind_rules import KIND_RULES
from pulumi_inference.modelarts.specs.service import ServiceSpec
from tests.support.world import World, item, through_engine

Smoke = Callable[..., str | None]


@pytest.fixture
def smoke(world: World) -> Smoke:
    """Runs a smoke test, as a program writes it, on a service that runs; answers what it says."""
    body = {"service_name": "classifier", "infer_type": "real-time", "config": [item(weight=100)]}
    service_id = world.cloud.api("POST", "/services", body)["service_id"]
    world.clock.advance(60)
    detail = world.cloud.service(service_id)
    world.clock.waits.clear()

    def run(**test: Any) -> str | None:
        context, found = world.context(), {**detail, **test.pop("detail", {})}
        return run_smoke_test(
            lambda: endpoint_of(context, CONNECTIONS.today(context, None), found),
            normalise(SmokeTest, through_engine(test)),
            context.environment,
            deadline=world.clock.monotonic() + test.pop("seconds", 600.0),
            progress=world.progress.append,
        )

    return run


def last(world: World) -> Any:
    return world.cloud.admin("GET", "/requests")["requests"][-1]


def test_an_answer_as_expected_passes_at_once(world: World, smoke: Smoke) -> None:
    test = {
        "path": "/v1/score",
        "body": {"x": 1, "y": [2.5, True, "a"]},
        "headers": {"X-Trace": "t"},
        "expect_json": {"path": "/v1/score", "echo": {"y": [2.5, True, "a"]}},
        "expect_schema": {"type": "object", "required": ["model"], "properties": {"echo": {"minProperties": 2}}},
    }
    assert smoke(**test) is None
    assert world.progress == ["smoke test: attempt 1 of 3", "smoke test passed"]
    assert world.clock.waits == []
    assert (last(world)["method"], last(world)["headers"]["x-trace"]) == ("POST", "t")


def test_integers_arrive_as_integers(world: World, smoke: Smoke) -> None:
    assert smoke(body={"n": 1}, expect_json={"echo": {"n": 1}}) is None
    assert str(last(world)["body"]) == "{'n': 1}"


@pytest.mark.parametrize(
    ("test", "method", "kind"),
    [
        ({}, "GET", None),
        ({"body": {}}, "POST", "application/json"),
        ({"body": "hello"}, "POST", "text/plain; charset=utf-8"),
        ({"body": "a;b", "headers": {"Content-Type": "text/csv"}}, "POST", "text/csv"),
        ({"body": False, "method": "PUT"}, "PUT", "application/json"),
    ],
)
def test_method_and_content_type(world: World, smoke: Smoke, test: Any, method: str, kind: str | None) -> None:
    assert smoke(**test) is None
    assert (last(world)["method"], last(world)["headers"].get("content-type")) == (method, kind)


def test_an_expected_error_passes(smoke: Smoke) -> None:
    assert smoke(headers={"X-Emulator-Status": "422"}, expect_status=422) is None


def test_it_is_tried_again_until_it_passes(world: World, smoke: Smoke) -> None:
    world.cloud.fault(path="/v1/infers/*", status=503, error_code="ModelArts.4503", error_msg="not ready", count=2)
    assert smoke(attempts=4, interval="1m") is None
    attempts = [f"smoke test: attempt {number} of 4" for number in (1, 2, 3)]
    assert world.progress == [*attempts, "smoke test passed"]
    assert world.clock.waits == [60.0, 60.0]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"status": 502}, "classifier (running) gave no answer: GET /v1/infers/"),
        (
            {"status": 404, "error_code": "APIG.0101", "error_msg": "The API does not exist"},
            "classifier (running) gave no answer: GET /v1/infers/",
        ),
        ({"reset": True}, "classifier (running) gave no answer: GET /v1/infers/"),
    ],
)
def test_a_platform_that_is_not_ready_fails_in_the_end(
    world: World, smoke: Smoke, fault: dict[str, Any], told: str
) -> None:
    world.cloud.fault(path="/v1/infers/*", count=3, **fault)
    reason = smoke()
    assert reason is not None
    assert reason.startswith(f"the smoke test (GET /) failed after 3 attempts: {told}")
    assert world.clock.waits == [5.0, 5.0]


@pytest.mark.parametrize(
    ("test", "told"),
    [
        ({"expect_status": 201}, ["expected was HTTP 201, not 200"]),
        ({"expect_json": {"echo": {"x": 2}}}, ["expect_json: echo.x must be 2, not 1"]),
        ({"expect_json": {"echo": {"x": True}}}, ["expect_json: echo.x must be true, not 1"]),
        ({"expect_json": {"echo": {"z": 1}}}, ["expect_json: echo.z is missing"]),
        ({"expect_json": {"echo": [1]}}, ['expect_json: echo must be [1], not {"x": 1, "list": [{"a": 1, "b": 2}]}']),
        (
            {"expect_json": {"echo": {"list": [{"a": 1}]}}},
            ['expect_json: echo.list must be [{"a": 1}], not [{"a": 1, "b": 2}]'],
        ),
        ({"expect_json": [1]}, ["expect_json: the answer must be [1], not {"]),
        ({"expect_schema": {"required": ["label"]}}, ["expect_schema: the answer: 'label' is a required property"]),
        (
            {"expect_schema": {"properties": {"echo": {"properties": {"x": {"minimum": 5}}}}}},
            ["expect_schema: echo.x: 1 is less than the minimum of 5"],
        ),
        (
            {"expect_json": {"model": "other"}, "expect_schema": {"type": "array"}},
            ['expect_json: model must be "other", not "model-', "expect_schema: the answer: {"],
        ),
    ],
)
def test_a_failure_says_what_was_expected_and_what_came(smoke: Smoke, test: dict[str, Any], told: list[str]) -> None:
    reason = smoke(body={"x": 1, "list": [{"a": 1, "b": 2}]}, attempts=1, **test)
    assert reason is not None
    lines = reason.split("\n  ")
    assert lines[0].startswith(f"the smoke test (POST /) failed after 1 attempt: {told[0]}")
    assert [line[: len(text)] for line, text in zip(lines[1:], told[1:], strict=False)] == told[1:]
    assert lines[-2].startswith("the answer (HTTP 200, application/json")
    assert '"echo": {"x": 1' in lines[-1]


def test_the_body_of_an_answer_with_another_status_is_not_compared(smoke: Smoke) -> None:
    reason = smoke(attempts=1, expect_status=201, expect_json={"label": "cat"})
    assert reason is not None
    assert "expect_json" not in reason


def test_an_answer_that_is_no_json(smoke: Smoke) -> None:
    reason = smoke(attempts=1, body={"stream": True}, expect_json={})
    assert reason is not None
    assert "1 attempt: expected was JSON\n  the answer (HTTP 200, text/event-stream):\n  data: {" in reason


def test_many_mismatches_and_long_answers_are_cut(smoke: Smoke) -> None:
    expected = {f"field{number}": 1 for number in range(8)}
    reason = smoke(attempts=1, body="x" * 3000, expect_json={**expected, "echo": "y" * 3000})
    assert reason is not None
    assert "and 4 more" in reason
    assert "characters in all)" in reason
    assert len(reason) < 1500


def test_secrets_are_not_shown(world: World, smoke: Smoke) -> None:
    reason = smoke(attempts=1, headers={"X-Auth": "plain", "Api-Key": "k3y-of-the-model"}, body="k3y-of-the-model")
    assert reason is None
    reason = smoke(attempts=1, headers={"Api-Key": "k3y-of-the-model"}, body="k3y-of-the-model", expect_status=500)
    assert reason is not None
    assert "k3y" not in reason
    assert '"echo": "[secret]"' in reason


def test_a_stopped_service_fails(smoke: Smoke) -> None:
    reason = smoke(detail={"status": "stopped"}, attempts=1)
    assert reason is not None
    assert "classifier is stopped" in reason


def test_the_timeout_is_that_of_one_attempt(world: World, smoke: Smoke) -> None:
    world.cloud.fault(path="/v1/infers/*", delay_seconds=0.2, count=1)
    reason = smoke(timeout="0.01s", attempts=1)
    assert reason is not None
    assert "in time" in reason


def test_the_last_attempt_waits_no_longer_than_there_is_time(world: World, smoke: Smoke) -> None:
    world.cloud.fault(path="/v1/infers/*", delay_seconds=0.2, count=1)
    reason = smoke(timeout="1m", attempts=1, seconds=0.01)
    assert reason is not None
    assert "in time" in reason


@pytest.mark.parametrize(
    ("seconds", "attempts", "told"),
    [
        (0.0, 0, "ran out of time after 0 of 4 attempts (see timeouts)"),
        (5.0, 1, "ran out of time after 1 of 4 attempts (see timeouts): expected was HTTP 500, not 200\n  the answer"),
        (5.1, 2, "ran out of time after 2 of 4 attempts (see timeouts): expected was HTTP 500, not 200\n  the answer"),
        (15.1, 4, "failed after 4 attempts: expected was HTTP 500, not 200\n  the answer"),
    ],
)
def test_no_attempt_and_no_pause_begins_that_would_end_too_late(
    world: World, smoke: Smoke, seconds: float, attempts: int, told: str
) -> None:
    reason = smoke(expect_status=500, attempts=4, interval="5s", seconds=seconds)
    assert reason is not None
    assert reason.startswith(f"the smoke test (GET /) {told}")
    assert len(world.progress) == attempts
    assert sum(world.clock.waits) < max(seconds, 0.1)


def test_ctrl_c_ends_the_pause(world: World, smoke: Smoke) -> None:
    world.clock.on_wait = lambda _seconds: world.cancelled.set()
    with pytest.raises(CancelledError):
        smoke(expect_status=500)
    assert len(world.progress) == 1


def problems(**test: Any) -> list[str]:
    service = normalise(ServiceSpec, {"config": [item()], "smoke_test": test})
    return [str(problem) for problem in validate(ServiceSpec, service, SMOKE_RULES)]


@pytest.mark.parametrize(
    "test",
    [
        {},
        {"expect_schema": {"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "array", "items": {"$ref": "#"}}}}},
        {"expect_schema": {"anyOf": [{"type": "string"}, {"$ref": "#/anyOf/0"}]}},
        {"expect_schema": {"type": UNKNOWN}},
        {"headers": {"X-Key": UNKNOWN}},
        {"timeout": "1m30s", "interval": "0.5s", "expect_status": 599, "attempts": 1.0},
        UNKNOWN,
    ],
)
def test_valid_tests(test: Any) -> None:
    service = {"config": [item()], "smoke_test": test}
    assert list(validate(ServiceSpec, normalise(ServiceSpec, service), SMOKE_RULES)) == []


@pytest.mark.parametrize(
    ("test", "problem"),
    [
        ({"method": "FETCH"}, 'smoke_test.method: must be "GET", "POST", "PUT", "PATCH" or "DELETE"'),
        ({"expect_status": 99}, "smoke_test.expect_status: must be at least 100"),
        ({"expect_status": 600}, "smoke_test.expect_status: must be at most 599"),
        ({"attempts": 0}, "smoke_test.attempts: must be at least 1"),
        ({"timeout": "0s"}, 'smoke_test.timeout: must be longer than nothing, such as "5s"'),
        ({"interval": "0h0m"}, 'smoke_test.interval: must be longer than nothing, such as "5s"'),
        ({"interval": "soon"}, "smoke_test.interval: must be a duration"),
        ({"headers": {"a b": "c"}}, 'smoke_test.headers["a b"]: is no name of an HTTP header'),
        ({"headers": {"X-A": "b\nX-C: d"}}, "smoke_test.headers.X-A: must be printable ASCII text"),
        (
            {"headers": {"X-Trace": "1", "x-trace": "2"}},
            "smoke_test.headers.x-trace: is the same header as X-Trace; upper and lower case make no difference",
        ),
        (
            {"expect_schema": {"type": "text"}},
            "smoke_test.expect_schema.type: is no valid JSON Schema: 'text' is not one of ['array', ",
        ),
        (
            {"expect_schema": {"items": {"type": ["null", "text"]}}},
            "smoke_test.expect_schema.items.type[1]: is no valid JSON Schema: 'text' is not one of ['array', ",
        ),
        (
            {"expect_schema": {"properties": {"a": {"pattern": "("}}}},
            "smoke_test.expect_schema.properties.a.pattern: is no valid JSON Schema: '(' is not a 'regex'",
        ),
        (
            {"expect_schema": {"items": {"$ref": "#/$defs/nothing"}}},
            'smoke_test.expect_schema.items.$ref: "#/$defs/nothing" is not found',
        ),
        (
            {"expect_schema": {"$ref": "https://example.com/schema"}},
            'smoke_test.expect_schema.$ref: "https://example.com/schema" is not found; only references into the schema',
        ),
    ],
)
def test_mistakes_are_found_in_the_preview(test: dict[str, Any], problem: str) -> None:
    found = problems(**test)
    assert len(found) == 1
    assert found[0].startswith(problem)


@pytest.mark.parametrize("infer_type", ["batch", "edge"])
def test_only_real_time_services_can_be_tested(infer_type: str) -> None:
    service = normalise(ServiceSpec, {"infer_type": infer_type, "config": [item()], "smoke_test": {}})
    found = [text for one in KIND_RULES for text in map(str, one(service)) if text.startswith("smoke_test")]
    assert found == [f"smoke_test: needs a real-time service; a {infer_type} service has no access address"]
