"""Other programs: what they say and are told is UTF-8, whatever the locale is."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def run(
    command: Sequence[str],
    *,
    told: str = "",
    seconds: float | None = None,
    folder: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Runs a program of the user's to its end, with `told` on its stdin, in a folder and with more variables.

    Raises:
        OSError: there is no such program.
        subprocess.TimeoutExpired: it did not end in time.
    """
    return subprocess.run(  # noqa: S603 - the user's own programs
        list(command),
        input=told,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=seconds,
        check=False,
        cwd=folder,
        env={**os.environ, **environ} if environ else None,
    )
