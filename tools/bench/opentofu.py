"""OpenTofu's plan of the same services, as a yardstick for a preview.

It is left out where OpenTofu is not at hand: getting it takes far longer than all benchmarks, see `peers/bootstrap.py`.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from tools.bench.cloud import Cloud
from tools.bench.figures import Figure
from tools.bench.peers import bootstrap
from tools.bench.peers.bootstrap import Peers
from tools.bench.project import FOREIGN, LIMIT_SECONDS, PROGRAMS, BenchError

GOAL = 2.3
AT_ONCE = (10, 64)
"""How many resources OpenTofu reads at once: by itself, and as many as Pulumi does here."""

# What OpenTofu and the provider read from the environment.
READ_BY_OPENTOFU = ("TF_", "TOFU_", "OS_", "SKIP_CHECK_")


class OpenTofu:
    """The services that a Pulumi program has made, as OpenTofu's: program and state in a folder of their own."""

    def __init__(self, folder: Path, peers: Peers, cloud: Cloud, services: Mapping[str, str]) -> None:
        self._folder = folder / "opentofu"
        self._folder.mkdir(parents=True)
        for file in (_program(cloud), bootstrap.VERSIONS):
            shutil.copyfile(file, self._folder / file.name)
        self._imports = PROGRAMS / f"{cloud.name}_import.tf"
        variables = {"endpoint": cloud.endpoint, "services": dict(services)}
        (self._folder / "terraform.tfvars.json").write_text(json.dumps(variables), encoding="utf-8")
        self._tofu = peers.tofu
        foreign = (*FOREIGN, *READ_BY_OPENTOFU)
        base = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        # A person's own settings may send it to other providers.
        self._environment = {**base, **cloud.variables, "TF_CLI_CONFIG_FILE": os.devnull}
        self._count = len(services)
        # Given the folder of providers, it asks no registry.
        self._run("init", f"-plugin-dir={peers.providers}")

    def adopt(self) -> None:
        """Bring the services into OpenTofu's state, without a change to any."""
        imports = Path(shutil.copy(self._imports, self._folder))
        output = self._run("apply", "-auto-approve", "-parallelism=64")
        imports.unlink()
        if f"{self._count} imported, 0 added, 0 changed, 0 destroyed" not in output:
            raise BenchError(f"OpenTofu should have imported {self._count} services and changed none\n{output}")

    def plan(self, at_once: int) -> float:
        """The seconds of one `tofu plan`, which reads each service and must find nothing to do."""
        started = time.monotonic()
        # With the first option, a plan that would change something ends with 2.
        self._run("plan", "-detailed-exitcode", f"-parallelism={at_once}")
        return time.monotonic() - started

    def _run(self, command: str, *options: str) -> str:
        """What one command prints."""
        line = [str(self._tofu), command, "-input=false", "-no-color", *options]
        try:
            ended = subprocess.run(
                line,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=LIMIT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise BenchError(f"{' '.join(line)} did not end within {LIMIT_SECONDS:.0f} s") from None
        if ended.returncode != 0:
            raise BenchError(f"{' '.join(line)} ended with {ended.returncode}\n{ended.stdout}")
        return ended.stdout


def prepare(folder: Path, cloud: Cloud, resources: Sequence[Mapping[str, Any]]) -> OpenTofu | None:
    """OpenTofu with the same services in its state; None where there is no provider for the cloud.

    None, and a line that says so, also where OpenTofu is not at hand. `resources` are those of `Project.export()`. The
    cloud must not run: it is started here. The first plan is not timed but counted, on the emulator, which also checks
    the signatures.
    """
    if not _program(cloud).exists():
        return None
    peers = bootstrap.find()
    if peers is None:
        print(
            f"left out: {cloud.name}: OpenTofu's plan. `make bench-peers` gets OpenTofu and its provider.",
            file=sys.stderr,
            flush=True,
        )
        return None
    opentofu = OpenTofu(folder, peers, cloud, {one["id"]: one["outputs"]["name"] for one in resources})
    with cloud.emulated(latency=0.0):
        opentofu.adopt()
        cloud.forget_requests()
        opentofu.plan(AT_ONCE[0])
        check_requests(cloud.requests(), cloud.details, len(resources))
    return opentofu


def check_requests(requests: Sequence[Mapping[str, Any]], path_of_details: str, count: int) -> None:
    """One plan reads each service once and asks for nothing else; anything else would not be the same work."""
    asked = Counter((one["method"], one["path"]) for one in requests)
    details = [(method, path) for method, path in asked if method == "GET" and path.startswith(f"{path_of_details}/")]
    if len(details) != count or len(asked) != count or asked.total() != count:
        most = ", ".join(f"{times} x {method} {path}" for (method, path), times in asked.most_common(5))
        raise BenchError(f"OpenTofu's plan should have read {count} services once each, but asked: {most or 'nothing'}")


def ratios(what: str, previews: Sequence[float], plans: Mapping[int, Sequence[float]]) -> list[Figure]:
    """What a preview takes, measured by the seconds of OpenTofu's plans, which are by how much is read at once."""
    figures = []
    for at_once, seconds in plans.items():
        details = {"ours": _told(previews), "OpenTofu": _told(seconds)}
        limit = GOAL if at_once == AT_ONCE[0] else None
        name = f"{what} / OpenTofu's plan, {at_once} at once"
        figures.append(Figure(name, median(previews) / median(seconds), limit=limit, details=details))
    return figures


def _program(cloud: Cloud) -> Path:
    return PROGRAMS / f"{cloud.name}.tf"


def _told(seconds: Sequence[float]) -> str:
    return f"{median(seconds):.2f} s, median of {', '.join(f'{one:.2f}' for one in seconds)}"
