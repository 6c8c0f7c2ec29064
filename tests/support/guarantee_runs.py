"""Runs of a program of one resource as the engine makes them, with something that goes wrong, and what is left then."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.core.fields.paths import texts_at
from pulumi_inference.core.fields.secrets import secret_paths
from pulumi_inference.core.lifecycle import Difference, State, UnhealthyError
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.emulator.huaweicloud import accounts
from pulumi_inference.emulator.nvcf.accounts import ORG
from pulumi_inference.engine.provider import pack
from tests.support.cloud import EMBEDDED_PROJECT, OUTSIDER
from tests.support.guarantee_door import FaultyTransport, Mischief, MortalClock, Switch
from tests.support.guarantee_rows import Row
from tests.support.nvcf import JWT
from tests.support.world import URL, StackConfig, Values, World

DEPLOY_SECONDS = 0.3
LATER = 60.0
PATIENCE = 30.0
"""Seconds that a call of a verb may take."""


class WrongProgramError(InferenceError):
    """The preview finds something wrong."""


@dataclass
class Process:
    """One run of the engine."""

    world: World
    row: Row
    mischief: Mischief
    clock: ManualClock
    log: list[str]
    urn: str

    def renew(self) -> None:
        """Begins another run, which knows nothing of the one before."""
        self.world.next_operation()
        self.mischief.asked.clear()

    @property
    def context(self) -> Context:
        """The context of one call."""
        return self.world.context(self.urn, timeout=PATIENCE)

    def inputs(self, values: Values, state: State | None) -> Values:
        """The checked inputs. Raises WrongProgramError."""
        # What the program says is a secret, the provider learns first.
        given = (text for path in secret_paths(self.world.lifecycle.spec) for text in texts_at(values, path))
        self.world.environment.redactor.add(*given)
        checked = self.world.check(values, state, urn=self.urn)
        if checked.problems:
            raise WrongProgramError("; ".join(map(str, checked.problems)))
        return self.world.known(json.loads(json.dumps(checked.inputs), parse_int=float))

    def program(self, values: Values) -> Values:
        """What a program says in this cloud."""
        found = self.row.kind.program(self.world, values)
        self.world.lifecycle = self.row.kind.lifecycle
        return found

    def pass_time(self) -> None:
        """Lets the cloud end what it was doing; that is carried out with a request."""
        self.clock.advance(LATER)
        self.world.cloud.client.get("/", headers={"User-Agent": OUTSIDER})

    def said(self) -> list[str]:
        """All that the person who waits was told, as the provider tells it."""
        clean = self.world.environment.redactor.clean
        return [clean(one) for one in (*self.world.progress, *self.world.told, *self.world.warned)]

    def clean(self, error: InferenceError) -> str:
        """An error as the provider tells it."""
        if isinstance(error, UnhealthyError):
            return self.world.environment.redactor.clean(str(error))
        return str(error.redact(self.world.environment.redactor.redact))


def prepared(scene: Scene, *, is_made: bool = True) -> Scene:
    """The scene with what has to be there before, and with the thing itself."""
    scene.folder.mkdir(parents=True)
    with scene.process() as process:
        scene.row.kind.prepare(process.world)
    if is_made:
        with scene.process() as process:
            scene.up(process, process.program(scene.row.before()))
            process.pass_time()
    return scene


class FixedConfig(StackConfig):
    """A configuration in which nobody changes what was given."""

    def __init__(self, given: dict[str, str]) -> None:
        super().__init__()
        self._given = given

    def get(self, key: str) -> str | None:
        """The value of a key."""
        return self._given.get(key, self.values.get(key))


@dataclass
class Scene:
    """A cloud, what the time is there, and what the engine's state knows: a thing, and those that it has replaced."""

    row: Row
    folder: Path
    door: Switch | None = None
    now: float = 1_700_000_000.0
    state: State | None = None
    olds: list[State] = field(default_factory=list)
    called: str = ""
    """What the resource's name has behind it: another one is another resource of the program."""

    def copy(self, folder: Path) -> Scene:
        """The same in another folder."""
        folder.mkdir()
        shutil.copyfile(self.folder / "cloud.db", folder / "cloud.db")
        return replace(self, folder=folder, olds=list(self.olds))

    def known(self) -> set[str]:
        """The ids in the state."""
        return {one.id for one in (self.state, *self.olds) if one}

    @contextmanager
    def process(self, mischief: Mischief | None = None) -> Iterator[Process]:
        """A new process, in which something goes wrong."""
        mischief = mischief or Mischief()
        clock = ManualClock(self.now)
        database = self.folder / "cloud.db"
        seconds = None if database.exists() else DEPLOY_SECONDS
        transport = FaultyTransport(database, clock, seconds, self.row.kind.names, mischief)
        if self.door:
            self.door.faulty = transport.faulty
        with httpx.Client(transport=transport, base_url=URL, trust_env=False) as client, captured() as log:
            world = World(transport, MortalClock(clock, mischief), client)
            world.lifecycle, world.urn = self.row.kind.lifecycle, self.row.kind.urn
            world.configuration = FixedConfig({**self.row.kind.config, **self.settings()})
            world.environment.configuration = world.configuration
            mischief.cancel = world.cancelled.set
            process = Process(world, self.row, mischief, clock, log, f"{self.row.kind.urn}{self.called}")
            yield process
        self.now = clock.now()

    def settings(self) -> dict[str, str]:
        """Where the cloud is, and who asks: by a token of Huawei Cloud in process, by a signature over the network."""
        if self.door is None:
            person = {"UserName": accounts.USER, "Password": accounts.PASSWORD, "DomainName": accounts.DOMAIN}
            huawei = {"ProjectId": EMBEDDED_PROJECT, **person}
            return {f"modelarts{name}": one for name, one in huawei.items()}
        url = self.door.url
        huawei = {
            "Endpoint": url,
            "IamEndpoint": url,
            "Region": accounts.HOME_REGION,
            "ProjectId": EMBEDDED_PROJECT,
            "AccessKey": accounts.ACCESS_KEY,
            "SecretKey": accounts.SECRET_KEY,
        }
        return {
            **{f"modelarts{name}": one for name, one in huawei.items()},
            "nvcfEndpoint": url,
            "nvcfInvocationEndpoint": url,
            "nvcfApiKey": JWT,
            "nvcfOrg": ORG,
            "alayaEndpoint": url,
            "alayaAccessKey": accounts.ACCESS_KEY,
            "alayaSecretKey": accounts.SECRET_KEY,
        }

    # What the engine does, the state being kept after each step.

    def preview(self, process: Process, values: Values) -> Difference | None:
        """What a preview does."""
        inputs = process.inputs(values, self.state)
        if self.state is None:
            return None
        return process.world.lifecycle.diff(process.context, self.state.id, self.state, inputs)

    def refresh(self, process: Process) -> None:
        """What `refresh` does: it reads what is to be deleted too."""
        read, failed = process.world.lifecycle.read, None
        if self.state is not None:
            try:
                found = read(process.context, self.state.id, self.state)
                self.state = process.world.recorded(found) if found else None
            except UnhealthyError as error:
                self.state, failed = process.world.recorded(error.state), error
        for old in list(self.olds):
            with suppress(UnhealthyError):
                if read(process.context, old.id, old) is None:
                    self.olds.remove(old)
        if failed:
            raise failed

    def up(self, process: Process, values: Values) -> None:
        """What `up` does without a refresh."""
        world, state = process.world, self.state
        inputs = process.inputs(values, state)
        if state is None:
            self._make(process, inputs)
        else:
            found = world.lifecycle.diff(process.context, state.id, state, inputs)
            if found.replaces:
                self._replace(process, values, state, first=bool(found.delete_before_replace))
            elif found.changes is not False:
                self._keep(process, lambda: world.lifecycle.update(process.context, state.id, state, inputs))
        self._clean_up(process)

    def destroy(self, process: Process) -> None:
        """What `destroy` does."""
        self._clean_up(process)
        if self.state is not None:
            process.world.lifecycle.delete(process.context, self.state.id, self.state)
            self.state = None

    def _make(self, process: Process, inputs: Values) -> None:
        self._keep(process, lambda: process.world.lifecycle.create(process.context, inputs))

    def _replace(self, process: Process, values: Values, old: State, *, first: bool) -> None:
        if first:
            process.world.lifecycle.delete(process.context, old.id, old)
            self.state = None
        # The engine checks a replacement as if there were nothing before it.
        inputs = process.inputs(values, None)
        try:
            self._make(process, inputs)
        finally:
            if not first and self.state is not old:
                self.olds.append(old)

    def _keep(self, process: Process, act: Any) -> None:
        try:
            self.state = process.world.recorded(act())
        except UnhealthyError as error:
            self.state = process.world.recorded(error.state)
            raise

    def _clean_up(self, process: Process) -> None:
        while self.olds:
            process.world.lifecycle.delete(process.context, self.olds[-1].id, self.olds[-1])
            self.olds.pop()

    def shown(self) -> str:
        """What stands in the state in clear."""
        lifecycle = self.row.kind.lifecycle
        facts = {**facts_of(lifecycle.spec), **facts_of(lifecycle.outputs)}
        secret = {name for name, one in facts.items() if one.secret}
        kept = [pack(one) for one in (self.state, *self.olds) if one]
        return json.dumps([{name: one for name, one in each.items() if name not in secret} for each in kept])


@contextmanager
def captured() -> Iterator[list[str]]:
    """All that the library logs meanwhile, and what others warn of."""
    lines: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler, root, own = Handler(), logging.getLogger(), logging.getLogger("pulumi_inference")
    root.addHandler(handler)
    own.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        own.setLevel(logging.NOTSET)
