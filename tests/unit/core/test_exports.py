"""A package that loads its names when they are asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = {
    "__init__.py": "from pulumi_inference.core.exports import exports\n"
    "__getattr__, __dir__ = exports(__name__, 'first', 'deep.second')\n",
    "first.py": "__all__ = ['one']\none, hidden = object(), 2\n",
    "plain.py": "",
    "deep/__init__.py": "",
    "deep/second.py": "__all__ = ['two']\ntwo = 2\n",
}


@pytest.fixture
def lazy(tmp_path: Path) -> Path:
    """The folder of a package `lazy`."""
    for name, text in PACKAGE.items():
        file = tmp_path / "lazy" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("code", "loaded"),
    [
        ("import lazy", []),
        ("lazy.one", ["first"]),
        ("assert lazy.one is lazy.one and 'one' in vars(lazy)", ["first"]),
        ("from lazy import plain", ["plain"]),
        ("from lazy import two", ["first", "deep", "deep.second"]),
        ("assert dir(lazy) == lazy.__all__ == ['one', 'two']", ["first", "deep", "deep.second"]),
        ("from lazy import *; one, two", ["first", "deep", "deep.second"]),
        ("assert not hasattr(lazy, '__wrapped__') and not hasattr(lazy, '_hidden')", []),
    ],
)
def test_no_more_is_loaded_than_what_it_takes_to_find_a_name(lazy: Path, code: str, loaded: list[str]) -> None:
    assert _run(lazy, code).stdout.split() == loaded


@pytest.mark.parametrize("name", ["three", "hidden", "second"])
def test_other_names_are_an_error(lazy: Path, name: str) -> None:
    assert f"AttributeError: module 'lazy' has no attribute '{name}'" in _run(lazy, f"lazy.{name}").stderr


def _run(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Runs the code, and says what it has loaded of the package."""
    told = "print(*[name[5:] for name in sys.modules if name.startswith('lazy.')])"
    program = f"import sys; sys.path.insert(0, {str(folder)!r}); import lazy; {code}; {told}"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
