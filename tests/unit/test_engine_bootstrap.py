"""The bootstrap's own logic, with fake `go` and `pulumi` programs: no network, no compiler."""

import fcntl
import os
import shutil
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.engine import bootstrap, folders, gobuild
from tools.engine.reporting import EngineError
from tools.environment import engine_environment

FAKE_GO = """#!{python}
import json, os, pathlib, sys
home = pathlib.Path({home!r})
arguments, module = sys.argv[1:], pathlib.Path.cwd().name
with (home / "calls").open("a") as calls:
    calls.write(" ".join([module, *arguments, "GOFLAGS=" + os.environ.get("GOFLAGS", "")]) + "\\n")
if arguments[0] == "env":
    print(json.dumps({{"GOOS": "linux", "GOARCH": "amd64", "GOVERSION": {version!r}}}))
elif arguments[0] == "version":
    print("go version " + {version!r})
elif arguments[0] == "list":
    print("go: downloading example.com/module v1.0.0", file=sys.stderr)
elif arguments[0] == "install":
    if (home / "gate").exists():
        (home / "gate").read_text()
    if (home / "fail").exists():
        print("example.com/package\\n./main.go:3:1: undefined: nonsense", file=sys.stderr)
        sys.exit(1)
    program = pathlib.Path(os.environ["GOBIN"], {{"cli": "pulumi", "language-host": "pulumi-language-python"}}[module])
    program.write_text("#!/bin/sh\\necho v3.259.0\\n")
    program.chmod(0o755)
elif arguments[:2] == ["mod", "download"]:
    print(json.dumps({{"Dir": str(home / "sdk"), "Sum": (home / "sum").read_text()}}))
"""

INSTALL = """
import pathlib, sys
folder = pathlib.Path(sys.argv[1], "bin")
folder.mkdir()
for name in {names!r}:
    (folder / name).touch(0o755)
"""


class Machine:
    """A machine with its own PATH, cache and network; by default it has no engine, no Go and no network."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.patch = monkeypatch
        self.cache = root / "cache" / "pulumi-inference" / "engine"
        self.bin = root / "bin"
        self.bin.mkdir()
        monkeypatch.setenv("PATH", str(self.bin))
        monkeypatch.setenv("XDG_CACHE_HOME", str(root / "cache"))
        monkeypatch.delenv("PULUMI_INFERENCE_ENGINE", raising=False)
        self.network(False)
        monkeypatch.setattr(bootstrap, "INSTALL", INSTALL.format(names=folders.FILES))

    def network(self, reachable: bool) -> None:
        self.patch.setattr(bootstrap, "PROBE", f"raise SystemExit({int(not reachable)})")

    def put_go(self, version: str = "go1.26.8") -> None:
        for name in gobuild.HELPERS:
            (self.root / "sdk" / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / "sdk" / name).touch(0o444)
        (self.root / "sum").write_text(gobuild.HELPERS_SUM)
        self.put(self.bin / "go", FAKE_GO.format(python=sys.executable, home=str(self.root), version=version))

    def put_engine(self, directory: Path, version: str = "v3.260.1", without: str = "") -> None:
        for name in folders.FILES:
            if name != without:
                self.put(directory / name, f"#!/bin/sh\necho {version}\n")

    @staticmethod
    def put(path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def go_calls(self, verb: str) -> list[str]:
        log = self.root / "calls"
        return [line for line in log.read_text().splitlines() if line.split()[1] == verb] if log.exists() else []


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], None]], None]:
    """Listen to the progress messages."""

    def listen(listener: Callable[[str], None]) -> None:
        for module in (bootstrap, folders, gobuild):
            monkeypatch.setattr(module, "say", listener)

    return listen


# --- path


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


# --- release


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
    monkeypatch.setattr(bootstrap, "PROBE_SECONDS", 60.0)
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


# --- build


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


Listen = Callable[[Callable[[str], None]], None]


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
        assert waiting.wait(30)
        finished.rename(directory)
    second.join(30)
    assert found == [directory]
    assert len(machine.go_calls("install")) == 2


def test_a_long_build_tells_that_it_goes_on(machine: Machine, told: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.put_go()
    gate, messages = machine.root / "gate", []
    os.mkfifo(gate)
    monkeypatch.setattr(gobuild, "HEARTBEAT_SECONDS", 0.01)

    def listen(text: str) -> None:
        messages.append(text)
        if text.startswith("cli: compiling: 0 s") and gate.exists():
            with gate.open("w"):
                gate.unlink()

    told(listen)
    bootstrap.ensure("build")
    assert not gate.exists()
    assert any(text.endswith("1 modules fetched") for text in messages)


# --- as a whole


def test_when_nothing_works_one_error_says_why_and_what_to_install(machine: Machine) -> None:
    with pytest.raises(EngineError) as error:
        bootstrap.ensure()
    lines = str(error.value).splitlines()
    assert lines[1:4] == [
        "  path: there is no `pulumi` on PATH",
        "  release: the official release cannot be reached from this machine",
        "  build: there is no `go` on PATH",
    ]
    assert "Install Go 1.26.8 or newer" in lines[4]
    assert "install Pulumi 3.259.0 or newer" in lines[4]


def test_the_variable_allows_one_way_only(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.put_engine(machine.bin)
    machine.put_go()
    monkeypatch.setenv("PULUMI_INFERENCE_ENGINE", "build")
    assert bootstrap.ensure().name.startswith("build-")
    monkeypatch.setenv("PULUMI_INFERENCE_ENGINE", "bulid")
    with pytest.raises(EngineError, match="'bulid', must be one of: auto, path, release, build"):
        bootstrap.ensure()


def test_stdout_holds_the_directory_and_nothing_else(machine: Machine, capfd: pytest.CaptureFixture[str]) -> None:
    machine.put_go()
    assert bootstrap.main() == 0
    output = capfd.readouterr()
    assert output.out == f"{next(machine.cache.glob('build-*/'))}\n"
    assert "engine: cli: compiling" in output.err


def test_failures_end_with_a_message_and_not_with_a_traceback(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    assert bootstrap.main() == 1
    assert "engine: no Pulumi engine could be had:" in capfd.readouterr().err
    machine.put_go()
    shutil.rmtree(machine.root / "cache")
    (machine.root / "cache").write_text("a file where the folder should be")
    assert bootstrap.main() == 1
    assert "XDG_CACHE_HOME can name another folder for the cache" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v3.259.0", (3, 259, 0)),
        ("3.272.1-dev.5+abc\n", (3, 272, 1)),
        ("go1.27rc1", (1, 27, 0)),
        ("", None),
        ("unknown", None),
    ],
)
def test_versions_are_read_as_the_programs_write_them(text: str, version: tuple[int, int, int] | None) -> None:
    assert folders.parse_version(text) == version


def test_a_relative_cache_folder_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert folders.cache_root() == tmp_path / ".cache" / "pulumi-inference" / "engine"


# --- the environment


def test_the_engine_runs_on_local_state_whatever_the_user_has_set(tmp_path: Path) -> None:
    base = {"PATH": "/usr/bin", "PULUMI_ACCESS_TOKEN": "token", "PULUMI_BACKEND_URL": "s3://x", "PULUMI_STACK": "prod"}
    environment = engine_environment(tmp_path / "engine", tmp_path / "state", base, tmp_path / "venv")
    assert environment["PATH"] == os.pathsep.join([f"{tmp_path}/engine", f"{tmp_path}/venv/bin", "/usr/bin"])
    assert environment["PULUMI_BACKEND_URL"] == f"file://{tmp_path}/state/stacks"
    assert (tmp_path / "state" / "stacks").is_dir()
    assert environment["PULUMI_CONFIG_PASSPHRASE"] == "quickstart"
    assert not {"PULUMI_ACCESS_TOKEN", "PULUMI_STACK"} & environment.keys()


@pytest.mark.parametrize("name", ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"])
def test_a_users_passphrase_is_kept(tmp_path: Path, name: str) -> None:
    environment = engine_environment(tmp_path, tmp_path, {name: "own"})
    assert {key: value for key, value in environment.items() if "PASSPHRASE" in key} == {name: "own"}
