"""The emulated cloud behind a program: looked at, changed behind its back, and made to fail."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from pulumi_inference.emulator.clock import ManualClock
from pulumi_inference.emulator.huaweicloud import accounts
from pulumi_inference.emulator.messages import Request, Response
from pulumi_inference.emulator.shell import Emulator
from pulumi_inference.emulator.store import Store
from pulumi_inference.emulator.transport import EmulatorTransport
from pulumi_inference.testing.emulated import DEPLOY_SECONDS, EmulatedClouds, serving
from tests.support.patience import PATIENCE

EMBEDDED_PROJECT = "e0000000000000000000000000000001"
SERVED_PROJECT = "0123456789abcdef0123456789abcdef"
OUTSIDER = "outsider"

Hook = Callable[[Request], None]


@dataclass(frozen=True)
class Sent:
    """One request of the program, as the emulator logged it."""

    method: str
    path: str
    body: Any
    status: int | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Cloud(EmulatedClouds):
    """An emulator with its raw API, and with its admin door as whoever is outside reaches it.

    Args:
        endpoint: what the program is configured with.
        project_id: the cloud's project that the program works in.
        client: reaches the emulator.
    """

    def __init__(self, endpoint: str, project_id: str, client: httpx.Client) -> None:
        super().__init__(_through(client), endpoint)
        self.project_id = project_id
        self.client = client
        self.before: Hook | None = None
        """Called with each request of the program before it is carried out; served clouds only."""
        self.after: Hook | None = None
        """Called with each request of the program after it was carried out, before the answer; served clouds only."""
        self._token = ""

    @property
    def credentials(self) -> dict[str, str]:
        """Environment variables by which a program signs its requests; the embedded emulator needs none."""
        if self.endpoint.startswith("emulator:"):
            return {}
        return {
            "HW_ACCESS_KEY": accounts.ACCESS_KEY,
            "HW_SECRET_KEY": accounts.SECRET_KEY,
            "HW_PROJECT_ID": self.project_id,
        }

    @property
    def password(self) -> dict[str, str]:
        """Environment variables by which a program gets a token."""
        return {
            "HW_USER_NAME": accounts.USER,
            "HW_USER_PASSWORD": accounts.PASSWORD,
            "HW_DOMAIN_NAME": accounts.DOMAIN,
            "HW_PROJECT_ID": self.project_id,
        }

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """A request of somebody else than the program, to `/v1/{project}` + path; the answer's JSON."""
        headers = {"X-Auth-Token": self.token(), "User-Agent": OUTSIDER}
        answer = self.client.request(method, f"/v1/{self.project_id}{path}", json=body, headers=headers)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def deploy_fault(self, outcome: str, **fault: Any) -> None:
        """How the next deployment goes wrong."""
        self.fault(deploy={"outcome": outcome, **fault})

    def services(self) -> list[dict[str, Any]]:
        """The details of all services of the project."""
        listed = self.api("GET", "/services?limit=1000")["services"]
        return [self.service(one["service_id"]) for one in listed]

    def only_service(self) -> dict[str, Any]:
        """The detail of the one service that there is."""
        services = self.services()
        assert len(services) == 1, [one["service_name"] for one in services]
        return services[0]

    def service(self, service_id: str) -> dict[str, Any]:
        """The detail of a service."""
        detail: dict[str, Any] = self.api("GET", f"/services/{service_id}")
        return detail

    def change(self, **changes: Any) -> None:
        """Changes the one service at once, as if somebody had been in the console."""
        self.admin("PATCH", f"/services/{self.only_service()['service_id']}", changes)

    def vanish(self) -> None:
        """Lets the one service vanish at once, as if somebody had deleted it in the console."""
        self.admin("DELETE", f"/services/{self.only_service()['service_id']}")

    def sent(self, *methods: str) -> list[Sent]:
        """The program's requests so far, of these methods or of all; paths below the project."""
        prefix = f"/v1/{self.project_id}"
        return [
            Sent(one.method, one.path.removeprefix(prefix), one.body, one.status)
            for one in self.requests(*methods)
            if one.headers.get("user-agent") != OUTSIDER
        ]

    def token(self) -> str:
        """A token of somebody else than the program."""
        if not self._token:
            identity = {
                "methods": ["password"],
                "password": {
                    "user": {
                        "name": accounts.USER,
                        "password": accounts.PASSWORD,
                        "domain": {"name": accounts.DOMAIN},
                    }
                },
            }
            body = {"auth": {"identity": identity, "scope": {"project": {"id": self.project_id}}}}
            answer = self.client.post("/v3/auth/tokens", json=body, headers={"User-Agent": OUTSIDER})
            answer.raise_for_status()
            self._token = answer.headers["X-Subject-Token"]
        return self._token


class Meeting:
    """A hook that holds the program's creations back until that many are under way at the same time.

    The first one passes: a client asks alone until it knows that its credentials are accepted.
    """

    def __init__(self, creations: int) -> None:
        self._barrier = threading.Barrier(creations - 1)
        self._first = threading.Lock()
        self.failed = False

    def __call__(self, request: Request) -> None:
        if request.method != "POST" or self._first.acquire(blocking=False):
            return
        try:
            self._barrier.wait(PATIENCE)
        except threading.BrokenBarrierError:
            self.failed = True


class _HookedEmulator(Emulator):
    """Lets a test act between the arrival of a request and its answer."""

    cloud: Cloud

    def handle(self, request: Request) -> Response:
        watched = not request.path.startswith("/_emulator") and request.headers.get("user-agent") != OUTSIDER
        if watched and self.cloud.before:
            self.cloud.before(request)
        response = super().handle(request)
        if watched and self.cloud.after:
            self.cloud.after(request)
        return response


@contextmanager
def embedded(folder: Path, name: str = "cloud.db") -> Iterator[Cloud]:
    """A cloud in a file, which the program's provider opens in its own process."""
    database = folder / name
    transport = EmulatorTransport(database, deploy_seconds=DEPLOY_SECONDS)
    with httpx.Client(transport=transport, base_url="http://emulator.localhost") as client:
        yield Cloud(f"emulator:{database}", EMBEDDED_PROJECT, client)


@contextmanager
def served(folder: Path) -> Iterator[Cloud]:
    """A cloud on a free port of the loopback, whose clock stands still unless it is moved."""
    clock = ManualClock(time.time())  # requests are signed with the machine's time, which may differ by minutes
    emulator = _HookedEmulator(Store(folder / "cloud.db"), clock, deploy_seconds=DEPLOY_SECONDS)
    try:
        with serving(emulator) as (url, _), httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE) as client:
            emulator.cloud = Cloud(url, SERVED_PROJECT, client)
            yield emulator.cloud
    finally:
        emulator.close()


def _through(client: httpx.Client) -> Callable[[Request], Response]:
    """The way to the emulator that outsiders have."""

    def handle(request: Request) -> Response:
        answer = client.request(
            request.method, request.path, params=request.query, headers=dict(request.headers), content=request.body
        )
        return Response(answer.status_code, dict(answer.headers), answer.content)

    return handle
