"""Runs of a program without an engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, set_all_config, set_mocks
from pulumi.runtime.mocks import MockMonitor


class NoResources(Mocks):
    """A program that only asks the cloud."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """There are no resources."""
        raise AssertionError(args.typ)

    def call(self, args: MockCallArgs) -> Any:
        """There are no calls."""
        raise AssertionError(args.token)


class _Engine:
    """As far as a program can tell, an engine: what it asks for goes to its mocks, and these are not to be seen."""

    def __init__(self, mocks: Mocks) -> None:
        self._mocked = MockMonitor(mocks)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._mocked, name)


def begin_run(config: Mapping[str, str], project: str = "project") -> None:
    """Begins a run with an engine, in which lookups ask the cloud."""
    set_all_config(dict(config))
    mocks = NoResources()
    set_mocks(mocks, project=project, monitor=cast("MockMonitor", _Engine(mocks)))
