"""What all clouds have in common: a thing is made once, remembered by kind, and deleted as it was meant."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.errors import (
    ConflictError,
    InferenceError,
    ServerError,
    TransportError,
    WaitTimeoutError,
)
from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.lifecycle import State
from pulumi_inference.core.lifecycle.memory import Memory
from pulumi_inference.core.lifecycle.ownership import (
    in_list,
    in_map,
    in_text,
    mark,
    of_list,
    of_map,
    of_text,
    out_of_list,
    out_of_map,
    out_of_text,
)
from tests.support.toycloud import URN, Box, Boxes, BoxLifecycle, BoxOperation, Process

LOST = TransportError("POST /boxes: no answer", sent=True)
UNSENT = TransportError("POST /boxes: cannot connect", sent=False)
BROKEN = ServerError(status=502, code=None, message="bad gateway", request_id=None, method="POST", path="/boxes")
BUSY = ConflictError(status=409, code="BUSY", message="try later", request_id=None, method="POST", path="/boxes")


class Twins(BoxOperation):
    """Boxes whose names need not be unique."""

    refuses_twins = False


class Nameless(Twins):
    """Boxes of a cloud that does not answer the id of a new one."""

    def make(self, older: Any) -> None:
        """Makes the box."""
        super().make(older)


@pytest.fixture
def cloud() -> Boxes:
    return Boxes()


@pytest.fixture
def process() -> Process:
    return Process()


@pytest.fixture
def life(cloud: Boxes) -> BoxLifecycle:
    return BoxLifecycle(cloud)


@pytest.fixture
def twins(cloud: Boxes) -> BoxLifecycle:
    cloud.names_are_unique = False
    life = BoxLifecycle(cloud)
    life.operation = Twins
    return life


def checked(life: BoxLifecycle, process: Process, old: State | None = None, **values: Any) -> dict[str, Any]:
    found = life.check(process.context(), old.inputs if old else None, values)
    assert found.problems == []
    return found.inputs


def test_more_time_is_given_where_the_spec_has_room_for_it(life: BoxLifecycle, process: Process) -> None:
    class Patient(Box):
        """A box that may take its time."""

        timeouts: dict[str, str] | None = field(None, description="How long.", source="tests", local=True)

    def advice() -> str:
        run = BoxOperation(life, process.context(), State("box-1", {"name": "crate"}, {}), "create")
        return run.what_next(WaitTimeoutError("too slow"))

    assert advice().endswith("with more time by custom_timeouts in the resource's options")
    life.spec = Patient
    assert advice().endswith('with more time by timeouts={"create": "1h"}')


# --- names that are unique: the cloud refuses a twin ---


def test_a_new_thing_is_made_without_looking_for_it_first(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    state = life.create(process.context(), checked(life, process, colour="red"))
    assert (state.id, state.inputs["colour"], process.told) == ("box-1", "red", [])
    assert cloud.calls == ["create", "get"]


@pytest.mark.parametrize("trouble", [LOST, BROKEN], ids=["no answer", "502"])
def test_what_a_lost_try_has_made_is_taken_over(
    life: BoxLifecycle, cloud: Boxes, process: Process, trouble: InferenceError
) -> None:
    cloud.trouble = [(trouble, True)]
    assert life.create(process.context(), checked(life, process)).id == "box-1"
    assert (len(cloud.boxes), cloud.calls.count("create")) == (1, 1)
    [told] = process.told
    assert told.startswith("the answer to the create call was lost, and crate-"), told
    assert told.endswith("(box-1) was found in its place"), told


def test_what_a_lost_try_has_not_made_is_made_at_the_next(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    cloud.trouble = [(LOST, False), (BROKEN, False)]
    assert life.create(process.context(), checked(life, process)).id == "box-1"
    assert (len(cloud.boxes), cloud.calls.count("create")) == (1, 3)


def test_tries_end(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    cloud.trouble = [(BROKEN, False)] * 9
    with pytest.raises(InferenceError, match=r"was not created.*bad gateway"):
        life.create(process.context(), checked(life, process))
    assert cloud.calls.count("create") == 4


def test_what_was_never_sent_is_not_looked_for(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    cloud.trouble = [(UNSENT, False)]
    with pytest.raises(InferenceError, match="cannot connect"):
        life.create(process.context(), checked(life, process))
    assert cloud.calls == ["create"]


def test_a_box_of_our_name_and_kind_is_taken_over(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    inputs = checked(life, process, lid="oak")
    cloud.put("box-7", name=inputs["name"], lid="oak")
    assert life.create(process.context(), inputs).id == "box-7"


def test_a_box_of_our_name_with_another_lid_is_not(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    inputs = checked(life, process, lid="oak")
    cloud.put("box-7", name=inputs["name"], lid="elm")
    with pytest.raises(InferenceError) as caught:
        life.create(process.context(), inputs)
    assert "the name is taken by the box box-7, which this resource has not made" in str(caught.value)
    assert "`pulumi-inference import toys box box-7 --name crate`" in str(caught.value)


@pytest.mark.parametrize(("lock", "thing"), [({"metal": "iron", "code": 2}, "box-1"), ({"metal": "gold"}, "box-2")])
def test_a_box_with_a_lock_of_another_metal_is_not(
    twins: BoxLifecycle, cloud: Boxes, process: Process, lock: dict[str, Any], thing: str
) -> None:
    """What is for good inside of an object is as good a reason as a field of its own."""
    cloud.put("box-1", name="mine", lock=lock, tags=[mark(URN)])
    inputs = checked(twins, process, name="mine", lock={"metal": "iron", "code": 1})
    assert twins.create(process.context(), inputs).id == thing


def test_a_given_name_proves_nothing_but_the_mark_does(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    inputs = checked(life, process, name="mine")
    cloud.put("box-7", name="mine")
    with pytest.raises(InferenceError, match="which this resource has not made"):
        life.create(process.context(), inputs)
    cloud.put("box-7", name="mine", tags=[mark(URN)])
    assert life.create(process.context(), inputs).id == "box-7"


def test_a_box_that_this_process_was_asked_about_is_the_older_one(
    life: BoxLifecycle, cloud: Boxes, process: Process
) -> None:
    inputs = checked(life, process, name="mine")
    cloud.put("box-7", name="mine", tags=[mark(URN)])
    life.fetch(process.context(), "box-7", inputs)
    with pytest.raises(InferenceError, match="its older box box-7 still has the name") as caught:
        life.create(process.context(), inputs)
    assert "delete_before_replace" not in str(caught.value), "nothing is wrong with it"
    with pytest.raises(InferenceError, match="Set delete_before_replace=True"):
        life.create(process.context(), {**inputs, "colour": "green"})


def test_nothing_is_taken_over_while_the_state_hides_an_older_one(
    life: BoxLifecycle, cloud: Boxes, process: Process
) -> None:
    inputs = checked(life, process)
    cloud.put("box-7", name=inputs["name"])
    checked(life, process, State("", inputs, {}))  # `check` had old inputs, and nobody has said an id
    with pytest.raises(InferenceError, match="which this resource has not made"):
        life.create(process.context(), inputs)


def test_a_name_that_is_being_given_up_is_waited_for(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    inputs = checked(life, process)
    cloud.put("box-7", name=inputs["name"], status="crushing")
    found = cloud.find

    def find(name: str) -> list[dict[str, Any]]:
        result = found(name)
        cloud.boxes.clear()
        return result

    cloud.find = find  # type: ignore[method-assign]
    assert life.create(process.context(), inputs).id == "box-1"


# --- names that need not be unique: we look first ---


def test_without_unique_names_we_look_before_we_make(twins: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    assert twins.create(process.context(), checked(twins, process)).id == "box-1"
    assert cloud.calls[:3] == ["list", "list", "create"]


def test_a_strangers_box_of_the_same_name_stays_alone(twins: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    cloud.put("box-1", name="mine")
    assert twins.create(process.context(), checked(twins, process, name="mine")).id == "box-2"


def test_a_marked_box_is_taken_over_instead_of_a_twin(twins: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    cloud.put("box-1", name="mine")
    cloud.put("box-2", name="mine", tags=[mark(URN)])
    assert twins.create(process.context(), checked(twins, process, name="mine")).id == "box-2"
    assert cloud.calls.count("create") == 0


def test_an_older_box_of_ours_is_named_to_the_create_call(twins: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    inputs = checked(twins, process, name="mine", lid="oak")
    cloud.put("box-1", name="mine", lid="elm", tags=[mark(URN)])
    twins.fetch(process.context(), "box-1", inputs)
    assert twins.create(process.context(), inputs).id == "box-2"
    assert cloud.boxes["box-2"]["after"] == "box-1"


def test_of_a_lost_try_only_what_was_not_there_before_is_ours(
    twins: BoxLifecycle, cloud: Boxes, process: Process
) -> None:
    cloud.put("box-1", name="mine", colour="red")
    cloud.trouble = [(LOST, True)]
    assert twins.create(process.context(), checked(twins, process, name="mine", colour="red")).id == "box-2"
    assert len(cloud.boxes) == 2


def test_what_was_there_before_a_lost_try_is_not_ours(twins: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    cloud.put("box-1", name="mine", colour="red")
    cloud.trouble = [(LOST, False)]
    assert twins.create(process.context(), checked(twins, process, name="mine", colour="red")).id == "box-2"


def test_what_bears_anothers_mark_is_not_of_a_lost_try(twins: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    """Two resources with one name: the answer of the first is lost, while the second is made."""
    cloud.trouble = [(LOST, False)]
    found = cloud.find

    def find(name: str) -> list[dict[str, Any]]:
        if cloud.calls.count("create") == 1 and not cloud.boxes:
            cloud.put("box-1", name="mine", tags=[mark(f"{URN}-2")])
        return found(name)

    cloud.find = find  # type: ignore[method-assign]
    assert twins.create(process.context(), checked(twins, process, name="mine")).id == "box-2"


@pytest.mark.parametrize("strangers", [0, 1])
def test_a_lost_try_is_looked_for_once_more_before_the_next(
    twins: BoxLifecycle, cloud: Boxes, process: Process, strangers: int
) -> None:
    """A list may be a little late; two boxes would be one too many."""
    if strangers:
        cloud.put("box-0", name="mine", lid="elm")
    cloud.trouble = [(LOST, True)]
    found, late = cloud.find, iter([True] * 4)

    def find(name: str) -> list[dict[str, Any]]:
        is_late = next(late, False)
        return [one for one in found(name) if not is_late or one["box_id"] == "box-0"]

    cloud.find = find  # type: ignore[method-assign]
    assert twins.create(process.context(), checked(twins, process, name="mine")).id == f"box-{strangers + 1}"
    assert cloud.calls.count("create") == 1


def test_an_answer_without_an_id_is_looked_for(twins: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    twins.operation = Nameless
    assert twins.create(process.context(), checked(twins, process)).id == "box-1"
    assert len(cloud.boxes) == 1


def test_a_conflict_is_not_our_box_but_a_reason_to_wait(twins: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    cloud.put("box-1", name="mine", colour="red")
    cloud.trouble = [(BUSY, False)]
    assert twins.create(process.context(), checked(twins, process, name="mine", colour="red")).id == "box-2"


# --- what a process remembers ---


def test_two_kinds_of_things_with_one_id_are_not_mistaken_for_each_other() -> None:
    memory = Memory()
    memory.took("toys.Model", "7")
    memory.saw("toys.Model", "7", "urn")
    assert not memory.has_taken("toys.Service", "7")
    assert not memory.has_seen("toys.Service", "7")


@pytest.mark.parametrize("before", ["", "https://boxes.example.com/"])
def test_a_place_spelled_otherwise_is_no_other_place(
    life: BoxLifecycle, cloud: Boxes, process: Process, before: str
) -> None:
    """Whoever writes the endpoint in another way must not lose what is there."""
    inputs = {**checked(life, process, name="mine"), "endpoint": before}
    cloud.put("box-7", name="mine", tags=[mark(URN)])
    life.fetch(process.context(), "box-7", inputs)
    with pytest.raises(InferenceError, match="its older box box-7 still has the name"):
        life.create(process.context(), checked(life, process, name="mine"))
    life.delete(process.context(), "box-8", State("box-8", inputs, {}))
    assert "box-7" in cloud.boxes


def test_what_was_taken_over_is_kept_although_its_older_place_is_no_more(
    life: BoxLifecycle, cloud: Boxes, process: Process
) -> None:
    inputs = checked(life, process, name="mine")
    cloud.put("box-7", name="mine", tags=[mark(URN)])
    state = life.create(process.context(), inputs)
    life.delete(process.context(), "box-7", State("box-7", {**state.inputs, "connection": "gone"}, {}))
    assert "box-7" in cloud.boxes


def test_a_box_taken_over_is_not_deleted_as_its_older_self(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    """What `pulumi up --replace` does: create takes the box over, and then delete comes for the same id."""
    inputs = checked(life, process, name="mine")
    cloud.put("box-7", name="mine", tags=[mark(URN)])
    state = life.create(process.context(), inputs)
    life.delete(process.context(), "box-7", state)
    assert "box-7" in cloud.boxes
    assert "was not replaced but kept, because its name is taken by itself" in process.warned[0]


def test_one_kind_that_was_taken_over_does_not_keep_another_of_the_same_id(
    life: BoxLifecycle, cloud: Boxes, process: Process
) -> None:
    other = BoxLifecycle(cloud)
    other.kind = "toys.Chest"  # type: ignore[misc]
    inputs = checked(life, process, name="mine")
    cloud.put("box-7", name="mine", tags=[mark(URN)])
    state = life.create(process.context(), inputs)
    other.delete(process.context(), "box-7", state)
    assert cloud.boxes == {}


def test_after_a_delete_the_id_may_be_given_again(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    inputs = checked(life, process, name="mine")
    cloud.put("box-7", name="mine", tags=[mark(URN)])
    life.generation = "made"  # type: ignore[misc]
    life.delete(process.context(), "box-7", life.read(process.context(), "box-7", State("box-7", inputs, {})))
    cloud.put("box-7", name="mine", tags=[mark(URN)])
    assert life.create(process.context(), inputs).id == "box-7"


def test_what_was_deleted_and_is_still_shown_is_not_taken_over(
    life: BoxLifecycle, cloud: Boxes, process: Process
) -> None:
    inputs = checked(life, process, name="mine")
    cloud.put("box-7", name="mine", tags=[mark(URN)])
    life.delete(process.context(), "box-7", State("box-7", inputs, {}))
    cloud.put("box-7", name="mine", tags=[mark(URN)])  # a late answer
    found = cloud.find

    def find(name: str) -> list[dict[str, Any]]:
        result = found(name)
        cloud.boxes.clear()
        return result

    cloud.find = find  # type: ignore[method-assign]
    cloud.ids = lambda: "box-8"
    assert life.create(process.context(), inputs).id == "box-8"


def test_an_id_that_is_given_again_is_read_anew(twins: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    twins.generation, twins.unique_by, cloud.ids = "made", (), lambda: "crate"  # type: ignore[misc]
    former = twins.create(process.context(), checked(twins, process, name="n", lid="oak"))
    process = Process()
    inputs = checked(twins, process, former, name="n", lid="elm")
    twins.diff(process.context(), former.id, former, inputs)
    new = twins.create(process.context(), inputs)
    twins.delete(process.context(), former.id, former)
    assert (new.inputs["lid"], cloud.boxes["crate"]["lid"]) == ("elm", "elm")


def test_deleting_what_is_gone_is_a_success(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    recorded = State("box-7", checked(life, process, name="mine"), {})
    cloud.calls.clear()
    life.delete(process.context(), "box-7", recorded)
    assert cloud.calls == ["delete", "get", "get", "list"]
    assert process.warned == ["mine was gone already; nothing was deleted"]


@pytest.mark.parametrize("generation", ["", "made"])
def test_a_thing_made_anew_under_the_same_id_outlives_the_delete_of_its_former_self(
    life: BoxLifecycle, cloud: Boxes, process: Process, generation: str
) -> None:
    """Where ids are given again, an output tells which of the things with an id is meant."""
    life.generation = generation  # type: ignore[misc]
    former = life.create(process.context(), checked(life, process))
    cloud.put(former.id, name="another")
    other = Process()  # a pending delete comes in the next process, which remembers nothing
    life.delete(other.context(), former.id, former)
    assert (former.id in cloud.boxes) is bool(generation)


def test_the_same_generation_is_deleted(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    life.generation = "made"  # type: ignore[misc]
    state = life.create(process.context(), checked(life, process))
    life.delete(Process().context(), state.id, state)
    assert cloud.boxes == {}


# --- the mark ---


def test_the_mark_is_put_where_a_cloud_has_room_and_taken_out_again() -> None:
    own = mark(URN)
    assert out_of_text(in_text("Oak.", own, 100)) == "Oak."
    assert in_text("x" * 90, own, 100) == "x" * 90
    assert (out_of_list(in_list(["a"], own)), in_list(["a"], own)) == (["a"], ["a", own])
    assert (out_of_map(in_map({"a": "b"}, own)), in_map({"a": "b"}, own)) == (
        {"a": "b"},
        {"a": "b", "pulumi-inference": own},
    )
    assert (in_text("Oak.", "", 100), in_list(["a"], ""), in_map({}, "")) == ("Oak.", ["a"], {})


def test_what_the_program_itself_says_is_no_mark() -> None:
    assert out_of_list(["pulumi:stack", "pulumi:1234567"]) == ["pulumi:stack"]
    assert out_of_map({"pulumi-inference": "mine"}) == {"pulumi-inference": "mine"}


def test_whose_mark_it_is_can_be_read() -> None:
    own = mark(URN)
    assert (of_text(in_text("Oak.", own, 100)), of_list(["a", own]), of_map(in_map({}, own))) == (own, own, own)
    assert (of_text("Oak."), of_list(["a"]), of_map({"pulumi-inference": "mine"})) == ("", "", "")
