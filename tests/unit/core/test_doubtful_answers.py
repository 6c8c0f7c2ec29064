"""What a cloud answers is not to be trusted: that a thing is there, that it is gone, that it was deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pulumi_inference.core.errors import ConflictError, InferenceError, PermissionDeniedError, ResponseError
from pulumi_inference.core.lifecycle import State, UnhealthyError
from pulumi_inference.core.lifecycle.context import INSIST_PAUSES, INSIST_SECONDS
from pulumi_inference.core.lifecycle.managed import DELETIONS
from pulumi_inference.core.lifecycle.operation import MISSING_GRACE
from tests.support.toycloud import Boxes, BoxLifecycle, Process

Answers = Callable[..., Any]


@pytest.fixture
def cloud() -> Boxes:
    return Boxes()


@pytest.fixture
def process() -> Process:
    return Process()


@pytest.fixture
def life(cloud: Boxes) -> BoxLifecycle:
    return BoxLifecycle(cloud)


def checked(life: BoxLifecycle, process: Process, old: State | None = None, **values: Any) -> dict[str, Any]:
    found = life.check(process.context(), old.inputs if old else None, {"name": "mine", **values})
    assert found.problems == []
    return found.inputs


def made(life: BoxLifecycle, **values: Any) -> State:
    process = Process()
    return life.create(process.context(), checked(life, process, **values))


def first(cloud: Boxes, verb: str, times: int, instead: Answers) -> None:
    """The first answers of a verb come from elsewhere."""
    true, left = getattr(cloud, verb), iter(range(times))
    setattr(cloud, verb, lambda *given: true(*given) if next(left, None) is None else instead(*given))


def missing(_thing: str) -> dict[str, Any]:
    return Boxes().get("nowhere")


BROKEN = [
    {},
    {"box_id": None},
    {"box_id": "box-1"},
    {"box_id": "box-1", "name": None, "status": "closed", "tags": []},
    {"box_id": "box-2", "name": "mine", "status": "closed", "tags": []},
    {"box_id": float("nan"), "name": "mine", "status": "closed", "tags": []},
    {"box_id": "box-1", "name": "mine", "status": "closed", "tags": [None]},
    {"box_id": "box-1", "name": "mine", "status": " ", "tags": []},
    None,
    [],
]


@pytest.mark.parametrize("answer", BROKEN, ids=repr)
def test_an_answer_that_is_no_box_is_asked_for_again(life: BoxLifecycle, cloud: Boxes, answer: Any) -> None:
    state = made(life)
    first(cloud, "get", len(INSIST_PAUSES), lambda _thing: answer)
    assert life.read(Process().context(), state.id, state) == state


@pytest.mark.parametrize("answer", BROKEN, ids=repr)
def test_one_that_stays_none_is_an_error_and_no_change(life: BoxLifecycle, cloud: Boxes, answer: Any) -> None:
    state = made(life)
    first(cloud, "get", 99, lambda _thing: answer)
    with pytest.raises(ResponseError, match="what the cloud answered about the box box-1 cannot be understood"):
        life.read(Process().context(), state.id, state)
    process = Process()
    found = life.diff(process.context(), state.id, state, checked(life, process, state))
    assert (found.changes, found.replaces) == (False, [])
    assert "compared with the record only" in process.warned[0]


def test_one_that_was_asked_for_long_enough_is_not_asked_for_again(life: BoxLifecycle, cloud: Boxes) -> None:
    state, process, asked = made(life), Process(), []

    def late(thing: str) -> dict[str, Any]:
        asked.append(thing)
        process.clock.advance(INSIST_SECONDS)
        return {}

    first(cloud, "get", 99, late)
    with pytest.raises(ResponseError):
        life.read(process.context(), state.id, state)
    assert len(asked) == 1


def test_a_wrong_answer_is_told_without_what_stands_in_it(life: BoxLifecycle, cloud: Boxes) -> None:
    state = made(life)
    first(cloud, "get", 99, lambda _thing: {"box_id": {"key": "s3cret"}, "name": ["s3cret"], "tags": "s3cret"})
    with pytest.raises(ResponseError) as caught:
        life.read(Process().context(), state.id, state)
    assert str(caught.value).splitlines()[1:] == [
        "  box_id: is not the one that was asked for, box-1",
        "  name: must be a text that is not blank",
        "  name: must be a text",
        "  status: is missing",
        "  tags: must be a list",
    ]


def test_a_record_that_lost_its_name_is_mended_from_the_live_box(life: BoxLifecycle, cloud: Boxes) -> None:
    """As an answer that was none left it."""
    state = made(life, lid="oak", colour="red")
    poor = State(state.id, {name: state.inputs[name] for name in ("wait", "endpoint")}, {})
    process = Process()
    mended = life.read(process.context(), poor.id, poor)
    assert mended is not None
    assert (mended.inputs["name"], mended.inputs["lid"], mended.facts) == ("mine", "oak", state.facts)

    process = Process()
    program = checked(life, process, poor, lid="oak", colour="red")
    found = life.diff(process.context(), poor.id, poor, program)
    assert (found.changes, found.replaces) == (None, []), "it is written down again, not made anew"


# --- gone or not ---


def test_one_that_is_missing_once_is_not_gone(life: BoxLifecycle, cloud: Boxes) -> None:
    state = made(life)
    first(cloud, "get", 1, missing)
    assert life.read(Process().context(), state.id, state) == state


def test_what_the_list_still_has_is_not_gone(life: BoxLifecycle, cloud: Boxes) -> None:
    state = made(life)
    first(cloud, "get", 99, missing)
    with pytest.raises(ResponseError, match="says that it has no box box-1, but its list has it"):
        life.read(Process().context(), state.id, state)


def test_what_nobody_has_any_more_is_gone(life: BoxLifecycle, cloud: Boxes) -> None:
    state = made(life)
    cloud.boxes.clear()
    cloud.calls.clear()
    assert life.read(Process().context(), state.id, state) is None
    assert cloud.calls == ["get", "get", "list"]


def test_who_may_not_list_is_told_what_the_second_look_says(life: BoxLifecycle, cloud: Boxes) -> None:
    state = made(life)
    cloud.boxes.clear()
    refused = PermissionDeniedError(status=403, code=None, message="no", request_id=None, method="GET", path="/boxes")

    def refuse(_name: str) -> Any:
        raise refused

    first(cloud, "find", 9, refuse)
    assert life.read(Process().context(), state.id, state) is None


def test_an_ordinary_look_is_one_request(life: BoxLifecycle, cloud: Boxes) -> None:
    state, process = made(life), Process()
    cloud.calls.clear()
    life.read(process.context(), state.id, state)
    life.diff(process.context(), state.id, state, checked(life, process, state))
    assert cloud.calls == ["get"]


@pytest.mark.parametrize("seconds", [MISSING_GRACE - 5, MISSING_GRACE + 60])
def test_a_new_box_may_be_missing_for_a_while(
    life: BoxLifecycle, cloud: Boxes, process: Process, seconds: float
) -> None:
    true, end = cloud.get, process.clock.monotonic() + seconds
    cloud.get = lambda thing: missing(thing) if process.clock.monotonic() < end else true(thing)  # type: ignore[method-assign]
    if seconds < MISSING_GRACE:
        assert life.create(process.context(), checked(life, process)).id == "box-1"
        return
    with pytest.raises(UnhealthyError, match="says that it has no box box-1") as caught:
        life.create(process.context(), checked(life, process))
    assert caught.value.state.id == "box-1"


# --- what a create call answers ---


def test_an_id_that_is_anothers_is_not_taken_for_the_new_box(
    life: BoxLifecycle, cloud: Boxes, process: Process
) -> None:
    cloud.put("box-7", name="somebody-elses")
    true = cloud.create
    cloud.create = lambda body: [true(body), "box-7"][1]  # type: ignore[method-assign]
    state = life.create(process.context(), checked(life, process))
    assert (state.id, state.inputs["name"]) == ("box-2", "mine")
    assert "was found in its place" in process.told[0]


def test_an_id_of_nothing_is_looked_for_by_name(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    true = cloud.create
    cloud.create = lambda body: [true(body), "box-0"][1]  # type: ignore[method-assign]
    assert life.create(process.context(), checked(life, process)).id == "box-1"


def test_anothers_box_never_comes_into_the_state(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    cloud.put("box-7", name="somebody-elses")
    cloud.create = lambda _body: "box-7"  # type: ignore[method-assign]
    with pytest.raises(InferenceError, match=r"mine was not created: .* has the id of another box, box-7") as caught:
        life.create(process.context(), checked(life, process))
    assert not isinstance(caught.value, UnhealthyError)


def test_no_second_box_is_made_because_a_list_cannot_be_understood(
    life: BoxLifecycle, cloud: Boxes, process: Process
) -> None:
    state = made(life)
    first(cloud, "find", 99, lambda _name: [{"box_id": "box-1"}])
    life.operation.refuses_twins = False
    try:
        with pytest.raises(ResponseError, match="about the box box-1 cannot be understood"):
            life.create(process.context(), checked(life, process))
    finally:
        del life.operation.refuses_twins
    assert list(cloud.boxes) == [state.id]


# --- deleted or not ---


def test_a_delete_that_was_accepted_and_not_done_is_made_again(
    life: BoxLifecycle, cloud: Boxes, process: Process
) -> None:
    state = made(life)
    first(cloud, "delete", 1, lambda _thing: None)
    life.delete(process.context(), state.id, state)
    assert cloud.boxes == {}
    assert "the cloud is told again to delete it" in process.told[0]


def test_it_is_not_made_again_for_ever(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    state, asked = made(life), []
    cloud.delete = asked.append  # type: ignore[method-assign]
    with pytest.raises(InferenceError, match=f"mine was not deleted: the cloud was told {DELETIONS} times"):
        life.delete(process.context(), state.id, state)
    assert len(asked) == DELETIONS
    assert process.clock.monotonic() < 300


def test_a_repeated_delete_that_is_refused_ends_nothing(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    state, asked = made(life), []

    def delete(thing: str) -> None:
        asked.append(thing)
        if len(asked) > 1:
            cloud.boxes.clear()
            raise ConflictError(
                status=409, code="BUSY", message="it is going", request_id=None, method="DELETE", path="/boxes"
            )

    cloud.delete = delete  # type: ignore[method-assign]
    life.delete(process.context(), state.id, state)
    assert len(asked) == 2


def test_a_delete_that_is_refused_is_an_error(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    def refuse(_thing: str) -> None:
        raise ConflictError(status=409, code="BUSY", message="in use", request_id=None, method="DELETE", path="/boxes")

    state = made(life)
    first(cloud, "delete", 1, refuse)
    with pytest.raises(ConflictError, match=r"mine was not deleted: .*in use"):
        life.delete(process.context(), state.id, state)


def test_a_box_that_takes_its_time_to_go_is_waited_for(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    state, asked = made(life), []

    def delete(thing: str) -> None:
        asked.append(thing)
        cloud.boxes[thing]["status"] = "crushing"

    cloud.delete = delete  # type: ignore[method-assign]
    process.clock.on_wait = lambda _seconds: cloud.boxes.clear() if process.clock.monotonic() > 300 else None
    life.delete(process.context(), state.id, state)
    assert asked == [state.id]


def test_a_delete_that_meets_a_late_server_deletes_all_the_same(
    life: BoxLifecycle, cloud: Boxes, process: Process
) -> None:
    state = made(life)
    first(cloud, "delete", 1, missing)
    life.delete(process.context(), state.id, state)
    assert (cloud.boxes, process.warned) == ({}, [])


def test_that_there_was_nothing_to_delete_is_told(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    state = made(life)
    cloud.boxes.clear()
    life.delete(process.context(), state.id, state)
    assert process.warned == ["mine was gone already; nothing was deleted"]


def test_an_answer_to_a_delete_that_cannot_be_understood_is_looked_after(
    life: BoxLifecycle, cloud: Boxes, process: Process
) -> None:
    def puzzle(_thing: str) -> None:
        raise ResponseError("DELETE /boxes/box-1: the answer is no JSON object")

    state = made(life)
    first(cloud, "delete", 2, puzzle)
    life.delete(process.context(), state.id, state)
    assert cloud.boxes == {}
