"""A binding whose key the program spells otherwise than before."""

from __future__ import annotations

import uuid

from pulumi_inference.modelartsv2.apikeybindings import ApiKeyBindingLifecycle
from tests.support.modelartsv2_keys import BINDING_URN, SERVICE_ID, Account

KEY = "a" * 32
HYPHENATED = str(uuid.UUID(KEY))


def test_a_key_that_is_spelled_otherwise_stays_bound(v2: Account) -> None:
    v2.serve()
    v2.seed(keys=[{"name": "clients", "scope": "SERVICE", "key_id": KEY}])
    world = v2.world
    world.lifecycle, world.urn = ApiKeyBindingLifecycle(), BINDING_URN
    state = world.create({"service_id": SERVICE_ID, "key_id": KEY})
    other = {"service_id": SERVICE_ID, "key_id": HYPHENATED}
    assert world.diff(state, other).replaces == ["key_id"]
    successor = world.create(other)
    world.lifecycle.delete(world.context(), state.id, state)
    [row] = v2.keys()
    assert [one["id"] for one in row["services"]] == [SERVICE_ID]

    world.next_operation()
    world.lifecycle.delete(world.context(), successor.id, successor)
    [row] = v2.keys()
    assert row["services"] == []


def test_two_bindings_of_one_key_spelled_in_two_ways_are_one(v2: Account) -> None:
    v2.serve()
    v2.seed(keys=[{"name": "clients", "scope": "SERVICE", "key_id": KEY}])
    v2.world.lifecycle, v2.world.urn = ApiKeyBindingLifecycle(), BINDING_URN
    assert v2.problems({"service_id": SERVICE_ID, "key_id": KEY}) == []
    v2.world.urn = f"{BINDING_URN}-again"
    found = v2.problems({"service_id": SERVICE_ID, "key_id": HYPHENATED})
    assert found == ['key_id: the ApiKeyBinding "clients-of-chat" is the same; remove one of the two']
