"""The cloud that the benchmarks run against: the emulator in a process of its own, or a replay of its answers."""

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pulumi_inference.emulator.huaweicloud import accounts
from tools.bench.project import BenchError
from tools.environment import ROOT

START_SECONDS = 20.0
REGION = "cn-north-4"
SERVICES = f"/v1/{accounts.project_id_of(REGION)}/services"

_SERVE = """\
import sys
from pulumi_inference.emulator.app import serve
serve(port=int(sys.argv[1]), database=sys.argv[2], deploy_seconds=float(sys.argv[3]))
"""


class Cloud:
    """An address of the loopback on which the emulator and the replay of its answers run by turns."""

    def __init__(self, folder: Path, deploy_seconds: float) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port: int = probe.getsockname()[1]
        self._folder = folder
        self._deploy_seconds = deploy_seconds

    @property
    def endpoint(self) -> str:
        """Its URL."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def variables(self) -> dict[str, str]:
        """By what a program signs its requests."""
        return {
            "HW_ACCESS_KEY": accounts.ACCESS_KEY,
            "HW_SECRET_KEY": accounts.SECRET_KEY,
            "HW_REGION_NAME": REGION,
            "HW_PROJECT_ID": accounts.project_id_of(REGION),
        }

    @contextmanager
    def emulated(self, latency: float) -> Iterator[None]:
        """The emulator, which holds every answer back for `latency` seconds."""
        with self._running("-c", _SERVE, str(self._port), str(self._database), str(self._deploy_seconds)):
            self._ask("PATCH", "/_emulator/settings", {"latency_seconds": latency})
            yield

    @contextmanager
    def replayed(self, latency: float) -> Iterator[None]:
        """A server that gives the recorded answers after `latency` seconds and does nothing else."""
        with self._running("-m", "tools.bench.replay", str(self._port), str(self._record), str(latency)):
            yield

    def record(self, service_ids: Sequence[str]) -> None:
        """Keep the emulator's details of these services for the replay."""
        token = self._log_in()
        paths = [f"{SERVICES}/{service_id}" for service_id in service_ids]
        answers = {path: self._ask("GET", path, token=token) for path in paths}
        self._record.write_text(json.dumps(answers), encoding="utf-8")

    def requests(self) -> list[dict[str, Any]]:
        """What the emulator was asked since `forget_requests`, oldest first; its own admin door aside."""
        logged: list[dict[str, Any]] = self._ask("GET", "/_emulator/requests")["requests"]
        return logged

    def forget_requests(self) -> None:
        """Empties the emulator's request log."""
        self._ask("DELETE", "/_emulator/requests")

    def detail(self, service_id: str) -> dict[str, Any]:
        """A service as the emulator knows it now."""
        detail: dict[str, Any] = self._ask("GET", f"{SERVICES}/{service_id}", token=self._log_in())
        return detail

    @property
    def _database(self) -> Path:
        return self._folder / f"emulator-{self._port}.db"

    @property
    def _record(self) -> Path:
        return self._folder / f"answers-{self._port}.json"

    def _log_in(self) -> str:
        user = {"name": accounts.USER, "password": accounts.PASSWORD, "domain": {"name": accounts.DOMAIN}}
        identity = {"methods": ["password"], "password": {"user": user}}
        body = {"auth": {"identity": identity, "scope": {"project": {"name": REGION}}}}
        return self._send("POST", "/v3/auth/tokens", body)[0]["X-Subject-Token"]

    def _ask(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        text = self._send(method, path, body, token)[1]
        return json.loads(text) if text else None

    def _send(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), {"X-Auth-Token": token})
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status >= 300:
            raise BenchError(f"{method} {path} answered {answer.status}: {text.decode(errors='replace')}")
        return answer.headers, text

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
