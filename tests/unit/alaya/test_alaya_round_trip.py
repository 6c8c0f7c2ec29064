"""Whatever a program says of a deployment comes back as it was said, and one change is one change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pulumi_inference.alaya.deployments.values import find_missing
from pulumi_inference.alaya.specs.deployment import DeploymentSpec
from pulumi_inference.core.lifecycle import State
from tests.support.alaya import GPU, VKS, Alaya
from tests.support.alaya_programs import BASES, DEPLOYMENT, FORMS, deployments
from tests.support.changes import Change, changes, leaves, shown
from tests.support.specs import arguments_of, sample, unfilled
from tests.support.world import Values

pytestmark = pytest.mark.sweep

COUNTS = {"expert": 90, "quick_start": 80, "lora": 80}
"""How many of each form, for either of the two: 500 in all."""

OF_BASE: Values = {
    **{"vksId": VKS, "namespace": "default", "name": "base", "servedName": ["base"]},
    **{"modelId": "base", "backend": "vllm", "backendVersion": "0.9.0.1", "backendArgs": []},
    "resource": {"cpu": 1, "mem": 1, "gpu": {"gpuType": GPU, "count": 1}},
}
UPDATES = {"expert": "PUT expert/ID", "quick_start": "PUT ID", "lora": "PUT lora/ID"}


def lives(count: int) -> Any:
    """Without shrinking: each step of it is a whole life, and a failing case is short enough to be read."""
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def alaya(alaya: Alaya) -> Alaya:
    """An account in which all lives of a test go on, one after the other."""
    alaya.world.cloud.admin("PATCH", "/settings", {"deploy_seconds": 0})
    alaya.world.configuration.values["alayaPlanChecks"] = "false"
    alaya.set(check_models=False, stop_seconds=0)
    alaya.seed(services=[{**OF_BASE, "serviceId": one} for one in BASES])
    return alaya


def begin(alaya: Alaya) -> None:
    """Takes what is there of the life before away."""
    for one in alaya.services():
        if one["serviceId"] not in BASES:
            alaya.world.cloud.admin("DELETE", f"/alaya/services/{one['serviceId']}")


def is_read_back(alaya: Alaya, state: State, program: Values) -> None:
    world = alaya.world
    assert world.diff(state, program).changes is False
    assert world.told == []
    read = world.read(state)
    assert read == state
    assert shown(read.inputs, world.known(world.valid(program, read))) == set()
    assert world.writes() == []


def _round_trip(alaya: Alaya, form: str, data: st.DataObject) -> None:
    program = data.draw(deployments(form))
    begin(alaya)
    state = alaya.create(program)
    is_read_back(alaya, state, program)


@lives(COUNTS["expert"])
@given(data=st.data())
def test_an_expert_deployment_is_read_back_without_a_change(alaya: Alaya, data: st.DataObject) -> None:
    _round_trip(alaya, "expert", data)


@lives(COUNTS["quick_start"])
@given(data=st.data())
def test_a_quick_start_deployment_is_read_back_without_a_change(alaya: Alaya, data: st.DataObject) -> None:
    _round_trip(alaya, "quick_start", data)


@lives(COUNTS["lora"])
@given(data=st.data())
def test_an_adapter_is_read_back_without_a_change(alaya: Alaya, data: st.DataObject) -> None:
    _round_trip(alaya, "lora", data)


def _one_change(alaya: Alaya, form: str, data: st.DataObject) -> None:
    before = data.draw(deployments(form))
    change = data.draw(changes(before, subject=DEPLOYMENT).filter(lambda one: suits(form, one)))
    begin(alaya)
    state = alaya.create(before)
    is_shown_alone(alaya, state, before, change)
    found = alaya.world.diff(state, change.program)
    if change.field.local and not change.field.update:
        assert (found.changes, found.replaces) == (False, [])
        return
    if change.field.immutable:
        assert change.field.name in found.replaces
        after = alaya.replaced(state, change.program)
        alaya.world.delete(state)
    else:
        assert found.replaces == []
        after = alaya.world.update(state, change.program)
        assert alaya.writes() == ([] if is_left_alone(before, change) else calls_of(change, form))
    assert len(alaya.services()) == len(BASES) + 1
    is_read_back(alaya, after, change.program)


@lives(COUNTS["expert"])
@given(data=st.data())
def test_one_change_of_expert_is_the_smallest_call(alaya: Alaya, data: st.DataObject) -> None:
    _one_change(alaya, "expert", data)


@lives(COUNTS["quick_start"])
@given(data=st.data())
def test_one_change_of_quick_start_is_the_smallest_call(alaya: Alaya, data: st.DataObject) -> None:
    _one_change(alaya, "quick_start", data)


@lives(COUNTS["lora"])
@given(data=st.data())
def test_one_change_of_an_adapter_is_the_smallest_call(alaya: Alaya, data: st.DataObject) -> None:
    _one_change(alaya, "lora", data)


def suits(form: str, change: Change) -> bool:
    """Whether it is a whole program of that form; a smoke test has tests of its own."""
    return form in change.program and change.path[0] != "smoke_test" and not list(find_missing(change.program))


def is_shown_alone(alaya: Alaya, state: State, before: Values, change: Change) -> None:
    """A preview shows the changed field and nothing else, but a name that follows from it."""
    old, new = (alaya.world.known(alaya.world.valid(one, state)) for one in (before, change.program))
    paths = shown(old, new)
    assert paths
    follows = ("name",) if change.field.immutable else None
    assert [path for path in paths if not change.explains(path) and path != follows] == []


def is_left_alone(before: Values, change: Change) -> bool:
    """Whether all that differs is no longer in the program, and stays as it is then: it may be the cloud's default."""
    if change.path[0] == "scale" and "scale" not in change.program:
        return True
    there = dict(leaves(change.program))
    gone = [path for path in shown(before, change.program) if path not in there]
    return all(path[-1] in LEFT_ALONE for path in gone) and len(gone) == len(shown(before, change.program))


def calls_of(change: Change, form: str) -> list[str]:
    """The smallest calls that make a change in place."""
    if change.field.update == "scale":
        return ["PUT ID/scale"]
    again = ["PUT ID/scale"] if form == "quick_start" and "scale" in change.program else []
    return ["POST ID/cancel", UPDATES[form], *again]


LEFT_ALONE = ("workers", "read_only")

APART = {"connection", "wait"}
"""Fields with a test of their own: with a section in the configuration, and where deployments fail."""


def test_every_field_is_set_by_the_round_trips() -> None:
    # What is drawn depends on the modules that are loaded: of some fields only a few are set among hundreds.
    drawn = [one for form in FORMS for one in sample(deployments(form), 4 * COUNTS[form])]
    left = unfilled(DeploymentSpec, drawn) & arguments_of(DeploymentSpec)
    assert {one for one in left if not one.startswith("smoke_test")} == APART
