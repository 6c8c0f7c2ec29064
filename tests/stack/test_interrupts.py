"""Ctrl-C and a killed provider lose no service and no id."""

from __future__ import annotations

import threading

import pytest

from pulumi_inference.emulator.messages import Request
from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.patience import PATIENCE
from tests.support.projects import Project, Result

SERVED = pytest.mark.parametrize("cloud", ["served"], indirect=True)

SIX = """
    from pulumi_inference import modelarts

    for index in range(6):
        modelarts.Service(
            f"service-{index}", config=[{"model_id": "model-a", "specification": "modelarts.vm.cpu.2u"}]
        )
"""

ONE = """
    from pulumi_inference import modelarts

    modelarts.Service("kept", config=[{"model_id": "model-a", "specification": "modelarts.vm.cpu.2u"}])
"""

VICTIM = """
    modelarts.Service(
        "victim",
        NAMEconfig=[{"model_id": "model-a", "specification": "modelarts.vm.cpu.2u", "envs": {"BATCH": "8"}}],
    )
"""


@SERVED
def test_ctrl_c_keeps_every_service_that_deploys(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(SIX)
    cloud.fault(count=None, deploy={"outcome": "hang"})
    waited_for: set[str] = set()
    all_wait = threading.Event()

    def watch(request: Request) -> None:
        parts = request.path.split("/services/")
        if request.method == "GET" and len(parts) == 2 and parts[1] != "specifications":
            waited_for.add(parts[1].split("/")[0])
        if len(waited_for) == 6:
            all_wait.set()

    cloud.before = watch
    running = project.start_up("--parallel", "6")
    assert all_wait.wait(PATIENCE)
    running.interrupt()
    stopped = running.wait()
    assert not stopped.ok
    assert "Traceback" not in stopped.text, stopped.text

    services = {one["service_id"] for one in cloud.services()}
    assert services == waited_for
    assert {one["id"] for one in project.resources()} == services
    assert "pending_operations" not in project.export()

    cloud.admin("DELETE", "/faults")
    for service in services:
        cloud.admin("PATCH", f"/services/{service}", {"status": "running"})
    finished = project.up()
    assert finished.ok, finished.text
    assert {one["service_id"] for one in cloud.services()} == services
    assert project.planned() == []


class Killer:
    """Kills the provider of a run at a moment of its talk with the cloud.

    Args:
        write: the method of the run's write.
        moment: `before` or `after` the write is carried out, or `reading` and how many reads after the write.
    """

    def __init__(self, cloud: Cloud, write: str, moment: str) -> None:
        self._cloud, self._write = cloud, write
        self._kind, _, number = moment.partition(" ")
        self._left = int(number or 1)
        self._written = False
        self._run: threading.Event = threading.Event()
        self.struck = False

    def run(self, project: Project) -> Result:
        """`up` with the kill in it."""
        if self._kind == "reading":
            self._cloud.move_with_requests(False)
        self._cloud.before, self._cloud.after = self._arrived, self._done
        try:
            self._running = project.start_up()
            self._run.set()
            result = self._running.wait()
        finally:
            self._cloud.before = self._cloud.after = None
        self._cloud.move_with_requests()
        self._cloud.pass_time()
        assert self.struck, f"the moment to kill never came\n{result}"
        assert not result.ok, result.text
        return result

    def _arrived(self, request: Request) -> None:
        if request.method == self._write and self._kind == "before":
            self._strike()
        if request.method == "GET" and self._kind == "reading" and self._written:
            self._left -= 1
            if self._left == 0:
                self._strike()

    def _done(self, request: Request) -> None:
        if request.method == self._write:
            self._written = True
            if self._kind == "after":
                self._strike()

    def _strike(self) -> None:
        if not self.struck:
            self.struck = True
            self._run.wait()
            self._running.kill_provider()


@SERVED
@pytest.mark.parametrize(
    ("moment", "refresh"),
    [
        ("before", True),
        ("before", False),
        ("after", True),
        ("after", False),
        ("reading 1", False),
        ("reading 3", False),
    ],
)
def test_a_killed_provider_loses_nothing(cloud: Cloud, new_project: NewProject, moment: str, refresh: bool) -> None:
    project = new_project(ONE, refresh=refresh)
    assert project.up().ok
    kept = cloud.only_service()["service_id"]

    def others() -> list[str]:
        return [one["service_id"] for one in cloud.services() if one["service_id"] != kept]

    project.write(ONE + VICTIM.replace("NAME", ""))
    Killer(cloud, "POST", moment).run(project)
    made = project.up()
    assert made.ok, made.text
    [victim] = others()
    assert {one["id"] for one in project.resources()} == {kept, victim}

    project.edit('"BATCH": "8"', '"BATCH": "16"')
    Killer(cloud, "PUT", moment).run(project)
    updated = project.up()
    assert updated.ok, updated.text
    assert others() == [victim]
    assert cloud.service(victim)["config"][0]["envs"] == {"BATCH": "16"}

    project.write(ONE)
    Killer(cloud, "DELETE", moment).run(project)
    removed = project.up()
    assert removed.ok, removed.text
    assert others() == []
    assert {one["id"] for one in project.resources()} == {kept}
    assert "pending_operations" not in project.export()
    assert project.planned() == []


@SERVED
def test_a_killed_create_is_found_again_by_its_given_name(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(ONE + VICTIM.replace("NAME", 'name="shop", description="of the shop", '))
    killed = Killer(cloud, "POST", "after")
    cloud.fault(method="POST", count=1, status=429, headers={"Retry-After": "1"})
    killed.run(project)

    made = project.up()
    assert made.ok, made.text
    services = {one["service_name"]: one for one in cloud.services()}
    assert len(services) == len(cloud.services()) == 2
    assert {one["id"] for one in project.resources()} == {one["service_id"] for one in services.values()}
    assert project.planned() == []
