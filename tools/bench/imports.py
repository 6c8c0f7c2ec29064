"""What the resource class of a cloud costs a program to import, on top of `import pulumi`."""

import subprocess
import sys
from pathlib import Path
from statistics import median

from tools.bench.cloud import Cloud
from tools.bench.figures import Figure
from tools.environment import ROOT

REPEATS = 9

_TIMED = """\
import time
started = time.perf_counter()
{0}
print(time.perf_counter() - started)
"""


def measure(kind: type[Cloud], _folder: Path, _engine: Path) -> list[Figure]:
    """Both imports by turns, each in fresh processes."""
    alone = "import pulumi"
    both = f"import pulumi\nfrom pulumi_inference.{kind.name} import {kind.resource.__name__}"
    # One of each first, so that no timed one writes byte code or reads a cold disk.
    _seconds(alone), _seconds(both)
    pairs = [(_seconds(alone), _seconds(both)) for _ in range(REPEATS)]
    base, total = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
    details = {"pulumi alone": f"{base:.3f} s", "both": f"{total:.3f} s", "runs of each": REPEATS}
    return [Figure(f"{kind.name}: import of {kind.resource.__name__} after pulumi", total - base, "s", 0.15, details)]


def _seconds(imports: str) -> float:
    command = [sys.executable, "-c", _TIMED.format(imports)]
    return float(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
