"""Operations that end before they are done, with something made that the state has to keep."""

from __future__ import annotations

import pytest

from pulumi_inference.core.lifecycle import State, UnhealthyError
from tests.support.world import URN, Values, World


def failed(world: World, values: Values, before: State | None = None, *, urn: str = URN) -> tuple[State, str]:
    """A create, or an update of `before`, that fails: the state as the engine keeps it, and what is said."""
    with pytest.raises(UnhealthyError) as caught:
        world.update(before, values) if before else world.create(values, urn=urn)
    return world.recorded(caught.value.state), str(caught.value)


def cut_off(world: World, values: Values, before: State | None = None, *, urn: str = URN) -> tuple[State, str]:
    """A create, or an update of `before`, that Ctrl-C ends in its first wait; the cloud goes on with what it does."""
    world.clock.on_wait = lambda _seconds: world.cancelled.set()
    result = failed(world, values, before, urn=urn)
    world.clock.on_wait = None
    world.clock.advance(60)
    return result
