"""Many services at once, each with its progress on its own row."""

from __future__ import annotations

import threading

import pytest

from pulumi_inference.emulator.messages import Request
from tests.conftest import NewProject
from tests.support.cloud import Cloud, Meeting

TWENTY = """
    from pulumi_inference import modelarts

    for index in range(20):
        modelarts.Service(
            f"service-{index:02}", config=[{"model_id": "model-a", "specification": "modelarts.vm.cpu.2u"}]
        )
"""


class Patient:
    """A hook that lets the deployments end once that many services have been seen under way."""

    def __init__(self, cloud: Cloud, services: int) -> None:
        self._cloud, self._services = cloud, services
        self._seen: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> None:
        _, _, service = request.path.partition("/services/")
        if request.method != "GET" or service in ("", "specifications") or "/" in service:
            return
        with self._lock:
            before = len(self._seen)
            self._seen.add(service)
            if before < len(self._seen) == self._services:
                self._cloud.pass_time()


@pytest.mark.parametrize("cloud", ["served"], indirect=True)
def test_twenty_services_deploy_at_the_same_time(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(TWENTY)
    meeting = Meeting(20)
    cloud.before = meeting
    cloud.after = Patient(cloud, 20)
    cloud.move_with_requests(False)
    created = project.up("--parallel", "64")
    assert created.ok, created.text
    assert not meeting.failed
    for index in range(20):
        assert created.lines(f"service-{index:02}", "deploying", "instances"), created.text
    assert len({one["service_id"] for one in cloud.services()}) == 20
