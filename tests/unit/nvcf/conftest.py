"""Fixtures of the tests of NVCF on the emulator in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.nvcf import Nvcf, nvcf_world


@pytest.fixture
def nvcf(tmp_path: Path) -> Iterator[Nvcf]:
    """An empty account, and the lifecycles of functions and deployments on one manual clock."""
    with nvcf_world(tmp_path) as nvcf:
        yield nvcf
