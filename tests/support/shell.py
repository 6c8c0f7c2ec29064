"""Commands as a reader of the documentation types them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.patience import PATIENCE
from tools.environment import engine_environment

FOREIGN = ("HW_", "PULUMI_", "NGC_", "NVCF_", "ALAYA_")


def reader_environment(engine: Path, state: Path) -> dict[str, str]:
    """The engine on PATH, a state of its own, no configuration of the machine's owner, and no questions."""
    base = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    prefix = Path(sys.prefix)
    answers = {"PULUMI_SKIP_CONFIRMATIONS": "true", "VIRTUAL_ENV": str(prefix)}
    return engine_environment(engine, state, base, prefix) | answers


def shell(script: str, folder: Path, environment: dict[str, str]) -> str:
    """Runs a script to its end; each of its commands has to succeed. The answer is what it printed."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}"
    return done.stdout
