"""A smoke test in the life of a deployment: when it runs, what its failure leaves, and when it is tried again."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.lifecycle import State, UnhealthyError
from tests.support.alaya import LORA_URN, SCALE, Alaya, expert, lora, quick_start
from tests.support.alaya_stack import Stack
from tests.support.world import Values

CHAT = "/v1/chat/completions"
BODY = {"model": "demo", "messages": [{"role": "user", "content": "hello"}]}
PASSES: Values = {
    "path": CHAT,
    "body": BODY,
    "expect_json": {"object": "chat.completion", "model": "demo"},
    "attempts": 1,
}
FAILS: Values = {**PASSES, "expect_json": {"object": "something else"}}
ENGINE = {"backend_args": ["--y"]}


def asked(alaya: Alaya) -> int:
    """How often this operation has called a model."""
    return sum(one.path.endswith(CHAT) for one in alaya.world.cloud.sent())


def failed(alaya: Alaya, values: Values) -> tuple[State, str]:
    """What a test that is not passed leaves behind, and what is said."""
    with pytest.raises(UnhealthyError) as caught:
        alaya.create(values)
    return alaya.world.recorded(caught.value.state), str(caught.value)


FORMS = {"Expert": expert(), "Quick Start": quick_start(), "Quick Start with a scale": quick_start(scale=SCALE)}


@pytest.mark.parametrize("values", FORMS.values(), ids=FORMS)
def test_it_runs_after_a_create(alaya: Alaya, values: Values) -> None:
    program = {**values, "smoke_test": PASSES}
    state = alaya.create(program)
    assert asked(alaya) == 1
    assert "smoke_test_error" not in state.facts
    assert alaya.world.diff(state, program).changes is False
    assert alaya.world.read(state) == state
    assert asked(alaya) == 0


def test_a_failure_keeps_the_deployment_and_shows_the_answer(alaya: Alaya) -> None:
    program = expert(smoke_test=FAILS)
    state, text = failed(alaya, program)
    assert f"was deployed, but the smoke test (POST {CHAT}) failed after 1 attempt" in text
    assert "chat.completion" in text
    assert "the deployment is kept in the state" in text
    assert state.facts["smoke_test_error"].startswith(f"the smoke test (POST {CHAT}) failed")
    assert alaya.service(state)["status"] == "running"

    assert alaya.world.diff(state, program).changes is True
    assert "has not passed its smoke test" in alaya.world.told[0]
    with pytest.raises(UnhealthyError, match="has not passed its smoke test"):
        alaya.world.read(state)
    with pytest.raises(UnhealthyError, match="the smoke test"):
        alaya.world.update(state, program)
    assert asked(alaya) == 1
    done = alaya.world.update(state, expert(smoke_test=PASSES))
    assert "smoke_test_error" not in done.facts
    assert alaya.world.diff(done, expert(smoke_test=PASSES)).changes is False


def test_a_model_that_is_not_served(alaya: Alaya) -> None:
    test = {**PASSES, "body": {**BODY, "model": "other"}}
    _, text = failed(alaya, expert(smoke_test=test))
    assert "404" in text
    assert "other" in text


CHANGES: dict[str, tuple[Values, int]] = {
    "restart": ({"quick_start": quick_start(ENGINE)["quick_start"], "on_offline_change": "restart"}, 1),
    "model": ({"model_id": "other", "on_offline_change": "restart"}, 1),
    "test": ({"smoke_test": {**PASSES, "body": {**BODY, "max_tokens": 3}}}, 1),
    "scale": ({"scale": {**SCALE, "max": 9}}, 0),
    "our own ways": ({"timeouts": {"create": "2h"}}, 0),
}


@pytest.mark.parametrize(("changes", "times"), CHANGES.values(), ids=CHANGES)
def test_it_runs_again_with_what_it_is_about(alaya: Alaya, changes: Values, times: int) -> None:
    program = quick_start(smoke_test=PASSES, scale=SCALE)
    state = alaya.create(program)
    done = alaya.world.update(state, {**program, **changes})
    assert asked(alaya) == times
    assert alaya.world.diff(done, {**program, **changes}).changes is False


def test_it_runs_again_when_it_was_started_again(alaya: Alaya) -> None:
    state = alaya.create(expert(smoke_test=PASSES))
    alaya.change(state, status="stopped")
    done = alaya.world.update(state, expert(smoke_test=PASSES))
    assert asked(alaya) == 1
    assert done == state


def test_a_restart_that_fails_its_test_is_kept(alaya: Alaya) -> None:
    state = alaya.create(quick_start(smoke_test=PASSES))
    program = quick_start(ENGINE, served_name=["other"], smoke_test=PASSES, on_offline_change="restart")
    with pytest.raises(UnhealthyError, match="was deployed, but the smoke test") as caught:
        alaya.world.update(state, program)
    kept = alaya.world.recorded(caught.value.state)
    assert kept.inputs["served_name"] == ["other"]
    body: Any = {**BODY, "model": "other"}
    fitting = {**program, "smoke_test": {**PASSES, "body": body, "expect_json": {"model": "other"}}}
    done = alaya.world.update(kept, fitting)
    assert [one for one in alaya.writes() if "chat" not in one] == []
    assert alaya.world.diff(done, fitting).changes is False


def test_what_was_not_waited_for_is_tested_by_the_next_run(alaya: Alaya) -> None:
    program = expert(smoke_test=PASSES, timeouts={"create": "1m"})
    alaya.deploy_fault("hang")
    state, text = failed(alaya, program)
    assert "did not deploy within 1 min" in text
    assert asked(alaya) == 0
    alaya.change(state, status="running")
    done = alaya.world.update(state, program)
    assert asked(alaya) == 1
    assert alaya.world.diff(done, program).changes is False


def test_an_adapter_is_tested_again_when_its_base_was_restarted(alaya: Alaya) -> None:
    test = {**PASSES, "body": {**BODY, "model": "style"}, "expect_json": {"model": "style"}}
    program = {"chat": quick_start(smoke_test=PASSES), "style": lora("chat", smoke_test=test)}
    stack = Stack()
    alaya.world.next_operation()
    stack.up(alaya, program)
    assert asked(alaya) == 2
    alaya.world.next_operation()
    stack.up(alaya, {**program, "chat": quick_start(ENGINE, smoke_test=PASSES, on_offline_change="restart")})
    assert asked(alaya) == 2
    alaya.named(LORA_URN)
    assert stack.states["style"].facts["status"] == "running"
