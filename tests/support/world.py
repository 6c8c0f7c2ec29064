"""A service's life without an engine: the lifecycle and the emulator in one process, on one clock that never sleeps."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.lifecycle import Checked, Difference, Lifecycle, State
from pulumi_inference.core.lifecycle.context import Context, Environment
from pulumi_inference.core.lifecycle.naming import Policy
from pulumi_inference.emulator.transport import EmulatorTransport
from pulumi_inference.engine.provider import pack, unpack
from pulumi_inference.modelarts.services.lifecycle import ServiceLifecycle
from tests.support.cloud import EMBEDDED_PROJECT, Cloud, Sent

URL = "http://emulator.localhost"
URN = "urn:pulumi:test::trial::pulumi-python:dynamic/modelarts:Service::classifier"
DEPLOY_SECONDS = 3.0

Values = dict[str, Any]


def item(model_id: str = "model-a", **changes: Any) -> Values:
    """One model of a service; None takes a field away."""
    values = {"model_id": model_id, "specification": "modelarts.vm.cpu.2u", "instance_count": 2, **changes}
    return {name: value for name, value in values.items() if value is not None}


def program(*config: Values, **changes: Any) -> Values:
    """What a program says of a service with one model, or with those given."""
    return {"config": list(config) or [item()], **changes}


class StackConfig:
    """A stack's configuration."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.values = {"modelartsEndpoint": "emulator:cloud.db", **(values or {})}

    def get(self, key: str) -> str | None:
        """The value of a key."""
        return self.values.get(key)

    def connections(self) -> Mapping[str, Mapping[str, str]]:
        """There is only the default connection."""
        return {}


class World:
    """One cloud, one resource, and the process of one engine operation; `next_operation` begins another one."""

    def __init__(self, transport: EmulatorTransport, clock: ManualClock, client: httpx.Client) -> None:
        self.clock = clock
        self.cloud = Cloud(URL, EMBEDDED_PROJECT, client)
        self.lifecycle: Lifecycle = ServiceLifecycle()
        self.urn = URN
        self.configuration = StackConfig()
        self.cancelled = threading.Event()
        self.progress: list[str] = []
        self.told: list[str] = []
        self.warned: list[str] = []
        self.transport = transport
        self.environment = self._new_environment()

    def _new_environment(self) -> Environment:
        return Environment(
            configuration=self.configuration,
            transports=lambda _endpoint: (URL, self.transport),
            environ={},
            clock=self.clock,
            cancelled=self.cancelled,
        )

    def next_operation(self) -> None:
        """Forgets what a provider's process knows, what was said, and the cloud's log of requests."""
        self.cancelled = threading.Event()
        self.environment = self._new_environment()
        self.progress, self.told, self.warned = [], [], []
        self.cloud.forget_requests()

    def context(self, urn: str | None = None, **options: Any) -> Context:
        """The context of one call."""
        return Context(
            self.environment,
            self.urn if urn is None else urn,
            progress=self.progress.append,
            tell=self.told.append,
            warn=self.warned.append,
            **options,
        )

    def check(
        self, values: Values, old: State | None = None, *, urn: str | None = None, autoname: Policy | None = None
    ) -> Checked:
        """Checks what a program says, against the recorded inputs if there are any."""
        context = self.context(urn, **({"autoname": autoname} if autoname else {}))
        return self.lifecycle.check(context, old.inputs if old else None, through_engine(values))

    def valid(self, values: Values, old: State | None = None, **options: Any) -> Values:
        """The checked inputs of a program in which nothing is wrong."""
        checked = self.check(values, old, **options)
        assert [str(problem) for problem in checked.problems] == []
        return through_engine(checked.inputs)

    def create(self, values: Values, *, urn: str | None = None, **options: Any) -> State:
        """Checks and creates in an operation of its own; answers the state as the engine has it."""
        self.next_operation()
        return self.recorded(self.lifecycle.create(self.context(urn, **options), self.known(self.valid(values))))

    def diff(self, state: State, values: Values, ignore: tuple[str, ...] = ()) -> Difference:
        """Checks and compares in an operation of its own."""
        self.next_operation()
        inputs = self.known(self.valid(values, state))
        return self.lifecycle.diff(self.context(ignored_by_engine=ignore), state.id, state, inputs)

    def update(self, state: State, values: Values, ignore: tuple[str, ...] = (), **options: Any) -> State:
        """Checks, compares and updates in an operation of its own, whatever the comparison says."""
        self.diff(state, values, ignore)
        inputs = self.known(self.valid(values, state))
        context = self.context(ignored_by_engine=ignore, **options)
        return self.recorded(self.lifecycle.update(context, state.id, state, inputs))

    def read(self, state: State) -> State | None:
        """Reads in an operation of its own."""
        self.next_operation()
        found = self.lifecycle.read(self.context(), state.id, state)
        return self.recorded(found) if found else None

    def delete(self, state: State, **options: Any) -> None:
        """Deletes in an operation of its own."""
        self.next_operation()
        self.lifecycle.delete(self.context(**options), state.id, state)

    def recorded(self, state: State) -> State:
        """The state after it was stored by the engine and loaded again."""
        return unpack(self.lifecycle, through_engine(pack(state)), state.id)

    def known(self, inputs: Values) -> Values:
        """Inputs as the provider hands them to the lifecycle."""
        return unpack(self.lifecycle, inputs).inputs

    def writes(self) -> list[Sent]:
        """The requests of this operation that change something."""
        return self.cloud.sent("POST", "PUT", "PATCH", "DELETE")

    def wrote(self) -> list[Any]:
        """Bodies of the requests of this operation that change something."""
        return [one.body for one in self.writes()]

    def details_read(self, state: State) -> int:
        """How often this operation asked for the service's detail."""
        return sum(one.path == f"/services/{state.id}" for one in self.cloud.sent("GET"))


def without_plan_checks(world: World) -> None:
    """Switches off what a preview asks the cloud: what it tells then comes up in the create call itself."""
    world.configuration.values["modelartsPlanChecks"] = "false"


def through_engine(values: Values) -> Values:
    """The values after a journey through the engine, which knows no integers."""
    result: Values = json.loads(json.dumps(values), parse_int=float)
    return result


def edited(state: State, **changes: Any) -> State:
    """A state with other recorded inputs."""
    return replace(state, inputs={**state.inputs, **changes})


@contextmanager
def new_world(folder: Path) -> Iterator[World]:
    """A world whose cloud lives in `folder`."""
    clock = ManualClock()
    transport = EmulatorTransport(folder / "cloud.db", clock=clock, deploy_seconds=DEPLOY_SECONDS)
    with httpx.Client(transport=transport, base_url=URL) as client:
        yield World(transport, clock, client)
