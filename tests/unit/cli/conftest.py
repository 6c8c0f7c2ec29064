"""A project on the embedded emulator, and the command line in it, without an engine."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pulumi_inference.cli import cli
from tests.support.cloud import Cloud
from tests.support.comments import FOREIGN as OF_A_BUILD
from tests.support.comments import KINDS, Review, environment, preview
from tests.support.forges import StandIn, stand_in
from tests.support.projects import FOREIGN
from tests.support.states import State

Run = Callable[..., Result]
Deploy = Callable[..., str]
Status = Callable[..., Result]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedded_cloud: Cloud) -> Path:
    """A folder with a Pulumi.yaml that names the emulator; there is no pulumi on PATH."""
    folder = tmp_path / "project"
    folder.mkdir()
    write_project(folder, embedded_cloud.endpoint)
    alone(monkeypatch, folder)
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder outside of any project, without pulumi on PATH."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    alone(monkeypatch, folder)
    return folder


@pytest.fixture
def run() -> Run:
    """Runs the command line in this process."""

    def invoke(*words: str, **options: Any) -> Result:
        return CliRunner().invoke(cli, words, prog_name="pulumi-inference", **options)

    return invoke


@pytest.fixture
def deploy(embedded_cloud: Cloud) -> Deploy:
    """Makes a service behind everybody's back, and answers its id; by default it runs."""

    def make(name: str = "classifier", *, started: bool = True, **changes: Any) -> str:
        item = {"model_id": "model-a", "specification": "modelarts.vm.cpu.2u", "weight": 100, "instance_count": 2}
        body = {"service_name": name, "infer_type": "real-time", "config": [item], **changes}
        service_id: str = embedded_cloud.api("POST", "/services", body)["service_id"]
        if started:
            embedded_cloud.pass_time()
        return service_id

    return make


@pytest.fixture
def fake_pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a script on PATH that stands for pulumi; answers its folder."""

    def install(script: str) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        program = folder / "pulumi"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        return folder

    return install


@pytest.fixture
def state(project: Path, fake_pulumi: Callable[[str], Path], embedded_cloud: Cloud) -> State:
    """The state of the stack `dev`, which a script on PATH exports; the stack has no other settings."""
    config = json.dumps({"inference:modelartsEndpoint": {"value": embedded_cloud.endpoint}})
    fake_pulumi(
        f"""case "$1 $2" in
        "config --json") echo '{config}';;
        "stack export") case "$*" in *"--stack other"*) echo "error: no stack named 'other' found" >&2; exit 255;; esac
            echo "$*" >>exports.log; cat export.json;;
        *) echo "unexpected: $*" >&2; exit 1;;
        esac"""
    )
    return State(project, embedded_cloud.endpoint)


@pytest.fixture
def status(run: Run, state: State) -> Status:
    """Runs the command."""

    def invoke(*words: str, **options: Any) -> Result:
        return run("status", *words, **options)

    return invoke


@pytest.fixture
def no_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of a build that runs these tests."""
    for name in [one for one in os.environ if one.startswith(OF_A_BUILD)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(params=KINDS)
def server(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    no_build: None,
) -> Iterator[StandIn]:
    """The server of a build for request 12, whose environment is set."""
    with stand_in(request.param) as here:
        for name, value in environment(here, tmp_path).items():
            monkeypatch.setenv(name, value)
        yield here


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, no_build: None) -> Iterator[StandIn]:
    with stand_in("github") as here:
        for name, value in environment(here, tmp_path).items():
            monkeypatch.setenv(name, value)
        yield here


@pytest.fixture
def review(run: Run, tmp_path: Path, no_build: None) -> Review:
    """Reviews previews, each a text, and comments."""

    def invoke(kind: str, *previews: str, words: tuple[str, ...] = ()) -> Result:
        given: list[str] = []
        for number, text in enumerate(previews or (preview(),)):
            file = tmp_path / f"preview{number}.json"
            file.write_text(text)
            given += ["--preview", str(file)]
        return run("review", *given, "--post", kind, *words)

    return invoke


def write_project(folder: Path, endpoint: str) -> None:
    """A Pulumi.yaml as the quickstart has it."""
    text = "name: trial\nruntime: python\noptions:\n  refresh: always\nconfig:\n"
    (folder / "Pulumi.yaml").write_text(f"{text}  inference:modelartsEndpoint: {endpoint}\n")


def alone(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Works in the folder, with nothing of this machine's settings."""
    for name in [name for name in os.environ if name.startswith((*FOREIGN, "PULUMI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.chdir(folder)
