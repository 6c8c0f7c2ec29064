"""The official release, installed into the cache."""

import pytest

from tests.unit.bootstrap.conftest import INSTALL, Machine
from tools.engine import bootstrap, folders
from tools.engine.reporting import EngineError


def test_the_release_comes_before_the_build_and_is_kept(machine: Machine) -> None:
    machine.put_go()
    machine.network(True)
    directory = bootstrap.ensure()
    assert directory.parent.name.startswith("release-3.")
    assert directory.is_relative_to(machine.cache)
    machine.network(False)
    assert bootstrap.ensure() == directory
    assert machine.go_calls("install") == []


def test_a_machine_without_network_builds(machine: Machine) -> None:
    machine.put_go()
    assert bootstrap.ensure().name.startswith("build-")


def test_a_built_engine_is_used_before_the_release_is_asked_for(machine: Machine) -> None:
    machine.put_go()
    directory = bootstrap.ensure()
    machine.network(True)
    assert bootstrap.ensure() == directory


def test_an_installer_that_hangs_is_ended(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.network(True)
    monkeypatch.setattr(bootstrap, "INSTALL_SECONDS", 0.1)
    monkeypatch.setattr(bootstrap, "INSTALL", "import signal; signal.pause()")
    with pytest.raises(EngineError, match=r"installing the official release 3\.\S+ failed"):
        bootstrap.ensure("release")


def test_an_installer_that_leaves_files_out_is_not_believed(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.network(True)
    monkeypatch.setattr(bootstrap, "INSTALL", INSTALL.format(names=folders.FILES[:1]))
    with pytest.raises(EngineError, match=r"not all of pulumi, .* are there"):
        bootstrap.ensure("release")
    assert list(machine.cache.glob("release-*/")) == []
