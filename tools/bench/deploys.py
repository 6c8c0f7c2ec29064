"""How much longer than the cloud's own deployment an `up` takes."""

from pathlib import Path

from tools.bench.cloud import Cloud
from tools.bench.figures import Figure
from tools.bench.project import Project, Run

LATENCY_SECONDS = 0.1


def measure_finish(folder: Path, engine: Path) -> list[Figure]:
    """From the moment the cloud says running to the end of `up`, for a deployment of a minute."""
    cloud = Cloud(folder, deploy_seconds=60.0)
    project = _project(folder, engine, cloud, 1)
    with cloud.emulated(LATENCY_SECONDS):
        run = project.up()
        requests = cloud.requests()
        running_at = cloud.detail(project.export()[0]["id"])["transition_at"] / 1000
    seen_at = requests[-1]["time"] / 1000
    details = {
        "until the last request": f"{seen_at - running_at:.2f} s",
        "after it, the answer's latency and the engine's own end": f"{run.ended_at - seen_at:.2f} s",
    }
    return [Figure("cloud says running -> end of up, deploy of 60 s", run.ended_at - running_at, "s", 2.0, details)]


def measure_creates(folder: Path, engine: Path) -> list[Figure]:
    """Twenty creates at once against a single one."""
    single, many = _up(folder / "single", engine, 1), _up(folder / "many", engine, 20)
    details = {"one": f"{single.seconds:.2f} s", "twenty": f"{many.seconds:.2f} s"}
    return [Figure("20 creates of 20 s / one", many.seconds / single.seconds, limit=1.2, details=details)]


def _up(folder: Path, engine: Path, count: int) -> Run:
    cloud = Cloud(folder, deploy_seconds=20.0)
    project = _project(folder, engine, cloud, count)
    with cloud.emulated(LATENCY_SECONDS):
        return project.up()


def _project(folder: Path, engine: Path, cloud: Cloud, count: int) -> Project:
    settings = {"inference:modelartsEndpoint": cloud.endpoint}
    return Project(folder, engine, "services", {**cloud.variables, "BENCH_COUNT": str(count)}, settings)
