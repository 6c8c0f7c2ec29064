"""Fixtures of the tests of keys, bindings and intranet connections of ModelArts v2."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.modelartsv2_keys import Account, new_account


@pytest.fixture
def v2(tmp_path: Path) -> Iterator[Account]:
    """An empty project of ModelArts v2 on a manual clock."""
    with new_account(tmp_path) as found:
        yield found
