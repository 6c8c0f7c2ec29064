"""Names are not unique: whose a deployment is, where several are called alike."""

from __future__ import annotations

import threading
from typing import Any

import httpx
import pytest

from pulumi_inference.core.lifecycle import State
from tests.support.alaya import (
    BASE_MODEL,
    SCALE,
    STACK,
    VKS,
    Alaya,
    expert,
    head,
    lora,
    quick_start,
)
from tests.support.alaya_stack import Stack, be
from tests.support.world import Values

NAMED = quick_start(name="chat", scale=SCALE)
ENGINE = {
    **{"backend": "vllm", "backendVersion": "0.9.0.1", "backendArgs": ["--x"]},
    "resource": {"cpu": 4, "mem": 32, "gpu": {"gpuType": "nvidia.com/gpu-l40s", "count": 1}},
}
FOREIGN: Values = {
    **{"vksId": VKS, "namespace": "default", "name": "chat", "servedName": ["demo"], "modelId": BASE_MODEL},
    **ENGINE,
}
HEAD = {"image": "example.test/serve:1", "resource": ENGINE["resource"]}
FOREIGN_EXPERT = {
    **{name: one for name, one in FOREIGN.items() if name not in ENGINE},
    **{"headConfig": HEAD, "scale": {"min": 1, "max": 3, "rpsValue": 10, "idleTime": 60}},
}


def seeded(alaya: Alaya, *services: Values) -> list[str]:
    """The ids of deployments that somebody else has made."""
    return [one["serviceId"] for one in alaya.seed(services=list(services))["alaya.services"]]


def ids(alaya: Alaya) -> list[str]:
    """The ids of all deployments, the oldest first."""
    return [one["serviceId"] for one in alaya.services()]


PROGRAMS: dict[str, Values] = {
    "Expert": expert(name="chat"),
    "Quick Start": NAMED,
    "Quick Start without a scale": quick_start(name="chat"),
}


@pytest.mark.parametrize("values", PROGRAMS.values(), ids=PROGRAMS)
def test_twins_of_one_program_do_not_take_each_other_over(alaya: Alaya, values: Values) -> None:
    program = {"one": values, "two": values, "three": values}
    stack = Stack()
    alaya.world.next_operation()
    stack.up(alaya, program)
    assert len({one.id for one in stack.states.values()}) == 3
    assert alaya.world.told == []
    assert {name: one.changes for name, one in stack.preview(alaya, program).items()} == dict.fromkeys(program, False)

    lost = Stack()
    alaya.world.next_operation()
    lost.up(alaya, program)
    assert {one.id for one in lost.states.values()} == set(ids(alaya)), "each is taken over by one of them"
    assert len(alaya.world.told) == 3


def test_twins_are_kept_apart_by_their_values(alaya: Alaya) -> None:
    program = {"one": NAMED, "two": quick_start({"backend_args": ["--y"]}, name="chat", scale=SCALE)}
    stack = Stack()
    alaya.world.next_operation()
    stack.up(alaya, program)
    lost = Stack()
    alaya.world.next_operation()
    lost.up(alaya, dict(reversed(program.items())))
    assert {name: one.id for name, one in lost.states.items()} == {name: one.id for name, one in stack.states.items()}


def test_twins_that_are_made_at_the_same_time(alaya: Alaya) -> None:
    """The second one looks when the first one is there already, and before anybody knows who has made it."""
    world = alaya.world
    world.next_operation()
    programs = {name: _checked(alaya, name) for name in ("one", "two")}
    made: dict[str, State] = {}
    has_looked = threading.Event()

    def make(name: str) -> None:
        context = world.context(f"{STACK}:Deployment::{name}")
        made[name] = world.lifecycle.create(context, programs[name])

    second = threading.Thread(target=make, args=("two",))
    true = world.transport.handle_request

    def handle(request: httpx.Request) -> httpx.Response:
        response = true(request)
        if threading.current_thread() is second:
            if request.url.path.endswith("/list"):
                has_looked.set()
        elif request.method == "POST" and not second.is_alive() and "two" not in made:
            second.start()
            has_looked.wait(0.3)
        return response

    world.transport.handle_request = handle  # type: ignore[method-assign]
    make("one")
    second.join()
    assert len({one.id for one in made.values()}) == 2
    assert len(ids(alaya)) == 2


def _checked(alaya: Alaya, name: str) -> Values:
    be(alaya, name)
    return alaya.world.known(alaya.world.valid(quick_start(name="chat")))


@pytest.mark.parametrize(
    "values",
    [
        quick_start({"backend_args": ["--y"]}, name="chat"),
        quick_start(name="chat", model_id="other"),
        quick_start(name="chat", served_name=["other"]),
        quick_start(name="chat", namespace="other"),
        expert(name="chat"),
        lora("BASE", name="chat", served_name=["demo"]),
    ],
    ids=["arguments", "model", "served name", "namespace", "Expert", "LoRA"],
)
def test_what_somebody_else_has_made_stays(alaya: Alaya, values: Values) -> None:
    [foreign] = seeded(alaya, FOREIGN)
    before = alaya.service(foreign)
    if "lora" in values:
        values = {**values, "lora": {"base_service_id": foreign}}
    state = alaya.create(values)
    assert state.id != foreign
    assert alaya.world.told == []
    assert {**alaya.service(foreign), "loraServices": []} == before
    alaya.world.delete(state)
    assert alaya.service(foreign) == before


def test_quick_start_with_all_the_same_values_is_taken_over_with_a_word(alaya: Alaya) -> None:
    [foreign] = seeded(alaya, FOREIGN)
    state = alaya.create(quick_start(name="chat"))
    assert state.id == foreign
    assert alaya.world.told == [
        f"takes over chat ({foreign}), made by an earlier run of this program whose state lost it; if another state "
        "manages it, choose another stack or name"
    ]
    assert alaya.writes() == []
    assert alaya.world.diff(state, quick_start(name="chat")).changes is False


def test_lora_with_all_the_same_values_is_taken_over_with_a_word(alaya: Alaya) -> None:
    [base] = seeded(alaya, FOREIGN)
    [foreign] = seeded(
        alaya, {"baseServiceId": base, "name": "style", "servedName": ["style"], "modelId": lora(base)["model_id"]}
    )
    state = alaya.create(lora(base, name="style"))
    assert state.id == foreign
    assert "takes over style" in alaya.world.told[0]


def test_lora_on_another_base_stays(alaya: Alaya) -> None:
    one, two = seeded(alaya, {**FOREIGN, "name": "one"}, {**FOREIGN, "name": "two"})
    [foreign] = seeded(
        alaya, {"baseServiceId": one, "name": "style", "servedName": ["style"], "modelId": lora(one)["model_id"]}
    )
    assert alaya.create(lora(two, name="style")).id != foreign


@pytest.mark.parametrize("extensions", [{}, {"pulumi-inference": "pulumi:abcdef0"}], ids=["nobody's", "another's"])
def test_expert_without_our_mark_stays(alaya: Alaya, extensions: Values) -> None:
    [foreign] = seeded(alaya, {**FOREIGN_EXPERT, "extensions": extensions})
    state = alaya.create(expert(name="chat"))
    assert state.id != foreign
    assert alaya.world.told == []


def test_expert_with_our_mark_is_taken_over(alaya: Alaya) -> None:
    lost = alaya.create(expert(name="chat", extensions={"team": "a"}))
    state = alaya.create(expert(name="chat", extensions={"team": "a"}))
    assert state.id == lost.id
    assert "takes over chat" in alaya.world.told[0]
    # What nobody answers is sent again: it may be another one.
    assert alaya.writes() == ["PUT ID/scale"]


def test_the_mark_is_not_believed_where_the_list_does_not_filter_by_it(alaya: Alaya) -> None:
    [foreign] = seeded(alaya, FOREIGN_EXPERT)
    true = alaya.world.transport.handle_request

    def handle(request: httpx.Request) -> httpx.Response:
        query = [(key, one) for key, one in request.url.params.multi_items() if not key.startswith("extensions.")]
        url = request.url.copy_with(params=query)
        plain = httpx.Request(request.method, url, headers=request.headers, content=request.content)
        return true(plain if request.url.path.endswith("/list") else request)

    alaya.world.transport.handle_request = handle  # type: ignore[method-assign]
    assert alaya.create(expert(name="chat")).id != foreign


def test_a_deployment_of_another_form_is_replaced_beside(alaya: Alaya) -> None:
    stack = Stack()
    alaya.world.next_operation()
    stack.up(alaya, {"chat": expert(name="chat")})
    old = stack.states["chat"].id
    alaya.world.next_operation()
    stack.up(alaya, {"chat": NAMED})
    assert alaya.writes() == ["POST ", "PUT ID/scale", "POST ID/cancel", "DELETE ID"]
    assert ids(alaya) == [stack.states["chat"].id]
    assert stack.states["chat"].id != old


def test_a_cloud_that_refuses_twins_says_so(alaya: Alaya) -> None:
    alaya.set(unique_names=True)
    seeded(alaya, {**FOREIGN, "modelId": "other"})
    with pytest.raises(Exception, match="the name chat is taken") as caught:
        alaya.create(NAMED)
    assert "chat was not created" in str(caught.value)


def test_an_automatic_name_is_the_same_whatever_can_be_updated(alaya: Alaya) -> None:
    def name_of(values: Values) -> Any:
        alaya.world.next_operation()
        return alaya.world.valid(values)["name"]

    assert name_of(expert()) == name_of(expert(head(image="i:2"), model_id="other", scale={**SCALE, "max": 9}))
    bases = seeded(alaya, FOREIGN, FOREIGN)
    different = [expert(), quick_start(), expert(namespace="other"), expert(extensions={"a": "b"}), *map(lora, bases)]
    assert len({name_of(one) for one in different}) == len(different)
    be(alaya, "x" * 90)
    assert len(name_of(expert())) == 63


def test_a_lost_answer_to_a_create_call_makes_no_second_one(alaya: Alaya) -> None:
    for values in (expert(name="e"), quick_start(name="q")):
        true, lost = alaya.world.transport.handle_request, []

        def handle(request: httpx.Request, true: Any = true, lost: list[str] = lost) -> httpx.Response:
            response: httpx.Response = true(request)
            if request.method == "POST" and not lost:
                lost.append(request.url.path)
                raise httpx.ReadTimeout("lost", request=request)
            return response

        alaya.world.transport.handle_request = handle  # type: ignore[method-assign]
        state = alaya.create(values)
        alaya.world.transport.handle_request = true  # type: ignore[method-assign]
        assert lost
        assert "the answer to the create call was lost" in alaya.world.told[0]
        assert [one["serviceId"] for one in alaya.services() if one["name"] == values["name"]] == [state.id]


def test_twins_without_room_for_a_mark_are_warned_of(alaya: Alaya) -> None:
    alaya.world.next_operation()
    for name in ("one", "two"):
        assert alaya.world.check(NAMED, urn=f"{STACK}:Deployment::{name}").problems == []
        assert alaya.world.check(expert(name="chat"), urn=f"{STACK}:Deployment::x{name}").problems == []
    [warning] = alaya.world.warned
    assert warning.startswith('name: "chat" is the name of "one" in this program too; ')
