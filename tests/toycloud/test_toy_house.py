"""What adding a cloud touches: its own room, its part of the emulator, one line, and what is generated."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.toy_house import LIST, OVERLAY, ROOT, House

GENERATED = {
    ".importlinter",
    "docs/clouds/toybox.md",
    "docs/reference/toybox-box.md",
    "pulumi_inference/toybox/inputs.py",
    "pulumi_inference/toybox/lookups.py",
    "pulumi_inference/toybox/resources.py",
    "schemas/toybox.Box.json",
}
ROOM = ("pulumi_inference/toybox", "pulumi_inference/emulator/toybox")
BIN = Path(sys.prefix) / "bin"


def files() -> list[Path]:
    """What is written by hand."""
    return sorted(OVERLAY.rglob("*.py"))


def code(file: Path) -> Iterator[str]:
    """The lines of a file that are neither empty nor part of a docstring."""
    text = file.read_text(encoding="utf-8")
    said = {
        number
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for number in range(node.lineno, (node.end_lineno or 0) + 1)
    }
    yield from (line for number, line in enumerate(text.splitlines(), 1) if line.strip() and number not in said)


def test_a_cloud_is_less_than_400_lines_of_code() -> None:
    assert sum(len(list(code(file))) for file in files()) < 400


def test_nothing_else_is_touched(house: House) -> None:
    by_hand = {str(file.relative_to(OVERLAY)) for file in files()}
    assert all(name.startswith(ROOM) for name in by_hand)
    assert house.differs() == {*by_hand, *GENERATED, LIST}
    changed = zip((house.root / LIST).read_text().splitlines(), (ROOT / LIST).read_text().splitlines(), strict=True)
    assert len([1 for mine, other in changed if mine != other]) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("tools/generate.py", "--check"),
        (str(BIN / "lint-imports"),),
        ("-m", "ruff", "check", "."),
        ("-m", "ruff", "format", "--check", "."),
        ("-m", "mypy", "--strict", *ROOM),
    ],
    ids=["generated files", "imports", "lint", "format", "types"],
)
def test_the_house_stays_in_order(house: House, words: tuple[str, ...]) -> None:
    done = house.run(*words)
    assert done.returncode == 0, done.stdout + done.stderr
