"""`kill -9` of Pulumi itself: no process stays, no service is lost, and the words of the documentation hold."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from pulumi_inference.emulator.messages import Request
from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.patience import PATIENCE
from tests.support.processes import command_line, providers, wait_for_end
from tests.support.programs import ONE_SERVICE
from tests.support.projects import Project, Running

SERVED = pytest.mark.parametrize("cloud", ["served"], indirect=True)


def start(cloud: Cloud, project: Project, method: str) -> Running:
    """An `up` whose create call has been sent, or (`GET`) that waits for what it has created."""
    created, reached = threading.Event(), threading.Event()

    def watch(request: Request) -> None:
        if request.method == "POST" and request.path.endswith("/services"):
            created.set()
        if request.method == method and created.is_set():
            reached.set()

    cloud.before = watch
    running = project.start_up()
    assert reached.wait(PATIENCE)
    cloud.before = None
    return running


@SERVED
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_killed_engine_takes_its_providers_along(cloud: Cloud, new_project: NewProject, method: str) -> None:
    project = new_project()
    cloud.fault(count=None, deploy={"outcome": "hang"})
    running = start(cloud, project, method)
    left = running.kill()
    assert left
    wait_for_end(left)
    assert not running.wait().ok

    [made] = cloud.services()
    cloud.admin("DELETE", "/faults")
    cloud.admin("PATCH", f"/services/{made['service_id']}", {"status": "running"})
    locked = project.up()
    assert not locked.ok
    assert "the stack is currently locked by 1 lock(s)" in locked.text
    assert "`pulumi cancel`" in locked.text
    unlocked = project.run("cancel", "--yes", "--stack", "test")
    assert unlocked.ok, unlocked.text
    again = project.up()
    assert again.ok, again.text
    assert [one["service_id"] for one in cloud.services()] == [made["service_id"]]
    assert project.only_resource()["id"] == made["service_id"]
    cleared = project.refresh("--clear-pending-creates")
    assert cleared.ok, cleared.text
    assert "pending_operations" not in project.export()
    assert project.planned() == []


@SERVED
def test_another_engine_keeps_its_own(cloud: Cloud, new_project: NewProject, engine: Path, tmp_path: Path) -> None:
    """Two stacks at work at the same time: only the providers of the engine that was killed end."""
    project = new_project()
    program = ONE_SERVICE.replace('"classifier"', '"other"')
    other = Project(tmp_path / "other", engine, program, config=project.config, environment=cloud.credentials)
    cloud.fault(count=None, deploy={"outcome": "hang"})
    killed, alive = start(cloud, project, "GET"), start(cloud, other, "GET")
    wait_for_end(killed.kill())
    assert not killed.wait().ok
    working = providers(alive.pid)
    assert working and all(command_line(one) for one in working)

    cloud.admin("DELETE", "/faults")
    for service in cloud.services():
        cloud.admin("PATCH", f"/services/{service['service_id']}", {"status": "running"})
    finished = alive.wait()
    assert finished.ok, finished.text
