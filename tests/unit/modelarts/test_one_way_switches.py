"""What can be turned on and never off again is refused in the preview, and only when it would be turned off."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.unknown import UNKNOWN
from tests.support.world import Values, World, program


def logs(stream: Any = "s") -> Values:
    configuration = {"log_group_id": "g", "log_stream_id": stream}
    return {"log_report_channels": [{"type": "LTS", "configuration": configuration}]}


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ({"websocket_upgrade": True}, {"websocket_upgrade": False}, "additional_properties.websocket_upgrade: is on"),
        (logs(), logs("other"), "additional_properties.log_report_channels: report to LTS stream s, and"),
        (logs(), {"log_report_channels": []}, "additional_properties.log_report_channels: report to"),
        (logs(), None, "additional_properties.log_report_channels: report to"),
    ],
)
def test_what_cannot_be_undone_is_refused_in_the_preview(world: World, before: Any, after: Any, path: str) -> None:
    state = world.create(program(additional_properties=before))
    with pytest.raises(ConfigurationError) as caught:
        world.diff(state, program(**({"additional_properties": after} if after else {})))
    assert str(caught.value).startswith(path)
    assert "replace the service" in str(caught.value)
    assert world.writes() == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"websocket_upgrade": False}, {"websocket_upgrade": True}),
        (None, logs()),
        (logs(), {**logs(), "websocket_upgrade": True}),
        ({"websocket_upgrade": True}, None),
    ],
)
def test_one_way_switches_can_be_turned_on_and_left_alone(world: World, before: Any, after: Any) -> None:
    values = [program(**({"additional_properties": one} if one else {})) for one in (before, after)]
    state = world.update(world.create(values[0]), values[1])
    assert world.diff(state, values[1]).changes is False


def test_a_switch_that_somebody_turned_on_cannot_be_turned_off(world: World) -> None:
    state = world.create(program(additional_properties={"websocket_upgrade": False}))
    world.cloud.change(additional_properties={"websocket_upgrade": True})
    with pytest.raises(ConfigurationError, match="cannot turn it off"):
        world.diff(state, program(additional_properties={"websocket_upgrade": False}))


def test_a_replacement_turns_everything_off(world: World) -> None:
    state = world.create(program(additional_properties={"websocket_upgrade": True}))
    other = program(additional_properties={"websocket_upgrade": False}, pool_name="p")
    assert "pool_name" in world.diff(state, other).replaces


def test_a_switch_that_is_ignored_is_not_refused(world: World) -> None:
    off = program(additional_properties={"websocket_upgrade": False})
    state = world.create(off)
    world.cloud.change(additional_properties={"websocket_upgrade": True})
    ignored = ("additional_properties.websocket_upgrade",)
    assert world.diff(state, off, ignored).changes is False
    world.update(state, {**off, "description": "new"}, ignored)
    assert world.wrote() == [{"description": "new"}]


@pytest.mark.parametrize(
    "unknown",
    [
        UNKNOWN,
        {"log_report_channels": UNKNOWN},
        {"log_report_channels": [UNKNOWN]},
        {"log_report_channels": [{"type": "LTS", "configuration": UNKNOWN}]},
        logs(UNKNOWN),
    ],
)
def test_a_log_stream_that_nobody_knows_yet_is_not_refused(world: World, unknown: Any) -> None:
    state = world.create(program(additional_properties=logs()))
    world.next_operation()
    inputs = {**state.inputs, "additional_properties": unknown}
    assert world.lifecycle.diff(world.context(), state.id, state, inputs).changes is None
