"""A base and the LoRA adapters on it: what becomes of these when that is restarted, replaced or deleted."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import UnhealthyError
from tests.support.alaya import LORA_MODEL, LORA_URN, SCALE, Alaya, expert, head, lora, quick_start
from tests.support.alaya_stack import Stack, be
from tests.support.world import Values

ENGINE = {"backend_args": ["--y"]}
RESTARTS: dict[str, tuple[Values, Values, list[str]]] = {
    "Quick Start": (
        quick_start(),
        quick_start(ENGINE, on_offline_change="restart"),
        ["POST ID/cancel", "PUT ID", "PUT lora/ID", "PUT lora/ID"],
    ),
    "Quick Start with a scale": (
        quick_start(scale=SCALE),
        quick_start(ENGINE, scale=SCALE, on_offline_change="restart"),
        ["POST ID/cancel", "PUT ID", "PUT ID/scale", "PUT lora/ID", "PUT lora/ID"],
    ),
    "Expert": (
        expert(head(env={"VLLM_ALLOW_RUNTIME_LORA_UPDATING": "true"})),
        expert(head(image="i:2", env={"VLLM_ALLOW_RUNTIME_LORA_UPDATING": "true"}), on_offline_change="restart"),
        ["POST ID/cancel", "PUT expert/ID", "PUT lora/ID", "PUT lora/ID"],
    ),
}


def with_adapters(base: Values) -> dict[str, Values]:
    """A base with two adapters."""
    return {"chat": base, "style": lora("chat"), "tone": lora("chat", served_name=["tone"])}


def begun(alaya: Alaya, base: Values) -> Stack:
    """A base with two adapters that run."""
    stack = Stack()
    alaya.world.next_operation()
    stack.up(alaya, with_adapters(base))
    assert alaya.world.warned == []
    return stack


def loaded(alaya: Alaya, stack: Stack) -> list[str]:
    """The adapters that the base has loaded."""
    base = stack.states["chat"]
    client: Any = alaya.world.lifecycle.connect(alaya.world.context(), base.inputs).client()  # type: ignore[attr-defined]
    found: list[str] = sorted(client.get_deployment(base.id)["instance"][0]["loraModels"])
    return found


@pytest.mark.parametrize(("before", "after", "calls"), RESTARTS.values(), ids=RESTARTS)
def test_adapters_come_back_in_the_run_that_restarts_their_base(
    alaya: Alaya, before: Values, after: Values, calls: list[str]
) -> None:
    stack = begun(alaya, before)
    assert loaded(alaya, stack) == ["style", "tone"]
    states = dict(stack.states)
    shown = stack.preview(alaya, with_adapters(after))
    assert {name: one.changes for name, one in shown.items()} == {"chat": None, "style": False, "tone": False}
    [note] = alaya.world.told
    for name in ("style", "tone"):
        state = states[name]
        assert f"{state.inputs['name']} ({state.id})" in note
    assert "the LoRA deployments on it stop with it" in note
    assert "are started again by the same `pulumi up`" in note
    alaya.world.next_operation()
    stack.refresh(alaya)
    stack.up(alaya, with_adapters(after))
    assert alaya.writes() == calls
    assert {name: one.id for name, one in stack.states.items()} == {name: one.id for name, one in states.items()}
    assert loaded(alaya, stack) == ["style", "tone"]
    shown = stack.preview(alaya, with_adapters(after))
    assert {one.changes for one in shown.values()} == {False}


def test_adapters_move_to_a_new_base_before_the_old_one_goes(alaya: Alaya) -> None:
    stack = begun(alaya, quick_start())
    states = dict(stack.states)
    after = quick_start(ENGINE, on_offline_change="replace")
    alaya.world.next_operation()
    stack.up(alaya, with_adapters(after))
    assert alaya.writes() == [
        *("POST ", "POST lora", "POST lora"),
        *["POST ID/cancel", "DELETE ID"] * 3,
    ], "what is new runs before anything is stopped"
    assert not {one.id for one in states.values()} & {one["serviceId"] for one in alaya.services()}
    assert loaded(alaya, stack) == ["style", "tone"]


def test_a_base_that_is_not_known_yet_is_another_one(alaya: Alaya) -> None:
    stack = begun(alaya, quick_start())
    state = stack.states["style"]
    alaya.world.next_operation()
    be(alaya, "style")
    checked = alaya.world.lifecycle.check(alaya.world.context(), state.inputs, lora("x") | {"lora": base_unknown()})
    assert checked.problems == []
    found = alaya.world.lifecycle.diff(alaya.world.context(), state.id, state, checked.inputs)
    assert (found.changes, found.replaces[:1], found.delete_before_replace) == (None, ["lora"], False)


def base_unknown() -> Values:
    """The base of an adapter in the preview of its creation."""
    return {"base_service_id": UNKNOWN}


def test_a_new_adapter_of_a_new_base(alaya: Alaya) -> None:
    alaya.named(LORA_URN)
    alaya.world.next_operation()
    values = {"lora": base_unknown(), "model_id": UNKNOWN, "served_name": ["style"]}
    assert alaya.world.lifecycle.check(alaya.world.context(), None, values).problems == []


@pytest.mark.parametrize("status", ["running", "stopped", "failed"])
def test_a_base_with_adapters_of_others_is_not_deleted(alaya: Alaya, status: str) -> None:
    base = alaya.create(quick_start())
    [foreign] = alaya.seed(
        services=[{"baseServiceId": base.id, "name": "theirs", "servedName": ["theirs"], "modelId": LORA_MODEL}]
    )["alaya.services"]
    alaya.change(base, status=status)
    with pytest.raises(InferenceError, match="was not deleted") as caught:
        alaya.world.delete(base)
    assert foreign["serviceId"] in str(caught.value)
    assert alaya.service(base)["status"] == status
    assert [one for one in alaya.writes() if "cancel" in one] == []
    alaya.world.cloud.admin("DELETE", f"/alaya/services/{foreign['serviceId']}")
    alaya.world.delete(base)
    assert alaya.services() == []


def test_an_adapter_waits_for_a_base_that_nobody_waits_for(alaya: Alaya) -> None:
    program = {"chat": quick_start(wait=False), "style": lora("chat")}
    stack = Stack()
    alaya.world.next_operation()
    stack.up(alaya, program)
    assert "waits for its base, which is starting" in alaya.world.progress
    assert alaya.writes() == ["POST ", "POST lora", "POST lora"]
    assert loaded(alaya, stack) == ["style"]
    after = quick_start(ENGINE, wait=False, on_offline_change="restart")
    alaya.world.next_operation()
    stack.up(alaya, {**program, "chat": after})
    assert alaya.writes() == ["POST ID/cancel", "PUT ID", "PUT lora/ID", "PUT lora/ID"]
    assert loaded(alaya, stack) == ["style"]


def test_an_adapter_does_not_wait_for_ever_for_its_base(alaya: Alaya) -> None:
    alaya.deploy_fault("hang")
    base = alaya.create(quick_start(wait=False))
    alaya.named(LORA_URN)
    before = alaya.world.clock.monotonic()
    with pytest.raises(InferenceError, match="is starting, not running"):
        alaya.create(lora(base, timeouts={"create": "2m"}))
    assert 120 <= alaya.world.clock.monotonic() - before < 140
    assert len(alaya.services()) == 1


@pytest.mark.parametrize("status", ["stopped", "failed"])
def test_an_adapter_on_a_base_that_does_not_run_is_refused(alaya: Alaya, status: str) -> None:
    base = alaya.create(quick_start())
    alaya.change(base, status=status)
    alaya.named(LORA_URN)
    with pytest.raises(InferenceError, match=f"is {status}, not running") as caught:
        alaya.create(lora(base))
    assert not isinstance(caught.value, UnhealthyError)
    assert len(alaya.services()) == 1
    assert alaya.writes() == ["POST lora"]


def test_an_adapter_of_an_image_that_loads_none(alaya: Alaya) -> None:
    alaya.set(check_lora=True)
    base = alaya.create(expert())
    alaya.named(LORA_URN)
    with pytest.raises(UnhealthyError, match="it has failed"):
        alaya.create(lora(base))
    assert "does not set VLLM_ALLOW_RUNTIME_LORA_UPDATING" in alaya.world.warned[0]


def test_the_base_of_an_adapter_is_gone(alaya: Alaya) -> None:
    stack = begun(alaya, quick_start())
    base, state = stack.states["chat"], stack.states["style"]
    alaya.world.cloud.admin("DELETE", f"/alaya/services/{base.id}")
    be(alaya, "style")
    assert alaya.world.read(state) is None
    alaya.world.next_operation()
    be(alaya, "chat")
    stack.up(alaya, with_adapters(quick_start()))
    assert len(alaya.services()) == 3
    assert loaded(alaya, stack) == ["style", "tone"]


def test_which_adapters_stop_is_not_known_where_the_list_cannot_be_had(alaya: Alaya) -> None:
    stack = begun(alaya, quick_start())
    state = stack.states["chat"]
    be(alaya, "chat")
    alaya.world.cloud.fault(method="GET", path="deployment/list", status=500, count=50)
    alaya.world.diff(state, quick_start(ENGINE, on_offline_change="restart"))
    assert "which LoRA deployments stop with it is not known" in alaya.world.told[0]
