"""Pulumi projects in temporary folders, driven by the real engine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pulumi_inference.testing.results import Step, name_of
from tests.support.patience import PATIENCE
from tests.support.processes import command_line, descendants, providers
from tests.support.shortcuts import lay_down_pip, lay_down_stack
from tools.environment import engine_environment

PROJECT = "trial"
STACK = "test"

# What the machine of the person who runs the tests may have set, and a test must not see.
FOREIGN = ("HW_", "PULUMI_INFERENCE_", "NGC_", "NVCF_", "ALAYA_")


@dataclass(frozen=True)
class Result:
    """How a command of the engine ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def text(self) -> str:
        """All that a person sees."""
        return f"{self.stdout}\n{self.stderr}"

    @property
    def ok(self) -> bool:
        """Whether the command succeeded."""
        return self.code == 0

    def json(self) -> Any:
        """The answer of a command with `--json`."""
        return json.loads(self.stdout)

    def lines(self, *words: str) -> list[str]:
        """The lines that contain all of the words."""
        return [line.strip() for line in self.text.splitlines() if all(word in line for word in words)]

    def __str__(self) -> str:
        return f"exit code {self.code}\n{self.text}"


def step_of(document: Mapping[str, Any]) -> Step:
    """A step of a preview's JSON."""
    return Step(
        op=document["op"],
        name=name_of(document["urn"]),
        paths=frozenset(document.get("detailedDiff") or ()),
        replaced_by=tuple(document.get("replaceReasons") or ()),
    )


class Running:
    """A command of the engine under way."""

    def __init__(self, command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._result: Result | None = None
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        stdout, stderr = self._process.communicate()
        self._result = Result(self._process.returncode, stdout, stderr)

    def wait(self, seconds: float = PATIENCE) -> Result:
        """The result; a command that takes longer is ended and fails the test."""
        self._reader.join(seconds)
        if self._result is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._reader.join(PATIENCE)
            raise AssertionError(f"the engine did not end within {seconds:.0f} s\n{self._result}")
        return self._result

    @property
    def pid(self) -> int:
        """The id of the engine's process."""
        return self._process.pid

    def interrupt(self) -> None:
        """Ctrl-C, as a terminal sends it: to the whole process group."""
        os.killpg(self._process.pid, signal.SIGINT)

    def kill(self) -> list[int]:
        """Ends the engine without any warning; answers the ids of the provider processes that it leaves behind.

        The program and its host, which Pulumi itself ends some minutes later, are ended, too.
        """
        left = descendants(self._process.pid)
        programs = [pid for pid in left if "pulumi-language-python" in command_line(pid)]
        found = providers(self._process.pid)
        for pid in (self._process.pid, *programs):
            os.kill(pid, signal.SIGKILL)
        return found

    def kill_provider(self) -> None:
        """Ends the process of the dynamic providers without any warning."""
        for pid in providers(self._process.pid):
            os.kill(pid, signal.SIGKILL)


class Project:
    """A project with a program, a stack and a state folder of its own.

    Args:
        folder: where all of it goes.
        engine: the folder with the engine.
        program: text of `__main__.py`.
        config: configuration values by key, without secrets.
        refresh: whether Pulumi.yaml says `refresh: always`.
        environment: more environment variables.
        python: prefix of the virtual environment that runs the program.
    """

    def __init__(
        self,
        folder: Path,
        engine: Path,
        program: str,
        *,
        config: Mapping[str, str],
        refresh: bool = True,
        environment: Mapping[str, str] | None = None,
        python: Path | None = None,
    ) -> None:
        self.folder = folder / "program"
        self.folder.mkdir(parents=True)
        self.config = dict(config)
        self.refresh_always = refresh
        self._python = python or Path(sys.prefix)
        base = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        self.environment = engine_environment(engine, folder / "state", base, self._python)
        if python is None:
            self.environment["PYTHONPATH"] = str(lay_down_pip(folder, self._python))
        self.environment |= environment or {}
        self.write(program)
        self.configure()
        lay_down_stack(folder, engine, PROJECT, STACK)

    def configure(self, **options: Any) -> None:
        """Writes Pulumi.yaml anew, with more project settings where given."""
        document: dict[str, Any] = {
            "name": PROJECT,
            "runtime": {"name": "python", "options": {"toolchain": "pip", "virtualenv": str(self._python)}},
            "config": {key: {"value": value} for key, value in self.config.items()},
            **options,
        }
        if self.refresh_always:
            document["options"] = {"refresh": "always"}
        (self.folder / "Pulumi.yaml").write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")

    def write(self, program: str) -> None:
        """Replaces the program."""
        (self.folder / "__main__.py").write_text(textwrap.dedent(program), encoding="utf-8")

    def edit(self, old: str, new: str) -> None:
        """Replaces a piece of the program that is there just once."""
        file = self.folder / "__main__.py"
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        file.write_text(text.replace(old, new), encoding="utf-8")

    def add_argument(self, text: str) -> None:
        """Gives the program's one service one more argument."""
        self.edit("\n    config=[", f"\n    {text},\n    config=[")

    def start(self, *arguments: str) -> Running:
        """Starts a `pulumi` command."""
        return Running(["pulumi", "--non-interactive", *arguments], self.folder, self.environment)

    def run(self, *arguments: str) -> Result:
        """Runs a `pulumi` command to its end."""
        return self.start(*arguments).wait()

    def up(self, *arguments: str) -> Result:
        """`pulumi up`, without its own preview."""
        return self.start_up(*arguments).wait()

    def start_up(self, *arguments: str) -> Running:
        """Starts `pulumi up`."""
        return self.start("up", "--yes", "--skip-preview", "--stack", STACK, *arguments)

    def preview(self, *arguments: str) -> Result:
        """`pulumi preview`."""
        return self.run("preview", "--stack", STACK, *arguments)

    def planned(self, *arguments: str) -> list[Step]:
        """What a preview says that `up` would do, leaving out what stays as it is."""
        result = self.preview("--json", *arguments)
        assert result.ok, result
        steps = result.json().get("steps") or []
        return [step_of(one) for one in steps if one["op"] not in ("refresh", "same")]

    def destroy(self, *arguments: str) -> Result:
        """`pulumi destroy`, without its preview."""
        return self.run("destroy", "--yes", "--skip-preview", "--stack", STACK, *arguments)

    def refresh(self, *arguments: str) -> Result:
        """`pulumi refresh`, without its preview."""
        return self.run("refresh", "--yes", "--skip-preview", "--stack", STACK, *arguments)

    def import_(self, file: Path, *arguments: str) -> Result:
        """`pulumi import --file`."""
        common = ("--yes", "--skip-preview", "--stack", STACK, "--generate-code=false", "--protect=false")
        return self.run("import", "--file", str(file), *common, *arguments)

    def export(self) -> dict[str, Any]:
        """The deployment that the state holds, secrets still encrypted."""
        result = self.run("stack", "export", "--stack", STACK)
        assert result.ok, result
        deployment: dict[str, Any] = result.json()["deployment"]
        return deployment

    def resources(self) -> list[dict[str, Any]]:
        """The state's resources that have an id, providers aside."""
        resources = self.export().get("resources", [])
        return [one for one in resources if one.get("custom") and "pulumi:providers" not in one["type"]]

    def only_resource(self) -> dict[str, Any]:
        """The one resource that the state has."""
        resources = self.resources()
        assert len(resources) == 1, [one["urn"] for one in resources]
        return resources[0]

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secrets in clear."""
        result = self.run("stack", "output", "--json", "--show-secrets", "--stack", STACK)
        assert result.ok, result
        outputs: dict[str, Any] = result.json()
        return outputs
