"""The pytest plugin, which pytest finds by itself. It loads nothing before a test asks for a fixture."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pulumi_inference.testing import EmulatedClouds, NewStack, Stack

MARK = "inference_emulator"


def pytest_configure(config: pytest.Config) -> None:
    """Makes the mark known."""
    config.addinivalue_line(
        "markers",
        f"{MARK}(served=False, **settings): how the fixture of the same name emulates the clouds: in a file or served, "
        "and with which settings of the emulator",
    )


@pytest.fixture
def inference_emulator(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EmulatedClouds]:
    """All clouds, empty; the process's environment leads to them, and to no account of the machine."""
    from pulumi_inference.testing import EmulatedClouds

    mark = request.node.get_closest_marker(MARK)
    settings: dict[str, Any] = dict(mark.kwargs) if mark else {}
    make = EmulatedClouds.served if settings.pop("served", False) else EmulatedClouds.embedded
    with make(tmp_path / "inference-emulator.db") as emulator:
        if settings:
            emulator.set(**settings)
        for name, value in emulator.environment.items():
            monkeypatch.setenv(name, value)
        _put_mocks_aside(monkeypatch)
        _forget_script()
        yield emulator
        _forget_script()


def _put_mocks_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another file's `set_mocks` is for the whole process; lookups of this test ask the emulated clouds."""
    mocks = sys.modules.get("pulumi.runtime.mocks")
    settings = sys.modules.get("pulumi.runtime.settings")
    if mocks and settings and isinstance(settings.get_monitor(), mocks.MockMonitor):
        monkeypatch.setattr(settings.SETTINGS, "monitor", None)


def _forget_script() -> None:
    """No lookup of a test in its own process goes where the one before went."""
    lookups = sys.modules.get("pulumi_inference.engine.lookups")
    if lookups:
        lookups.forget_script()


@pytest.fixture
def new_inference_stack(tmp_path: Path, inference_emulator: EmulatedClouds) -> NewStack:
    """Makes a `Stack` of a program, with whatever else `Stack` takes; several of one test share the clouds."""
    from pulumi_inference.testing import Stack

    made: list[Stack] = []

    def make(program: Callable[[], object] | Path, **options: Any) -> Stack:
        made.append(Stack(program, tmp_path / f"inference-stack-{len(made)}", inference_emulator, **options))
        return made[-1]

    return make
