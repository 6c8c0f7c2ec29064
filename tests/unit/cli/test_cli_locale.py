"""Locales that are not UTF-8: nothing ends with a traceback, and what is sent and read stays what it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.support.cloud import Cloud
from tests.unit.cli.conftest import Deploy, write_project

NAME = "\u5206\u7c7b\u5668"  # "classifier"
PASSWORD = "p\u00e4ss\u5bc6w\u00f6rd"
LOCALES: dict[str, dict[str, str]] = {
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "latin-1 streams": {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "latin-1"},
}


class Shell:
    """Runs the command line as a program of its own, in one locale."""

    def __init__(self, folder: Path, locale: dict[str, str]) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if name in ("HOME", "PYTHONPATH", "SYSTEMROOT")}
        self.environment = {**kept, "PATH": f"{folder}/bin", **locale}

    def __call__(self, *words: str, code: int = 0, **environment: str) -> bytes:
        ended = subprocess.run(
            [sys.executable, "-m", "pulumi_inference", *(word.encode() for word in words)],
            cwd=self.folder,
            env={name.encode(): value.encode() for name, value in {**self.environment, **environment}.items()},
            capture_output=True,
            check=False,
        )
        assert b"Traceback" not in ended.stderr, ended.stderr.decode(errors="replace")
        assert ended.returncode == code, (ended.stdout, ended.stderr)
        return ended.stdout


@pytest.fixture(params=LOCALES)
def shell(request: pytest.FixtureRequest, tmp_path: Path, embedded_cloud: Cloud) -> Shell:
    folder = tmp_path / "project"
    folder.mkdir()
    write_project(folder, embedded_cloud.endpoint)
    return Shell(folder, LOCALES[request.param])


class Recorder(BaseHTTPRequestHandler):
    """Refuses everything, and remembers what was sent."""

    bodies: list[bytes]

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        """Says nothing."""


@pytest.fixture
def recorded() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a server, and the bodies that were sent to it."""
    handler = type("Handler", (Recorder,), {"bodies": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", handler.bodies
    server.shutdown()
    server.server_close()


def test_names_and_bodies_are_what_was_written(shell: Shell, deploy: Deploy) -> None:
    deploy(NAME)
    answer = json.loads(shell("invoke", "modelarts", NAME, "--data", json.dumps({"x": NAME}, ensure_ascii=False)))
    assert answer["echo"] == {"x": NAME}
    assert json.loads(shell("invoke", "modelarts", NAME, "--text", NAME))["echo"] == NAME


def test_lists_are_written_as_far_as_the_terminal_can(shell: Shell, deploy: Deploy) -> None:
    deploy(NAME)
    shown = shell("modelarts", "services").decode("ascii", "backslashreplace")
    assert NAME in shown or "\\u5206\\u7c7b\\u5668" in shown or "\\xe5\\x88\\x86" in shown
    [service] = json.loads(shell("modelarts", "services", "--name", NAME, "--json"))
    assert service["name"] == NAME


def test_messages_are_written_as_far_as_the_terminal_can(shell: Shell) -> None:
    text = f"kind: modelarts.Service\nname: {NAME}\nspec: {{config: [], description: '{NAME} & \u2026'}}\n"
    (shell.folder / "spec.yaml").write_text(text, encoding="utf-8")
    assert b"must not contain any of" in shell("validate", "spec.yaml", code=1)
    problems = json.loads(shell("validate", "--json", "spec.yaml", code=1))["problems"]
    assert {one["resource"] for one in problems} == {NAME}


@pytest.mark.parametrize("place", ["environment", "configuration"])
def test_a_password_arrives_unchanged(shell: Shell, recorded: tuple[str, list[bytes]], place: str) -> None:
    url, bodies = recorded
    settings = {"HW_MODELARTS_ENDPOINT": url, "HW_AUTH_URL": url, "HW_REGION_NAME": "r", "HW_PROJECT_ID": "p"}
    (shell.folder / "Pulumi.yaml").write_text("name: trial\nruntime: python\n")
    if place == "environment":
        who = {"HW_USER_NAME": "user", "HW_USER_PASSWORD": PASSWORD, "HW_DOMAIN_NAME": NAME}
        shell("modelarts", "services", code=1, **settings, **who)
    else:
        who = {"Password": PASSWORD, "UserName": "user", "DomainName": NAME}
        _fake_pulumi(shell, {f"inference:modelarts{key}": {"value": value} for key, value in who.items()})
        shell("modelarts", "services", "--stack", "dev", code=1, **settings)
    user = json.loads(bodies[0])["auth"]["identity"]["password"]["user"]
    assert (user["password"], user["domain"]["name"]) == (PASSWORD, NAME)


def _fake_pulumi(shell: Shell, configuration: dict[str, Any]) -> None:
    folder = shell.folder / "bin"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(configuration, ensure_ascii=False), encoding="utf-8")
    (folder / "pulumi").write_text(f"#!/bin/sh\nexec /bin/cat {folder}/config.json\n")
    (folder / "pulumi").chmod(0o755)


def test_what_is_written_is_utf8(shell: Shell, deploy: Deploy, embedded_cloud: Cloud) -> None:
    service_id = deploy(NAME, description=NAME)
    shell("import", "modelarts", "service", service_id, "--name", "x", "--program", "imported.py")
    assert NAME in (shell.folder / "imported.py").read_text(encoding="utf-8")
    assert NAME in (shell.folder / "import.json").read_text(encoding="utf-8")
