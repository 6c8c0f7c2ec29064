"""The bootstrap as a whole: which way is taken, what is told, and the environment for the engine."""

import importlib.metadata
import os
import shutil
from pathlib import Path

import pytest

from tests.unit.bootstrap.conftest import Listen, Machine
from tools.engine import bootstrap, folders, forecast, gobuild
from tools.engine.reporting import EngineError
from tools.environment import engine_environment


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
    assert "engine: compiling: cli" in output.err


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


def test_what_is_said_last_fits_what_went_wrong(machine: Machine) -> None:
    machine.put_go()
    machine.fail("list", "module lookup disabled by GOPROXY=off")
    with pytest.raises(EngineError) as error:
        bootstrap.ensure()
    assert "Install Go" not in str(error.value)
    assert "Mend what kept it from being built; or install Pulumi 3.259.0 or newer" in str(error.value)


def test_a_way_that_fails_is_told_before_the_next_is_tried(machine: Machine, told: Listen) -> None:
    machine.put_go()
    messages: list[str] = []
    told(messages.append)
    bootstrap.ensure()
    failed = messages.index("the official release cannot be reached from this machine")
    assert messages[failed + 1].startswith("building it from Go modules, once per machine: ")


HAVE_PULUMI = [
    "Have Pulumi already? So far there is no `pulumi` on PATH.",
    "With Pulumi 3.259.0 or newer there (and its `pulumi-language-python`),",
    "all of this takes about a minute.",
]
RELEASE = "installed from the official release: at most 5 minutes"
BUILD = f"compiled with Go: {gobuild.BUILD_MINUTES} on two cores, 4 GB of disk"


@pytest.mark.parametrize(
    ("mode", "lines"),
    [
        (
            "auto",
            [*HAVE_PULUMI, "Otherwise the engine has to be made, once per machine:", f"  {RELEASE}", f"  or {BUILD}"],
        ),
        ("path", HAVE_PULUMI),
        ("release", ["The engine has to be made, once per machine:", f"  {RELEASE}"]),
        ("build", ["The engine has to be made, once per machine:", f"  {BUILD}"]),
    ],
)
def test_the_forecast_asks_for_a_pulumi_first_and_says_what_comes(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, mode: str, lines: list[str]
) -> None:
    machine.put_go()
    monkeypatch.setenv("PULUMI_INFERENCE_ENGINE", mode)
    assert forecast.forecast() == lines
    assert all(len(f"engine: {line}") < 80 for line in lines), "no line wraps on a terminal"


def test_the_forecast_names_the_pulumi_that_will_not_do_and_the_go_that_is_missing(machine: Machine) -> None:
    machine.put_engine(machine.bin, "v3.258.9")
    lines = forecast.forecast()
    assert lines[0] == f"Have Pulumi already? So far {machine.bin}/pulumi says 3.258.9, needed is 3.259.0 or newer."
    assert lines[4:] == [f"  {RELEASE}", "It cannot be compiled so far: there is no `go` on PATH."]


@pytest.mark.parametrize("way", ["path", "release", "build"])
def test_the_forecast_is_silent_where_an_engine_is(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], way: str
) -> None:
    machine.put_go()
    machine.network(True)
    if way == "path":
        machine.put_engine(machine.bin)
    bootstrap.ensure(way)
    capfd.readouterr()

    def not_installed(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    # Before anything is installed, there is no SDK that says which release is wanted.
    monkeypatch.setattr(importlib.metadata, "version", not_installed)
    assert forecast.main() == 0
    assert capfd.readouterr().err == ""


def test_the_forecast_refuses_a_way_that_there_is_not(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PULUMI_INFERENCE_ENGINE", "bulid")
    assert forecast.main() == 1
    assert "'bulid', must be one of: auto, path, release, build" in capfd.readouterr().err
