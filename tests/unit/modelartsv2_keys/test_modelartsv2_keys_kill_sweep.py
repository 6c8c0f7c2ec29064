"""A process that is killed at any of its requests: the next run ends where an undisturbed one would have ended."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.core.lifecycle import Lifecycle, State
from pulumi_inference.modelartsv2.apikeybindings import ApiKeyBindingLifecycle
from pulumi_inference.modelartsv2.apikeys import ApiKeyLifecycle
from pulumi_inference.modelartsv2.intranetconnections import IntranetConnectionLifecycle
from tests.support.kills import LATER, Killed, Scene
from tests.support.modelartsv2_keys import (
    BINDING_URN,
    CONNECTION_URN,
    KEY_URN,
    OTHER_SERVICE_ID,
    SERVICE_ID,
    Account,
    api_key,
    from_vpc,
)
from tests.support.world import Values, World

pytestmark = pytest.mark.sweep

KEY, OTHER_KEY = "a" * 32, "b" * 32
URL = "https://chat.example.com"


def keys(account: Account) -> Any:
    """All keys but those that were there from the beginning."""
    found = [one for one in account.keys() if one["key_id"] not in (KEY, OTHER_KEY)]
    return [{name: one[name] for name in ("name", "scope", "description", "services")} for one in found]


def bindings(account: Account) -> Any:
    """What each key is bound to."""
    return {one["name"]: sorted(service["id"] for service in one["services"]) for one in account.keys()}


def connections(account: Account) -> Any:
    """All connections."""
    names = ("status", "scene", "vpc_id", "subnet_id", "service_id", "custom_url_list")
    return [{name: one.get(name) for name in names} for one in account.connections()]


@dataclass(frozen=True)
class Kind:
    """One kind of resource, and how it looks from outside."""

    life: type[Lifecycle]
    urn: str
    look: Callable[[Account], Any]


API_KEY = Kind(ApiKeyLifecycle, KEY_URN, keys)
BINDING = Kind(ApiKeyBindingLifecycle, BINDING_URN, bindings)
CONNECTION = Kind(IntranetConnectionLifecycle, CONNECTION_URN, connections)


@dataclass(frozen=True)
class Operation:
    """What is there, and what the program says then; None is nothing. `meanwhile` is what happens in between."""

    kind: Kind
    before: Values | None
    after: Values | None
    meanwhile: Callable[[Account, State], Any] | None = None

    def enter(self, world: World) -> Account:
        """The world of such a resource."""
        world.lifecycle, world.urn = self.kind.life(), self.kind.urn
        return Account(world)

    def prepare(self, scene: Scene[State]) -> None:
        """Makes what is there."""
        with scene.process() as world:
            account = self.enter(world)
            account.serve()
            account.serve(OTHER_SERVICE_ID, "other")
            account.seed(
                keys=[
                    {"name": "clients", "scope": "SERVICE", "key_id": KEY},
                    {"name": "others", "scope": "SERVICE", "key_id": OTHER_KEY},
                ]
            )
            if self.before:
                scene.state = world.create(self.before)
                if self.meanwhile:
                    self.meanwhile(account, scene.state)

    def run(self, world: World, state: State | None) -> State | None:
        """What the engine does with that state and the program."""
        if self.after is None:
            if state:
                world.delete(state)
            return None
        if state is None:
            return world.create(self.after)
        difference = world.diff(state, self.after)
        inputs = world.known(world.valid(self.after, state))
        if not difference.replaces:
            return world.recorded(world.lifecycle.update(world.context(), state.id, state, inputs))
        if difference.delete_before_replace:
            world.lifecycle.delete(world.context(), state.id, state)
        made = world.recorded(world.lifecycle.create(world.context(), inputs))
        if not difference.delete_before_replace:
            world.lifecycle.delete(world.context(), state.id, state)
        return made


def bind_everywhere(account: Account, state: State) -> None:
    """Binds the key to both services."""
    account.bind(state.id)
    account.bind(state.id, OTHER_SERVICE_ID)


def fail(account: Account, state: State) -> None:
    """Lets the connection fail."""
    account.admin("PATCH", f"/intranet-connections/{state.id}", {"status": "FAILED"})


def reject(account: Account, state: State) -> None:
    """Lets the connection be rejected."""
    account.admin("PATCH", f"/intranet-connections/{state.id}", {"status": "REJECTED"})


BOUND: Values = {"service_id": SERVICE_ID, "key_id": KEY}

OPERATIONS = {
    "key: create": Operation(API_KEY, None, api_key()),
    "key: create with a given name": Operation(API_KEY, None, api_key(name="mine")),
    "key: replace": Operation(API_KEY, api_key(), api_key(scope="USER")),
    "key: replace with a given name": Operation(
        API_KEY, api_key(name="mine"), api_key(name="mine", description="Other."), bind_everywhere
    ),
    "key: delete": Operation(API_KEY, api_key(), None, bind_everywhere),
    "key of a user: delete": Operation(API_KEY, api_key(scope="USER"), None, bind_everywhere),
    "binding: create": Operation(BINDING, None, BOUND),
    "binding: another service": Operation(BINDING, BOUND, {**BOUND, "service_id": OTHER_SERVICE_ID}),
    "binding: another key": Operation(BINDING, BOUND, {**BOUND, "key_id": OTHER_KEY}),
    "binding: delete": Operation(BINDING, BOUND, None),
    "connection: create": Operation(CONNECTION, None, from_vpc(custom_urls=[URL])),
    "connection: addresses": Operation(CONNECTION, from_vpc(custom_urls=[URL]), from_vpc(custom_urls=[])),
    "connection: addresses after a failure": Operation(
        CONNECTION, from_vpc(custom_urls=[URL]), from_vpc(custom_urls=["wss://chat.example.com"]), fail
    ),
    "connection: another VPC": Operation(CONNECTION, from_vpc(), from_vpc(vpc_id="vpc-0002")),
    "connection: after a rejection": Operation(CONNECTION, from_vpc(), from_vpc(), reject),
    "connection: delete": Operation(CONNECTION, from_vpc(), None),
}


def is_known(account: Account, state: State) -> bool:
    """Whether the value in the state is that of the key in the cloud."""
    digest = hashlib.sha256(str(state.facts["api_key"]).encode()).hexdigest()
    return [one["key_id"] for one in account.admin("GET", "/keys")["keys"] if one["digest"] == digest] == [state.id]


def result_of(operation: Operation, scene: Scene[State]) -> dict[str, Any]:
    """What the operation leads to: in the cloud, and in a preview that compares it with the program."""
    with scene.process() as world:
        account = operation.enter(world)
        world.clock.advance(LATER)
        made = operation.run(world, scene.state)
        result: dict[str, Any] = {"live": operation.kind.look(account)}
        if made and operation.after is not None:
            result["next diff"] = world.diff(made, operation.after).changes
            found = world.read(made)
            result["is seen"] = found is not None and found.inputs == made.inputs
            if operation.kind is API_KEY:
                result["value is known"] = is_known(account, made)
        return result


def killed_by(operation: Operation, scene: Scene[State], fatal: int, moment: str) -> str:
    """The request at which the operation was killed; "" when it came to its end."""
    with scene.process(fatal, moment) as world:
        operation.enter(world)
        try:
            operation.run(world, scene.state)
        except Killed as killed:
            return str(killed)
    return ""


CASES = [
    pytest.param(operation, form, id=f"{name}, {form}" if operation.kind is API_KEY else name)
    for name, operation in OPERATIONS.items()
    for form in (("csv", "json") if operation.kind is API_KEY else ("csv",))
]


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(("operation", "form"), CASES)
def test_a_kill_at_any_request_changes_nothing_in_the_end(
    tmp_path: Path, operation: Operation, form: str, moment: str
) -> None:
    start: Scene[State] = Scene(tmp_path / "start")
    start.folder.mkdir()
    with start.process() as world:
        Account(world).set(key_answer=form)
    operation.prepare(start)
    expected = result_of(operation, start.copy(tmp_path / "undisturbed"))
    assert expected.get("next diff", False) is False
    assert expected.get("is seen", True)
    assert expected.get("value is known", True)

    for fatal in count(1):
        scene = start.copy(tmp_path / f"killed {fatal}")
        request = killed_by(operation, scene, fatal, moment)
        if not request:
            break
        try:
            result = result_of(operation, scene)
        except Exception as error:
            error.add_note(f"killed {moment} request {fatal}, {request}")
            raise
        assert result == expected, f"killed {moment} request {fatal}, {request}"
    assert fatal > 1
