"""Fixtures of the tests of keys, bindings and intranet connections of ModelArts v2."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.modelartsv2 import ModelArtsV2, new_modelarts_v2


@pytest.fixture
def v2(tmp_path: Path) -> Iterator[ModelArtsV2]:
    """An empty project of ModelArts v2 on a manual clock."""
    with new_modelarts_v2(tmp_path) as found:
        yield found
