"""The database file: who may use it, and what stays in it."""

import contextlib
import functools
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.emulator.clock import ManualClock
from pulumi_inference.emulator.store import SCHEMA_VERSION, Store, StoreError
from tests.support.patience import PATIENCE

from .cloud import Cloud

WRITER = """
import sys
from pulumi_inference.emulator.store import Store

store = Store(sys.argv[1])
for _ in range(100):
    with store.transaction() as tx:
        count = tx.get("test", "count") or {"value": 0}
        tx.put("test", "count", {"value": count["value"] + 1})
"""


def test_folder_is_made_and_everything_is_still_there_afterwards(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "emulator.db"
    clock = ManualClock()
    first = Cloud(file, clock)
    service_id = first.create()
    first.http.close()
    clock.advance(1000)
    second = Cloud(file, clock)
    assert second.status(service_id) == "running"


def test_several_processes_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "emulator.db"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(file)]) for _ in range(3)]
    assert [writer.wait(timeout=PATIENCE) for writer in writers] == [0, 0, 0]
    with Store(file).transaction() as tx:
        assert tx.get("test", "count") == {"value": 300}


def test_a_second_store_in_the_process_takes_no_lock_from_the_first(tmp_path: Path) -> None:
    """A process that took itself for the last one would remove the write-ahead log under the first store."""
    file = tmp_path / "emulator.db"
    first, second = Store(file), Store(file)
    assert subprocess.run([sys.executable, "-c", WRITER, str(file)], timeout=PATIENCE, check=False).returncode == 0
    with first.transaction() as tx:
        tx.put("test", "first", {"value": 1})
    second.close()
    with Store(file).transaction() as tx:
        assert [tx.get("test", key) for key in ("count", "first")] == [{"value": 100}, {"value": 1}]


def test_a_file_that_another_process_makes_meanwhile_is_no_other_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "emulator.db"
    others = [lambda: Store(file)]

    class Connection(sqlite3.Connection):
        """Another process begins between the first looks at the file; it does not wait for a lock."""

        def execute(self, statement: str, *parameters: Any) -> sqlite3.Cursor:
            if "sqlite_master" in statement and others:
                with contextlib.suppress(StoreError):
                    others.pop()()
            return super().execute(statement, *parameters)

    monkeypatch.setattr("pulumi_inference.emulator.store.BUSY_SECONDS", 0)
    monkeypatch.setattr(sqlite3, "connect", functools.partial(sqlite3.connect, factory=Connection))
    with Store(file).transaction() as tx:
        assert tx.find_all("test") == []


def test_failed_step_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "emulator.db")
    with pytest.raises(RuntimeError), store.transaction() as tx:
        tx.put("test", "a", {})
        raise RuntimeError
    with store.transaction() as tx:
        assert tx.get("test", "a") is None


def test_newer_file(tmp_path: Path) -> None:
    file = tmp_path / "emulator.db"
    Store(file).close()
    with sqlite3.connect(file) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(StoreError, match=r"newer pulumi-inference.*upgrade"):
        Store(file)


def test_database_of_another_program(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE other (id INTEGER)")
    with pytest.raises(StoreError, match="another program"):
        Store(file)


def test_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, but long enough to look at " * 10)
    with pytest.raises(StoreError, match=r"cannot use .*notes\.txt"):
        Store(file)


def test_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot use"):
        Store(tmp_path)


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("pulumi_inference.emulator", {"httpx", "starlette", "uvicorn", "sqlite3"}),
        ("pulumi_inference.emulator.shell", {"httpx", "starlette", "uvicorn", "pydantic", "pulumi"}),
        ("pulumi_inference.emulator.transport", {"starlette", "uvicorn", "pydantic", "pulumi"}),
    ],
)
def test_loads_only_what_it_needs(module: str, heavy: set[str]) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not heavy & set(loaded)


def test_in_memory() -> None:
    with Store(":memory:").transaction() as tx:
        tx.put("test", "a", {"b": 1})
        assert tx.find_all("test", b="x") == []
        assert tx.get("test", "a") == {"b": 1}
