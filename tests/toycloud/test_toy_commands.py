"""The commands on a toy cloud: they know it by its descriptor."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.shell import reader_environment, shell
from tests.support.toy_house import House, Toys
from tests.toycloud.conftest import NewToyProject

pytestmark = pytest.mark.stack

BOX = {"name": "found", "colour": "blue", "tags": ["wood"], "contents": {"toy": "ball", "count": 2}}
EMPTY = "from pulumi_inference import toybox\n"


def test_an_imported_box_is_shown_called_and_left_as_it_is(toys: Toys, new_toy_project: NewToyProject) -> None:
    project = new_toy_project(EMPTY)
    made = toys.api("POST", "/boxes", BOX)
    toys.pass_time()
    thing = f"{made['boxId']},1"

    assert "All boxes of the account." in project.ask("import", "toybox", "box", "--help").stdout
    imported = project.ask("import", "toybox", "box", thing, "--program", "found.py")
    assert imported.ok, imported
    project.write((project.folder / "found.py").read_text())
    assert project.import_(project.folder / "import.json").ok
    assert project.planned() == []
    assert 'toybox.Box(\n    "found",\n    name="found",\n' in (project.folder / "__main__.py").read_text()

    shown = project.ask("status")
    assert shown.lines("found", "Box", "packed"), shown
    [seen] = project.ask("status", "--json").json()["resources"]
    assert (seen["kind"], seen["state"], seen["id"]) == ("toybox.Box", "packed", thing)

    listed = project.ask("toybox", "boxes", "--colour", "blue")
    assert listed.lines("found", made["boxId"], "packed"), listed
    assert project.ask("toybox", "boxes", "--colour", "red").stdout == "No boxes found.\n"
    [summary] = project.ask("toybox", "boxes", "--json").json()
    assert summary == {"box_id": made["boxId"], "name": "found", "status": "packed"}

    for name in ("found", thing):
        called = project.ask("invoke", "toybox", name, "--data", '{"x": 1}')
        assert called.json() == {"toy": "ball", "colour": "blue", "echo": {"x": 1}}, called
        assert called.stderr.count("the toy is thinking") == 2
    toys.move_with_requests(False)
    toys.api("PUT", f"/boxes/{made['boxId']}/1", {"colour": "red"})
    early = project.ask("invoke", "toybox", "found")
    assert (early.code, early.lines("(HTTP 200, -409): the box is packing") != []) == (1, True), early
    assert early.lines("request id "), early


def test_doctor_says_whether_the_key_is_good(toys: Toys, new_toy_project: NewToyProject) -> None:
    project = new_toy_project(EMPTY)
    good = {one["name"]: one for one in project.ask("doctor", "--json").json()["checks"]}
    assert good["toybox credentials"]["detail"].startswith("api_key from environment variable TOYBOX_API_KEY,")
    assert good["toybox request"]["detail"] == f"listed boxes of the account at {toys.endpoint}"

    project.environment["TOYBOX_API_KEY"] = "another-key"
    refused = project.ask("doctor")
    assert refused.lines("failed", "toybox request", "(HTTP 200, -401): nobody has this key"), refused
    assert project.preview().ok, "nothing is declared"
    project.write(EMPTY + 'toybox.Box("crate", contents={"toy": "car"})\n')
    assert project.preview().lines("nobody has this key")
    assert "another-key" not in refused.text


def test_what_init_writes_is_deployed_called_and_removed(house: House, engine: Path, tmp_path: Path) -> None:
    environment = reader_environment(engine, tmp_path / "state")
    environment |= {"PYTHONPATH": str(house.root), "PULUMI_OPTION_SKIP_PREVIEW": "true"}
    told = shell("pulumi-inference init toybox starter --emulator", tmp_path, environment)
    assert "pulumi up" in told
    steps = (tmp_path / "starter" / "README.md").read_text().partition("```console\n")[2].partition("```")[0]
    script = steps.replace("$ ", "", 1).replace("\n$ ", "\n")
    done = shell(script, tmp_path / "starter", environment)
    assert "+ 2 created" in done
    assert json.dumps({"toy": "car", "colour": "red", "echo": {"x": 1}}) in done
    assert "2 deleted" in done
    assert (tmp_path / "starter" / "emulator.db").exists()
