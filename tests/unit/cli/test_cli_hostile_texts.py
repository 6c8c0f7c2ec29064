"""What a cloud says does not act on the terminal of whoever asks."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.cloud import Cloud
from tests.support.hostile import ACTS, HOSTILE
from tests.support.states import State
from tests.unit.cli.conftest import Deploy, Run, Status


@pytest.fixture
def service_id(deploy: Deploy, embedded_cloud: Cloud) -> str:
    made = deploy()
    embedded_cloud.change(service_name=HOSTILE, description=HOSTILE, status="failed", error_msg=HOSTILE, owner=HOSTILE)
    return made


@pytest.mark.parametrize("command", ["services", "pools", "models", "flavours"])
def test_lists(project: Path, run: Run, service_id: str, embedded_cloud: Cloud, command: str) -> None:
    embedded_cloud.admin("POST", "/seed", {"pools": [{"pool_name": "p", "display_name": HOSTILE}]})
    embedded_cloud.admin("POST", "/seed", {"models": [{"model_id": "m", "model_name": HOSTILE}]})
    embedded_cloud.admin("POST", "/seed", {"flavours": [{"specification": HOSTILE}]})
    shown = run("modelarts", command)
    assert shown.exit_code == 0, shown.output
    assert "\\u001b[31mred" in shown.output
    assert not ACTS.search(shown.output)
    as_json = run("modelarts", command, "--json")
    assert not ACTS.search(as_json.stdout)
    assert HOSTILE in _texts(json.loads(as_json.stdout))


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict | list):
        return [text for one in (value.values() if isinstance(value, dict) else value) for text in _texts(one)]
    return [value] if isinstance(value, str) else []


def test_status(state: State, status: Status, service_id: str) -> None:
    state.add("classifier", service_id)
    for words in ((), ("--json",)):
        shown = status(*words)
        assert "\\u001b[31mred" in shown.output
        assert not ACTS.search(shown.output)


def test_errors(project: Path, run: Run, service_id: str, embedded_cloud: Cloud) -> None:
    embedded_cloud.fault(method="GET", count=None, status=400, error_code=HOSTILE, error_msg=HOSTILE)
    shown = run("modelarts", "services")
    assert shown.exit_code == 1
    assert "\\u001b[31mred" in shown.stderr
    assert not ACTS.search(shown.stderr)


def test_a_files_own_texts(run: Run, tmp_path: Path) -> None:
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps({"kind": "modelarts.Service", "name": HOSTILE, "spec": {HOSTILE: 1}}))
    shown = run("validate", str(spec))
    assert "\\u001b[31mred" in shown.stdout
    assert not ACTS.search(shown.stdout)


@pytest.mark.parametrize("words", [(), ("--stream",)])
def test_an_answer_acts_on_no_terminal_but_is_raw_in_a_pipe(
    project: Path, deploy: Deploy, words: tuple[str, ...]
) -> None:
    deploy()
    call = [sys.executable, "-m", "pulumi_inference", "invoke", "modelarts", "classifier", "--text", HOSTILE, *words]
    piped = subprocess.run(call, capture_output=True, check=True).stdout
    assert "y\u202etxt.exe".encode() in piped, "not even laid out"
    assert json.loads(piped)["echo"] == HOSTILE
    shown = _on_a_terminal(call)
    assert "red" in shown
    assert not ACTS.search(shown.replace("\r\n", "\n"))


def _on_a_terminal(call: list[str]) -> str:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(call, stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL)
    os.close(theirs)
    pieces = []
    with contextlib.suppress(OSError):  # how Linux says that the other side has been closed
        while piece := os.read(ours, 65536):
            pieces.append(piece)
    os.close(ours)
    assert process.wait() == 0
    return b"".join(pieces).decode()
