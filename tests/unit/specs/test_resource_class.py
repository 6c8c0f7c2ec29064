"""The generated class as a program uses it, against Pulumi's own mocks: what the engine is told, what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.stack import wait_for_rpcs
from pulumi.runtime.sync_await import _sync_await

from pulumi_inference import modelarts
from pulumi_inference.core.clock import iso_time

ITEM = {"model_id": "m", "specification": "custom", "custom_spec": {"cpu": 1.5, "memory": 8192.0}, "envs": {"A": "a"}}


class Engine(Mocks):
    """Keeps what it was told, and answers as a service that runs."""

    def __init__(self) -> None:
        self.told: dict[str, dict[str, Any]] = {}
        self.types: set[str] = set()

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.types.add(args.typ)
        self.told[args.name] = {name: value for name, value in args.inputs.items() if name != "__provider"}
        answer = {"status": "running", "publish_at": 1711000000000.0, "deployed": [{"model_id": "m"}], "is_free": False}
        return args.resource_id or "service-1", {**args.inputs, **answer}

    def call(self, args: MockCallArgs) -> dict[str, Any]:
        return {}


@pytest.fixture
def engine(event_loop: None) -> Iterator[Engine]:
    mocks = Engine()
    set_mocks(mocks, preview=False)
    yield mocks
    _sync_await(wait_for_rpcs())


def _value(output: pulumi.Output[Any]) -> Any:
    return _sync_await(output.future())


def test_times_are_readable_too(engine: Engine) -> None:
    service = modelarts.Service("timed", config=[ITEM])
    assert _value(service.publish_at) == 1711000000000
    assert _value(service.publish_at_iso) == "2024-03-21T05:46:40Z"
    assert _value(service.due_time_iso) is None
    assert "publish_at_iso" not in modelarts.Service._properties, "states stay as they are"


@pytest.mark.parametrize(
    ("moment", "unit", "text"),
    [
        (1711000000, "s", "2024-03-21T05:46:40Z"),
        (1711000000999.0, "ms", "2024-03-21T05:46:40Z"),
        (None, "ms", None),
        (0, "ms", None),
        (10**30, "s", None),
        (float("nan"), "ms", None),
        (float("-inf"), "s", None),
        ("soon", "ms", None),
        ({}, "s", None),
    ],
)
def test_a_time_that_no_calendar_has_is_none(moment: object, unit: str, text: str | None) -> None:
    assert iso_time(moment, unit) == text


def test_classes_maps_and_outputs_tell_the_engine_the_same(engine: Engine) -> None:
    by_class = modelarts.ServiceConfigArgs(
        model_id=pulumi.Output.from_input("m"),
        specification="custom",
        custom_spec=modelarts.CustomSpecArgs(cpu=1.5, memory=8192),
        envs={"A": pulumi.Output.from_input("a")},
    )
    one = modelarts.Service(
        "one", config=[by_class], pool_name=pulumi.Output.from_input("p"), timeouts={"create": "5m"}
    )
    two = modelarts.Service(
        "two",
        config=[
            {
                "model_id": "m",
                "specification": "custom",
                "custom_spec": {"cpu": 1.5, "memory": 8192},
                "envs": {"A": "a"},
            }
        ],
        pool_name="p",
        timeouts=modelarts.TimeoutsArgs(create="5m"),
    )
    _value(one.urn), _value(two.urn)
    assert (
        engine.told["one"] == engine.told["two"] == {"config": [ITEM], "pool_name": "p", "timeouts": {"create": "5m"}}
    )
    assert engine.types == {"pulumi-python:dynamic/modelarts:Service"}


def test_every_output_is_there_in_its_type(engine: Engine) -> None:
    service = modelarts.Service(
        "one", config=[modelarts.ServiceConfigArgs(model_id="m", specification="s")], priority=2
    )
    assert _value(service.service_id) == "service-1"
    assert _value(service.status) == "running"
    assert _value(service.deployed) == [{"model_id": "m"}]
    published, priority = _value(service.publish_at), _value(service.priority)
    assert (published, priority) == (1711000000000, 2)
    assert type(published) is int
    for name in ("access_address", "due_time", "name", "endpoint", "region", "project_id"):
        assert _value(getattr(service, name)) is None


def test_secret_variables_stay_secret(engine: Engine) -> None:
    service = modelarts.Service(
        "one",
        config=[modelarts.ServiceConfigArgs(model_id="m", specification="s")],
        secret_envs={"m": {"TOKEN": "plain text in the program"}},
    )
    assert _sync_await(service.secret_envs.is_secret())
    assert not _sync_await(service.config.is_secret())


def test_get_looks_up_by_id(engine: Engine) -> None:
    service = modelarts.Service.get("found", "service-9")
    assert isinstance(service, modelarts.Service)
    assert _value(service.service_id) == "service-9"
    assert engine.told["found"] == {}


def test_a_misspelt_argument_is_an_error_at_once() -> None:
    with pytest.raises(TypeError, match="pool_nmae"):
        modelarts.Service("one", config=[], pool_nmae="p")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="memroy"):
        modelarts.CustomSpecArgs(cpu=1, memroy=1)  # type: ignore[call-arg]


def test_import_by_option_is_answered_with_the_command() -> None:
    with pytest.raises(pulumi.RunError, match="pulumi-inference import modelarts service service-9 --name one"):
        modelarts.Service("one", config=[], opts=pulumi.ResourceOptions(import_="service-9"))
