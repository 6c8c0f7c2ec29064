"""Fixtures of the tests of Alaya NeW on the emulator in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.alaya import Alaya, new_alaya

DEPLOY_SECONDS = 0.5
"""So short that a wait is a few looks."""


@pytest.fixture
def alaya(tmp_path: Path) -> Iterator[Alaya]:
    """An empty account, and the lifecycle of deployments on a manual clock."""
    with new_alaya(tmp_path) as alaya:
        alaya.world.cloud.admin("PATCH", "/settings", {"deploy_seconds": DEPLOY_SECONDS})
        yield alaya
