"""A stack that was made with the code before the common ground: it goes on as if nothing had happened.

`tests/golden/before` has its program, its exported state, and what stood in the emulator's file then. None of it is
ever to be corrected.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.support.projects import STACK, Project

pytestmark = pytest.mark.stack

BEFORE = Path(__file__).parents[1] / "golden" / "before"


def restored(folder: Path, engine: Path) -> Project:
    """The stack of then, in a project of now."""
    program = (BEFORE / "program.py").read_text(encoding="utf-8")
    project = Project(folder, engine, program, config={"inference:modelartsEndpoint": "emulator:cloud.db"})
    with sqlite3.connect(project.folder / "cloud.db") as database:
        database.executescript((BEFORE / "cloud.sql").read_text(encoding="utf-8"))
    shutil.copy(BEFORE / "state.json", project.folder)
    result = project.run("stack", "import", "--file", "state.json", "--stack", STACK)
    assert result.ok, result
    return project


def test_a_stack_of_before_is_previewed_changed_and_destroyed(tmp_path: Path, engine: Path) -> None:
    project = restored(tmp_path, engine)
    ids = {one["urn"]: one["id"] for one in project.resources()}
    assert len(ids) == 4
    assert project.planned() == []
    assert project.planned("--refresh=false") == []

    project.edit('"BATCH": "8"', '"BATCH": "16"')
    (step,) = project.planned()
    assert (step.op, step.name, step.paths) == ("update", "classifier", {"config[0].envs.BATCH"})
    result = project.up()
    assert result.ok, result
    assert {one["urn"]: one["id"] for one in project.resources()} == ids
    assert project.planned() == []

    result = project.destroy()
    assert result.ok, result
    assert project.resources() == []
