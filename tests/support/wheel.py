"""The wheel, installed in a virtual environment of its own, as a user has it.

The environment is kept beside the one that runs the tests, and made again when the constraints change; the wheel is
built and installed anew each time.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONSTRAINTS = ROOT / "constraints.txt"


def wheel_environment(folder: Path) -> Path:
    """The prefix of the environment; `folder` takes the wheel."""
    wheel = _build(folder)
    with_dependencies = _dependencies(wheel)
    target = folder / "venv"
    _run(sys.executable, "-m", "venv", str(target))
    kept = next(target.glob("lib/python*/site-packages"))
    (kept / "dependencies.pth").write_text(f"{with_dependencies}\n", encoding="utf-8")
    _pip("install", "--no-deps", "--target", str(kept), str(wheel))
    return target


def _build(folder: Path) -> Path:
    _pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    return next(folder.glob("pulumi_inference-*.whl"))


def _dependencies(wheel: Path) -> Path:
    """A folder with all that the wheel needs, but not the wheel."""
    key = hashlib.sha256(CONSTRAINTS.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()[:12]
    target = Path(sys.prefix) / f"wheel-dependencies-{key}"
    if not target.exists():
        partial = Path(tempfile.mkdtemp(dir=sys.prefix))
        try:
            _pip("install", "--constraint", str(CONSTRAINTS), "--target", str(partial), f"{wheel}[emulator]")
            for own in partial.glob("pulumi_inference*"):
                shutil.rmtree(own)
            partial.rename(target)
        except OSError:
            if not target.exists():
                raise
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return target


def _pip(*arguments: str) -> None:
    _run(sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
