"""The oldest Pulumi SDK that the package allows, to be put in front of the installed one.

`python -m tests.support.oldest` gets it, which needs a package registry once.
"""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def oldest_version() -> str:
    """The lower bound of the package's own dependency on pulumi."""
    for requirement in importlib.metadata.requires("pulumi-inference") or ():
        found = re.match(r"pulumi\b[^;]*>=([0-9.]+)", requirement)
        if found:
            return found[1] + ".0" * (2 - found[1].count("."))
    raise LookupError("pulumi-inference names no oldest pulumi")


def oldest_sdk() -> Path:
    """The folder for PYTHONPATH; the SDK is installed there when it is missing, its dependencies are those of today."""
    version = oldest_version()
    target = Path(sys.prefix) / f"pulumi-{version}"
    if not target.exists():
        partial = Path(tempfile.mkdtemp(dir=sys.prefix))
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        try:
            subprocess.run([*command, "--target", str(partial), f"pulumi=={version}"], check=True)
            partial.chmod(0o755)
            partial.rename(target)
        except OSError:
            if not target.exists():
                raise
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return target


if __name__ == "__main__":
    oldest_sdk()
