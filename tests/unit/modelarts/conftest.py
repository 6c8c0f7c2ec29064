"""Fixtures of the tests on the emulator in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.world import World, new_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty cloud and a lifecycle, both on one manual clock."""
    with new_world(tmp_path) as world:
        yield world
