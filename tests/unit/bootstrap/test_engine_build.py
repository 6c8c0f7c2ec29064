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
from tools.engine import bootstrap, folders, gobuild, golang, reporting
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
    machine.fail("install-cli", "./main.go:3:1: undefined: nonsense")
    with pytest.raises(EngineError, match=r"cli: compiling failed \(go ended with 1\):\s+\./main\.go:3:1: undefined"):
        bootstrap.ensure("build")
    assert machine.half_made() == []


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
    machine.hold("cli")
    messages: list[str] = []
    monkeypatch.setattr(golang, "REFRESH_SECONDS", 0.01)
    monkeypatch.setattr(reporting, "HEARTBEAT_SECONDS", 0.01)

    def listen(text: str) -> None:
        messages.append(text)
        if re.match(r"compiling packages, \d+ s: cli 1/2, language-host done$", text) and machine.held():
            machine.release("cli")

    told(listen)
    bootstrap.ensure("build")
    assert machine.held() == []
    assert "fetching: cli at most 274, language-host at most 93 modules" in messages
    assert "compiling: cli at most 2, language-host at most 2 packages" in messages
    assert re.match(r"compiling: done in \d+ s$", messages[-2])


def test_all_is_fetched_before_anything_is_compiled(machine: Machine) -> None:
    machine.put_go()
    bootstrap.ensure("build")
    verbs = [line.split()[1] for line in machine.go_calls("list", "download", "install")]
    assert verbs == ["list", "list", "download", "install", "install"]


def test_what_fails_ends_the_other(machine: Machine) -> None:
    machine.put_go()
    machine.hold("cli", "language-host")
    machine.fail("install-cli", "./main.go:3:1: undefined: nonsense")
    os.mkfifo(machine.root / "started")

    def let_it_fail() -> None:
        # Opened for both, so that no end of file comes between one that writes and the next.
        with os.fdopen(os.open(machine.root / "started", os.O_RDWR)) as started:
            assert {started.readline(), started.readline()} == {"cli\n", "language-host\n"}
        machine.release("cli")

    threading.Thread(target=let_it_fail, daemon=True).start()
    with pytest.raises(EngineError, match="cli: compiling failed"):
        bootstrap.ensure("build")
    assert machine.interrupted() == ["language-host"]
    assert machine.half_made() == []


@pytest.mark.parametrize(
    ("step", "output", "advice"),
    [
        ("list", "go: a@v1: module lookup disabled by GOPROXY=off", "set it to a module proxy"),
        ("list", 'go: a@v1: Get "https://x/a": dial tcp 127.0.0.1:9: connect: connection refused', "or HTTPS_PROXY"),
        ("install-cli", "write /x/b001/_pkg_.a: no space left on device", "The disk is full"),
        ("list", "go: could not create module cache: mkdir /x: permission denied", "can name other folders"),
    ],
)
def test_what_the_user_can_mend_is_said(machine: Machine, step: str, output: str, advice: str) -> None:
    machine.put_go()
    machine.fail(step, output)
    with pytest.raises(EngineError) as error:
        bootstrap.ensure("build")
    assert output in str(error.value)
    assert advice in str(error.value)
    assert machine.half_made() == []


def test_a_mistake_of_the_code_has_no_advice_about_the_machine(machine: Machine) -> None:
    machine.put_go()
    machine.fail("install-cli", "./main.go:3:1: undefined: nonsense")
    with pytest.raises(EngineError) as error:
        bootstrap.ensure("build")
    assert not any(advice in str(error.value) for advice in golang.ADVICE.values())
