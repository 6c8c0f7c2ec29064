"""Preview with live diff of many things against the same number of resources that do nothing."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from pulumi_inference.review.reading import SIGNATURE
from tools.bench import opentofu
from tools.bench.cloud import Cloud
from tools.bench.figures import Figure
from tools.bench.lean_noop_provider import RECORD_VARIABLE
from tools.bench.processes import PROVIDER, Usage
from tools.bench.project import BenchError, Project, Run

COUNT = 200
FEW, MANY = 10, 400
REPEATS = 3
LATENCY_SECONDS = 0.1
FLOOR, ALIKE, BARE = "no-op with 3 inputs", "no-op with the same properties", "no-op with 3 inputs and no outputs"
PROGRAMS = {FLOOR: "few_noop", ALIKE: "lean_noop", BARE: "few_noop"}
READING = {"BENCH_READ": "1"}
"""By which the program of a cloud reads an output of each of its resources."""


class Previews:
    """Stacks of the cloud's things and of resources that do nothing, and timed previews of them by turns.

    The first preview of each is not timed; that of the things runs on the emulator, whose request log counts. The
    timed ones run on a replay of its answers, because on few cores the emulator's own work would be counted as the
    product's.
    """

    def __init__(self, cloud: Cloud, folder: Path, engine: Path, count: int, *yardsticks: str) -> None:
        self._cloud, self._folder, self._count = cloud, folder, count
        counted = {"BENCH_COUNT": str(count)}
        self._live = Project(folder, engine, cloud.name, {**cloud.variables, **counted}, cloud.settings)
        with cloud.emulated(latency=0.0):
            self._live.up()
            self._things = self._live.export()
            cloud.record([one["id"] for one in self._things])
        record = {RECORD_VARIABLE: str(self._record(self._things[0]))}
        self._idle = {
            name: Project(folder / name, engine, PROGRAMS[name], {**counted, **({} if name == BARE else record)})
            for name in yardsticks
        }
        for project in self._idle.values():
            project.up()

    def warm_up(self) -> list[dict[str, Any]]:
        """The untimed previews; answers the requests of the things' one."""
        for project in self._idle.values():
            self.of(project)
        with self._cloud.emulated(LATENCY_SECONDS):
            self._cloud.forget_requests()
            self.of(self._live)
            return self._cloud.requests()

    def by_turns(self, repeats: int) -> tuple[list[Run], dict[str, list[Run]]]:
        """Timed previews of the things, and of each yardstick."""
        live: list[Run] = []
        idle: dict[str, list[Run]] = {name: [] for name in self._idle}
        for _ in range(repeats):
            live.append(self.live())
            for name, project in self._idle.items():
                idle[name].append(self.of(project))
        return live, idle

    def opentofu(self, repeats: int) -> dict[int, list[float]]:
        """The seconds of OpenTofu's plans of the same, by how much it reads at once; none where it is not at hand."""
        peer = opentofu.prepare(self._folder, self._cloud, self._things)
        if peer is None:
            return {}
        plans: dict[int, list[float]] = {at_once: [] for at_once in opentofu.AT_ONCE}
        with self._cloud.replayed(LATENCY_SECONDS):
            for at_once in opentofu.AT_ONCE * repeats:
                plans[at_once].append(peer.plan(at_once))
        return plans

    def live(self, variables: Mapping[str, str] | None = None) -> Run:
        """One timed preview of the things."""
        with self._cloud.replayed(LATENCY_SECONDS):
            return self.of(self._live, variables)

    def of(self, project: Project, variables: Mapping[str, str] | None = None) -> Run:
        """A preview that must find nothing to do: anything else is a mistake in the benchmark or in the product."""
        run = project.preview(variables)
        if not re.search(rf"\b{self._count + 1} unchanged\b", run.output) or "warning" in run.output:
            raise BenchError(f"the preview should have found {self._count} unchanged resources\n{run.output}")
        return run

    def _record(self, thing: dict[str, Any]) -> Path:
        """What the resources that do nothing are to hold."""
        record = {
            "declared": self._cloud.resource._properties,
            "inputs": _plain(_without_provider(thing["inputs"])),
            "outputs": _plain(_without_provider(thing["outputs"])),
        }
        file = self._folder / "record.json"
        file.write_text(json.dumps(record), encoding="utf-8")
        return file


def measure(kind: type[Cloud], folder: Path, engine: Path) -> list[Figure]:
    """The preview against each yardstick, what its processes take, the requests of one, and the provider's memory."""
    previews = Previews(kind(folder, 0.0), folder, engine, COUNT, FLOOR, ALIKE, BARE)
    requests = previews.warm_up()
    live, idle = previews.by_turns(REPEATS)
    reading = [previews.live(READING) for _ in range(REPEATS)]
    plans = previews.opentofu(REPEATS)
    what = f"{kind.name}: preview of {COUNT}"
    return [
        _ratio(f"{what} / {FLOOR}", live, idle[FLOOR], 1.3),
        _ratio(f"{what} / {ALIKE}", live, idle[ALIKE], 1.05),
        _ratio(f"{what} / {BARE}", live, idle[BARE], None),
        _ratio(f"{what}, an output of each read / {FLOOR}", reading, idle[FLOOR], None),
        *opentofu.ratios(what, [run.seconds for run in live], plans),
        _processor(f"{what}: processor time of the provider / {FLOOR}", live, idle[FLOOR]),
        _requests(kind, requests),
        _memory(kind, live),
    ]


def measure_scale(kind: type[Cloud], folder: Path, engine: Path) -> list[Figure]:
    """Whether the preview stays as near to the engine's floor with few things and with very many."""
    figures = []
    for count, repeats in ((FEW, REPEATS), (MANY, 1)):
        previews = Previews(kind(folder, 0.0), folder / str(count), engine, count, FLOOR)
        live, idle = previews.by_turns(repeats)
        figures.append(_ratio(f"{kind.name}: preview of {count} / {FLOOR}", live, idle[FLOOR], 1.3))
    return figures


def _plain(value: Any) -> Any:
    """A value of a state with what stands for its secrets as texts: a program cannot say what is encrypted."""
    if isinstance(value, dict):
        return str(value) if SIGNATURE in value else {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _without_provider(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "__provider"}


def _ratio(name: str, live: list[Run], idle: list[Run], limit: float | None) -> Figure:
    of_live, of_idle = _median(live, _seconds), _median(idle, _seconds)
    details = {"ours": _told(live), "theirs": _told(idle)}
    return Figure(name, of_live / of_idle, limit=limit, details=details)


def _processor(name: str, live: list[Run], idle: list[Run]) -> Figure:
    def provider(run: Run) -> float:
        return run.usage.seconds.get(PROVIDER, 0.0)

    of_live, of_idle = _median(live, provider), _median(idle, provider)
    if not of_idle:
        raise BenchError("the processor time of the processes could not be read; this benchmark needs Linux")
    details = {"ours": f"{of_live:.2f} s, {of_live / COUNT * 1000:.1f} ms each", "theirs": f"{of_idle:.2f} s"}
    return Figure(name, of_live / of_idle, details=details)


def _requests(kind: type[Cloud], requests: list[dict[str, Any]]) -> Figure:
    """Both the refresh and the diff of a preview want the detail; it is to be asked for once."""
    details = Counter(
        one["path"] for one in requests if one["method"] == "GET" and one["path"].startswith(kind.details)
    )
    if len(details) != COUNT:
        raise BenchError(f"{len(details)} things were read instead of {COUNT}")
    most = max(details.values())
    others = len(requests) - details.total()
    name = f"{kind.name}: GET of the detail per resource and preview"
    return Figure(name, most, limit=1, details={"other requests": others})


def _memory(kind: type[Cloud], runs: list[Run]) -> Figure:
    peak = max(run.usage.provider_megabytes for run in runs)
    return Figure(f"{kind.name}: peak memory of the provider process, {COUNT} resources", peak, "MB")


def _seconds(run: Run) -> float:
    return run.seconds


def _median(runs: list[Run], what: Callable[[Run], float]) -> float:
    return median(what(run) for run in runs)


def _told(runs: list[Run]) -> str:
    listed = ", ".join(f"{run.seconds:.2f}" for run in runs)
    middle = sorted(runs, key=_seconds)[len(runs) // 2]
    return f"{middle.seconds:.2f} s, median of {listed}; processor {_taken(middle.usage)}"


def _taken(usage: Usage) -> str:
    parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in sorted(usage.seconds.items()))
    return f"{usage.total:.1f} s ({parts})"
