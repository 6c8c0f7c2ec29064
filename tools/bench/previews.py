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
from tools.bench.noop_provider import RECORD_VARIABLE
from tools.bench.project import BenchError, Project, Run

COUNT = 200
REPEATS = 3
LATENCY_SECONDS = 0.1


def measure(folder: Path, engine: Path) -> list[Figure]:
    """The ratio of the two previews, the requests of one preview, and the provider's memory.

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
    noop = Project(folder, engine, "noop", {RECORD_VARIABLE: str(_record(folder, resources[0])), **count})
    noop.up()
    with cloud.emulated(LATENCY_SECONDS):
        cloud.forget_requests()
        warm_up = _preview(services, watch_memory=True)
        counted = [_requests(cloud.requests()), _memory(warm_up)]
    _preview(noop)
    live, idle = [], []
    for _ in range(REPEATS):
        with cloud.replayed(LATENCY_SECONDS):
            live.append(_preview(services).seconds)
        idle.append(_preview(noop).seconds)
    return [_ratio(live, idle), *counted]


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


def _ratio(live: list[float], idle: list[float]) -> Figure:
    details = {
        "services": f"{median(live):.2f} s, median of {_listed(live)}",
        "no-op": f"{median(idle):.2f} s, median of {_listed(idle)}",
    }
    name = f"preview of {COUNT} services / of {COUNT} no-op resources"
    return Figure(name, median(live) / median(idle), limit=1.25, details=details)


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
