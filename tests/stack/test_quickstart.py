"""`make up`, `make preview` and `make down`, in a copy of what they deploy."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.support.patience import PATIENCE
from tests.support.wheel import ROOT
from tools import quickstart


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the quickstart and nothing else, which the commands take for the checkout."""
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    shutil.copytree(ROOT / "examples/quickstart", tmp_path / "examples/quickstart")
    monkeypatch.setattr(quickstart, "ROOT", tmp_path)
    monkeypatch.setattr(quickstart, "STATE", tmp_path / ".state")
    return tmp_path


def make(target: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> str:
    """Runs the command behind the target; what it printed."""
    monkeypatch.setattr(sys, "argv", ["quickstart", target])
    code = quickstart.main()
    printed = capfd.readouterr()
    assert code == 0, printed.out + printed.err
    return printed.out


def test_the_quickstart_says_nothing_that_does_not_hold(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    said = make("up", monkeypatch, capfd)
    assert '"echo": {"x": 1}' in said
    dead = re.search(r"nothing listens on (http://\S+)\.$", said, re.MULTILINE)
    assert dead is not None
    path = httpx.URL(dead[1]).path

    [serve] = [line.removeprefix("$ ") for line in said.splitlines() if " emulator --database " in line]
    command = [*shlex.split(serve), "--port", "0"]
    process = subprocess.Popen(command, cwd=checkout, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = re.search(r"http://\S+:\d+", process.stdout.readline())
        assert url is not None
        with httpx.Client(base_url=url[0], trust_env=False, timeout=PATIENCE) as client:
            assert client.post(path, json={}).status_code == 401
    finally:
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(timeout=PATIENCE) == 0

    program = checkout / "examples/quickstart/__main__.py"
    program.write_text(program.read_text().replace("instance_count=2", "instance_count=3"))
    assert "instance_count: 2 => 3" in make("preview", monkeypatch, capfd)
    make("down", monkeypatch, capfd)
