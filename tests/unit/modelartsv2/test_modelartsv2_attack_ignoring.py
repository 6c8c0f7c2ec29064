"""What the resource's own options ignore inside of a unit to which the program gives no name."""

from __future__ import annotations

import pytest

from tests.support.modelartsv2 import ModelArtsV2, deployment, unit

PATHS = ["unit_configs[0].cmd", "unit_configs[*].cmd"]


@pytest.mark.parametrize("path", PATHS)
def test_the_inputs_keep_what_is_ignored(cloud: ModelArtsV2, path: str) -> None:
    nameless = unit(cmd="/start")
    program = deployment(cloud.service(), nameless)
    state = cloud.deployment(program)
    after = {**program, "unit_configs": [{**nameless, "cmd": "/other"}]}
    cloud.world.next_operation()
    cloud.world.context().course.ignored = (path,)
    inputs = cloud.world.known(cloud.world.valid(after, state))
    assert inputs["unit_configs"] == state.inputs["unit_configs"]
    difference = cloud.world.lifecycle.diff(cloud.world.context(), state.id, state, inputs)
    assert difference.changes is False
