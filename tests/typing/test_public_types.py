"""The public API as type checkers see it: right programs pass, and every mistake in the wrong one is an error."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROGRAMS = [str(HERE / "correct_program.py"), str(HERE / "wrong_program.py")]


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, cwd=HERE.parent.parent, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _mypy(*programs: str) -> str:
    return _run([sys.executable, "-m", "mypy", "--strict", "--warn-unused-ignores", *programs])


def _pyright(folder: Path, *programs: str) -> str:
    settings = folder / "pyrightconfig.json"
    wanted = {
        "include": list(programs),
        "typeCheckingMode": "standard",
        "enableTypeIgnoreComments": True,
        "reportUnnecessaryTypeIgnoreComment": "error",
    }
    settings.write_text(json.dumps(wanted))
    return _run([sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, "--project", str(settings)])


def test_mypy_accepts_the_right_and_refuses_the_wrong() -> None:
    assert _mypy(*PROGRAMS) == ""


def test_pyright_accepts_the_right_and_refuses_the_wrong(tmp_path: Path) -> None:
    assert _pyright(tmp_path, *PROGRAMS) == ""


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_the_checkers_do_look(checker: str, tmp_path: Path) -> None:
    program = tmp_path / "mistaken.py"
    program.write_text("from pulumi_inference import modelarts\nmodelarts.Service('x', config=1)\n")
    told = _mypy(str(program)) if checker == "mypy" else _pyright(tmp_path, str(program))
    assert "config" in told
