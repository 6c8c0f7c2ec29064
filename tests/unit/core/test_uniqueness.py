"""What two things cannot share is told in the preview: taken in the cloud or in the program, or kept by the old one."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.errors import InferenceError, ServerError
from pulumi_inference.core.lifecycle import State
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.ownership import mark
from tests.support.toycloud import URN, Boxes, BoxLifecycle, BoxOperation, Process

OTHER = URN.replace("crate", "chest")


class Twins(BoxOperation):
    """Boxes whose names need not be unique."""

    refuses_twins = False


@pytest.fixture
def cloud() -> Boxes:
    return Boxes()


@pytest.fixture
def life(cloud: Boxes) -> BoxLifecycle:
    return BoxLifecycle(cloud)


@pytest.fixture
def process() -> Process:
    return Process()


def problems(life: BoxLifecycle, context: Context, old: dict[str, Any] | None = None, **values: Any) -> list[str]:
    """What the check finds."""
    return [str(one) for one in life.check(context, old, values).problems]


def test_a_taken_name_is_asked_for_once_and_told(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    cloud.put("box-7", name="mine")
    [told] = problems(life, process.context(), name="mine")
    assert told.startswith("name: the name is taken by the box box-7, which this resource has not made. Choose another")
    assert "import toys box box-7 --name crate" in told
    problems(life, process.context(), name="mine")
    assert cloud.calls.count("list") == 1


@pytest.mark.parametrize("values", [{}, {"name": "free"}])
def test_a_free_name_is_no_problem(life: BoxLifecycle, cloud: Boxes, process: Process, values: dict[str, Any]) -> None:
    assert problems(life, process.context(), **values) == []
    assert cloud.calls.count("list") == len(values), "an automatic name needs no question"


def test_what_is_recorded_asks_nobody_until_it_gets_another_name(
    life: BoxLifecycle, cloud: Boxes, process: Process
) -> None:
    old = life.check(process.context(), None, {"name": "mine"}).inputs
    cloud.put("box-7", name="mine")
    cloud.put("box-8", name="yours")
    cloud.calls.clear()
    assert problems(life, process.context(), old, name="mine", colour="red") == []
    assert cloud.calls == []
    assert "taken by the box box-8" in problems(life, process.context(), old, name="yours")[0]


def test_what_this_resource_has_left_behind_is_no_rival(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    cloud.put("box-7", name="mine", tags=[mark(URN)])
    assert problems(life, process.context(), name="mine") == []


def test_another_resource_of_ours_may_be_this_one_under_its_former_name(
    life: BoxLifecycle, cloud: Boxes, process: Process
) -> None:
    cloud.put("box-7", name="mine", tags=[mark(OTHER)])
    [told] = problems(life, process.context(), name="mine")
    assert "which another Pulumi resource has made. If that is what this resource was called before" in told
    assert 'aliases=[pulumi.Alias(name="FORMER NAME")]' in told

    life.read(process.context(urn=OTHER), "box-7", State("box-7", {"name": "mine"}, {}))
    [told] = problems(life, process.context(), name="mine")
    assert 'which is "chest" in this stack' in told
    assert 'aliases=[pulumi.Alias(name="chest")]' in told
    with pytest.raises(InferenceError, match="in this stack"):
        life.create(process.context(), life.check(process.context(), None, {"name": "mine"}).inputs)


def test_a_resource_that_was_moved_is_told_its_urn(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    cloud.put("box-7", name="mine", tags=[mark(URN)])
    life.read(process.context(), "box-7", State("box-7", {"name": "mine"}, {}))
    [told] = problems(life, process.context(urn=URN.replace("boxes:Box", "own:Group$boxes:Box")), name="mine")
    assert f'aliases=["{URN}"]' in told


def test_a_name_that_two_resources_give_is_told_of_the_second(life: BoxLifecycle, process: Process) -> None:
    assert problems(life, process.context(), name="mine") == []
    assert problems(life, process.context(urn=OTHER), name="mine") == [
        'name: "mine" is the name of "crate" in this program too; choose another one'
    ]
    assert problems(life, process.context(urn=OTHER), name="yours") == []


def test_names_that_need_not_be_unique_are_nobodys(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    life.operation = Twins
    cloud.put("box-7", name="mine")
    assert problems(life, process.context(), name="mine") == []
    assert problems(life, process.context(urn=OTHER), name="mine") == []


def test_a_cloud_that_does_not_answer_is_a_warning(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    def fail(name: str) -> Any:
        raise ServerError(status=500, code=None, message=f"no {name}", request_id=None, method="GET", path="/boxes")

    cloud.find = fail  # type: ignore[method-assign]
    assert problems(life, process.context(), name="mine") == []
    assert process.warned[0].startswith("the names could not be looked up")


# --- told to replace, and told to keep ---


def test_what_the_engine_is_told_to_replace_gets_another_automatic_name(
    life: BoxLifecycle, cloud: Boxes, process: Process
) -> None:
    state = life.create(process.context(), life.check(process.context(), None, {}).inputs)
    later = Process()
    recorded = life.read(later.context(), state.id, state)
    inputs = life.check(later.context(), None, {}).inputs
    assert inputs["name"] != state.inputs["name"]
    made = life.create(later.context(), inputs)
    assert (recorded is not None, made.id, later.told) == (True, "box-2", [])
    assert cloud.boxes["box-2"]["tags"] == [mark(URN)], "its name alone proves nothing"
    life.delete(later.context(), state.id, state)
    assert list(cloud.boxes) == ["box-2"]

    again = Process()
    assert life.check(again.context(), made.inputs, {}).inputs["name"] == made.inputs["name"]


def test_an_ordinary_replacement_keeps_to_its_name(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    state = life.create(process.context(), life.check(process.context(), None, {"lid": "oak"}).inputs)
    later = Process()
    life.read(later.context(), state.id, state)
    first = life.check(later.context(), state.inputs, {"lid": "elm"}).inputs
    assert life.check(later.context(), None, {"lid": "elm"}).inputs["name"] == first["name"]


def test_a_given_name_is_warned_of_unless_the_old_one_goes_first(
    life: BoxLifecycle, cloud: Boxes, process: Process
) -> None:
    state = life.create(process.context(), life.check(process.context(), None, {"name": "mine"}).inputs)
    for deletes_first in (False, True):
        later = Process()
        later.context().course.deletes_first = deletes_first
        life.read(later.context(), state.id, state)
        assert problems(life, later.context(), name="mine") == []
        assert any("still has the name" in text for text in later.warned) is not deletes_first


def test_a_name_that_retain_on_delete_keeps_is_told(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    old = life.check(process.context(), None, {"name": "mine", "lid": "oak"}).inputs
    process.context().course.retains = True
    [told] = problems(life, process.context(), old, name="mine", lid="elm")
    assert told.startswith("name: another lid makes another box, and the old one keeps the name because of retain_on")
    assert problems(life, process.context(), old, name="mine", lid="oak", colour="red") == []
    assert problems(life, process.context(), old, name="yours", lid="elm") == []


def test_what_was_kept_is_taken_over_when_the_change_is_taken_back(
    life: BoxLifecycle, cloud: Boxes, process: Process
) -> None:
    """The state of a stack that an earlier version of this library has jammed."""
    state = life.create(process.context(), life.check(process.context(), None, {"name": "mine"}).inputs)
    later = Process()
    later.context().course.retains = True
    life.read(later.context(), state.id, state)
    inputs = life.check(later.context(), state.inputs, {"name": "mine"}).inputs
    assert life.create(later.context(), inputs).id == state.id
    [told] = later.told
    assert told.startswith(f"mine ({state.id}) was not replaced: retain_on_delete keeps it")


def test_a_resource_that_only_looks_at_a_thing_does_not_make_it_its_own(
    life: BoxLifecycle, cloud: Boxes, process: Process
) -> None:
    """With `get` beside the resource itself, and no mark, as after an import: a replacement is no clash."""
    cloud.put("box-7", name="mine", lid="oak")
    state = State("box-7", {"name": "mine", "lid": "oak"}, {})
    for urn in (URN, OTHER):
        life.read(process.context(urn=urn), "box-7", state)
    old = life.check(process.context(), state.inputs, {"name": "mine", "lid": "elm"})
    assert (old.problems, problems(life, process.context(), name="mine", lid="elm")) == ([], [])
