"""A stack of deployments of Alaya NeW, gone through step by step as the engine does: what is made goes last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pulumi_inference.core.lifecycle import Difference, State
from tests.support.alaya import STACK, Alaya
from tests.support.world import Values

Program = Mapping[str, Values]
"""What a program says of each of its deployments, a base before what is loaded on it: an adapter names it instead of
its id."""


@dataclass
class Stack:
    """What the engine's state knows; `olds` is what was replaced and has not been deleted yet, with its name."""

    states: dict[str, State] = field(default_factory=dict)
    olds: list[tuple[str, State]] = field(default_factory=list)

    def up(self, alaya: Alaya, program: Program) -> None:
        """What `pulumi up` does; the state is kept after each step."""
        for name, values in program.items():
            be(alaya, name)
            self._settle(alaya, name, self._resolved(values))
        self._clean_up(alaya)
        for name in [one for one in reversed(self.states) if one not in program]:
            self._remove(alaya, name)

    def destroy(self, alaya: Alaya) -> None:
        """What `pulumi destroy` does."""
        self._clean_up(alaya)
        for name in list(reversed(self.states)):
            self._remove(alaya, name)

    def refresh(self, alaya: Alaya) -> None:
        """What `pulumi refresh` does."""
        for name, state in list(self.states.items()):
            be(alaya, name)
            found = alaya.world.lifecycle.read(alaya.world.context(), state.id, state)
            if found:
                self.states[name] = alaya.world.recorded(found)
            else:
                del self.states[name]

    def preview(self, alaya: Alaya, program: Program) -> dict[str, Difference]:
        """What a preview of its own shows of each."""
        alaya.world.next_operation()
        return {name: self._compared(alaya, name, self._resolved(values))[0] for name, values in program.items()}

    def _compared(self, alaya: Alaya, name: str, values: Values) -> tuple[Difference, Values]:
        be(alaya, name)
        world, state = alaya.world, self.states[name]
        inputs = world.known(world.valid(values, state))
        return world.lifecycle.diff(world.context(), state.id, state, inputs), inputs

    def _settle(self, alaya: Alaya, name: str, values: Values) -> None:
        world = alaya.world
        if name not in self.states:
            self.states[name] = self._made(alaya, values)
            return
        found, inputs = self._compared(alaya, name, values)
        state = self.states[name]
        if found.replaces:
            assert not found.delete_before_replace
            self.states[name] = self._made(alaya, values)
            self.olds.append((name, state))
        elif found.changes is not False:
            self.states[name] = world.recorded(world.lifecycle.update(world.context(), state.id, state, inputs))

    def _made(self, alaya: Alaya, values: Values) -> State:
        world = alaya.world
        return world.recorded(world.lifecycle.create(world.context(), world.known(world.valid(values))))

    def _resolved(self, values: Values) -> Values:
        if "lora" not in values:
            return values
        base = self.states[values["lora"]["base_service_id"]]
        return {**values, "lora": {"base_service_id": base.id}}

    def _clean_up(self, alaya: Alaya) -> None:
        while self.olds:
            name, state = self.olds[-1]
            be(alaya, name)
            alaya.world.lifecycle.delete(alaya.world.context(), state.id, state)
            self.olds.pop()

    def _remove(self, alaya: Alaya, name: str) -> None:
        be(alaya, name)
        state = self.states[name]
        alaya.world.lifecycle.delete(alaya.world.context(), state.id, state)
        del self.states[name]


def be(alaya: Alaya, name: str) -> None:
    """The world's resource is the one of this name from here on."""
    alaya.named(f"{STACK}:Deployment::{name}")
