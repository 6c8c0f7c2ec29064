from collections.abc import Iterator
from pathlib import Path

import pytest

from .alayacloud import Alaya
from .cloud import Cloud
from .modelartsv2cloud import ModelArtsV2
from .nvcfcalls import Calls
from .nvcfcloud import Nvcf


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


@pytest.fixture
def nvcf(tmp_path: Path) -> Iterator[Nvcf]:
    made = Nvcf(tmp_path / "emulator.db")
    yield made
    made.http.close()


@pytest.fixture
def alaya(tmp_path: Path) -> Iterator[Alaya]:
    made = Alaya(tmp_path / "emulator.db")
    yield made
    made.http.close()


@pytest.fixture
def v2(tmp_path: Path) -> Iterator[ModelArtsV2]:
    made = ModelArtsV2(tmp_path / "emulator.db")
    yield made
    made.http.close()
