"""`pulumi-inference emulator`, and the command line as a whole."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.cloud import embedded
from tests.support.patience import PATIENCE
from tests.unit.cli.conftest import Run

COMMANDS = ("doctor", "emulator", "import", "init", "invoke", "validate")


@contextmanager
def serving(database: Path) -> Iterator[list[str]]:
    """The command, as long as the block lasts, and what it has printed; Ctrl-C ends it."""
    command = [sys.executable, "-m", "pulumi_inference", "emulator", "--port", "0", "--database", str(database)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        printed: list[str] = []
        while not printed or "HW_PROJECT_ID" not in printed[-1]:
            printed.append(process.stdout.readline())
            assert printed[-1], "it ended"
        yield printed
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert (process.returncode, errors) == (0, "")


def test_it_serves_until_ctrl_c(tmp_path: Path) -> None:
    with serving(tmp_path / "cloud.db") as printed:
        port = int(printed[0].split("127.0.0.1:")[1].split()[0])
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
    assert "http://127.0.0.1:" in printed[0]
    assert any("HW_SECRET_KEY=emulator-secret" in line for line in printed)


@pytest.mark.parametrize("left_out", [None, "HW_PROJECT_ID"])
def test_what_it_prints_leads_to_what_a_program_made_in_the_same_file(
    elsewhere: Path, run: Run, monkeypatch: pytest.MonkeyPatch, left_out: str | None
) -> None:
    """One world behind both doors, also for a client that looks up the project of the region."""
    monkeypatch.setenv("HW_MODELARTS_ENDPOINT", "emulator:cloud.db")
    with embedded(elsewhere) as cloud:
        item = {"model_id": "model-a", "specification": "modelarts.vm.cpu.2u", "weight": 100, "instance_count": 1}
        cloud.api("POST", "/services", {"service_name": "made", "infer_type": "real-time", "config": [item]})
    assert listed(run) == ["made"]
    with serving(elsewhere / "cloud.db") as printed:
        for line in printed:
            if line.strip().startswith("export "):
                name, _, value = line.strip().removeprefix("export ").partition("=")
                monkeypatch.setenv(name, value)
        if left_out:
            monkeypatch.delenv(left_out)
            monkeypatch.setenv("HW_AUTH_URL", os.environ["HW_MODELARTS_ENDPOINT"])
        assert listed(run) == ["made"]


def listed(run: Run) -> list[str]:
    """The names of the services, as the command line lists them."""
    found = run("modelarts", "services", "--json")
    assert found.exit_code == 0, found.output
    return [one["name"] for one in json.loads(found.stdout)]


def test_a_port_that_is_taken(elsewhere: Path, run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        result = run("emulator", "--port", str(other.getsockname()[1]))
    assert result.exit_code == 1
    assert "cannot listen on 127.0.0.1" in result.stderr


def test_a_database_that_is_none(elsewhere: Path, run: Run) -> None:
    (elsewhere / "text").write_text("no database" * 100)
    result = run("emulator", "--port", "0", "--database", "text")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")


@pytest.mark.parametrize("missing", ["uvicorn", "starlette"])
def test_the_extra_is_missing(elsewhere: Path, run: Run, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name in [name for name in sys.modules if name.startswith((missing, "pulumi_inference.emulator.app"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    result = run("emulator", "--port", "0")
    assert result.exit_code == 1
    assert "pip install 'pulumi-inference[emulator] @ file:///" in result.stderr


@pytest.mark.parametrize(
    "words", [("--port", "70000"), ("--deploy-seconds", "-1"), ("--port", "x"), ("--grpc-port", "70000")]
)
def test_wrong_usage(elsewhere: Path, run: Run, words: tuple[str, ...]) -> None:
    assert run("emulator", *words).exit_code == 2


def test_every_command_has_help(run: Run) -> None:
    overview = run("--help").stdout
    for command in COMMANDS:
        assert f"  {command} " in overview
        assert run(command, "--help").exit_code == 0


def test_starting_is_light() -> None:
    heavy = ("pulumi", "pydantic", "httpx", "jsonschema", "yaml", "starlette")
    code = f"import sys, pulumi_inference.cli; print([name for name in {heavy} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert result.stdout == "[]\n"
