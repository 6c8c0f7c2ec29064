"""How much longer than the cloud's own deployment an `up` takes."""

from pathlib import Path

from tools.bench.cloud import Cloud
from tools.bench.figures import Figure
from tools.bench.project import Project, Run

LATENCY_SECONDS = 0.1


def measure_finish(kind: type[Cloud], folder: Path, engine: Path) -> list[Figure]:
    """From the moment the cloud says running to the end of `up`, for a deployment of a minute."""
    cloud = kind(folder, deploy_seconds=60.0)
    project = _project(folder, engine, cloud, 1)
    with cloud.emulated(LATENCY_SECONDS):
        run = project.up()
        requests = cloud.requests()
        running_at = cloud.running_since(cloud.detail(project.export()[0]["id"]))
    seen_at = requests[-1]["time"] / 1000
    details = {
        "until the last request": f"{seen_at - running_at:.2f} s",
        "after it, the answer's latency and the engine's own end": f"{run.ended_at - seen_at:.2f} s",
    }
    name = f"{kind.name}: cloud says running -> end of up, deploy of 60 s"
    return [Figure(name, run.ended_at - running_at, "s", kind.finish_seconds, details)]


def measure_creates(kind: type[Cloud], folder: Path, engine: Path) -> list[Figure]:
    """Twenty creates at once against a single one."""
    single, many = _up(kind, folder / "single", engine, 1), _up(kind, folder / "many", engine, 20)
    details = {"one": f"{single.seconds:.2f} s", "twenty": f"{many.seconds:.2f} s"}
    return [Figure(f"{kind.name}: 20 creates of 20 s / one", many.seconds / single.seconds, limit=1.2, details=details)]


def _up(kind: type[Cloud], folder: Path, engine: Path, count: int) -> Run:
    cloud = kind(folder, deploy_seconds=20.0)
    project = _project(folder, engine, cloud, count)
    with cloud.emulated(LATENCY_SECONDS):
        return project.up()


def _project(folder: Path, engine: Path, cloud: Cloud, count: int) -> Project:
    return Project(folder, engine, cloud.name, {**cloud.variables, "BENCH_COUNT": str(count)}, cloud.settings)
