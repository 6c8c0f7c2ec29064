"""What `import pulumi_inference.modelarts` costs a program, on top of `import pulumi`."""

import subprocess
import sys
from pathlib import Path
from statistics import median

from tools.bench.figures import Figure
from tools.environment import ROOT

REPEATS = 9

_TIMED = """\
import time
started = time.perf_counter()
import {0}
print(time.perf_counter() - started)
"""


def measure(_folder: Path, _engine: Path) -> list[Figure]:
    """Both imports by turns, each in fresh processes."""
    alone, both = "pulumi", "pulumi, pulumi_inference.modelarts"
    # One of each first, so that no timed one writes byte code or reads a cold disk.
    _seconds(alone), _seconds(both)
    pairs = [(_seconds(alone), _seconds(both)) for _ in range(REPEATS)]
    base, total = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
    details = {"pulumi alone": f"{base:.3f} s", "both": f"{total:.3f} s", "runs of each": REPEATS}
    return [Figure("import pulumi_inference.modelarts after pulumi", total - base, "s", 0.15, details)]


def _seconds(modules: str) -> float:
    command = [sys.executable, "-c", _TIMED.format(modules)]
    return float(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
