"""A Pulumi project in a temporary folder, and timed runs of the engine on it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.bench.processes import Usage, Watch
from tools.environment import ROOT, engine_environment

STACK = "bench"
PARALLEL = ("--parallel", "64")
LIMIT_SECONDS = 300.0
PROGRAMS = Path(__file__).resolve().parent / "programs"

# What the machine may have set for other work, and a benchmark must not see.
FOREIGN = ("HW_", "PULUMI_INFERENCE_", "PYTHONDONTWRITEBYTECODE")


class BenchError(Exception):
    """A benchmark could not be run; the text says why."""


@dataclass(frozen=True)
class Run:
    """One finished command: output, duration in seconds, when it ended in seconds since the epoch, and what it took."""

    output: str
    seconds: float
    ended_at: float
    usage: Usage


class Project:
    """One of the programs in `programs/`, copied to a folder of its own with state and stack."""

    def __init__(
        self,
        folder: Path,
        engine: Path,
        program: str,
        variables: Mapping[str, str],
        config: Mapping[str, str] | None = None,
    ) -> None:
        self._folder = folder / program
        self._folder.mkdir(parents=True)
        shutil.copyfile(PROGRAMS / f"{program}.py", self._folder / "__main__.py")
        document = {
            "name": program,
            "runtime": {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}},
            "options": {"refresh": "always"},
            "config": {name: {"value": value} for name, value in (config or {}).items()},
        }
        (self._folder / "Pulumi.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
        base = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        self._environment = {**engine_environment(engine, folder / f"{program}-state", base), **variables}
        # The provider process imports the no-op provider from the checkout.
        self._environment["PYTHONPATH"] = str(ROOT)
        self._run("stack", "init", STACK)

    def up(self) -> Run:
        """`pulumi up` without its own preview."""
        return self._run("up", "--yes", "--skip-preview", "--stack", STACK, *PARALLEL)

    def preview(self, variables: Mapping[str, str] | None = None) -> Run:
        """`pulumi preview`, which refreshes; `variables` are added to the environment."""
        return self._run("preview", "--stack", STACK, *PARALLEL, variables=variables)

    def export(self) -> list[dict[str, Any]]:
        """The resources in the state that dynamic providers have made."""
        exported = json.loads(self._run("stack", "export", "--stack", STACK).output)
        resources: list[dict[str, Any]] = exported["deployment"]["resources"]
        return [one for one in resources if one["type"].startswith("pulumi-python:dynamic/")]

    def _run(self, *arguments: str, variables: Mapping[str, str] | None = None) -> Run:
        command = ["pulumi", "--non-interactive", *arguments]
        started = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=self._folder,
            env={**self._environment, **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        watch = Watch(process.pid)
        try:
            output, _ = process.communicate(timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            raise BenchError(f"{' '.join(command)} did not end within {LIMIT_SECONDS:.0f} s") from None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            usage = watch.stop()
        seconds, ended_at = time.monotonic() - started, time.time()
        if process.returncode != 0:
            raise BenchError(f"{' '.join(command)} ended with {process.returncode}\n{output}")
        return Run(output, seconds, ended_at, usage)
