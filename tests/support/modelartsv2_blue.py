"""A deployment of ModelArts v2 whose roll-outs go wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pulumi_inference.core.lifecycle import State, UnhealthyError
from tests.support.modelartsv2 import ModelArtsV2, changed, deployment, service, unit
from tests.support.world import Values

UPDATE, SCALE = "PUT ID/deployments/ID", "PUT ID/deployments/NAME/scale"
START, STOP = "POST ID/deployments/ID/start", "POST ID/deployments/ID/stop"
DELETE, INTERRUPT = "DELETE ID/deployments/ID", "POST ID/deployments/ID/interrupt"

NO_GPU = "no GPU is free"
KEPT = "the deployment is kept in the state; correct the program or run `pulumi up` again"


def image(number: int = 1) -> Values:
    return unit(image={"swr_path": f"swr.example.test/i:{number}"})


def blue(*units: Values, **changes: Any) -> Values:
    """A deployment of the service; it is placed when there is one."""
    return changed(deployment("SERVICE", *units, name="blue"), **changes)


class Blue:
    """A deployment of the only service."""

    def __init__(self, cloud: ModelArtsV2) -> None:
        self.cloud, self.world = cloud, cloud.world
        self.service = cloud.service(service(name="chat"))
        cloud.deploying()

    def program(self, number: int = 1, **changes: Any) -> Values:
        return deployment(self.service, image(number), **{"name": "blue", **changes})

    def make(self, number: int = 1, **changes: Any) -> State:
        return self.cloud.deployment(self.program(number, **changes))

    def change(self, **changes: Any) -> None:
        """Somebody changes it."""
        self.world.cloud.admin("PATCH", f"/modelartsv2/services/{self.service.id}/deployments/blue", changes)

    def crash(self, **options: Any) -> None:
        path = f"/modelartsv2/services/{self.service.id}/deployments/blue/crash"
        self.world.cloud.admin("POST", path, options)

    def failed(self, act: Callable[[], Any]) -> tuple[State, str]:
        """The state that a failed verb leaves behind, and what it says."""
        with pytest.raises(UnhealthyError) as caught:
            act()
        return self.world.recorded(caught.value.state), str(caught.value)

    def is_mended(self, state: State, program: Values, calls: list[str]) -> State:
        """The next run makes it what the program says, by these calls."""
        done = self.world.update(state, program)
        assert self.cloud.writes() == calls
        self.world.diff(done, program)
        assert self.world.diff(done, program).changes is False
        assert self.world.read(done) == done
        return done

    def deployments(self) -> list[Values]:
        found: list[Values] = self.cloud.services()[0]["deployments"]
        return found


ALARMS: dict[str, tuple[Values, Values, str]] = {
    "create": ({}, {}, "create"),
    "roll-out": ({}, {"number": 2}, "update"),
    "scale": ({}, {"count": 3}, "scale"),
    "start": ({"desired_status": "stopped"}, {"desired_status": "running"}, "start"),
    "switch": ({"number": 2}, {"number": 2, "pinned_version": "1.0.0"}, "switch"),
}


def attempt(blue: Blue, before: Values, after: Values, phase: str, outcome: str, **fault: Any) -> Callable[[], State]:
    """The step in which something goes wrong."""
    if phase == "create":
        blue.cloud.deploy_fault(outcome, phase=phase, **fault)
        return lambda: blue.make(**after)
    state = blue.make(**({} if phase == "switch" else before))
    if phase == "switch":
        state = blue.world.update(state, blue.program(**before))
    blue.cloud.deploy_fault(outcome, phase=phase, **fault)
    return lambda: blue.world.update(state, blue.program(**after))
