from collections.abc import Iterator
from pathlib import Path

import pytest

from .cloud import Cloud


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    made = Cloud(tmp_path / "emulator.db")
    yield made
    made.http.close()
