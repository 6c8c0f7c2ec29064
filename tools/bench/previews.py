"""Preview with live diff of many services against the same program with resources that do nothing."""

import json
import re
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

from pulumi_inference.modelarts import Service
from tools.bench.cloud import SERVICES, Cloud
from tools.bench.figures import Figure
from tools.bench.lean_noop_provider import RECORD_VARIABLE
from tools.bench.project import BenchError, Project, Run

COUNT = 200
REPEATS = 3
LATENCY_SECONDS = 0.1


def measure(folder: Path, engine: Path) -> list[Figure]:
    """The ratio of two previews for each of two yardsticks, the requests of one preview, and the provider's memory.

    The first preview of each program is not timed; that of the services runs on the emulator, whose request log
    counts. The timed ones alternate and run on a replay of its answers, because on few cores the emulator's own
    work would be counted as the product's.
    """
    cloud = Cloud(folder, deploy_seconds=0.0)
    count = {"BENCH_COUNT": str(COUNT)}
    settings = {"inference:modelartsEndpoint": cloud.endpoint}
    services = Project(folder, engine, "services", {**cloud.variables, **count}, settings)
    with cloud.emulated(latency=0.0):
        services.up()
        resources = services.export()
        cloud.record([one["id"] for one in resources])
    variables = {RECORD_VARIABLE: str(_record(folder, resources[0])), **count}
    yardsticks = {name: Project(folder, engine, name, variables) for name in ("noop", "lean_noop")}
    for project in yardsticks.values():
        project.up()
        _preview(project)
    with cloud.emulated(LATENCY_SECONDS):
        cloud.forget_requests()
        warm_up = _preview(services, watch_memory=True)
        counted = [_requests(cloud.requests()), _memory(warm_up)]
    live: list[float] = []
    idle: dict[str, list[float]] = {name: [] for name in yardsticks}
    for _ in range(REPEATS):
        with cloud.replayed(LATENCY_SECONDS):
            live.append(_preview(services).seconds)
        for name, project in yardsticks.items():
            idle[name].append(_preview(project).seconds)
    return [
        _ratio("no-op resources", live, idle["noop"], limit=1.25),
        _ratio("leanest no-op resources", live, idle["lean_noop"], limit=None),
        *counted,
    ]


def _record(folder: Path, resource: dict[str, Any]) -> Path:
    """What the no-op resources are to hold."""
    record = {
        "id": resource["id"],
        "declared": Service._properties,
        "inputs": _without_provider(resource["inputs"]),
        "outputs": _without_provider(resource["outputs"]),
    }
    file = folder / "record.json"
    file.write_text(json.dumps(record), encoding="utf-8")
    return file


def _without_provider(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "__provider"}


def _preview(project: Project, *, watch_memory: bool = False) -> Run:
    """A preview, which must find nothing to do: anything else is a mistake in the benchmark or in the product."""
    run = project.preview(watch_memory=watch_memory)
    if not re.search(rf"\b{COUNT + 1} unchanged\b", run.output) or "warning" in run.output:
        raise BenchError(f"the preview should have found {COUNT} unchanged resources\n{run.output}")
    return run


def _ratio(yardstick: str, live: list[float], idle: list[float], limit: float | None) -> Figure:
    details = {
        "services": f"{median(live):.2f} s, median of {_listed(live)}",
        yardstick: f"{median(idle):.2f} s, median of {_listed(idle)}",
    }
    return Figure(
        f"preview of {COUNT} services / of {COUNT} {yardstick}", median(live) / median(idle), "", limit, details
    )


def _requests(requests: list[dict[str, Any]]) -> Figure:
    """Both the refresh and the diff of a preview want the detail; it is to be asked for once."""
    details = Counter(one["path"] for one in requests if one["method"] == "GET" and one["path"].startswith(SERVICES))
    if len(details) != COUNT:
        raise BenchError(f"{len(details)} services were read instead of {COUNT}")
    most = max(details.values())
    others = len(requests) - details.total()
    return Figure("GET of the detail per resource and preview", most, limit=1, details={"other requests": others})


def _memory(run: Run) -> Figure:
    if not run.provider_megabytes:
        raise BenchError("the memory of the provider process could not be read; this benchmark needs Linux")
    return Figure(f"peak memory of the provider process, {COUNT} services", run.provider_megabytes, "MB")


def _listed(seconds: list[float]) -> str:
    return ", ".join(f"{one:.2f}" for one in seconds)
