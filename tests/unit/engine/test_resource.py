"""What a resource of a program registers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime import test as untyped_test

from pulumi_inference import modelarts

run_program: Callable[[Callable[[], Any]], Callable[[], None]] = untyped_test
CONFIG = [modelarts.ServiceConfigArgs(model_id="m", specification="modelarts.vm.cpu.2u")]


class Registered(Mocks):
    """Keeps what is registered, and answers with an id."""

    def __init__(self) -> None:
        self.seen: list[MockResourceArgs] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """One resource."""
        self.seen.append(args)
        return args.resource_id or "service-1", dict(args.inputs)

    def call(self, args: MockCallArgs) -> Any:
        """There are no calls."""
        return {}


@pytest.fixture
def registered(event_loop: None) -> Registered:
    mocks = Registered()
    set_mocks(mocks, preview=False)
    return mocks


def test_the_type_token_is_for_ever(registered: Registered) -> None:
    @run_program
    def program() -> Any:
        return modelarts.Service("classifier", config=CONFIG).urn

    program()
    assert registered.seen[0].typ == "pulumi-python:dynamic/modelarts:Service"


def test_what_is_not_given_is_not_sent(registered: Registered) -> None:
    @run_program
    def program() -> Any:
        return modelarts.Service("classifier", config=CONFIG, description="mine").urn

    program()
    inputs = {name: value for name, value in registered.seen[0].inputs.items() if value is not None}
    inputs.pop("__provider")
    assert inputs == {
        "config": [{"model_id": "m", "specification": "modelarts.vm.cpu.2u"}],
        "description": "mine",
    }


def test_the_identity_is_computed_from_the_id(registered: Registered) -> None:
    found: list[str] = []

    @run_program
    def program() -> Any:
        return modelarts.Service("classifier", config=CONFIG).service_id.apply(found.append)

    program()
    assert found == ["service-1"]


def test_secrets_are_secret_as_inputs(registered: Registered) -> None:
    @run_program
    def program() -> Any:
        service = modelarts.Service("classifier", config=CONFIG, secret_envs={"m": {"PASS": "x"}})
        return asyncio.ensure_future(expect_secret(service))

    async def expect_secret(service: modelarts.Service) -> None:
        assert await service.secret_envs.is_secret()

    program()


def test_the_import_option_is_answered_with_the_command(registered: Registered) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        modelarts.Service("classifier", config=CONFIG, opts=pulumi.ResourceOptions(import_="s-1"))
    assert "pulumi-inference import modelarts service s-1 --name classifier" in str(caught.value)
    assert registered.seen == []


def test_a_service_that_exists_is_looked_up_by_its_id(registered: Registered) -> None:
    @run_program
    def program() -> Any:
        return modelarts.Service.get("other", "service-9").id

    program()
    assert registered.seen[0].resource_id == "service-9"
