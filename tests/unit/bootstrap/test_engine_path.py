"""The engine that is on PATH."""

import os

import pytest

from tests.unit.bootstrap.conftest import Machine
from tools.engine import bootstrap, folders
from tools.engine.reporting import EngineError


def test_a_new_engine_on_path_is_used_as_it_is(machine: Machine) -> None:
    machine.put_engine(machine.bin)
    machine.put_go()
    assert bootstrap.ensure() == machine.bin
    assert machine.go_calls("install") == []


def test_the_oldest_accepted_engine_is_accepted(machine: Machine) -> None:
    machine.put_engine(machine.bin, "v3.259.0")
    assert bootstrap.ensure("path") == machine.bin


@pytest.mark.parametrize("version", ["v3.258.9", "v2.300.0"])
def test_an_old_engine_on_path_is_passed_over(machine: Machine, version: str) -> None:
    machine.put_engine(machine.bin, version)
    machine.put_go()
    assert bootstrap.ensure().parent == machine.cache
    with pytest.raises(EngineError, match=rf"says {version[1:]}, needed is 3\.259\.0 or newer"):
        bootstrap.ensure("path")


def test_an_engine_that_does_not_run_is_passed_over(machine: Machine) -> None:
    machine.put(machine.bin / "pulumi", "#!/bin/sh\nexit 3\n")
    with pytest.raises(EngineError, match="does not tell its version"):
        bootstrap.ensure("path")


@pytest.mark.parametrize("name", folders.FILES[1:])
def test_an_engine_without_python_is_passed_over(machine: Machine, name: str) -> None:
    machine.put_engine(machine.bin, without=name)
    with pytest.raises(EngineError, match=f"has no {name} beside it or on PATH"):
        bootstrap.ensure("path")


def test_the_language_host_may_be_elsewhere_on_path(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.put_engine(machine.bin, without="pulumi-language-python")
    machine.put(machine.root / "other" / "pulumi-language-python", "#!/bin/sh\n")
    monkeypatch.setenv("PATH", os.pathsep.join([str(machine.bin), str(machine.root / "other")]))
    assert bootstrap.ensure("path") == machine.bin


def test_a_link_leads_to_the_folder_with_the_language_host(machine: Machine) -> None:
    machine.put_engine(machine.root / "opt" / "pulumi")
    (machine.bin / "pulumi").symlink_to(machine.root / "opt" / "pulumi" / "pulumi")
    assert bootstrap.ensure() == machine.root / "opt" / "pulumi"
