from collections.abc import Iterator
from pathlib import Path

import pytest

from .cloud import Cloud
from .nvcfcalls import Calls


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    made = Cloud(tmp_path / "emulator.db")
    yield made
    made.http.close()


@pytest.fixture
def calls(tmp_path: Path) -> Iterator[Calls]:
    made = Calls(tmp_path / "emulator.db")
    yield made
    made.http.close()
