"""What stands before a function, changed on the real engine: the function keeps its id, or the preview says so."""

from __future__ import annotations

import pytest

from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.functions import ENDPOINT, functions, key_of, sent

WITH_LOGS = """
    import pulumi
    from pulumi_inference import nvcf

    logs = nvcf.Telemetry(
        "logs",
        name="logs",
        telemetry_endpoint="https://logs.example.com",
        protocol="HTTP",
        provider="GRAFANA_CLOUD",
        types=["LOGS"],
        secret=pulumi.Output.secret("hunter2"),
    )
    echo = nvcf.Function(
        "echo",
        container_image="nvcr.io/acme/echo:1",
        inference_url="/echo",
        telemetries=nvcf.FunctionTelemetriesArgs(logs_telemetry_id=logs.telemetry_id),
    )
    pulumi.export("function_id", echo.function_id)
"""


@pytest.mark.parametrize("cloud", ["served"], indirect=True)
def test_another_telemetry_under_the_same_name_does_not_cost_the_function_its_id(
    cloud: Cloud, new_project: NewProject
) -> None:
    """The engine would delete first what depends on a thing that has to go first."""
    project = new_project(WITH_LOGS, config={ENDPOINT: cloud.endpoint}, environment=key_of(cloud))
    assert project.up().ok
    [(before, _)] = functions(cloud)

    project.edit("logs.example.com", "logs2.example.com")
    cloud.forget_requests()
    refused = project.up()
    assert not refused.ok
    assert refused.lines("telemetry_endpoint: logs has to be deleted before", before["versionId"]), refused.text
    assert refused.lines("Give the new one another name, or none"), refused.text
    assert "Traceback" not in refused.text
    assert sent(cloud, "POST", "PUT", "PATCH", "DELETE") == []

    project.edit('name="logs"', 'name="logs2"')
    renewed = project.up()
    assert renewed.ok, renewed.text
    [(after, _)] = functions(cloud)
    assert after["id"] == before["id"]
    assert after["telemetries"] != before["telemetries"]
    assert project.planned() == []
