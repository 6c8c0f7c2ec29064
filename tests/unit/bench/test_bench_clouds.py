"""Each cloud has its benchmarks, and what the processes of a run take can be read."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.clouds import CLOUDS
from tools.bench import clouds
from tools.bench.processes import REST, Watch
from tools.bench.project import PROGRAMS

BUSY = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"


def test_every_cloud_has_a_program_and_says_how_it_is_reached(tmp_path: Path) -> None:
    assert [kind.name for kind in clouds.each()] == list(CLOUDS)
    for kind in clouds.each():
        cloud = kind(tmp_path, 0.0)
        assert (PROGRAMS / f"{kind.name}.py").exists()
        assert cloud.endpoint in cloud.settings.values()
        assert cloud.details.startswith("/")


@pytest.mark.parametrize("kind", clouds.each(), ids=lambda kind: kind.name)
def test_its_program_declares_as_many_resources_as_it_is_told(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    room = sys.modules[kind.resource.__module__.rpartition(".")[0]]
    monkeypatch.setattr(room, kind.resource.__name__, lambda name, **_arguments: made.append(name))
    monkeypatch.setenv("BENCH_COUNT", "3")
    monkeypatch.delenv("BENCH_READ", raising=False)
    runpy.run_path(str(PROGRAMS / f"{kind.name}.py"))
    assert len(set(made)) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_what_a_process_and_its_children_take_is_added_up() -> None:
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}]); input()"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
    watch = Watch(process.pid)
    try:
        while not _has_waited(process.pid):
            assert process.poll() is None
    finally:
        process.communicate(b"\n")
        usage = watch.stop()
    assert usage.total == usage.seconds[REST]
    assert usage.total >= 0.2


def _has_waited(process: int) -> bool:
    """Whether the child has come and gone: the system adds its time to that of its parent."""
    numbers = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(numbers[13]) + int(numbers[14]) >= 0.2 * os.sysconf("SC_CLK_TCK")
