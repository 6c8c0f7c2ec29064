"""Fixtures of the tests of ModelArts v2 on the emulator in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.modelartsv2 import ModelArtsV2, new_modelartsv2

DEPLOY_SECONDS = 0.5
"""So short that a wait is a few looks."""


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[ModelArtsV2]:
    """An empty project, and the lifecycles of services and deployments on a manual clock."""
    with new_modelartsv2(tmp_path) as found:
        found.world.cloud.admin("PATCH", "/settings", {"deploy_seconds": DEPLOY_SECONDS})
        yield found
