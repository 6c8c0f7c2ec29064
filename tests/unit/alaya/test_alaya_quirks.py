"""However Alaya NeW tells it: every quirk of its pages, one by one and the nastiest together, changes nothing."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from pulumi_inference.core.lifecycle import State
from pulumi_inference.emulator.alaya.settings import AlayaSettings
from tests.support.alaya import SCALE, Alaya, changed, expert, head, lora, quick_start, resource, worker
from tests.support.alaya_stack import Stack
from tests.support.world import Values

MOUNTS = [
    {"pvc_name": "weights", "container_path": "/models", "read_only": True},
    {"pvc_name": "weights", "container_path": "/cache", "sub_path": "cache"},
]
SECRET = {"registry": "https://registry.example.com", "username": "puller"}
POD: Values = {
    **{"image_pull_secret": SECRET, "labels": {"app": "chat"}, "env": {"A": "1", "B": "true"}, "pvc_mounts": MOUNTS},
    **{"cmd": ["/start.sh"], "args": ["--tp", "1"]},
}
BIG = expert(
    head(**POD),
    worker(**POD),
    served_name=["demo", "other"],
    extensions={"team": "search"},
    image_pull_passwords={"head": "pass-word", "worker": "other-word"},
    secret_env={"head": {"TOKEN": "s3cret-value"}},
    name="big",
)
QUICK = quick_start({"resource": resource(workers=1)}, scale=SCALE)
PROGRAM = {"big": BIG, "chat": QUICK, "style": lora("chat")}
WIDER = {**SCALE, "min": 2}
AFTER = {
    "big": changed(BIG, model_id="other", on_offline_change="restart"),
    "chat": changed(QUICK, scale=WIDER),
    "style": lora("chat", served_name=["tone"], on_offline_change="restart"),
}

OTHERWISE: dict[str, tuple[Any, ...]] = {
    "stop_seconds": (20.0,),
    "delete_seconds": (5.0,),
    "list_seconds": (5.0,),
    "refusal_status": (400, 403, 404, 500),
    "served_name": ("list", "text", "missing"),
    "key_name": ("apikey", "apiKey"),
    "password_in_answer": ("plain", "missing"),
}
"""Settings that are no switches, with what they can be besides their default."""

APART = {"update_starts": "what it leads to has a test of its own, where deployments fail"}

ONE_BY_ONE = [
    (one.name, value)
    for one in fields(AlayaSettings)
    if one.name not in APART
    for value in OTHERWISE.get(one.name, (not one.default,))
]

TOGETHER: dict[str, Values] = {
    "texts": {
        **dict.fromkeys(("always_200", "not_found_as_code", "code_alone", "without_msg", "count_as_text"), True),
        **dict.fromkeys(("old_spelling", "backen_args", "numbers_as_text", "bare_lora_detail"), True),
        **{"served_name": "text", "key_name": "apiKey"},
    },
    "nulls": {
        **dict.fromkeys(("null_until_running", "absent_as_null", "detail_has_scale", "bare_lora_detail"), True),
        **dict.fromkeys(("detail_without_id", "detail_without_instances", "empty_create_answer"), True),
        **{"served_name": "missing", "key_name": "apikey", "password_in_answer": "missing"},
    },
    "late": {
        **{"list_seconds": 3.0, "delete_seconds": 5.0, "stop_seconds": 5.0, "refusal_status": 403},
        **dict.fromkeys(("empty_create_answer", "code_alone", "old_spelling"), True),
        **{"newest_first": False, "fuzzy_names": True},
    },
}


def lives(alaya: Alaya, settings: Values) -> None:
    """A whole life of all forms under these settings."""
    alaya.set(**settings)
    stack = Stack()
    alaya.world.next_operation()
    stack.up(alaya, PROGRAM)
    assert len(alaya.services()) == 3
    _is_settled(alaya, stack, PROGRAM)
    for state in stack.states.values():
        assert state.facts["api_key"] == alaya.service(state)["apikey"]
        assert state.facts["service_url"].endswith(state.id)

    alaya.world.next_operation()
    stack.up(alaya, AFTER)
    assert [one for one in alaya.writes() if "scale" in one] == ["PUT ID/scale"]
    assert sorted(one for one in alaya.writes() if "scale" not in one) == [
        *["POST ID/cancel"] * 2,
        *("PUT expert/ID", "PUT lora/ID"),
    ]
    assert alaya.service(stack.states["big"])["modelId"] == "other"
    _is_settled(alaya, stack, AFTER)

    alaya.world.next_operation()
    stack.destroy(alaya)
    assert alaya.services() == []


def _is_settled(alaya: Alaya, stack: Stack, program: dict[str, Values]) -> None:
    shown = stack.preview(alaya, program)
    assert {name: (one.changes, one.replaces) for name, one in shown.items()} == dict.fromkeys(program, (False, []))
    assert (alaya.writes(), alaya.world.told, alaya.world.warned) == ([], [], [])
    before = dict(stack.states)
    alaya.world.next_operation()
    stack.refresh(alaya)
    assert stack.states == before


@pytest.fixture(autouse=True)
def models(alaya: Alaya) -> None:
    """What the programs name is in the registry."""
    model = {"aidcId": "1", "modelSourcePath": "vc0000000001/other", "modelMeta": {"name": "other"}}
    alaya.seed(models=[{**model, "modelType": "base", "id": "other"}])


@pytest.mark.parametrize(("name", "value"), ONE_BY_ONE, ids=[f"{name}={value}" for name, value in ONE_BY_ONE])
def test_one_quirk(alaya: Alaya, name: str, value: Any) -> None:
    lives(alaya, {name: value})


@pytest.mark.parametrize("settings", TOGETHER.values(), ids=TOGETHER)
def test_quirks_together(alaya: Alaya, settings: Values) -> None:
    lives(alaya, settings)


@pytest.mark.parametrize("settings", [{"detail_has_scale": True}, *TOGETHER.values()], ids=["scale", *TOGETHER])
def test_what_a_lost_run_has_made_is_found_again(alaya: Alaya, settings: Values) -> None:
    alaya.set(**settings)
    stack, lost = Stack(), Stack()
    alaya.world.next_operation()
    # A Quick Start deployment is not scaled yet, as after a kill between the two calls.
    program = {"big": BIG, "chat": QUICK}
    stack.up(alaya, {**program, "chat": changed(QUICK, wait=False)})
    alaya.world.clock.advance(60)
    alaya.world.next_operation()
    lost.up(alaya, program)
    assert {name: one.id for name, one in lost.states.items()} == {name: one.id for name, one in stack.states.items()}
    assert set(alaya.writes()) == {"PUT ID/scale"}


@pytest.mark.parametrize("wait", [True, False])
def test_a_create_call_that_does_not_answer_the_id_has_said_the_scale(alaya: Alaya, wait: bool) -> None:
    alaya.set(empty_create_answer=True)
    program = expert(name="chat", wait=wait)
    state = alaya.create(program)
    assert alaya.writes() == ["POST expert"]
    assert state.inputs["scale"] == SCALE
    assert alaya.world.diff(state, program).changes is False


@pytest.mark.parametrize("served_name", [["a,b"], [" demo "]])
def test_names_that_a_text_cannot_tell_apart_are_no_drift(alaya: Alaya, served_name: list[str]) -> None:
    alaya.set(served_name="text")
    program = quick_start(served_name=served_name)
    state = alaya.create(program)
    assert alaya.world.diff(state, program).changes is False
    assert alaya.world.read(state) == state
    other = quick_start(served_name=["c,b"], on_offline_change="restart")
    assert alaya.world.diff(state, other).changes is None
    assert alaya.service(alaya.world.update(state, other))["servedName"] == ["c,b"]


STATUSES = (200, *OTHERWISE["refusal_status"][:2])
"""Under 404 and 500 nobody can tell a refusal from something else."""


@pytest.mark.parametrize("status", STATUSES)
def test_what_is_refused_too_early_is_asked_again(alaya: Alaya, status: int) -> None:
    alaya.set(refusal_status=status)
    state = alaya.create(expert(wait=False))
    changed_one = alaya.world.update(state, expert(scale=WIDER))
    assert alaya.writes() == ["PUT ID/scale"] * 2
    assert changed_one.facts["status"] == "running"


@pytest.mark.parametrize("status", STATUSES)
def test_what_somebody_else_stops_at_the_same_time_is_stopped(alaya: Alaya, status: int) -> None:
    alaya.set(refusal_status=status, stop_seconds=10)
    state = alaya.create(expert())
    before_the_cancel(alaya, state)
    alaya.world.delete(state)
    assert alaya.writes() == ["POST ID/cancel", "DELETE ID"]
    assert alaya.services() == []


def before_the_cancel(alaya: Alaya, state: State) -> None:
    """Somebody stops it between our look and our call."""
    true = alaya.world.transport.handle_request

    def handle(request: Any) -> Any:
        if request.url.path.endswith("/cancel"):
            alaya.change(state, status="stopping")
            answer = true(request)
            alaya.change(state, status="stopped")
            return answer
        return true(request)

    alaya.world.transport.handle_request = handle  # type: ignore[method-assign]
