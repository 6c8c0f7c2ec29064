"""A process that is killed at one of its requests."""

from __future__ import annotations

from pathlib import Path

import httpx

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.emulator.transport import EmulatorTransport
from tests.support.cloud import OUTSIDER


class Killed(BaseException):
    """The end of the process: no Exception, so that nothing of ours can catch it."""


class KillableTransport(EmulatorTransport):
    """Kills the process at a request, counted from 1: before any, or after a write was carried out.

    After a read is no moment of its own, since the cloud is then as before the next request.
    """

    def __init__(self, database: Path, clock: ManualClock, fatal: int, moment: str, deploy_seconds: float) -> None:
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
