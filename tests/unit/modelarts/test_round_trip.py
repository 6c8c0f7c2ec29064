"""Whatever a program says of a service comes back as it was said, and one change is one change."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path as Folder
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pulumi_inference.core.facts import facts_of
from pulumi_inference.core.paths import Path
from pulumi_inference.modelarts.specs import ServiceSpec
from tests.support.services import changed, services
from tests.support.world import Values, World, new_world

# Without shrinking: each step of it is a whole life, and a failing case is short enough to be read.
LIVES = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value with its path, as the engine renders properties; a list of plain values is one."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from leaves(one, (*path, key))
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for index, one in enumerate(value):
            yield from leaves(one, (*path, index))
    else:
        yield path, value


def shown(before: Values, after: Values) -> set[Path]:
    """The paths that a preview would show."""
    old, new = dict(leaves(before)), dict(leaves(after))
    return {path for path in {*old, *new} if old.get(path) != new.get(path) and not str(path[0]).startswith("__")}


@LIVES
@given(services())
def test_what_was_created_is_read_back_without_a_change(service: Values) -> None:
    with tempfile.TemporaryDirectory() as folder, new_world(Folder(folder)) as world:
        state = world.create(service)
        assert world.diff(state, service).changes is False
        read = world.read(state)
        assert read is not None
        assert shown(read.inputs, world.known(world.valid(service, read))) == set()
        assert world.diff(read, service).changes is False
        assert world.writes() == []


@LIVES
@given(services().flatmap(lambda service: st.tuples(st.just(service), changed(service))))
def test_one_change_is_shown_as_one_and_carried_out(case: tuple[Values, tuple[Path, Values]]) -> None:
    before, (path, after) = case
    with tempfile.TemporaryDirectory() as folder, new_world(Folder(folder)) as world:
        state = world.create(before)
        inputs = world.known(world.valid(after, state))
        immutable = facts_of(ServiceSpec)[str(path[0])].immutable
        expected = {path} | ({("name",)} if "name" not in before and immutable else set())
        assert shown(world.known(world.valid(before, state)), inputs) == expected
        found = world.diff(state, after)
        assert (found.changes, set(found.replaces)) == (None, {str(one[0]) for one in expected} if immutable else set())
        if not immutable:
            _carried_out(world, world.update(state, after), after)


def _carried_out(world: World, state: Any, program: Values) -> None:
    assert world.diff(state, program).changes is False
    read = world.read(state)
    assert read is not None
    assert world.diff(read, program).changes is False
