"""The life of a toy cloud's resource, driven by the real engine: what is in no room comes from the house."""

from __future__ import annotations

import pytest

from tests.support.projects import Step
from tests.support.toy_house import ToyProject, Toys
from tests.toycloud.conftest import NewToyProject

pytestmark = pytest.mark.stack

ONE_BOX = """
    import pulumi
    from pulumi_inference import toybox

    box = toybox.Box(
        "crate",
        name="mine",
        contents=toybox.ContentsArgs(toy="car", count=2),
        tags=["wood"],
        lock=pulumi.Output.secret("sesame-4711"),
        smoke_test=toybox.SmokeTestArgs(body={"x": 1}, expect_json={"toy": "car"}, attempts=1),
    )
    pulumi.export("id", box.id)
    pulumi.export("box_id", box.box_id)
    pulumi.export("tags", box.tags)
"""


def written(toys: Toys) -> list[str]:
    """What the program's last command has sent to change something; calls of boxes aside."""
    sent = [f"{one.method} {one.path.removeprefix('/toybox/v1')}" for one in toys.sent("POST", "PUT", "DELETE")]
    toys.forget_requests()
    return [one for one in sent if not one.endswith("/call")]


def up(project: ToyProject, counts: str) -> None:
    """Deploys, and what the engine says that it did is as it has to be."""
    done = project.up()
    assert done.ok, done
    assert done.lines(counts), done


def test_made_once_changed_replaced_and_removed(toys: Toys, new_toy_project: NewToyProject) -> None:
    project = new_toy_project(ONE_BOX)
    toys.fault(method="POST", path="/boxes$", reset=True, commit=True)
    up(project, "+ 2 created")
    [box] = toys.boxes()
    path, one = f"/boxes/{box['boxId']}", f"{box['boxId']},1"
    # Its answer was lost, and it was found again by its mark; but nobody knows its lock.
    assert written(toys) == ["POST /boxes", f"PUT {path}/1"]
    assert project.outputs() == {"id": one, "box_id": box["boxId"], "tags": ["wood"]}
    assert [tag.partition(":")[0] for tag in box["tags"]] == ["wood", "pulumi"]
    assert box["status"] == "packed"

    up(project, "2 unchanged")
    assert written(toys) == []

    toys.api("PUT", f"{path}/1", {"colour": "blue"})
    [drift] = project.planned()
    assert drift == Step("update", "crate", {"colour"}, ())
    up(project, "~ 1 updated")
    assert toys.boxes()[0]["colour"] == "red"

    project.edit("count=2", "count=3")
    toys.forget_requests()
    up(project, "~ 1 updated")
    assert written(toys) == [f"PUT {path}/1"]
    [changed] = toys.boxes()
    assert (changed["contents"], changed["tags"]) == ({"toy": "car", "count": 3}, box["tags"])

    project.edit('toy="car"', 'toy="ball"')
    project.edit('{"toy": "car"}', '{"toy": "ball"}')
    [step] = project.planned()
    assert (step.op, step.replaced_by) == ("replace", ("contents",))
    up(project, "+-1 replaced")
    assert written(toys) == ["POST /boxes", f"DELETE {path}/1"], "the new one first"
    assert project.outputs()["id"] == f"{box['boxId']},2"

    assert project.destroy().ok
    assert (toys.boxes(), written(toys)) == ([], [f"DELETE {path}/2"])


def test_what_fails_is_kept_and_told(toys: Toys, new_toy_project: NewToyProject) -> None:
    project = new_toy_project(ONE_BOX.replace("sesame-4711", "open sesame"))
    refused = project.up()
    assert not refused.ok
    [request] = toys.sent("POST")
    assert refused.lines("mine was not created: POST /toybox/v1/boxes failed (HTTP 200, -1): a lock is one word"), (
        refused
    )
    assert refused.lines("unlike [secret]"), refused
    assert refused.lines("request id "), refused
    assert request.status == 200
    assert project.resources() == []

    project.edit("open sesame", "sesame-4711")
    project.edit("count=2", "count=10")
    failed = project.up()
    assert failed.lines("mine was not packed: it holds 9 toys"), failed
    [box] = toys.boxes()
    assert project.only_resource()["id"] == f"{box['boxId']},1"

    project.edit("count=10", "count=9")
    project.edit('{"toy": "car"}', '{"toy": "ball"}')
    untrue = project.up()
    assert untrue.lines('expect_json: toy must be "ball", not "car"'), untrue
    assert project.only_resource()["id"] == f"{box['boxId']},1"

    project.edit('{"toy": "ball"}', '{"toy": "car"}')
    toys.forget_requests()
    up(project, "~ 1 updated")
    assert written(toys) == [], "nothing but the question is missing"
    up(project, "2 unchanged")
    state = "".join(file.read_text() for file in (project.folder.parent / "state" / "stacks").rglob("*.json"))
    told = "".join(one.text for one in (refused, failed, untrue))
    assert "mine" in state
    assert not [secret for secret in ("open sesame", "sesame-4711", "emulator-key") if secret in state + told]


def test_boxes_are_looked_up_at_once_and_later(toys: Toys, new_toy_project: NewToyProject) -> None:
    for name, colour in (("a", "red"), ("b", "blue"), ("c", "red")):
        toys.api("POST", "/boxes", {"name": name, "colour": colour, "tags": [], "contents": {"toy": "car", "count": 1}})
    project = new_toy_project("""
        import pulumi
        from pulumi_inference import toybox

        blue = pulumi.Output.from_input("blue")
        pulumi.export("red", [one.name for one in toybox.get_boxes(colour="red")])
        pulumi.export("blue", toybox.get_boxes_output(colour=blue).apply(lambda found: [one.name for one in found]))
    """)
    assert project.up().ok
    assert project.outputs() == {"red": ["c", "a"], "blue": ["b"]}
