"""What the engine would do anew for each project of a test, always with the same result: done once in each process."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tools.environment import engine_environment

ONLY_LIST = """\
import sys

if sys.argv[1:2] != ["list"]:
    sys.exit("in the tests pip knows nothing but `list`")
print({listed!r})
"""


def lay_down_stack(folder: Path, engine: Path, project: str, stack: str) -> None:
    """Puts below `folder` what `pulumi stack init` makes there."""
    for name, content in _stack_files(engine, project, stack).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


@cache
def _stack_files(engine: Path, project: str, stack: str) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program, state = folder / "program", folder / "state"
        program.mkdir()
        (program / "Pulumi.yaml").write_text(f"name: {project}\nruntime: python\n", encoding="utf-8")
        environment = engine_environment(engine, state)
        _run("pulumi", "--non-interactive", "stack", "init", stack, cwd=program, env=environment)
        files = [program / f"Pulumi.{stack}.yaml", *(state / "stacks").rglob("*")]
        return {str(file.relative_to(folder)): file.read_bytes() for file in files if file.is_file()}


def lay_down_pip(folder: Path, python: Path) -> Path:
    """Makes a folder for PYTHONPATH in which `pip list`, run by the engine before all else, repeats what pip said."""
    target = folder / "pip"
    target.mkdir()
    (target / "pip.py").write_text(ONLY_LIST.format(listed=_pip_list(python)), encoding="utf-8")
    return target


@cache
def _pip_list(python: Path) -> str:
    return _run(str(python / "bin/python"), "-m", "pip", "list", "-v", "--format", "json")


def _run(*command: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout
