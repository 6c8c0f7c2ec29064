"""A review of many changed resources: what it takes on top of the preview that it reads."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from statistics import median
from typing import Any

from tools.bench.cloud import Cloud
from tools.bench.figures import Figure
from tools.bench.project import FOREIGN, BenchError, Project
from tools.environment import ROOT

COUNT = 1000
REPEATS = 3
CHANGES = 2
"""Exit code of a review in which something would change."""


def measure(kind: type[Cloud], folder: Path, engine: Path) -> list[Figure]:
    """The command on an event log in which a thing of the cloud stands many times, each drifted and changed."""
    cloud = kind(folder, 0.0)
    project = Project(folder, engine, cloud.name, {**cloud.variables, "BENCH_COUNT": "1"}, cloud.settings)
    with cloud.emulated(latency=0.0):
        project.up()
        [thing] = project.export()
    log, comment = folder / "events.json", folder / "comment.md"
    log.write_text("".join(f"{json.dumps(one)}\n" for one in _events(thing)), encoding="utf-8")
    _seconds(log, comment)
    runs = [_seconds(log, comment) for _ in range(REPEATS)]
    if f"{COUNT} changes" not in comment.read_text(encoding="utf-8"):
        raise BenchError(f"the review should have told of {COUNT} changes")
    seconds = median(one for one, _ in runs)
    details = {
        "runs": ", ".join(f"{one:.2f} s" for one, _ in runs),
        "processor": ", ".join(f"{one:.2f} s" for _, one in runs),
        "event log": f"{log.stat().st_size / 2**20:.1f} MiB",
    }
    return [Figure(f"{kind.name}: review of {COUNT} changed resources", seconds, "s", 2.0, details)]


def _events(thing: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the engine writes when each of the things has drifted and would be updated."""
    found: list[dict[str, Any]] = []
    for number in range(COUNT):
        recorded = {**thing, "urn": f"{thing['urn']}-{number}"}
        live, new = _moved(recorded, 1), _moved(recorded, 2)
        found += _step("refresh", recorded, live) + _step("update", live, new)
    return [*found, {"summaryEvent": {"isPreview": True}}]


def _step(op: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    about = {"op": op, "urn": old["urn"], "type": old["type"], "old": old, "new": new}
    return [{name: {"metadata": about, "planning": True}} for name in ("resourcePreEvent", "resOutputsEvent")]


def _moved(state: Mapping[str, Any], by: int) -> dict[str, Any]:
    """The state with the first number in its inputs moved by so much."""
    inputs = deepcopy(state["inputs"])
    holder, place = next(_numbers(inputs))
    holder[place] += by
    return {**state, "inputs": inputs}


def _numbers(value: Any) -> Iterator[tuple[Any, Any]]:
    """What holds each number, and where."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for place, one in items:
        if isinstance(one, int | float) and not isinstance(one, bool):
            yield value, place
        yield from _numbers(one)


def _seconds(log: Path, comment: Path) -> tuple[float, float]:
    """How long it took, and how long a processor was at work for it."""
    # Without the variable that keeps Python from storing what it has compiled, as users have it.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    command = [sys.executable, "-m", "pulumi_inference", "review", "--events", str(log), "--output", str(comment)]
    started, worked = time.perf_counter(), _processor()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    seconds, processor = time.perf_counter() - started, _processor() - worked
    if done.returncode != CHANGES:
        raise BenchError(f"the review ended with {done.returncode}\n{done.stderr}")
    return seconds, processor


def _processor() -> float:
    """Seconds of all processes that this one has started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
