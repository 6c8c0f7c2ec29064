"""A database file that cannot be used any more: one clear answer, at once, and no traceback."""

import logging
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.emulator.store import Store, StoreError
from tests.support.world import World, item, new_world, program

from .cloud import Cloud, create_body

TROUBLES: dict[str, sqlite3.Error] = {
    "full": sqlite3.OperationalError("database or disk is full"),
    "read-only": sqlite3.OperationalError("attempt to write a readonly database"),
    "locked": sqlite3.OperationalError("database is locked"),
    "failing": sqlite3.OperationalError("disk I/O error"),
    "gone": sqlite3.OperationalError("unable to open database file"),
    "damaged": sqlite3.DatabaseError("database disk image is malformed"),
}


class Disk(sqlite3.Connection):
    """A connection whose file breaks when a test says so, from the given statement on."""

    trouble: sqlite3.Error | None = None
    statement = ""

    def execute(self, statement: str, *parameters: Any) -> sqlite3.Cursor:
        if Disk.trouble and statement == "ROLLBACK":
            super().execute(statement)
            raise Disk.trouble
        if Disk.trouble and statement.startswith(Disk.statement):
            raise Disk.trouble
        return super().execute(statement, *parameters)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Disk]]:
    monkeypatch.setattr(sqlite3, "connect", Disk)
    yield Disk
    Disk.trouble, Disk.statement = None, ""


@pytest.fixture
def world(tmp_path: Path, disk: type[Disk]) -> Iterator[World]:
    with new_world(tmp_path) as world:
        yield world


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("statement", ["BEGIN", "INSERT", "COMMIT"])
def test_it_is_one_answer(
    tmp_path: Path, disk: type[Disk], caplog: pytest.LogCaptureFixture, trouble: str, statement: str
) -> None:
    cloud = Cloud(tmp_path / "emulator.db")
    disk.trouble, disk.statement = TROUBLES[trouble], statement
    answer = cloud.call("POST", "/services", json=create_body())
    assert answer.status_code == 507
    assert str(TROUBLES[trouble]) in answer.json()["error_msg"]
    assert str(tmp_path / "emulator.db") in answer.json()["error_msg"]
    assert caplog.records == []
    disk.trouble = None
    assert cloud.call("GET", "/services").json()["total_count"] == 0


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("verb", ["create", "update", "read", "delete"])
def test_a_deployment_ends_at_once_with_one_message(
    world: World, disk: type[Disk], caplog: pytest.LogCaptureFixture, verb: str, trouble: str
) -> None:
    state = world.create(program())
    calls = {
        "create": lambda: world.create(program(name="another")),
        "update": lambda: world.update(state, program(item(instance_count=5))),
        "read": lambda: world.read(state),
        "delete": lambda: world.delete(state),
    }
    began = world.clock.monotonic()
    disk.trouble, disk.statement = TROUBLES[trouble], "INSERT"
    caplog.set_level(logging.WARNING)
    with pytest.raises(InferenceError) as caught:
        calls[verb]()
    assert str(TROUBLES[trouble]) in str(caught.value)
    assert str(caught.value).count("as the emulator's database") == 1
    assert caplog.records == []
    assert world.clock.monotonic() == began, "nothing was waited for"


def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    code = """
import resource, signal, sys, httpx
from pulumi_inference.emulator.transport import EmulatorTransport
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
transport = EmulatorTransport(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (16384, 16384))
client = httpx.Client(transport=transport, base_url="http://emulator.localhost")
seeds = [{"workspaces": [{"workspace_id": "w" * 20000 + str(number)}]} for number in range(3)]
answers = [client.post("/_emulator/seed", json=seed) for seed in seeds]
print([answer.status_code for answer in answers], answers[-1].json()["error"])
"""
    ended = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "emulator.db")], capture_output=True, text=True, check=False
    )
    assert ended.stderr == ""
    assert ended.stdout.startswith("[507, 507, 507] cannot use ")


def test_a_file_that_was_written_over(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "emulator.db")
    cloud.create()
    cloud.http.close()
    for file in tmp_path.iterdir():
        file.write_bytes(b"\\xff" * 8192)
    with pytest.raises(StoreError, match="file is not a database; make it usable, or choose another file"):
        Store(tmp_path / "emulator.db")


def test_a_document_that_was_damaged(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "emulator.db")
    service_id = cloud.create()
    with sqlite3.connect(tmp_path / "emulator.db") as raw:
        raw.execute("UPDATE documents SET body = 'oops' WHERE key = ?", (service_id,))
    answer = cloud.call("GET", f"/services/{service_id}")
    assert (answer.status_code, "is damaged" in answer.json()["error_msg"]) == (507, True)


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        cloud = Cloud(tmp_path / "emulator.db")
        cloud.create()
    finally:
        os.umask(before)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes.keys() >= {"emulator.db", "emulator.db-wal"}
    assert set(modes.values()) == {0o600}
    assert isinstance(cloud.http, httpx.Client)
