"""Many services at once, each with its progress on its own row."""

from __future__ import annotations

import pytest

from tests.conftest import NewProject
from tests.support.cloud import Cloud, Meeting

TWENTY = """
    from pulumi_inference import modelarts

    for index in range(20):
        modelarts.Service(
            f"service-{index:02}", config=[{"model_id": "model-a", "specification": "modelarts.vm.cpu.2u"}]
        )
"""


@pytest.mark.parametrize("cloud", ["served"], indirect=True)
def test_twenty_services_deploy_at_the_same_time(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(TWENTY)
    meeting = Meeting(20)
    cloud.before = meeting
    cloud.admin("PATCH", "/settings", {"deploy_seconds": 1})
    created = project.up("--parallel", "64")
    assert created.ok, created.text
    assert not meeting.failed
    for index in range(20):
        assert created.lines(f"service-{index:02}", "deploying", "instances"), created.text
    assert len({one["service_id"] for one in cloud.services()}) == 20
