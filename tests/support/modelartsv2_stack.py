"""A stack of a service of ModelArts v2 and its deployments, gone through step by step as the engine does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pulumi_inference.core.lifecycle import Difference, State
from tests.support.modelartsv2 import STACK, ModelArtsV2
from tests.support.world import Values

Program = Mapping[str, Values]
"""What a program says of each of its resources, a service before its deployments: these name it instead of its id."""


@dataclass
class Stack:
    """What the engine's state knows; `olds` is what was replaced and has not been deleted yet, with its name."""

    states: dict[str, State] = field(default_factory=dict)
    olds: list[tuple[str, State]] = field(default_factory=list)

    def up(self, cloud: ModelArtsV2, program: Program) -> None:
        """What `pulumi up` does; the state is kept after each step."""
        for name, values in program.items():
            self._settle(cloud, name, values)
        self._clean_up(cloud)
        for name in [one for one in reversed(self.states) if one not in program]:
            self._remove(cloud, name)

    def destroy(self, cloud: ModelArtsV2) -> None:
        """What `pulumi destroy` does."""
        self._clean_up(cloud)
        for name in list(reversed(self.states)):
            self._remove(cloud, name)

    def refresh(self, cloud: ModelArtsV2, name: str) -> None:
        """What `pulumi refresh` does with one of them."""
        self._be(cloud, name)
        state = self.states[name]
        found = cloud.world.lifecycle.read(cloud.world.context(), state.id, state)
        if found:
            self.states[name] = cloud.world.recorded(found)
        else:
            del self.states[name]

    def preview(self, cloud: ModelArtsV2, program: Program) -> dict[str, Difference]:
        """What a preview of its own shows of each."""
        cloud.world.next_operation()
        return {name: self._compared(cloud, name, values)[0] for name, values in program.items()}

    def _compared(self, cloud: ModelArtsV2, name: str, values: Values) -> tuple[Difference, Values]:
        self._be(cloud, name, values)
        world, state = cloud.world, self.states[name]
        inputs = world.known(world.valid(self._resolved(values), state))
        return world.lifecycle.diff(world.context(), state.id, state, inputs), inputs

    def _settle(self, cloud: ModelArtsV2, name: str, values: Values) -> None:
        if name not in self.states:
            self.states[name] = self._made(cloud, name, values)
            return
        found, inputs = self._compared(cloud, name, values)
        world, state = cloud.world, self.states[name]
        if found.replaces and found.delete_before_replace:
            self._remove(cloud, name)
            self.states[name] = self._made(cloud, name, values)
        elif found.replaces:
            self.states[name] = self._made(cloud, name, values)
            self.olds.append((name, state))
        elif found.changes is not False:
            self.states[name] = world.recorded(world.lifecycle.update(world.context(), state.id, state, inputs))

    def _made(self, cloud: ModelArtsV2, name: str, values: Values) -> State:
        self._be(cloud, name, values)
        world = cloud.world
        return world.recorded(world.lifecycle.create(world.context(), world.known(world.valid(self._resolved(values)))))

    def _resolved(self, values: Values) -> Values:
        return {**values, "service_id": self.states[values["service_id"]].id} if "service_id" in values else values

    def _clean_up(self, cloud: ModelArtsV2) -> None:
        while self.olds:
            name, state = self.olds[-1]
            self._be(cloud, name)
            cloud.world.lifecycle.delete(cloud.world.context(), state.id, state)
            self.olds.pop()

    def _remove(self, cloud: ModelArtsV2, name: str) -> None:
        self._be(cloud, name)
        state = self.states[name]
        cloud.world.lifecycle.delete(cloud.world.context(), state.id, state)
        del self.states[name]

    def _be(self, cloud: ModelArtsV2, name: str, values: Values | None = None) -> None:
        """The world's resource is the one of this name from here on."""
        if "service_id" in (self.states[name].inputs if values is None else values):
            cloud.deploying(f"{STACK}:Deployment::{name}")
        else:
            cloud.serving()
            cloud.world.urn = f"{STACK}:Service::{name}"
