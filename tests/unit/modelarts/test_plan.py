"""Which calls a plan makes; the calls themselves are in the lifecycle matrix."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.lifecycle.ownership import mark
from pulumi_inference.modelarts.services.values import Plan, config_equals, make_plan
from tests.support.world import URN, Values, item

NAMED: Values = {"name": "demo", "infer_type": "real-time"}


def detail(*config: Values, **changes: Any) -> Values:
    always = {"service_id": "s", "service_name": "demo", "infer_type": "real-time", "status": "running"}
    return {**always, "config": list(config), **changes}


def plan_of(before: Values, after: Values, live: Values) -> Plan:
    return make_plan({**NAMED, **after}, {**NAMED, **before}, live, mark(URN))


def model(**changes: Any) -> Values:
    return item(**{"weight": 100, **changes})


def test_nothing_to_do() -> None:
    values = {"config": [model()]}
    plan = plan_of(values, values, detail(model(envs={}, additional_properties={}, scaling=False)))
    assert (plan, plan.rolls_out) == (Plan(), False)


@pytest.mark.parametrize(
    ("status", "scales"), [("running", True), ("concerning", True), ("failed", True), ("stopped", False)]
)
def test_a_service_is_scaled_only_in_states_that_allow_it(status: str, scales: bool) -> None:
    plan = plan_of({"config": [model()]}, {"config": [model(instance_count=5)]}, detail(model(), status=status))
    assert (bool(plan.scale), bool(plan.config)) == (scales, not scales)
    assert plan.config_values[0]["instance_count"] == 5


@pytest.mark.parametrize("kind", ["batch", "edge"])
def test_only_real_time_services_are_scaled(kind: str) -> None:
    plan = plan_of({"config": [item()]}, {"config": [item(instance_count=5)]}, detail(item(), infer_type=kind))
    assert (plan.scale, [one["instance_count"] for one in plan.config]) == ([], [5])


def test_a_count_that_is_there_already_is_not_sent() -> None:
    """The cloud refuses a count equal to the present one."""
    plan = plan_of({"config": [model()]}, {"config": [model(instance_count=5)]}, detail(model(instance_count=5)))
    assert plan == Plan()


def test_another_flavour_is_no_scale() -> None:
    after = {"config": [model(instance_count=5, specification="modelarts.vm.gpu.p4")]}
    plan = plan_of({"config": [model()]}, after, detail(model()))
    assert (plan.scale, len(plan.config)) == ([], 1)


def test_immutable_and_local_fields_are_never_sent() -> None:
    values = {"config": [model()]}
    after = {**values, "pool_name": "p", "wait": False, "timeouts": {"update": "1m"}, "desired_status": "stopped"}
    assert plan_of(values, after, detail(model())) == Plan()


def test_unmanaged_values_of_an_object_are_carried_along() -> None:
    live = detail(model(), additional_properties={"websocket_upgrade": True})
    smn = {"topic_urn": "t", "events": [1]}
    after = {"config": [model()], "additional_properties": {"smn_notification": smn}}
    plan = plan_of({"config": [model()]}, after, live)
    assert plan.fields == {"additional_properties": {"smn_notification": smn, "websocket_upgrade": True}}


@pytest.mark.parametrize(
    ("live", "wanted", "equal"),
    [
        (model(), model(), True),
        (model(envs={}, scaling=True), model(), True),
        (model(instance_count=3), model(), False),
        (model(envs={"A": "1"}), model(envs={"A": "2"}), False),
        (model(), model(deploy_timeout_in_seconds=300), True),
        (model(weight="100"), model(), True),
        (model(custom_spec={"cpu": 1.5}), model(custom_spec={"cpu": 1.50}), True),
    ],
)
def test_whether_a_configuration_runs(live: Values, wanted: Values, equal: bool) -> None:
    assert config_equals(detail(live), [wanted]) is equal


def test_a_model_too_many_is_another_configuration() -> None:
    assert config_equals(detail(model(), {**model(), "model_id": "x"}), [model()]) is False
