"""What is promised, for every resource of every cloud and every verb, whatever goes wrong: see docs/guarantees.md."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pulumi_inference import clouds
from pulumi_inference.core.errors import InferenceError
from tests.support.guarantee_cells import COLUMNS, VERBS, Cells, concerned, share
from tests.support.guarantee_door import Switch, switch
from tests.support.guarantee_rows import ROWS, Row
from tests.support.guarantee_runs import Scene, prepared
from tests.support.guarantee_table import PROPERTY

SAID = re.compile("already|an earlier run of this program")
"""What is told of a thing that is taken over."""

Record = Callable[[str, object], None]
Begin = Callable[..., Scene]

pytestmark = pytest.mark.sweep

CASES = [pytest.param(row, verb, id=f"{row.title}-{verb}") for row in ROWS for verb in VERBS if verb not in row.absent]


@pytest.fixture(scope="module")
def server() -> Iterator[Switch]:
    """A server on the loopback."""
    with switch() as one:
        yield one


@pytest.fixture(scope="module")
def begin(tmp_path_factory: pytest.TempPathFactory) -> Begin:
    """What is there before a verb, made once for all verbs."""
    known: dict[tuple[str, bool, bool], Scene] = {}

    def get(row: Row, verb: str, door: Switch | None = None) -> Scene:
        is_made = verb != "create"
        key = (row.title, is_made, door is None)
        if key not in known:
            known[key] = prepared(Scene(row, tmp_path_factory.mktemp("scene") / "start", door), is_made=is_made)
        return known[key]

    return get


def test_every_resource_of_every_cloud_has_its_row() -> None:
    assert {row.type for row in ROWS} == {f"{cloud.name}:{kind.name}" for cloud, kind in clouds.kinds()}
    for row in ROWS:
        assert ("update" in row.absent) == (row.changed is None), row.title
        assert ("deploy" in row.absent) == (not row.deploy), row.title


@pytest.mark.parametrize(("row", "verb"), CASES)
def test_whatever_goes_wrong_the_next_run_is_right(
    tmp_path: Path, record_property: Record, begin: Begin, row: Row, verb: str
) -> None:
    counts = Cells(begin(row, verb), verb, tmp_path / "clouds").play()
    record_property(PROPERTY, [row.title, counts.summary()])
    assert counts.stories() == ""
    assert {column for column in COLUMNS if verb in concerned(row, column)} <= counts.columns


@pytest.mark.parametrize("row", [pytest.param(row, id=row.title) for row in ROWS])
def test_it_is_so_over_the_network(
    tmp_path: Path, record_property: Record, begin: Begin, server: Switch, row: Row
) -> None:
    stories, columns = "", set[str]()
    for verb in (one for one in VERBS if one not in row.absent):
        counts = Cells(begin(row, verb, server), verb, tmp_path / verb).play(share(row, verb))
        record_property(PROPERTY, [f"{row.title}, served", counts.summary()])
        stories, columns = stories + counts.stories(), columns | counts.columns
    assert stories == ""
    assert {one for one in COLUMNS if concerned(row, one)} <= columns


@pytest.mark.parametrize("row", [pytest.param(row, id=row.title) for row in ROWS])
def test_nothing_of_another_resource_is_taken_over_silently(tmp_path: Path, begin: Begin, row: Row) -> None:
    first = begin(row, "read").copy(tmp_path / "cloud")
    second = replace(first, state=None, called="-too")
    error = ""
    with second.process() as process:
        try:
            second.up(process, process.program(row.before()))
        except InferenceError as refused:
            error = str(refused)
        process.pass_time()
        there = row.ids_in(process.world)
        said = process.said()
    assert first.state is not None
    assert first.state.id in there
    if second.state is None:
        assert error
    elif second.state.id == first.state.id:
        assert any(SAID.search(one) for one in said)
    else:
        assert sorted(there) == sorted([first.state.id, second.state.id])
