"""Whatever a program says of a service or a deployment comes back as it was said, and one change is one change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pulumi_inference.core.fields.compare import fields_along
from pulumi_inference.core.lifecycle import State
from pulumi_inference.modelartsv2.specs.deployment import DeploymentSpec
from pulumi_inference.modelartsv2.specs.service import ServiceSpec
from tests.support.changes import Change, Subject, changes, leaves, shown
from tests.support.modelartsv2 import ModelArtsV2
from tests.support.modelartsv2_programs import DEPLOYMENT, SERVICE, deployments, services
from tests.support.specs import arguments_of, sample, unfilled
from tests.support.world import Values

pytestmark = pytest.mark.sweep

OF_SERVICE = "service"

COUNTS = {"service": 80, "inline": 80, "deployment": 90}
"""How many of each, for either of the two: 500 in all."""


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
def cloud(cloud: ModelArtsV2) -> ModelArtsV2:
    """A project in which all lives of a test go on, one after the other."""
    cloud.world.cloud.admin("PATCH", "/settings", {"deploy_seconds": 0})
    cloud.world.configuration.values["modelartsPlanChecks"] = "false"
    cloud.set(stop_seconds=0, delete_seconds=0, max_services=10_000, max_versions=10_000)
    return cloud


def make(cloud: ModelArtsV2, kind: str, data: st.DataObject) -> tuple[State, Values]:
    """One thing in an empty project, and what the program says of it."""
    for one in cloud.services():
        cloud.world.cloud.admin("DELETE", f"/modelartsv2/services/{one['id']}")
    if kind != "deployment":
        program = data.draw(services(is_inline=kind == "inline"))
        return cloud.service(program), program
    program = data.draw(deployments(OF_SERVICE))
    return cloud.deployment(placed(cloud, program)), program


def placed(cloud: ModelArtsV2, program: Values) -> Values:
    """The program with the service that there is: what is drawn must not depend on an id."""
    if "service_id" not in program:
        return program
    found = cloud.services()
    service_id = found[0]["id"] if found else cloud.service().id
    return {**program, "service_id": service_id}


def is_read_back(cloud: ModelArtsV2, state: State, program: Values) -> None:
    world = cloud.world
    assert world.diff(state, program).changes is False
    assert world.told == []
    read = world.read(state)
    assert read == state
    assert shown(read.inputs, world.known(world.valid(program, read))) == set()
    assert cloud.writes() == []


@pytest.mark.parametrize("kind", COUNTS)
def test_what_was_said_is_read_back_without_a_change(cloud: ModelArtsV2, kind: str) -> None:
    @lives(COUNTS[kind])
    @given(data=st.data())
    def live(data: st.DataObject) -> None:
        state, program = make(cloud, kind, data)
        is_read_back(cloud, state, placed(cloud, program))

    live()


@pytest.mark.parametrize("kind", COUNTS)
def test_one_change_is_the_smallest_call(cloud: ModelArtsV2, kind: str) -> None:
    subject = DEPLOYMENT if kind == "deployment" else SERVICE

    @lives(COUNTS[kind])
    @given(data=st.data())
    def live(data: st.DataObject) -> None:
        state, before = make(cloud, kind, data)
        change = data.draw(changes(before, subject=subject).filter(lambda one: suits(kind, one)))
        after = replace(change, program=placed(cloud, change.program))
        is_one_change(cloud, subject, state, placed(cloud, before), after)

    live()


def is_one_change(cloud: ModelArtsV2, subject: Subject, state: State, before: Values, change: Change) -> None:
    """A preview shows it and nothing else, and it is made by the call that it needs."""
    is_shown_alone(cloud, state, before, change)
    found = cloud.world.diff(state, change.program)
    if change.field.local and not change.field.update:
        assert (found.changes, found.replaces) == (False, [])
        return
    if found.replaces:
        assert change.field.immutable or is_inside_immutable(subject, change)
        after = replaced(cloud, state, change.program, first=not found.delete_before_replace)
    else:
        after = cloud.world.update(state, change.program)
        assert set(cloud.writes()) <= calls_of(change), change.path
        assert cloud.writes() or is_left_alone(subject, before, change), change.path
    is_read_back(cloud, after, change.program)


def replaced(cloud: ModelArtsV2, state: State, values: Values, *, first: bool) -> State:
    """What stands in for a thing, made before that goes or when it is gone."""
    world = cloud.world
    if not first:
        world.delete(state)
        return world.create(values)
    world.diff(state, values)
    made = world.recorded(world.lifecycle.create(world.context(), world.known(world.valid(values))))
    world.delete(state)
    found = world.read(made)  # its share is another one when the old one is gone
    assert found
    return found


def suits(kind: str, change: Change) -> bool:
    """Whether it can be changed alone; what has tests of its own is left out."""
    own = {"smoke_test", "pinned_version", "desired_status", "service_id", "pool_id", "priority", "workspace_id"}
    is_whole = (kind == "inline") == ("deployment" in change.program)
    return is_whole and change.path[0] not in own and change.path[-1] not in ("elb_id", "name", "on_cancel", "priority")


def is_inside_immutable(subject: Subject, change: Change) -> bool:
    return any(str(token) in ("role", "framework", "deploy_type", "workload_type") for token in change.path)


def is_shown_alone(cloud: ModelArtsV2, state: State, before: Values, change: Change) -> None:
    """A preview shows the changed field and nothing else, but a name that follows from it."""
    old, new = (cloud.world.known(cloud.world.valid(one, state)) for one in (before, change.program))
    paths = shown(old, new)
    assert paths
    follows = {("name",)} if change.field.immutable else set()
    implied = {path for path in paths if path[-1] in ("flavor", "envs") or path[:1] == ("secret_envs",)}
    assert [path for path in paths - follows - implied if not change.explains(path)] == []


def is_left_alone(subject: Subject, before: Values, change: Change) -> bool:
    """Whether all that differs may be as the cloud has it: what is no longer in the program, and its defaults."""
    there = dict(leaves(change.program))
    others = [path for path in shown(before, change.program) if path in there]
    return all(any(one.server_default for one in fields_along(subject.spec, path)) for path in others)


CALLS = {
    "service": {"PUT ID"},
    "description": {"PUT ID"},
    "schedule": {"PUT ID"},
    "tags": {"POST ", "DELETE "},
    "update": {"PUT ID/deployments/ID"},
    "roll_out": {"PUT ID/deployments/ID"},
}


def calls_of(change: Change) -> set[str]:
    """The calls that make a change in place."""
    if change.field.update == "scale":
        return {"PUT ID/deployments/NAME/scale"}
    return CALLS[change.field.update]


def test_every_field_is_set_by_the_round_trips() -> None:
    # What has one value only is as good as left out.
    apart = {"schedule.type", "upgrade_config.type", "advanced_config.upgrade_config.type"}
    apart |= {"unit_configs[*].affinity.selection_mode"}
    apart |= {"connection", "smoke_test", "pinned_version", "on_cancel", "wait", "desired_status", "workspace_id"}
    drawn = [one for inline in (False, True) for one in sample(services(is_inline=inline), 320)]
    left = unfilled(ServiceSpec, drawn) & arguments_of(ServiceSpec)
    assert {one for one in left if not one.startswith(("smoke_test", "deployment."))} <= apart | ELB
    left = unfilled(DeploymentSpec, sample(deployments("s"), 360)) & arguments_of(DeploymentSpec)
    assert {one for one in left if not one.startswith("smoke_test")} <= apart


ELB = {
    f"runtime_config.service_invoke.elb_connection.{name}" for name in ("ca_cert_id", "server_cert_id", "sni_cert_ids")
}
