"""The bootstrap as a process: on a terminal, and when it is interrupted."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios

import pytest

from tests.support.patience import PATIENCE
from tests.support.wheel import ROOT
from tests.unit.bootstrap.conftest import Machine, heed_interrupts

BOTH = ("cli", "language-host")
MUCH = 50_000


class Run:
    """`python -m tools.engine.bootstrap`, in a process group of its own as in a terminal."""

    def __init__(self, machine: Machine, stderr: int = subprocess.PIPE) -> None:
        self._started = machine.root / "started"
        os.mkfifo(self._started)
        # Opened for both, so that no end of file comes between one that writes and the next.
        self._listening = os.open(self._started, os.O_RDWR)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tools.engine.bootstrap"],
            cwd=ROOT,
            env={**os.environ, "PULUMI_INFERENCE_ENGINE": "build", "TERM": "xterm"},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            start_new_session=True,
            preexec_fn=heed_interrupts,  # noqa: PLW1509 - no other thread of the tests starts a process meanwhile
        )

    def wait_for_both(self) -> None:
        """Until both modules are being compiled."""
        with os.fdopen(self._listening) as started:
            assert sorted(started.readline().strip() for _ in BOTH) == sorted(BOTH)

    def said(self) -> str:
        return self.process.communicate(timeout=PATIENCE)[1]


@pytest.mark.parametrize(
    ("number", "group"), [(signal.SIGINT, True), (signal.SIGINT, False), (signal.SIGTERM, False)], ids=str
)
def test_an_interrupt_ends_both_and_leaves_nothing(machine: Machine, number: signal.Signals, group: bool) -> None:
    machine.put_go()
    machine.hold(*BOTH)
    run = Run(machine)
    run.wait_for_both()
    (os.killpg if group else os.kill)(run.process.pid, number)
    said = run.said()
    assert run.process.returncode == 130
    assert said.endswith("engine: interrupted; the next run goes on with what was fetched and compiled\n")
    assert "Traceback" not in said
    assert machine.interrupted() == list(BOTH)
    assert machine.half_made() == []


def read_until(terminal: int, pattern: str, text: str = "") -> str:
    """What the terminal has shown, once it matches; or without a match when nothing is written any more, or much is."""
    while not re.search(pattern, text) and len(text) < MUCH:
        try:
            text += os.read(terminal, 4096).decode()
        except OSError:
            break
    return text


def test_on_a_terminal_one_line_is_written_anew(machine: Machine) -> None:
    machine.put_go()
    machine.hold("language-host")
    columns = 50
    terminal, other_end = pty.openpty()
    fcntl.ioctl(other_end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    run = Run(machine, other_end)
    os.close(other_end)
    shown = read_until(terminal, r"\r\x1b\[Kengine: compiling packages, \d+ s: cli done, lang")
    machine.release("language-host")
    shown = read_until(terminal, r"engine kept in .*\n", shown)
    assert run.process.wait(PATIENCE) == 0
    refreshed = re.findall(r"engine: compiling packages, [^\r\n]*", shown)
    assert refreshed and all(len(line) < columns for line in refreshed)
    assert re.search(r"\r\x1b\[Kengine: compiling: done in \d+ s\r\n", shown)
    os.close(terminal)


def test_in_a_pipe_nothing_is_written_anew(machine: Machine) -> None:
    machine.put_go()
    said = Run(machine).said()
    assert "engine: compiling: done in " in said
    assert "\r" not in said and "\x1b" not in said
