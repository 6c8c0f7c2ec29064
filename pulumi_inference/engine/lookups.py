"""What the calls of a program share: one environment per run, so that each question is asked once."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from pulumi.runtime.settings import get_monitor

from pulumi_inference.core.lifecycle.context import Context, Environment
from pulumi_inference.engine.settings import ProgramConfiguration, connect_transport


def _environment() -> Environment:
    return Environment(ProgramConfiguration(), connect_transport)


_runs: WeakKeyDictionary[Any, Environment] = WeakKeyDictionary()
_script = _environment()


def program_context() -> Context:
    """The context of this run's calls; that of the process in a script.

    A process may run several programs, for several stacks, each with its own monitor.
    """
    monitor = get_monitor()
    return Context(_script if monitor is None else _runs.setdefault(monitor, _environment()))
