"""A stack of a function and its deployment, gone through step by step as the engine does: what is made goes last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pulumi_inference.core.lifecycle import State
from tests.support.nvcf import Nvcf, deployment
from tests.support.world import Values


@dataclass(frozen=True)
class Program:
    """What a program says: of a function, and of the deployment of its version."""

    function: Values
    specifications: list[Values]
    deployment: Values = field(default_factory=dict)


@dataclass
class Stack:
    """What the engine's state knows; `old_…` is what was replaced and has not been deleted yet."""

    function: State | None = None
    deployment: State | None = None
    old_functions: list[State] = field(default_factory=list)
    old_deployments: list[State] = field(default_factory=list)

    def up(self, nvcf: Nvcf, program: Program) -> None:
        """What `pulumi up` does; the state is kept after each step."""
        nvcf.be_function()
        self.function = _settle(nvcf, self.function, program.function, self.old_functions.append)
        nvcf.be_deployment()
        values = deployment(self.function, *program.specifications, **program.deployment)
        self.deployment = _settle(nvcf, self.deployment, values, self.old_deployments.append)
        self._clean_up(nvcf)

    def destroy(self, nvcf: Nvcf) -> None:
        """What `pulumi destroy` does."""
        nvcf.be_deployment()
        if self.deployment:
            nvcf.remove(self.deployment)
            self.deployment = None
        self._clean_up(nvcf)
        if self.function:
            nvcf.be_function()
            nvcf.remove(self.function)
            self.function = None

    def refresh(self, nvcf: Nvcf) -> None:
        """What `pulumi refresh` does."""
        nvcf.be_function()
        self.function = _read(nvcf, self.function)
        nvcf.be_deployment()
        self.deployment = _read(nvcf, self.deployment)

    def changes(self, nvcf: Nvcf, program: Program) -> list[Any]:
        """What a preview shows of both: changes and replacements."""
        assert self.function is not None
        assert self.deployment is not None
        nvcf.be_function()
        first = nvcf.world.diff(self.function, program.function)
        nvcf.be_deployment()
        values = deployment(self.function, *program.specifications, **program.deployment)
        second = nvcf.world.diff(self.deployment, values)
        return [(one.changes, one.replaces) for one in (first, second)]

    def _clean_up(self, nvcf: Nvcf) -> None:
        nvcf.be_deployment()
        while self.old_deployments:
            nvcf.remove(self.old_deployments[-1])
            self.old_deployments.pop()
        nvcf.be_function()
        while self.old_functions:
            nvcf.remove(self.old_functions[-1])
            self.old_functions.pop()


def _settle(nvcf: Nvcf, state: State | None, values: Values, replaced: Callable[[State], None]) -> State:
    world = nvcf.world
    life, context = world.lifecycle, world.context
    if state is None:
        return world.recorded(life.create(context(), world.known(world.valid(values))))
    inputs = world.known(world.valid(values, state))
    found = life.diff(context(), state.id, state, inputs)
    if found.replaces:
        assert not found.delete_before_replace
        made = world.recorded(life.create(context(), world.known(world.valid(values))))
        replaced(state)
        return made
    if found.changes is False:
        return state
    return world.recorded(life.update(context(), state.id, state, inputs))


def _read(nvcf: Nvcf, state: State | None) -> State | None:
    found = nvcf.world.lifecycle.read(nvcf.world.context(), state.id, state) if state else None
    return nvcf.world.recorded(found) if found else None
