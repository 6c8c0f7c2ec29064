"""A process that is killed at any of its requests, and the cloud that it leaves behind."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Self, TypeVar

import httpx

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.emulator.transport import EmulatorTransport
from tests.support.cloud import OUTSIDER
from tests.support.world import URL, World

T = TypeVar("T")

DEPLOY_SECONDS = 0.3
LATER = 60.0
"""Seconds after which everything that the cloud was doing is done."""


class Killed(BaseException):
    """The end of the process: no Exception, so that nothing of ours can catch it."""


class KillableTransport(EmulatorTransport):
    """Kills the process at a request, counted from 1: before any, or after a write was carried out.

    After a read is no moment of its own, since the cloud is then as before the next request.
    """

    def __init__(
        self, database: Path, clock: ManualClock, fatal: int, moment: str, deploy_seconds: float = DEPLOY_SECONDS
    ) -> None:
        super().__init__(database, clock=clock, deploy_seconds=deploy_seconds)
        self._left, self._moment, self._is_dead = fatal, moment, False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answers until the fatal request, and then only the test itself."""
        if request.url.path.startswith("/_emulator") or request.headers["user-agent"] == OUTSIDER:
            return super().handle_request(request)
        if self._is_dead:
            raise Killed("a request of a process that is dead")
        self._left -= self._moment == "before" or request.method != "GET"
        self._is_dead = self._left == 0
        if self._is_dead and self._moment == "before":
            raise Killed(f"{request.method} {request.url.path}")
        response = super().handle_request(request)
        if self._is_dead:
            raise Killed(f"{request.method} {request.url.path}")
        return response


@dataclass
class Scene(Generic[T]):
    """A cloud, what the time is there, and what the engine's state knows of it."""

    folder: Path
    now: float = 1_700_000_000.0
    state: T | None = None

    def copy(self, folder: Path) -> Self:
        """The same in another folder."""
        shutil.copytree(self.folder, folder)
        return type(self)(folder, self.now, copy.deepcopy(self.state))

    @contextmanager
    def process(self, fatal: int = 0, moment: str = "before") -> Iterator[World]:
        """A new process, which is killed at its request number `fatal`, or lives when that is 0."""
        clock = ManualClock(self.now)
        transport = KillableTransport(self.folder / "cloud.db", clock, fatal, moment)
        with httpx.Client(transport=transport, base_url=URL) as client:
            yield World(transport, clock, client)
        self.now = clock.now()
