"""Ctrl-C during `make up`, with a fake `pulumi`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from tests.support.patience import PATIENCE
from tests.support.wheel import ROOT
from tests.unit.bootstrap.conftest import Machine, heed_interrupts

# Like pulumi, it ends what it has begun when it is interrupted.
FAKE_PULUMI = """#!{python}
import pathlib, signal, sys
home = pathlib.Path({home!r})
if sys.argv[1:] == ["version"]:
    print("v3.260.1")
elif "up" in sys.argv:
    try:
        (home / "started").write_text("up")
        signal.pause()
    except KeyboardInterrupt:
        print("update canceled", flush=True)
        sys.exit(3)
"""

QUICKSTART = """
import pathlib, sys
from tools import quickstart
quickstart.ROOT = pathlib.Path({home!r})
quickstart.STATE = quickstart.ROOT / ".state"
sys.argv = ["quickstart", "up"]
sys.exit(quickstart.main())
"""


def test_pulumi_is_waited_for(machine: Machine) -> None:
    machine.put_engine(machine.bin)
    machine.put(machine.bin / "pulumi", FAKE_PULUMI.format(python=sys.executable, home=str(machine.root)))
    os.mkfifo(machine.root / "started")
    run = subprocess.Popen(
        [sys.executable, "-c", QUICKSTART.format(home=str(machine.root))],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heed_interrupts,  # noqa: PLW1509 - as in test_engine_terminal.py
    )
    assert (machine.root / "started").read_text() == "up"
    os.killpg(run.pid, signal.SIGINT)
    printed, said = run.communicate(timeout=PATIENCE)
    assert printed.endswith("update canceled\n")
    assert (run.returncode, said) == (3, "")
