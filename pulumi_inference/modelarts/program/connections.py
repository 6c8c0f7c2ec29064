"""What the calls of a program share: its connections and what was asked already; in a script, the environment's."""

from __future__ import annotations

import os
from typing import Any
from weakref import WeakKeyDictionary

from pulumi.runtime.settings import get_monitor

from pulumi_inference.core.lifecycle.context import Cache
from pulumi_inference.engine.settings import ProgramConfiguration, connect_transport
from pulumi_inference.modelarts.api.auth import ModelArtsConnection, connect

_runs: WeakKeyDictionary[Any, Cache] = WeakKeyDictionary()
_script = Cache()


def run_cache() -> Cache:
    """The answers of this run: a process may run several programs, for several stacks, each with its own monitor."""
    monitor = get_monitor()
    return _script if monitor is None else _runs.setdefault(monitor, Cache())


def program_connection(name: str | None = None) -> ModelArtsConnection:
    """The default connection, or the one of this name; always the same one in one run.

    Raises:
        ConfigurationError: settings are missing or wrong.
    """

    def open_it() -> ModelArtsConnection:
        return connect(ProgramConfiguration(), os.environ, connect_transport, name)

    connection: ModelArtsConnection = run_cache().get(("connection", name), open_it)
    return connection
