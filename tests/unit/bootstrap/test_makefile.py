"""What the Makefile installs and when, with a fake Python: no network, no installation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE
from tests.support.wheel import ROOT

# It answers what the Makefile asks, makes a virtual environment that holds itself, and notes all that it is told.
FAKE_PYTHON = """#!{python}
import pathlib, shutil, sys
home, words = pathlib.Path({home!r}), sys.argv[1:]
if not words:
    sys.exit()
if words[0] == "-c":
    print("3.99")
    sys.exit()
with (home / "calls").open("a") as calls:
    print(*words, file=calls)
if words[:2] == ["-m", "venv"]:
    environment = pathlib.Path(words[-1])
    shutil.rmtree(environment, ignore_errors=True)
    (environment / "bin").mkdir(parents=True)
    for name in ("python", "lint-imports"):
        shutil.copy(sys.argv[0], environment / "bin" / name)
    (environment / "pip").touch()
elif words[:2] == ["-m", "pip"]:
    if not (pathlib.Path(sys.argv[0]).parent.parent / "pip").exists():
        sys.exit("No module named pip")
    if words[2] == "install" and (home / "offline").exists():
        sys.exit("ERROR: no matching distribution")
"""

INSTALLED_TO_RUN = "--editable .[emulator]"
INSTALLED_TO_DEVELOP = "--editable .[dev]"


class Clone:
    """A checkout in which nothing has been made yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("Makefile", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, folder)
        self.python = folder / "python"
        self.python.write_text(FAKE_PYTHON.format(python=sys.executable, home=str(folder)))
        self.python.chmod(0o755)

    def run(self, *words: str, code: int = 0) -> str:
        """What make printed; a Python is given, as `PYTHON=` or so that it is the usual one."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        given = [] if any(word.startswith("PYTHON=") for word in words) else [f"PYTHON={self.python}", "VENV=.venv"]
        done = subprocess.run(
            ["make", *given, *words],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (done.returncode != 0) == (code != 0), done.stdout
        return done.stdout

    def calls(self) -> list[str]:
        """What Python was told since the last time, but for questions."""
        log = self.folder / "calls"
        told = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return [line for line in told if not line.startswith("-m pip --version")]

    def installed(self) -> list[str]:
        return [line[line.index("--editable") :] for line in self.calls() if "pip install" in line]

    def change(self, name: str) -> None:
        """Makes the file newer than all that was made of it."""
        newest = max(stamp.stat().st_mtime for stamp in self.folder.glob(".venv*/.installed*"))
        os.utime(self.folder / name, (newest + 1, newest + 1))


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


@pytest.mark.parametrize("target", ["up", "preview", "down", "engine", "bench"])
def test_what_runs_is_installed_without_the_development_tools(clone: Clone, target: str) -> None:
    clone.run(target)
    assert clone.installed() == [INSTALLED_TO_RUN]


@pytest.mark.parametrize(
    "target", ["venv", "lint", "types", "imports", "pytest", "generate", "check-generated", "test"]
)
def test_what_develops_installs_all_at_once(clone: Clone, target: str) -> None:
    clone.run(target)
    assert clone.installed() == [INSTALLED_TO_DEVELOP]


@pytest.mark.parametrize("to", [None, "gone"], ids=["no file", "a link to nowhere"])
def test_an_environment_whose_python_has_gone_is_made_anew(clone: Clone, to: str | None) -> None:
    clone.run("up")
    clone.installed()
    python = clone.folder / ".venv" / "bin" / "python"
    python.unlink()
    if to:
        python.symlink_to(clone.folder / to)
    clone.run("up")
    assert clone.installed() == [INSTALLED_TO_RUN]


@pytest.mark.parametrize(("target", "last"), [("up", "tools.quickstart"), ("test", "pytest")])
def test_the_forecast_is_the_first_that_is_heard(clone: Clone, target: str, last: str) -> None:
    clone.run(target)
    told = [line.split()[1] for line in clone.calls()]
    assert told[:4] == ["tools.engine.forecast", "venv", "pip", "tools.engine.bootstrap"]
    assert told[-1] == last


def test_a_second_time_nothing_is_installed(clone: Clone) -> None:
    clone.run("up")
    clone.calls()
    clone.run("up")
    clone.run("preview")
    assert clone.installed() == []


def test_the_tools_are_added_when_they_are_needed_and_stay(clone: Clone) -> None:
    clone.run("up")
    clone.run("lint")
    clone.run("types")
    clone.run("up")
    told = clone.calls()
    assert [line for line in told if line.startswith("-m venv")] == ["-m venv --clear .venv"]
    assert [line.split(".[")[1] for line in told if "pip install" in line] == ["emulator]", "dev]"]
    assert all("--constraint constraints.txt" in line for line in told if "pip install" in line)


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_other_pins_are_installed_again_in_the_same_environment(clone: Clone, name: str) -> None:
    clone.run("lint")
    clone.calls()
    clone.change(name)
    clone.run("up")
    clone.run("lint")
    told = clone.calls()
    assert [line for line in told if line.startswith("-m venv")] == []
    assert [line.split(".[")[1] for line in told if "pip install" in line] == ["emulator]", "dev]"]


@pytest.mark.parametrize(("first", "again"), [("up", "lint"), ("lint", "up"), ("up", "up"), ("lint", "lint")])
def test_an_installation_that_did_not_end_well_is_done_again(clone: Clone, first: str, again: str) -> None:
    (clone.folder / "offline").touch()
    said = clone.run(first, code=2)
    assert "ERROR: no matching distribution" in said
    assert "PIP_INDEX_URL names another package index" in said
    (clone.folder / "offline").unlink()
    clone.calls()
    clone.run(again)
    assert clone.installed() == [INSTALLED_TO_RUN if again == "up" else INSTALLED_TO_DEVELOP]


def test_tools_that_were_not_added_whole_leave_nothing_that_counts_as_installed(clone: Clone) -> None:
    clone.run("up")
    (clone.folder / "offline").touch()
    clone.run("lint", code=2)
    (clone.folder / "offline").unlink()
    clone.calls()
    clone.run("up")
    assert clone.installed() == [INSTALLED_TO_RUN]


def test_half_an_environment_is_made_anew(clone: Clone) -> None:
    clone.run("up")
    (clone.folder / ".venv" / "pip").unlink()
    (clone.folder / ".venv" / ".installed").unlink()
    clone.calls()
    clone.run("up")
    assert "-m venv --clear .venv" in clone.calls()


def test_a_python_that_is_named_has_an_environment_of_its_own(clone: Clone) -> None:
    clone.run("lint")
    clone.calls()
    clone.run("up", f"PYTHON={clone.python}")
    assert clone.installed() == [INSTALLED_TO_RUN]
    assert (clone.folder / ".venv-3.99" / ".installed").exists()
    assert (clone.folder / ".venv" / ".installed-dev").exists()


@pytest.mark.parametrize("target", ["up", "lint"])
def test_without_a_python_it_says_what_to_install(clone: Clone, target: str) -> None:
    said = clone.run(target, "PYTHON=/nowhere/python3", code=2)
    assert "No Python >= 3.11 that can make virtual environments was found: /nowhere/python3" in said
    assert "make PYTHON=/path/to/python3" in said
    assert clone.calls() == []
