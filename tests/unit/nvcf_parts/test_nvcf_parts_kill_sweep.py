"""A process that is killed at any of its requests: the next run ends where an undisturbed one would have ended."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.lifecycle import Lifecycle, State
from pulumi_inference.nvcf.assets import AssetLifecycle
from pulumi_inference.nvcf.authorizations import AuthorizationLifecycle
from pulumi_inference.nvcf.registrycredentials import RegistryCredentialLifecycle
from pulumi_inference.nvcf.telemetries import TelemetryLifecycle
from tests.support.kills import KillableTransport, Killed
from tests.support.nvcf import Nvcf
from tests.support.nvcf_parts import credential, telemetry
from tests.support.world import DEPLOY_SECONDS, URL, Values, World

pytestmark = pytest.mark.sweep

Look = Callable[[Nvcf], Any]


def _telemetries(nvcf: Nvcf) -> Any:
    found = nvcf.api("GET", "/telemetries")["telemetries"]
    return [{name: one[name] for name in one if name not in ("telemetryId", "createdAt")} for one in found]


def _credentials(nvcf: Nvcf) -> Any:
    found = nvcf.api("GET", "/registry-credentials?provisionedBy=USER")["registryCredentials"]
    volatile = ("registryCredentialId", "createdAt", "lastUpdatedAt")
    return [{name: one[name] for name in one if name not in volatile} for one in found]


def _callers(nvcf: Nvcf) -> Any:
    [version] = nvcf.versions()
    shared = nvcf.api("GET", f"/authorizations/functions/{version['id']}")["functions"]
    return [sorted(party["ncaId"] for party in one["authorizedParties"]) for one in shared]


def _assets(nvcf: Nvcf) -> Any:
    headers = {"Authorization": "Bearer nvapi-emulator", "User-Agent": "outsider"}

    def ask(path: str) -> Any:
        return nvcf.world.cloud.client.get(f"/v2/nvcf/assets{path}", headers=headers).json()

    return [ask(f"/{one['assetId']}")["asset"]["contentType"] for one in ask("")["assets"]]


@dataclass(frozen=True)
class Kind:
    """One kind of resource, and how it looks from outside."""

    life: type[Lifecycle]
    look: Look


TELEMETRY = Kind(TelemetryLifecycle, _telemetries)
CREDENTIAL = Kind(RegistryCredentialLifecycle, _credentials)
AUTHORIZATION = Kind(AuthorizationLifecycle, _callers)
ASSET = Kind(AssetLifecycle, _assets)


@dataclass
class Scene:
    """A cloud, what the time is there, and what the engine's state knows of the thing."""

    folder: Path
    now: float = 1_700_000_000.0
    state: State | None = None

    def copy(self, folder: Path) -> Scene:
        """The same in another folder."""
        shutil.copytree(self.folder, folder)
        return Scene(folder, self.now, self.state)

    @contextmanager
    def process(self, kind: Kind, fatal: int = 0, moment: str = "before") -> Iterator[Nvcf]:
        """A new process, which is killed at its request number `fatal`, or lives when that is 0."""
        clock = ManualClock(self.now)
        transport = KillableTransport(self.folder / "cloud.db", clock, fatal, moment, DEPLOY_SECONDS)
        with httpx.Client(transport=transport, base_url=URL) as client:
            nvcf = Nvcf(World(transport, clock, client))
            nvcf.world.lifecycle = kind.life()
            yield nvcf
        self.now = clock.now()


@dataclass(frozen=True)
class Operation:
    """What is there, and what the program says then; None is nothing."""

    kind: Kind
    before: Values | None
    after: Values | None

    def prepare(self, scene: Scene) -> None:
        """Makes what is there."""
        with scene.process(self.kind) as nvcf:
            if self.kind is AUTHORIZATION:
                nvcf.function()
                nvcf.world.lifecycle = self.kind.life()
            if self.before:
                scene.state = nvcf.world.create(self.program(nvcf, self.before))

    def program(self, nvcf: Nvcf, values: Values) -> Values:
        """The program in this cloud."""
        named = {"function_id": nvcf.versions()[0]["id"]} if self.kind is AUTHORIZATION else {}
        return {**named, **values}

    def run(self, nvcf: Nvcf, state: State | None) -> State | None:
        """What the engine does with that state and the program."""
        world = nvcf.world
        if self.after is None:
            if state:
                world.delete(state)
            return None
        after = self.program(nvcf, self.after)
        if state is None:
            return world.create(after)
        difference = world.diff(state, after)
        inputs = world.known(world.valid(after, state))
        if not difference.replaces:
            return world.recorded(world.lifecycle.update(world.context(), state.id, state, inputs))
        if difference.delete_before_replace:
            world.lifecycle.delete(world.context(), state.id, state)
        made = world.recorded(world.lifecycle.create(world.context(), inputs))
        if not difference.delete_before_replace:
            world.lifecycle.delete(world.context(), state.id, state)
        return made


TEXT = {"content_type": "text/plain", "content": "one"}

OPERATIONS = {
    "telemetry: create": Operation(TELEMETRY, None, telemetry()),
    "telemetry: create with a given name": Operation(TELEMETRY, None, telemetry(name="mine")),
    "telemetry: secret": Operation(TELEMETRY, telemetry(), telemetry(secret="newer")),
    "telemetry: delete": Operation(TELEMETRY, telemetry(), None),
    "credential: create": Operation(CREDENTIAL, None, credential()),
    "credential: create with a given name": Operation(CREDENTIAL, None, credential(name="mine", tags=["a"])),
    "credential: password and kinds": Operation(
        CREDENTIAL,
        credential(),
        credential(password="newer", artifact_types=["CONTAINER", "HELM"]),
    ),
    "credential: delete": Operation(CREDENTIAL, credential(), None),
    "authorization: create": Operation(AUTHORIZATION, None, {"accounts": ["nca-a", "nca-b"]}),
    "authorization: update": Operation(
        AUTHORIZATION, {"accounts": ["nca-a", "nca-b"]}, {"accounts": ["nca-c", "nca-b", "nca-d"]}
    ),
    "authorization: delete": Operation(AUTHORIZATION, {"accounts": ["nca-a", "nca-b"]}, None),
    "asset: create": Operation(ASSET, None, TEXT),
    "asset: delete": Operation(ASSET, TEXT, None),
}


def result_of(operation: Operation, scene: Scene) -> dict[str, Any]:
    """What the operation leads to: in the cloud, and in a preview that compares it with the program."""
    with scene.process(operation.kind) as nvcf:
        made = operation.run(nvcf, scene.state)
        result: dict[str, Any] = {"live": operation.kind.look(nvcf)}
        if made and operation.after is not None:
            after = operation.program(nvcf, operation.after)
            result["next diff"] = nvcf.world.diff(made, after).changes
            found = nvcf.world.read(made)
            result["is seen"] = found is not None and found.inputs == made.inputs
        return result


def killed_by(operation: Operation, scene: Scene, fatal: int, moment: str) -> str:
    """The request at which the operation was killed; "" when it came to its end."""
    with scene.process(operation.kind, fatal, moment) as nvcf:
        try:
            operation.run(nvcf, scene.state)
        except Killed as killed:
            return str(killed)
    return ""


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_a_kill_at_any_request_changes_nothing_in_the_end(tmp_path: Path, operation: Operation, moment: str) -> None:
    start = Scene(tmp_path / "start")
    start.folder.mkdir()
    operation.prepare(start)
    expected = result_of(operation, start.copy(tmp_path / "undisturbed"))
    assert expected.get("next diff", False) is False
    assert expected.get("is seen", True)

    for fatal in count(1):
        scene = start.copy(tmp_path / f"killed {fatal}")
        request = killed_by(operation, scene, fatal, moment)
        if not request:
            break
        try:
            result = result_of(operation, scene)
        except Exception as error:
            error.add_note(f"killed {moment} request {fatal}, {request}")
            raise
        assert result == expected, f"killed {moment} request {fatal}, {request}"
    assert fatal > 1
