"""Fixtures of the tests of NVCF's small resources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.nvcf import Nvcf, nvcf_world


@pytest.fixture
def nvcf(tmp_path: Path) -> Iterator[Nvcf]:
    """An empty account of NVCF on a manual clock."""
    with nvcf_world(tmp_path) as found:
        yield found
