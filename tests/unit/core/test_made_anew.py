"""What only the answer to a create call said, and was lost with it: the thing is deleted and made anew."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.errors import InferenceError, ResponseError, TransportError
from pulumi_inference.core.lifecycle.ownership import mark
from tests.support.toycloud import URN, Boxes, BoxLifecycle, BoxOperation, Process

LOST = TransportError("POST /boxes: no answer", sent=True)
UNREADABLE = ResponseError("POST /boxes: the answer cannot be understood")


class Told(BoxOperation):
    """Boxes with a combination that only the answer to the create call says."""

    @property
    def takes_over(self) -> bool:
        """Only with the combination."""
        return "combination" in self.facts

    def make(self, older: Any) -> Any:
        """Makes the box, and keeps the combination."""
        made = super().make(older)
        self.facts = {**self.facts, "combination": 1234}
        return made


class Nameless(Told):
    """The same where the answer does not say the id."""

    def make(self, older: Any) -> None:
        """Makes the box."""
        super().make(older)


@pytest.fixture
def cloud() -> Boxes:
    cloud = Boxes()
    ids = iter(f"box-{number}" for number in range(1, 99))
    cloud.ids = lambda: next(ids)
    return cloud


@pytest.fixture
def process() -> Process:
    return Process()


@pytest.fixture
def life(cloud: Boxes) -> BoxLifecycle:
    life = BoxLifecycle(cloud)
    life.operation = Told
    return life


def checked(life: BoxLifecycle, process: Process, **values: Any) -> dict[str, Any]:
    found = life.check(process.context(), None, values)
    assert found.problems == []
    return found.inputs


def test_one_that_was_left_behind_is_made_anew(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    inputs = checked(life, process)
    cloud.put("box-x", name=inputs["name"])
    assert life.create(process.context(), inputs).id == "box-1"
    assert list(cloud.boxes) == ["box-1"]
    assert cloud.calls.count("create") == 1
    assert process.told == [
        f"deletes {inputs['name']} (box-x), made by a create call of an earlier run of this program, whose state lost "
        "it, and makes it anew: what that answer said, nobody can ask for again"
    ]


def test_so_is_one_that_would_have_to_be_another(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    """An earlier run may have had another program."""
    cloud.put("box-x", name="mine", lid="elm", tags=[mark(URN)])
    assert life.create(process.context(), checked(life, process, name="mine", lid="oak")).id == "box-1"
    assert list(cloud.boxes) == ["box-1"]


@pytest.mark.parametrize("tags", [[], ["pulumi:0000000"]], ids=["unmarked", "another's"])
def test_one_of_somebody_else_stays(life: BoxLifecycle, cloud: Boxes, process: Process, tags: list[str]) -> None:
    inputs = checked(life, process, name="mine")
    cloud.put("box-x", name="mine", tags=tags)
    with pytest.raises(InferenceError, match="the name is taken by the box box-x") as caught:
        life.create(process.context(), inputs)
    assert "None" not in str(caught.value)
    assert (list(cloud.boxes), cloud.calls.count("create")) == (["box-x"], 0)


@pytest.mark.parametrize("error", [LOST, UNREADABLE], ids=["no answer", "no value"])
def test_one_whose_answer_was_lost_is_made_anew(
    life: BoxLifecycle, cloud: Boxes, process: Process, error: InferenceError
) -> None:
    cloud.trouble = [(error, True)]
    assert life.create(process.context(), checked(life, process)).id == "box-2"
    assert list(cloud.boxes) == ["box-2"]
    [told] = process.told
    assert "(box-1), made by a create call whose answer was lost, and makes it anew" in told


def test_tries_end_and_leave_nothing_behind(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    cloud.trouble = [(UNREADABLE, True)] * 9
    with pytest.raises(InferenceError, match="the answer cannot be understood"):
        life.create(process.context(), checked(life, process))
    assert (cloud.boxes, cloud.calls.count("create")) == ({}, 4)


def test_one_without_an_id_in_its_answer_is_found_and_kept(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    life.operation = Nameless
    assert life.create(process.context(), checked(life, process)).id == "box-1"
    assert cloud.calls.count("create") == 1


def test_the_one_that_is_replaced_is_not_deleted(life: BoxLifecycle, cloud: Boxes, process: Process) -> None:
    inputs = checked(life, process, name="mine")
    cloud.put("box-x", name="mine", tags=[mark(URN)])
    life.fetch(process.context(), "box-x", inputs)
    for retains in (False, True):
        process.context().course.retains = retains
        with pytest.raises(InferenceError, match="its older box box-x still has the name"):
            life.create(process.context(), inputs)
    assert list(cloud.boxes) == ["box-x"]
