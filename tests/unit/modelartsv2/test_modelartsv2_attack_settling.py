"""After an `up`, the outputs of a service are those that stay: what its own change sets going has ended by then."""

from __future__ import annotations

import pytest

from tests.support.modelartsv2 import ModelArtsV2, deployment, service
from tests.support.world import Values

CHANGES: dict[str, Values] = {
    "name": {"name": "chat-2"},
    "schedule": {"schedule": {"time_unit": "HOURS", "duration": 2}},
    "task": {"task_type": "RERANK"},
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_the_outputs_of_a_changed_service_stay(cloud: ModelArtsV2, changes: Values) -> None:
    state = cloud.service(service(name="chat"))
    cloud.deployment(deployment(state, name="blue"))
    cloud.serving()
    done = cloud.world.update(state, service(**{"name": "chat", **changes}))
    cloud.world.clock.advance(600)
    found = cloud.world.read(done)
    assert found is not None
    for output in ("status", "version"):
        assert found.facts[output] == done.facts[output]
    assert done.facts["status"] == "RUNNING"


def test_a_change_that_goes_on_for_long_is_not_waited_for(cloud: ModelArtsV2) -> None:
    """Which of the deployments keeps the service moving is not said: they are waited for by those who change them."""
    state = cloud.service(service(name="chat"))
    cloud.deployment(deployment(state, name="blue"))
    cloud.serving()
    cloud.set(upgrade_seconds=600)
    before = cloud.world.clock.monotonic()
    done = cloud.world.update(state, service(name="chat-2"))
    assert done.facts["status"] == "UPGRADING"
    assert cloud.world.clock.monotonic() - before < 90
