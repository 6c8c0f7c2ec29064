"""The engine built from its Go modules, once per machine."""

import fcntl
import os
import re
import shutil
import stat
import threading
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE
from tests.unit.bootstrap.conftest import Listen, Machine
from tools.engine import bootstrap, folders, gobuild
from tools.engine.reporting import EngineError


def test_a_build_has_four_programs_and_is_made_once(machine: Machine) -> None:
    machine.put_go()
    directory = bootstrap.ensure("build")
    assert sorted(path.name for path in directory.iterdir()) == sorted(folders.FILES)
    assert all(path.stat().st_mode & stat.S_IXUSR for path in directory.iterdir())
    assert bootstrap.ensure("build") == directory
    assert len(machine.go_calls("install")) == 2


def test_a_users_go_flags_do_not_reach_the_build(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOFLAGS", "-mod=vendor")
    machine.put_go()
    bootstrap.ensure("build")
    assert all(line.endswith("GOFLAGS=-mod=readonly") for line in machine.go_calls("install"))


def test_what_a_killed_run_left_is_never_used(machine: Machine) -> None:
    machine.put_go()
    directory = bootstrap.ensure("build")
    shutil.move(directory, directory.with_name(f"{directory.name}.partial"))
    (directory.with_name(f"{directory.name}.partial") / "leftover").touch()
    assert bootstrap.ensure("build") == directory
    assert not (directory / "leftover").exists()
    assert len(machine.go_calls("install")) == 4


def test_a_damaged_cache_is_made_again(machine: Machine) -> None:
    machine.put_go()
    directory = bootstrap.ensure("build")
    (directory / "pulumi-language-python").unlink()
    assert bootstrap.ensure("build") == directory
    assert (directory / "pulumi-language-python").exists()


def test_a_failed_build_quotes_the_compiler_and_leaves_nothing(machine: Machine) -> None:
    machine.put_go()
    (machine.root / "fail").touch()
    with pytest.raises(EngineError, match=r"cli: compiling failed \(go ended with 1\):\s+\./main\.go:3:1: undefined"):
        bootstrap.ensure("build")
    assert [path for path in machine.cache.iterdir() if path.is_dir()] == []


def test_helper_files_of_another_checksum_are_refused(machine: Machine) -> None:
    machine.put_go()
    (machine.root / "sum").write_text("h1:other")
    with pytest.raises(EngineError, match="has the checksum h1:other, expected is h1:"):
        bootstrap.ensure("build")


@pytest.mark.parametrize("version", ["go1.26.7", "go1.20", "nonsense"])
def test_an_old_go_is_named_with_what_is_needed(machine: Machine, version: str) -> None:
    machine.put_go(version)
    with pytest.raises(EngineError, match=rf"Go 1\.26\.8 or newer is needed, but .*/go says 'go version {version}'"):
        bootstrap.ensure("build")


@pytest.mark.parametrize("version", ["go1.26.8", "go1.27rc1", "go1.27-devel_0123abc"])
def test_a_new_go_builds(machine: Machine, version: str) -> None:
    machine.put_go(version)
    assert bootstrap.ensure("build").exists()


def test_the_key_follows_every_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {"GOOS": "linux", "GOARCH": "amd64", "GOVERSION": "go1.26.8"}
    first = gobuild.build_key(facts)
    copies = [Path(shutil.copytree(module, tmp_path / module.name)) for module in gobuild.MODULES]
    monkeypatch.setattr(gobuild, "MODULES", tuple(copies))
    keys = {first, gobuild.build_key(dict(reversed(facts.items())))}
    assert keys == {first}
    for name, value in [("GOOS", "darwin"), ("GOARCH", "arm64"), ("GOVERSION", "go1.27")]:
        keys.add(gobuild.build_key({**facts, name: value}))
    for copy in copies:
        for name in ("go.mod", "go.sum"):
            (copy / name).write_text((copy / name).read_text() + "\n")
            keys.add(gobuild.build_key(facts))
    monkeypatch.setattr(gobuild, "BUILD_FLAGS", ("-trimpath",))
    keys.add(gobuild.build_key(facts))
    monkeypatch.setattr(gobuild, "HELPERS_SUM", "h1:other")
    keys.add(gobuild.build_key(facts))
    assert len(keys) == 10


def test_a_second_run_waits_for_the_first_and_takes_its_engine(machine: Machine, told: Listen) -> None:
    machine.put_go()
    directory = bootstrap.ensure("build")
    finished = directory.rename(directory.with_name("finished"))
    waiting, found = threading.Event(), []
    told(lambda text: waiting.set() if "waiting" in text else None)
    with directory.with_name(f"{directory.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = threading.Thread(target=lambda: found.append(bootstrap.ensure("build")))
        second.start()
        assert waiting.wait(PATIENCE)
        finished.rename(directory)
    second.join(PATIENCE)
    assert found == [directory]
    assert len(machine.go_calls("install")) == 2


def test_a_long_build_tells_that_it_goes_on(machine: Machine, told: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.put_go()
    gate, messages = machine.root / "gate", []
    os.mkfifo(gate)
    monkeypatch.setattr(gobuild, "HEARTBEAT_SECONDS", 0.01)

    def listen(text: str) -> None:
        messages.append(text)
        if re.match(r"cli: compiling: \d+ s", text) and gate.exists():
            with gate.open("w"):
                gate.unlink()

    told(listen)
    bootstrap.ensure("build")
    assert not gate.exists()
    assert any(text.endswith("1 modules fetched") for text in messages)
