"""The package as others have it: sdist and wheel, and the wheel in virtual environments of its own."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONSTRAINTS = ROOT / "constraints.txt"
EXTRA = "testing"
"""The extra with all that a user may want."""


@dataclass(frozen=True)
class Distributions:
    """What is published of a version."""

    sdist: Path
    wheel: Path

    @classmethod
    def build(cls, folder: Path) -> Distributions:
        """The sdist, and the wheel that is made of it, in a folder that comes to be in one step."""
        if not folder.exists():
            partial = Path(tempfile.mkdtemp(dir=folder.parent))
            run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(partial), str(ROOT))
            try:
                partial.rename(folder)
            except OSError:  # another worker was faster
                shutil.rmtree(partial)
        [sdist], [wheel] = folder.glob("*.tar.gz"), folder.glob("*.whl")
        return cls(sdist, wheel)


def wheel_environment(folder: Path, wheel: Path, python: Path = Path(sys.executable)) -> Path:
    """The prefix of a new virtual environment of this Python with the wheel, and with what it needs in pinned versions.

    What it needs is kept beside the environment that runs the tests, for each Python, until the pins change.
    """
    target = folder / "venv"
    run(str(python), "-m", "venv", str(target))
    own = target / "bin/python"
    [packages] = target.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(f"{_dependencies(own, wheel)}\n", encoding="utf-8")
    _pip(own, "install", "--no-deps", "--no-index", str(wheel))
    return target


def installed_pythons() -> Iterator[tuple[str, Path | None]]:
    """Each Python that the package names, as version and interpreter; None where this machine has none of it."""
    for version in ("3.11", "3.12", "3.13"):
        candidates = [shutil.which(f"python{version}"), _of_pyenv(version)]
        yield version, next((Path(one) for one in candidates if one and _is_usable(one)), None)


def run(*command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """What the command printed; it has to succeed."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _dependencies(python: Path, wheel: Path) -> Path:
    """A folder with all that the wheel needs, but not the wheel."""
    key = hashlib.sha256(CONSTRAINTS.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()[:12]
    version = run(python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])").strip()
    target = Path(sys.prefix) / f"wheel-dependencies-{version}-{key}"
    if not target.exists():
        partial = Path(tempfile.mkdtemp(dir=sys.prefix))
        try:
            _pip(python, "install", "--constraint", str(CONSTRAINTS), "--target", str(partial), f"{wheel}[{EXTRA}]")
            for own in partial.glob("pulumi_inference*"):
                shutil.rmtree(own)
            partial.rename(target)
        except OSError:
            if not target.exists():
                raise
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return target


def _of_pyenv(version: str) -> str | None:
    """pyenv's names run only for the versions that are switched on, so it is asked with all of them."""
    pyenv = shutil.which("pyenv")
    if pyenv is None:
        return None
    listed = subprocess.run([pyenv, "versions", "--bare"], capture_output=True, text=True, check=False).stdout
    environment = os.environ | {"PYENV_VERSION": ":".join(listed.split())}
    found = subprocess.run(
        [pyenv, "which", f"python{version}"], env=environment, capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or None


def _is_usable(python: str) -> bool:
    done = subprocess.run([python, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    return done.returncode == 0


def _pip(python: Path, *arguments: str) -> None:
    run(python, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments)
