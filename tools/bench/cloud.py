"""A cloud that the benchmarks run against: the emulator in a process of its own, or a replay of its answers."""

import http.client
import json
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from pulumi_inference.engine.resource import InferenceResource
from tools.bench.project import BenchError
from tools.environment import ROOT

START_SECONDS = 20.0

_SERVE = """\
import sys
from pulumi_inference.emulator.app import serve
serve(port=int(sys.argv[1]), database=sys.argv[2], deploy_seconds=float(sys.argv[3]))
"""


class Cloud(ABC):
    """An address of the loopback on which the emulator and the replay of its answers run by turns."""

    name: ClassVar[str]
    """Of the cloud, and of its program in `programs/`."""
    resource: ClassVar[type[InferenceResource]]
    """What that program declares."""
    details: ClassVar[str]
    """What the paths of their details begin with."""
    finish_seconds: ClassVar[float] = 2.0
    """How long after the cloud has said that it runs an `up` may end: longer where the cloud is asked less often."""

    def __init__(self, folder: Path, deploy_seconds: float) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port: int = probe.getsockname()[1]
        self._folder = folder
        self.deploy_seconds = deploy_seconds
        self._is_furnished = False

    def furnish(self) -> None:  # noqa: B027 - most need nothing
        """Puts into a new emulator what the program finds there."""

    def path_of(self, thing: str) -> str:
        """Where the detail of a thing stands; by default its id follows."""
        return f"{self.details}/{thing}"

    @property
    @abstractmethod
    def settings(self) -> Mapping[str, str]:
        """The stack configuration that leads here."""

    @property
    @abstractmethod
    def variables(self) -> Mapping[str, str]:
        """The environment by which a program is somebody here."""

    @abstractmethod
    def running_since(self, detail: Mapping[str, Any]) -> float:
        """When a thing began to run, in seconds since the epoch."""

    @abstractmethod
    def log_in(self) -> Mapping[str, str]:
        """The headers with which the bench itself may ask."""

    @property
    def endpoint(self) -> str:
        """Its URL."""
        return f"http://127.0.0.1:{self._port}"

    @contextmanager
    def emulated(self, latency: float) -> Iterator[None]:
        """The emulator, which holds every answer back for `latency` seconds."""
        with self._running("-c", _SERVE, str(self._port), str(self._database), str(self.deploy_seconds)):
            if not self._is_furnished:
                self.furnish()
                self._is_furnished = True
            self._ask("PATCH", "/_emulator/settings", {"latency_seconds": latency})
            yield

    @contextmanager
    def replayed(self, latency: float) -> Iterator[None]:
        """A server that gives the recorded answers after `latency` seconds and does nothing else."""
        with self._running("-m", "tools.bench.replay", str(self._port), str(self._record), str(latency)):
            yield

    def record(self, things: Sequence[str]) -> None:
        """Keep the emulator's details of things with these ids for the replay."""
        headers = self.log_in()
        paths = [self.path_of(thing) for thing in things]
        answers = {path: self._ask("GET", path, headers=headers) for path in paths}
        self._record.write_text(json.dumps(answers), encoding="utf-8")

    def requests(self) -> list[dict[str, Any]]:
        """What the emulator was asked since `forget_requests`, oldest first; its own admin door aside."""
        logged: list[dict[str, Any]] = self._ask("GET", "/_emulator/requests")["requests"]
        return logged

    def forget_requests(self) -> None:
        """Empties the emulator's request log."""
        self._ask("DELETE", "/_emulator/requests")

    def detail(self, thing: str) -> dict[str, Any]:
        """A thing as the emulator knows it now."""
        detail: dict[str, Any] = self._ask("GET", self.path_of(thing), headers=self.log_in())
        return detail

    def send(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[http.client.HTTPMessage, bytes]:
        """One request, and the headers and the text of the answer.

        Raises:
            BenchError: the answer is an error.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), dict(headers or {}))
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status >= 300:
            raise BenchError(f"{method} {path} answered {answer.status}: {text.decode(errors='replace')}")
        return answer.headers, text

    @property
    def _database(self) -> Path:
        return self._folder / f"emulator-{self._port}.db"

    @property
    def _record(self) -> Path:
        return self._folder / f"answers-{self._port}.json"

    def _ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        text = self.send(method, path, body, headers)[1]
        return json.loads(text) if text else None

    @contextmanager
    def _running(self, *arguments: str) -> Iterator[None]:
        process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            self._wait_for(process)
            yield
        finally:
            process.terminate()
            process.wait(10)

    def _wait_for(self, process: "subprocess.Popen[bytes]") -> None:
        end = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise BenchError(f"the server for {self.endpoint} did not start")
