"""A cloud that does on order what clouds do: the faults of the table of guarantees, embedded and served."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.emulator.app import create_server
from pulumi_inference.emulator.messages import Request, Response
from pulumi_inference.emulator.shell import Emulator
from pulumi_inference.emulator.transport import EmulatorTransport
from tests.support.cloud import OUTSIDER
from tests.support.kills import Killed
from tests.support.patience import PATIENCE
from tests.support.wrong_answers import Names

LOGIN = "/v3/"
"""How paths of the identity service begin, whose calls change nothing."""


@dataclass(frozen=True)
class Blow:
    """A request that is hit: `carry_out` is what the cloud would do with it, `quoted` what it writes into errors."""

    request: Request
    carry_out: Callable[[], Response]
    clock: ManualClock
    names: Names
    quoted: str


Fault = Callable[[Blow], Response]


@dataclass
class Mischief:
    """What goes wrong in one process, and what the process asked for meanwhile.

    Args:
        fault: what happens to a request that is hit; None is nothing.
        first: the first request that is hit, counted from 0; None is the first write.
        always: whether it and all that follow are hit, or each one when it is asked for the first time.
        spares_login: whether nobody is hit who says who they are.
        cancelled: the number of the request with which Ctrl-C comes.
        fatal: the number of the request with which the process ends.
        is_done: whether the fatal request is carried out.
        quoted: what the cloud writes into its errors, beside the keys of who asks.
        asked: what was asked for, as method and path.
        hits: how often something went wrong.
        tokens: what the cloud has handed out for others not to see.
    """

    fault: Fault | None = None
    first: int | None = 0
    always: bool = False
    spares_login: bool = False
    cancelled: int | None = None
    fatal: int | None = None
    is_done: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)
    hits: int = 0
    is_dead: bool = False
    cancel: Callable[[], None] = lambda: None
    quoted: str = ""
    tokens: list[str] = field(default_factory=list)

    def takes(self, request: Request) -> bool:
        """Whether this request is hit; counted."""
        number, one = len(self.asked), (request.method, request.path)
        is_new = one not in self.asked
        self.asked.append(one)
        if self.fault is None or (self.spares_login and is_login(request.path)):
            return False
        has_begun = any(map(is_write, self.asked)) if self.first is None else number >= self.first
        return has_begun and (self.always or is_new)


def is_login(path: str) -> bool:
    """Whether somebody says who they are."""
    return path.startswith(LOGIN)


def is_write(asked: tuple[str, str]) -> bool:
    """Whether a request changes something."""
    method, path = asked
    return method != "GET" and not is_login(path)


class MortalClock(ManualClock):
    """The clock of a process that may be killed: nobody who is dead looks at it, and no request goes without a look."""

    def __init__(self, clock: ManualClock, mischief: Mischief) -> None:
        super().__init__()
        self._clock, self._mischief = clock, mischief

    def _look(self) -> ManualClock:
        if self._mischief.is_dead:
            raise Killed
        return self._clock

    def now(self) -> float:
        """As the other one."""
        return self._look().now()

    def monotonic(self) -> float:
        """As the other one."""
        return self._look().monotonic()

    def advance(self, seconds: float) -> None:
        """Moves the other one."""
        self._clock.advance(seconds)

    def wait(self, seconds: float, cancelled: threading.Event) -> bool:
        """As the other one."""
        return self._look().wait(seconds, cancelled)


class _Faulty:
    """An emulator with a program to which something happens; everybody else is told the truth."""

    def __init__(self, emulator: Emulator, clock: ManualClock, names: Names, mischief: Mischief) -> None:
        self._emulator, self._clock, self._names, self._mischief = emulator, clock, names, mischief

    def handle(self, request: Request) -> Response:
        """The truth or a fault."""
        if request.path.startswith("/_emulator") or request.headers.get("user-agent") == OUTSIDER:
            return self._emulator.handle(request)
        mischief, number = self._mischief, len(self._mischief.asked)
        if mischief.is_dead:
            return Response(503, ending="reset")
        is_hit = mischief.takes(request)
        if number == mischief.cancelled:
            mischief.hits += 1
            mischief.cancel()
        if number == mischief.fatal:
            mischief.hits += 1
            if mischief.is_done:
                self._truth(request)
            mischief.is_dead = True
            return Response(503, ending="reset")
        if not is_hit or mischief.fault is None:
            return self._truth(request)
        mischief.hits += 1
        keys = (request.headers.get(one, "") for one in ("x-auth-token", "authorization"))
        quoted = f"refused: {' '.join((mischief.quoted, *keys))}"
        return mischief.fault(Blow(request, lambda: self._truth(request), self._clock, self._names, quoted))

    def _truth(self, request: Request) -> Response:
        answer = self._emulator.handle(request)
        self._mischief.tokens += [one for name, one in answer.headers.items() if name == "X-Subject-Token"]
        return answer

    def close(self) -> None:
        """Closes the database."""
        self._emulator.close()


class FaultyTransport(EmulatorTransport):
    """The emulator in this process."""

    def __init__(
        self, database: Path, clock: ManualClock, deploy_seconds: float | None, names: Names, mischief: Mischief
    ) -> None:
        super().__init__(database, clock=clock, deploy_seconds=deploy_seconds)
        self.faulty = _Faulty(self._emulator, clock, names, mischief)
        self._emulator = self.faulty  # type: ignore[assignment]  # answers alike


class Switch:
    """What a server answers with: the cloud of whichever process is under way."""

    url: str
    faulty: _Faulty

    def handle(self, request: Request) -> Response:
        """As that one."""
        return self.faulty.handle(request)


@contextmanager
def switch() -> Iterator[Switch]:
    """A server on a free port of the loopback."""
    one = Switch()
    server, listener = create_server(one, "127.0.0.1", 0)  # type: ignore[arg-type]  # answers alike
    listener.listen()
    one.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield one
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
