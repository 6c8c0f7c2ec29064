"""Whatever a program says of a service comes back as it was said, and one change is one change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from threading import Event
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from pulumi_inference.core.fields.facts import FieldFacts, Spec, facts_of, walk
from pulumi_inference.core.fields.paths import Path, starts_with
from pulumi_inference.core.lifecycle import State
from pulumi_inference.modelarts.specs.service import ServiceSpec
from tests.support.changes import NOT_ALONE, Change, changeable, changes, shown
from tests.support.services import KINDS, SECRET_PREFIX, WORKSPACES, services
from tests.support.specs import sample
from tests.support.world import Values, World

pytestmark = pytest.mark.sweep

# Without shrinking: each step of it is a whole life, and a failing case is short enough to be read.
LIVES = settings(
    max_examples=125,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
ONE_VALUE = {"type", "storage_type"}
"""Fields with one value only, which is the default."""

OF_THE_WHOLE = {
    *("method", "headers", "body", "expect_status", "expect_json", "expect_schema"),
    *("configuration", "log_group_id", "log_stream_id"),
}
"""Fields that change together: what a smoke test expects has to fit what it sends, and logs report once for ever."""

MARK = re.compile(r" ?\[pulumi:[0-9a-f]{7}\]$")


@pytest.fixture
def world(world: World) -> World:
    """A cloud that deploys at once; all lives of a test go on in it, one after the other."""
    world.cloud.admin("PATCH", "/settings", {"deploy_seconds": 0})
    world.cloud.admin("POST", "/seed", {"workspaces": [{"workspace_id": one} for one in WORKSPACES]})
    return world


def begin(world: World) -> None:
    """Takes the service of the life before away."""
    for service in world.cloud.admin("GET", "")["services"]:
        world.cloud.admin("DELETE", f"/services/{service['service_id']}")


@pytest.mark.parametrize("kind", KINDS)
@LIVES
@given(data=st.data())
def test_what_was_created_is_read_back_without_a_change(kind: str, world: World, data: st.DataObject) -> None:
    service = data.draw(services(kind))
    begin(world)
    state = world.create(service)
    assert world.diff(state, service).changes is False
    assert not [one for one in world.told if "not managed" in one], "what the cloud fills in is nobody's addition"
    read = world.read(state)
    assert read is not None
    assert shown(read.inputs, world.known(world.valid(service, read))) == set()
    assert world.diff(read, service).changes is False
    assert world.writes() == []


@pytest.mark.parametrize("kind", KINDS)
@LIVES
@given(data=st.data())
def test_one_change_is_shown_as_one_and_carried_out(kind: str, world: World, data: st.DataObject) -> None:
    before = data.draw(services(kind))
    check_change(world, before, data.draw(changes(before)))


def test_each_field_that_can_change_alone_is_changed(world: World) -> None:
    fields = {facts.name for _, facts in walk(ServiceSpec) if not facts.resolved}
    left = fields - NOT_ALONE.keys() - ONE_VALUE - OF_THE_WHOLE
    for service in (one for several in zip(*map(examples, KINDS), strict=True) for one in several):
        for name in sorted(left & changeable(service)):
            with suppress(Unsatisfiable):
                check_change(world, service, sample(changes(service, name), 1)[0])
                left.discard(name)
                break
    assert left == set()


def examples(kind: str) -> list[Values]:
    """Services in which each field occurs."""
    return sample(services(kind), 125)


def check_change(world: World, before: Values, change: Change) -> None:
    """A life with one change."""
    begin(world)
    state = world.create(before)
    old, new = (world.known(world.valid(one, state)) for one in (before, change.program))
    renamed = "name" not in before and is_in_the_name(change, before)
    besides = {path for path in shown_besides(change, old, new) if not is_of_secrets(change, path)}
    assert besides == ({("name",)} if renamed else set())
    found = world.diff(state, change.program)
    if change.field.immutable:
        assert (found.changes, set(found.replaces)) == (None, {change.field.name} | ({"name"} if renamed else set()))
    elif change.field.local and not change.field.update:
        assert found.changes is False
    else:
        assert (found.changes, found.replaces) == (None, [])
        carried_out(world, state, change)


def is_in_the_name(change: Change, before: Values) -> bool:
    """Whether the change gives another automatic name; what the cloud's default was is not known to a preview."""
    facts = change.field
    return facts.immutable and facts.name != "name" and not (facts.server_default and facts.name not in before)


def shown_besides(change: Change, before: Values, after: Values) -> set[Path]:
    """What a preview would show besides the changed field, which it has to show."""
    paths = shown(before, after)
    of_the_field = {path for path in paths if starts_with(path, change.path) or starts_with(change.path, path)}
    assert of_the_field
    return paths - of_the_field


def is_of_secrets(change: Change, path: Path) -> bool:
    """Whether an empty `envs` comes or goes, because a model with secret variables has all of its variables managed."""
    return change.field.name == "secret_envs" and (path[0], path[2:]) == ("config", ("envs",))


def carried_out(world: World, state: State, change: Change) -> None:
    """Updates, finds nothing more to do, and sees the cloud have what the program says."""
    calls = world.cloud.service(state.id)["invocation_times"]
    world.clock.wait(1, Event())
    updated = world.update(state, change.program)
    wrote, inputs = world.wrote(), updated.inputs
    assert world.diff(updated, change.program).changes is False
    read = world.read(updated)
    assert read is not None
    assert world.diff(read, change.program).changes is False
    detail = world.cloud.service(state.id)
    serves = detail["status"] == "running"
    if change.field.name == "tags":
        assert tags_of(world) == inputs.get("tags", {})
    elif change.field.name == "rerun_triggers":
        assert {"status": "running"} in wrote or inputs.get("desired_status") == "stopped"
    elif change.field.name == "smoke_test":
        assert detail["invocation_times"] == calls + (serves and "smoke_test" in inputs)
    else:
        assert_is_there(detail, change.path, inputs)


def tags_of(world: World) -> Values:
    """The tags of all services."""
    return {tag["key"]: tag["values"][0] for tag in world.cloud.api("GET", "/services/tms/tags")["tags"]}


def assert_is_there(detail: Values, path: Path, inputs: Values) -> None:
    """Compares a value with what the cloud answers under its wire names; objects and secrets are left to the diff."""
    model: type[Spec] | None = ServiceSpec
    facts: FieldFacts | None = None
    answered: Any = detail
    wanted: Any = inputs
    for token in path:
        if isinstance(token, str) and model is not None:
            facts = facts_of(model)[token]
            if facts.local or facts.write_only:
                return
            answered, wanted, model = answered.get(facts.wire), wanted.get(token), facts.item
        elif isinstance(token, int):
            answered, wanted = answered[token], wanted[token]
        else:
            answered, wanted, model = answered.get(token), wanted.get(token), None
        answered, wanted = answered or {}, wanted or {}
    if facts is not None and model is None:
        assert plain(answered, facts) == plain(wanted, facts)


def plain(value: Any, facts: FieldFacts) -> Any:
    """A value without our mark, secret variables, the cloud's facts about nodes, and the order of a set."""
    if facts.name == "description":
        return MARK.sub("", value or "")
    if facts.name == "envs" and isinstance(value, Mapping):
        return {name: one for name, one in value.items() if not name.startswith(SECRET_PREFIX)}
    if facts.name == "nodes":
        return sorted(one["id"] if isinstance(one, Mapping) else one for one in value or ())
    return sorted(value) if facts.unordered and value else value
