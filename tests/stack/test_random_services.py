"""Hundreds of random services through the real engine: nothing to do afterwards, and one change is one change."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import strategies as st

from pulumi_inference.core.fields.paths import parse, starts_with
from tests.conftest import NewProject
from tests.support.changes import Change, changes
from tests.support.cloud import Cloud
from tests.support.patience import PATIENCE
from tests.support.projects import Step, step_of
from tests.support.services import KINDS, WORKSPACES, services
from tests.support.specs import Values, sample

UNCHANGED, CHANGED = 500, 40

# The engine writes its whole state after each step, which for that many services takes longer than all the rest.
ONE_CHECKPOINT = {"PULUMI_EXPERIMENTAL": "1", "PULUMI_SKIP_CHECKPOINTS": "true"}

PROGRAM = """
    import json
    from pathlib import Path

    from pulumi_inference import modelarts

    for name, values in json.loads(Path("services.json").read_text(encoding="utf-8")).items():
        modelarts.Service(name, **values)
"""


@st.composite
def lives(draw: st.DrawFn, kind: str) -> tuple[Values, Change]:
    """A service and a change of it."""
    service = draw(services(kind))
    return service, draw(changes(service))


@pytest.fixture
def programs() -> dict[str, Values]:
    """Services by the names of their resources, as many of each kind; a name in the cloud belongs to one alone."""
    found = {
        f"{kind.replace(' ', '-')}-{index}": service
        for kind in KINDS
        for index, service in enumerate(sample(services(kind), UNCHANGED // len(KINDS)))
    }
    return with_names_of_their_own(found)


@pytest.fixture
def edits() -> dict[str, tuple[Values, Change]]:
    """More services, each with its change."""
    found = [one for kind in KINDS for one in sample(lives(kind), CHANGED // len(KINDS))]
    before = with_names_of_their_own({f"edited-{index}": service for index, (service, _) in enumerate(found)})
    after = with_names_of_their_own({f"edited-{index}": change.program for index, (_, change) in enumerate(found)})
    paths = (change.path for _, change in found)
    return {name: (before[name], Change(path, after[name])) for name, path in zip(before, paths, strict=True)}


def with_names_of_their_own(programs: dict[str, Values]) -> dict[str, Values]:
    return {
        resource: {**service, "name": f"{service['name']}-{resource}"} if "name" in service else service
        for resource, service in programs.items()
    }


def test_a_preview_shows_just_what_was_changed(
    cloud: Cloud, new_project: NewProject, programs: dict[str, Values], edits: dict[str, tuple[Values, Change]]
) -> None:
    assert len({json.dumps(one, sort_keys=True) for one in programs.values()}) > 0.9 * UNCHANGED
    cloud.admin("PATCH", "/settings", {"deploy_seconds": 0, "seconds_per_request": 0})
    cloud.admin("POST", "/seed", {"workspaces": [{"workspace_id": one} for one in WORKSPACES]})
    project = new_project(PROGRAM, environment=ONE_CHECKPOINT)
    file = project.folder / "services.json"
    file.write_text(json.dumps(programs | {name: before for name, (before, _) in edits.items()}), encoding="utf-8")
    up = project.start_up("--parallel", "64").wait(PATIENCE)
    assert up.ok, up
    file.write_text(
        json.dumps(programs | {name: change.program for name, (_, change) in edits.items()}), encoding="utf-8"
    )
    preview = project.start("preview", "--json", "--stack", "test", "--parallel", "64").wait(PATIENCE)
    assert preview.ok, preview
    document = preview.json()
    shown = steps_by_name(document)
    assert shown.keys() <= edits.keys()
    assert len(programs) == UNCHANGED
    assert document["changeSummary"]["same"] >= UNCHANGED
    for name, (before, change) in edits.items():
        assert_shows(shown.get(name, []), before, change)


def steps_by_name(document: Any) -> dict[str, list[Step]]:
    """The steps of a preview that do something."""
    found: dict[str, list[Step]] = {}
    for one in document["steps"]:
        if one["op"] not in ("refresh", "same"):
            step = step_of(one)
            found.setdefault(step.name, []).append(step)
    return found


def assert_shows(steps: list[Step], before: Values, change: Change) -> None:
    """Compares what a preview says of one resource with what was changed."""
    if change.field.local and not change.field.update:
        assert steps == []
        return
    # The engine's own display leaves out what begins with two underscores.
    shown = {parse(path) for step in steps for path in step.paths if not path.startswith("__")}
    of_the_field = {path for path in shown if starts_with(path, change.path) or starts_with(change.path, path)}
    assert of_the_field, (before, change, steps)
    besides = shown - of_the_field
    if change.field.immutable and "name" not in before:
        besides -= {("name",)}
    if change.field.name == "secret_envs":  # a model with secret variables has all of its variables managed
        besides = {path for path in besides if (path[0], path[2:]) != ("config", ("envs",))}
    assert not besides, (before, change, steps)
    assert any(step.replaced_by for step in steps) == change.field.immutable
