"""What is alike for all clouds names none of them: adding a cloud touches its own room only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pulumi_inference

PACKAGE = Path(pulumi_inference.__file__).parent
NAMES = re.compile("modelarts|huawei|nvcf|nvidia|alaya", re.IGNORECASE)
SHARED = ("testing/**/*.py", "cli/**/*.py", "engine/**/*.py", "core/**/*.py", "emulator/*.py")


def files(pattern: str) -> list[Path]:
    found = sorted(PACKAGE.glob(pattern))
    assert found, pattern
    return found


def named_in(file: Path) -> list[str]:
    lines = enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
    return [f"{file.relative_to(PACKAGE)}:{number}: {line.strip()}" for number, line in lines if NAMES.search(line)]


@pytest.mark.parametrize("pattern", SHARED)
def test_no_cloud_is_named(pattern: str) -> None:
    assert [line for file in files(pattern) for line in named_in(file)] == []
