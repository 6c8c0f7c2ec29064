"""Fixtures of the tests of calls on the emulator in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.modelartsv2 import ModelArtsV2, new_modelartsv2
from tests.support.modelartsv2_calls import seeded


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ModelArtsV2]:
    """A project with a service of each kind, and a key."""
    with new_modelartsv2(tmp_path) as room:
        room.world.cloud.admin("POST", "/seed", seeded())
        room.world.next_operation()
        yield room
