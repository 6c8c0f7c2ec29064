"""Schedules of services on the in-process emulator, for tests of their lifecycle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pulumi_inference.core.lifecycle import State
from pulumi_inference.modelarts.schedules.lifecycle import ScheduleLifecycle
from tests.support.world import Values, World, program

URN = "urn:pulumi:test::trial::pulumi-python:dynamic/modelarts:Schedule::evening"
OTHER_URN = URN.replace("evening", "morning")

FIVE_HOURS = {"type": "stop", "time_unit": "HOURS", "duration": 5}
SIX_HOURS = {**FIVE_HOURS, "duration": 6}


def service_of(world: World) -> State:
    """A service that runs; from here on the world is that of a schedule."""
    state = world.create(program())
    world.lifecycle = ScheduleLifecycle()
    world.next_operation()
    return state


def schedule(service: State, **changes: Any) -> Values:
    """What a program says of a schedule of five hours."""
    return {"service_id": service.id, "time_unit": "HOURS", "duration": 5, **changes}


def made(world: World, service: State, **changes: Any) -> State:
    """The state of a schedule that was just made."""
    return world.create(schedule(service, **changes), urn=URN)


def _vanish(world: World, _service: State) -> None:
    world.cloud.vanish()


def _deleting(world: World, service: State) -> None:
    world.cloud.api("DELETE", f"/services/{service.id}")


Go = Callable[[World, State], None]
MISSING = pytest.mark.parametrize("go", [_vanish, _deleting])
"""The two ways in which a service is no longer there."""
