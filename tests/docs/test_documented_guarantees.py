"""Every promise names tests that exist, and the printed table has all resources."""

from __future__ import annotations

import ast
import re

import pytest

from tests.docs import pages
from tests.support.guarantee_rows import ROWS
from tests.support.guarantee_table import COUNTED

PAGE = "docs/guarantees.md"
TEXT = pages.read(PAGE)
_PROOF = re.compile(r"`(test_\w+)`\]\(\.\./(tests/[\w/]+\.py)\)")
_PROMISE = re.compile(r"^\| (\*\*.+?\*\*).*$", re.MULTILINE)


def functions(path: str) -> set[str]:
    """The tests in a file."""
    return {one.name for one in ast.parse(pages.read(path)).body if isinstance(one, ast.FunctionDef)}


@pytest.mark.parametrize("promise", [one.group() for one in _PROMISE.finditer(TEXT)], ids=_PROMISE.findall(TEXT))
def test_each_promise_is_proved(promise: str) -> None:
    proofs = _PROOF.findall(promise)
    assert proofs or "the table" in promise
    for name, path in proofs:
        assert name in functions(path)


def test_the_table_has_every_resource() -> None:
    [block] = pages.blocks(TEXT, "text")
    head, *rows = block.text.splitlines()
    assert (
        re.split(r" {2,}", head.strip()) == ["cells", *COUNTED] or head.split() == " ".join(["cells", *COUNTED]).split()
    )
    titles = {re.split(r" {2,}", one)[0] for one in rows}
    assert titles == {row.title for row in ROWS} | {f"{row.title}, served" for row in ROWS} | {"total"}
    for one in rows:
        cells, *wrong = re.findall(r" (\d+)", one)
        assert int(cells)
        assert set(wrong) == {"0"}, one


def test_every_reason_is_told() -> None:
    for row in ROWS:
        for reason in (*row.absent.values(), *row.anew.values(), *row.unnoticed.values()):
            assert reason in TEXT, row.title
