"""What a program's ApiKeyBinding finds out about the key and the service that its ids come from, on Pulumi's mocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime import test as untyped_test

from pulumi_inference import modelartsv2
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.engine.provider import PROBLEMS_KEY
from pulumi_inference.modelartsv2.apikeybindings import ApiKeyBindingLifecycle
from tests.support.modelartsv2 import STACK, runtime
from tests.support.modelartsv2_keys import SERVICE_ID, Account

run_program: Callable[[Callable[[], Any]], Callable[[], None]] = untyped_test
THE_SAME = ['key_id: the ApiKeyBinding "first" is the same; remove one of the two']


class Registered(Mocks):
    """Keeps what is registered; ids are not known yet in a preview."""

    def __init__(self, preview: bool) -> None:
        self.inputs: dict[str, dict[str, Any]] = {}
        self._preview = preview

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.inputs[args.name] = dict(args.inputs)
        return None if self._preview else f"id-of-{args.name}", dict(args.inputs)

    def call(self, args: MockCallArgs) -> dict[str, Any]:
        return {}

    def problems(self) -> dict[str, Any]:
        """What the bindings tell their provider to be wrong."""
        return {name: one[PROBLEMS_KEY] for name, one in self.inputs.items() if PROBLEMS_KEY in one}


@pytest.fixture(params=[True, False], ids=["preview", "up"])
def registered(request: pytest.FixtureRequest, event_loop: None) -> Registered:
    mocks = Registered(request.param)
    set_mocks(mocks, preview=request.param)
    return mocks


def service(name: str) -> modelartsv2.Service:
    return modelartsv2.Service(name, runtime_config=runtime())


def key(name: str) -> modelartsv2.ApiKey:
    return modelartsv2.ApiKey(name, scope="SERVICE")


def binding(name: str, service_id: pulumi.Input[str], key_id: pulumi.Input[str]) -> modelartsv2.ApiKeyBinding:
    return modelartsv2.ApiKeyBinding(name, service_id=service_id, key_id=key_id)


def test_a_new_key_bound_twice_to_a_new_service_is_a_problem_of_the_second(registered: Registered) -> None:
    def program() -> None:
        chat, other, clients, others = service("chat"), service("other"), key("clients"), key("others")
        binding("first", chat.service_id, clients.key_id)
        binding("second", chat.service_id, clients.key_id)
        binding("of another service", other.service_id, clients.key_id)
        binding("of another key", chat.service_id, others.key_id)

    run_program(program)()
    assert len(registered.inputs) == 8
    assert registered.problems() == {"second": THE_SAME}


@pytest.mark.parametrize("is_new", ["service", "key"])
def test_one_of_the_two_may_be_there(registered: Registered, is_new: str) -> None:
    def program() -> None:
        service_id = service("chat").service_id if is_new == "service" else "s-1"
        key_id = key("clients").key_id if is_new == "key" else "k-1"
        binding("first", service_id, key_id)
        binding("second", service_id, key_id)
        binding("third", "s-2", key_id)
        binding("fourth", service_id, "k-2")

    run_program(program)()
    assert registered.problems() == {"second": THE_SAME}


def test_plain_ids_are_left_to_the_provider(registered: Registered) -> None:
    def program() -> None:
        binding("first", "s-1", "k-1")
        binding("second", "s-1", "k-1")

    run_program(program)()
    assert registered.problems() == {}


def test_what_the_program_cannot_tell_is_refused_when_the_ids_are_known(v2: Account) -> None:
    """A text here, an output there: nothing of the second one is sent."""
    thing, world = "a" * 32, v2.world
    v2.serve()
    v2.seed(keys=[{"name": "clients", "scope": "SERVICE", "key_id": thing}])
    world.lifecycle, world.urn = ApiKeyBindingLifecycle(), f"{STACK}:ApiKeyBinding::first"
    second = f"{STACK}:ApiKeyBinding::second"
    world.next_operation()
    assert world.check({"service_id": SERVICE_ID, "key_id": thing}).problems == []
    in_preview = {"service_id": SERVICE_ID, "key_id": UNKNOWN}
    assert world.lifecycle.check(world.context(second), None, in_preview).problems == []
    state = world.create({"service_id": SERVICE_ID, "key_id": thing})
    v2.world.cloud.forget_requests()
    checked = world.check({"service_id": SERVICE_ID, "key_id": thing}, urn=second)
    assert [str(one) for one in checked.problems] == THE_SAME
    assert v2.writes() == []
    assert world.read(state) == state
