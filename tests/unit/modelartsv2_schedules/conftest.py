"""Fixtures of the tests of replica schedules on the emulator in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.modelartsv2_schedules import Schedules, new_schedules


@pytest.fixture
def schedules(tmp_path: Path) -> Iterator[Schedules]:
    """A deployment that runs, and the lifecycle of its replica schedule, on one manual clock."""
    with new_schedules(tmp_path) as found:
        yield found
