"""The emulated clouds of a test: looked at, changed behind a program's back, and made to fail."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi_inference import clouds
from pulumi_inference.core.settings import EMULATOR_SCHEME
from pulumi_inference.emulator.clock import Clock
from pulumi_inference.emulator.messages import Request, Response
from pulumi_inference.emulator.shell import Emulator
from pulumi_inference.emulator.store import Store

__all__ = ["EmulatedClouds", "EmulatorRefusedError", "SentRequest"]

DEPLOY_SECONDS = 120.0
"""How long a deployment takes: so long that none ends because a test takes its time."""

SECONDS_PER_REQUEST = DEPLOY_SECONDS / 2
"""How far each request moves the time: a program sees a deployment once under way, and then done."""

_START_SECONDS = 60.0
_STOP_SECONDS = 10.0


class EmulatorRefusedError(ValueError):
    """The admin API refused what a test asked for; the message is its answer."""


@dataclass(frozen=True)
class SentRequest:
    """One request to a cloud, as the emulator logged it: credentials and secrets are left out.

    `status` is None when the connection was reset. `body` is the JSON, or a text where it was none.
    """

    method: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: Any
    status: int | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class EmulatedClouds:
    """All clouds in one file, as programs reach them and as the test changes them.

    Made by `embedded` or `served`. Things, settings, faults and what the clouds answer are described in
    docs/emulator.md; a name that does not exist is refused with the nearest one.

    Args:
        handle: answers a request.
        endpoint: what every cloud's setting `endpoint` is for a program.
        variables: what else a program has to know, by the environment variables of its settings.
    """

    def __init__(
        self, handle: Callable[[Request], Response], endpoint: str, variables: Mapping[str, str] | None = None
    ) -> None:
        self._handle = handle
        self.endpoint = endpoint
        self._variables = dict(variables or {})

    @classmethod
    @contextmanager
    def embedded(cls, database: Path) -> Iterator[EmulatedClouds]:
        """The clouds in a file, which each process opens by itself; the file is made when it is missing."""
        emulator = Emulator(Store(database))
        try:
            yield cls(emulator.handle, f"{EMULATOR_SCHEME}{database.resolve()}")._prepared()
        finally:
            emulator.close()

    @classmethod
    @contextmanager
    def served(cls, database: Path, clock: Clock | None = None) -> Iterator[EmulatedClouds]:
        """The same, served on free ports of the loopback; needs the extra `testing`."""
        emulator = Emulator(Store(database), clock)
        try:
            with serving(emulator) as (url, variables):
                yield cls(emulator.handle, url, variables)._prepared()
        finally:
            emulator.close()

    def _prepared(self) -> EmulatedClouds:
        self.set(deploy_seconds=DEPLOY_SECONDS, seconds_per_request=SECONDS_PER_REQUEST)
        return self

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that lead a program to these clouds, and to no account that the machine knows.

        Each variable of a setting is among them: those that the emulator does not need are empty.
        """
        found = {variable: "" for settings in clouds.settings() for row in settings for variable in row.env}
        for settings in clouds.settings():
            found |= {row.env[0]: self.endpoint for row in settings if row.field == "endpoint"}
        return found | self._variables

    @property
    def config(self) -> dict[str, str]:
        """The same as configuration values of a stack, by key: `inference:…`.

        They win over what a project's own file says of the same settings.
        """
        environment = self.environment
        found = {}
        for settings in clouds.settings():
            for row in settings:
                value = next((environment[name] for name in row.env if environment[name]), "")
                if value:
                    found[f"inference:{settings.key(row.field)}"] = value
        return found

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """A request to the admin API, `/_emulator` and the path; answers its JSON.

        Raises:
            EmulatorRefusedError: it makes no sense there.
        """
        path, _, query = path.partition("?")
        pairs = tuple((name, value) for name, _, value in (one.partition("=") for one in query.split("&") if one))
        content = b"" if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        answer = self._handle(Request(method, f"/_emulator{path}", pairs, headers, content, query_text=query))
        document: Any = json.loads(answer.body) if answer.body else None
        if answer.status >= 400:
            said = document.get("error") if isinstance(document, dict) else None
            raise EmulatorRefusedError(f"{method} {path}: {said or json.dumps(document)}")
        return document

    def set(self, **settings: Any) -> None:
        """Changes settings of the emulator; one of a cloud by `set(**{"cloud.name": value})`."""
        self.admin("PATCH", "/settings", settings)

    def seed(self, **collections: list[Any]) -> Any:
        """Puts things there; answers their ids."""
        return self.admin("POST", "/seed", collections)

    def pass_time(self, seconds: float = DEPLOY_SECONDS) -> None:
        """Moves the time of all clouds, by default until what is under way is done."""
        self.admin("POST", "/clock", {"advance": seconds})

    def move_with_requests(self, moves: bool = True) -> None:
        """Whether each request moves the time, so that a program sees a deployment under way and then done."""
        self.set(seconds_per_request=SECONDS_PER_REQUEST if moves else 0)

    def fault(self, **fault: Any) -> None:
        """What goes wrong next: `fault(method="POST", status=503, count=2)`; one of a cloud by its name."""
        self.admin("POST", "/faults", fault)

    def faults(self) -> list[Any]:
        """The faults that still wait for what they are about."""
        found: list[Any] = self.admin("GET", "/faults")["faults"]
        return found

    def patch(self, path: str, **changes: Any) -> Any:
        """Changes a thing at once, as if somebody had been in the console: a path of the admin API."""
        return self.admin("PATCH", f"/{path.lstrip('/')}", changes)

    def delete(self, path: str) -> None:
        """Lets a thing vanish at once, as if somebody had deleted it in the console."""
        self.admin("DELETE", f"/{path.lstrip('/')}")

    def requests(self, *methods: str) -> list[SentRequest]:
        """The requests that the clouds got so far, of these methods or of all, the oldest first."""
        return [
            SentRequest(
                method=one["method"],
                host=one["host"],
                path=one["path"],
                query=tuple((name, value) for name, value in one["query"]),
                headers=one["headers"],
                body=one["body"],
                status=one["status"],
            )
            for one in self.admin("GET", "/requests")["requests"]
            if not methods or one["method"] in methods
        ]

    def forget_requests(self) -> None:
        """Empties the log of requests."""
        self.admin("DELETE", "/requests")

    def reset(self) -> None:
        """Forgets everything but the settings: things, faults, requests and time."""
        self.admin("POST", "/reset")


@contextmanager
def serving(emulator: Emulator) -> Iterator[tuple[str, dict[str, str]]]:
    """The emulator on free ports of the loopback, over HTTP and gRPC; answers its URL and a program's variables."""
    # Needs the extra; whoever stays with the embedded emulator does without.
    from pulumi_inference.emulator.app import create_server, rpc_door, variables

    started = threading.Event()
    server, listener = create_server(emulator, "127.0.0.1", 0, lambda _port: started.set())
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    with ExitStack() as stack:
        rpc = stack.enter_context(rpc_door(emulator, "127.0.0.1", 0))
        thread.start()
        if not started.wait(_START_SECONDS):
            raise TimeoutError(f"the emulator's server did not start within {_START_SECONDS:.0f} s")
        try:
            yield url, variables(url, rpc)
        finally:
            server.should_exit = True
            thread.join(_STOP_SECONDS)
