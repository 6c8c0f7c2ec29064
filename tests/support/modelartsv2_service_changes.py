"""What a change of a service of ModelArts v2 has sent."""

from __future__ import annotations

from pulumi_inference.core.lifecycle import State
from tests.support.modelartsv2 import ModelArtsV2
from tests.support.world import Values

UPDATE, ADD, REMOVE = "PUT ID", "POST ", "DELETE "


def sent(cloud: ModelArtsV2) -> list[tuple[str, Values]]:
    """The writes with their bodies, without the service's own id and what the cloud has filled in."""
    bodies = [{name: one for name, one in (body or {}).items() if name != "id"} for body in cloud.world.wrote()]
    return list(zip(cloud.writes(), bodies, strict=True))


def is_settled(cloud: ModelArtsV2, state: State, program: Values) -> None:
    """Nothing is left to do, and what is read is what is recorded."""
    assert cloud.world.diff(state, program).changes is False
    assert (cloud.world.told, cloud.world.warned) == ([], [])
    assert cloud.world.read(state) == state
    assert cloud.writes() == []
