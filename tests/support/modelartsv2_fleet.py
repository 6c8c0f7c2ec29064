"""Several deployments of one service of ModelArts v2, and whether the service answers while they change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from pulumi_inference.core.lifecycle import Difference, State
from pulumi_inference.core.lifecycle.context import Context
from tests.support.cloud import OUTSIDER
from tests.support.modelartsv2 import (
    BLUE_URN,
    GREEN_URN,
    STACK,
    ModelArtsV2,
    deployment,
    invoke,
    runtime,
    service,
)
from tests.support.world import Values

URNS = {"blue": BLUE_URN, "green": GREEN_URN, "red": f"{STACK}:Deployment::red"}


class Fleet:
    """Deployments of one service, and the operation in which several of them change."""

    def __init__(self, cloud: ModelArtsV2, **weights: int) -> None:
        self.cloud, self.world = cloud, cloud.world
        self.service = cloud.service(service(name="chat", runtime_config=runtime(invoke(auth_type="NONE"))))
        self.url = f"/v2/infer/{self.service.id}/echo"
        self.states: dict[str, State] = {}
        self.inputs: dict[str, Values] = {}
        for name, weight in weights.items():
            self.states[name] = cloud.deployment(self.program(name, weight), URNS[name])
        self.asked = self.gaps = 0

    def program(self, name: str, weight: int, *units: Values, **changes: Any) -> Values:
        return deployment(self.service, *units, name=name, weight=weight, **changes)

    def hear(self, name: str, program: Values) -> Difference | None:
        """The check and the comparison of one of them, in the operation that is going on."""
        self.cloud.deploying(URNS[name])
        state = self.states.get(name)
        checked = self.world.lifecycle.check(self.context(name), state.inputs if state else None, program)
        assert checked.problems == []
        self.inputs[name] = self.world.known(checked.inputs)
        if state is None:
            return None
        return self.world.lifecycle.diff(self.context(name), state.id, state, self.inputs[name])

    def change(self, name: str) -> State:
        """The update of one of them."""
        self.cloud.deploying(URNS[name])
        state = self.states[name]
        done = self.world.lifecycle.update(self.context(name), state.id, state, self.inputs[name])
        self.states[name] = self.world.recorded(done)
        return self.states[name]

    def context(self, name: str) -> Context:
        return self.world.context(URNS[name])

    def preview(self, **programs: Values) -> list[str]:
        """What is told of all of them, in this order."""
        self.world.next_operation()
        for name, program in programs.items():
            self.hear(name, program)
        assert self.cloud.writes() == []
        return self.world.told

    def asked_at_every_wait(self, *meanwhile: Callable[[], Any]) -> None:
        """Asks the service whenever somebody waits; what else happens `meanwhile` happens at the waits, one at each."""
        left = list(meanwhile)

        def look(_seconds: float) -> None:
            self.ask()
            if left:
                act = left.pop(0)
                self.world.clock.on_wait = lambda _seconds: self.ask()
                act()
                self.world.clock.on_wait = look

        self.world.clock.on_wait = look

    def asked_at_every_moment(self) -> None:
        """Asks the service after every request of the program from here on, and whenever somebody waits."""
        carry_out = self.world.transport.handle_request

        def handle(request: httpx.Request) -> httpx.Response:
            answer = carry_out(request)
            if request.headers["User-Agent"] != OUTSIDER:
                self.ask()
            return answer

        self.world.transport.handle_request = handle  # type: ignore[method-assign]
        self.asked_at_every_wait()

    def ask(self) -> None:
        """One request; one that nobody answers is a gap."""
        answer = self.world.cloud.client.get(self.url, headers={"User-Agent": OUTSIDER})
        self.asked += 1
        self.gaps += answer.status_code != 200

    def weights(self) -> dict[str, int]:
        """As the cloud has them."""
        return {one["name"]: one["weight"] for one in self.cloud.services()[0]["deployments"]}
