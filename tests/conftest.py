"""Fixtures of the tests that drive the real engine."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from pulumi.runtime.settings import get_monitor, reset_options

from tests.support.cloud import Cloud, embedded, served
from tests.support.guarantee_table import PROPERTY, table
from tests.support.programs import ONE_SERVICE
from tests.support.projects import Project
from tests.support.wheel import Distributions
from tools.engine.bootstrap import ensure

ENDPOINT = "inference:modelartsEndpoint"

POSIX_ONLY = [
    "unit/bench",  # fake programs on PATH
    "unit/bootstrap",  # make, terminals, process groups, fake programs
    "unit/cli",  # a shell script in the place of pulumi, file modes, a terminal
    "unit/core/test_calls.py",  # a pipe in the file system
    "unit/core/test_redact.py",  # modes and links of the trace
    "emulator/test_broken_file.py",  # file modes, limits of the system
    "emulator/test_nvcf_grpc.py",  # Ctrl-C sent to a server
    "emulator/test_served.py",  # the same
]
"""What asks for things that Windows does not have."""

collect_ignore = POSIX_ONLY if sys.platform == "win32" else []

NewProject = Callable[..., Project]

settings.register_profile("any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any speed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the table of guarantees, from what its tests have counted in whichever process."""
    reports = (one for outcome in ("passed", "failed") for one in terminalreporter.getreports(outcome))
    found = [value for one in reports for name, value in one.user_properties if name == PROPERTY]
    if found:
        terminalreporter.section("guarantees")
        terminalreporter.write("\n".join([*table(found), ""]))


@pytest.fixture(autouse=True)
def no_run_is_left() -> Iterator[None]:
    """Ends the run that a test has begun with Pulumi's mocks: whoever comes next would take itself for a part of it."""
    yield
    if get_monitor() is not None:
        reset_options()


@pytest.fixture
def event_loop() -> Iterator[None]:
    """A loop for the main thread, which Pulumi's mocks rely on: a test before may have left none behind."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    loop.close()
    asyncio.set_event_loop(asyncio.new_event_loop())


@pytest.fixture(scope="session")
def engine() -> Path:
    """The folder of the Pulumi engine; made first where it is missing."""
    return ensure()


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """Sdist and wheel, built once for all workers."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return Distributions.build(shared / "distributions")


@pytest.fixture
def embedded_cloud(tmp_path: Path) -> Iterator[Cloud]:
    """An emulator in a file."""
    with embedded(tmp_path) as cloud:
        yield cloud


@pytest.fixture
def served_cloud(tmp_path: Path) -> Iterator[Cloud]:
    """An emulator on a port."""
    with served(tmp_path) as cloud:
        yield cloud


@pytest.fixture
def cloud(request: pytest.FixtureRequest) -> Cloud:
    """The embedded emulator, or the one that the test's parameter names; its clock moves with the requests."""
    found: Cloud = request.getfixturevalue(f"{getattr(request, 'param', 'embedded')}_cloud")
    found.move_with_requests()
    return found


@pytest.fixture
def new_project(tmp_path: Path, engine: Path, cloud: Cloud) -> NewProject:
    """Makes the project of the test: its program, and what `Project` takes; configured for the cloud."""

    def make(program: str = ONE_SERVICE, **options: Any) -> Project:
        config = {ENDPOINT: cloud.endpoint, **options.pop("config", {})}
        environment = {**cloud.credentials, **options.pop("environment", {})}
        return Project(tmp_path, engine, program, config=config, environment=environment, **options)

    return make
