"""The programs on the pages about the automation API and about testing run as they stand there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs import pages
from tests.support.patience import PATIENCE
from tests.support.shell import reader_environment

DEPLOY, WATCH = pages.blocks(pages.read("docs/automation-api.md"), "python")
STACK, *FAST = pages.blocks(pages.read("docs/testing.md"), "python")

PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")


def run(folder: Path, environment: dict[str, str] | None, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.stack
def test_an_inline_program_deploys_and_a_script_asks(tmp_path: Path, engine: Path) -> None:
    environment = reader_environment(engine, tmp_path / "state")
    # It says itself in which environment the provider runs.
    del environment["PULUMI_RUNTIME_VIRTUALENV"]
    (tmp_path / "deploy.py").write_text(DEPLOY.text, encoding="utf-8")
    (tmp_path / "watch.py").write_text(WATCH.text, encoding="utf-8")
    told = run(tmp_path, environment, "deploy.py")
    service_id = told.rpartition("deployed: ")[2].strip()
    settings = {"HW_MODELARTS_ENDPOINT": f"emulator:{tmp_path / 'emulator.db'}"}
    assert run(tmp_path, environment | settings, "watch.py", service_id) == "status: running\n"


@pytest.mark.stack
def test_tests_of_a_stack_pass(tmp_path: Path, engine: Path) -> None:
    environment = reader_environment(engine, tmp_path / "state") | {"HW_MODELARTS_ENDPOINT": "https://nobody.invalid"}
    # The fixtures say themselves where all of it goes.
    for name in ("PULUMI_RUNTIME_VIRTUALENV", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"):
        del environment[name]
    (tmp_path / "test_fleet.py").write_text(STACK.text, encoding="utf-8")
    assert "2 passed" in run(tmp_path, environment, *PYTEST, "test_fleet.py")


@pytest.mark.parametrize("block", FAST, ids=["served", "script", "mocks"])
def test_tests_without_the_engine_pass(block: pages.Block, tmp_path: Path) -> None:
    (tmp_path / "test_program.py").write_text(block.text, encoding="utf-8")
    assert "1 passed" in run(tmp_path, None, *PYTEST, "test_program.py")


def test_they_pass_side_by_side(tmp_path: Path) -> None:
    """Mocks are set while pytest collects, and for the whole process."""
    for number, block in enumerate(FAST):
        (tmp_path / f"test_program_{number}.py").write_text(block.text, encoding="utf-8")
    assert f"{len(FAST)} passed" in run(tmp_path, None, *PYTEST)
