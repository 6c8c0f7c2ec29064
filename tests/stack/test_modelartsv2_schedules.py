"""A replica schedule on the real engine, for a deployment of the same program, from its preview to its end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.modelartsv2 import ONE_DEPLOYMENT
from tests.support.programs import NO_SERVICE

pytestmark = pytest.mark.stack

PROGRAM = f"""
    import pulumi
{ONE_DEPLOYMENT}
    hours = ma.ReplicaSchedule(
        "hours",
        service_id=blue.service_id,
        deployment_id=blue.deployment_id,
        rules=[
            ma.ReplicaRuleArgs(name="morning", schedule="0 8 * * 1-5", target_replicas=4),
            ma.ReplicaRuleArgs(name="evening", schedule="0 20 * * 1-5", target_replicas=1),
        ],
        time_zone="Asia/Shanghai",
    )
    pulumi.export("status", hours.status)
"""


ANOTHER = """ma.ReplicaSchedule(
    "more",
    service_id=blue.service_id,
    deployment_id=blue.deployment_id,
    rules=[ma.ReplicaRuleArgs(name="noon", schedule="0 12 * * *", target_replicas=2)],
)
"""


def hpa_writes(cloud: Cloud) -> list[Any]:
    """The program's writes to the policy so far, which are forgotten then: the methods, and the names of the rules."""
    sent = [one for one in cloud.sent("POST", "PUT", "DELETE") if one.path.endswith("/hpa")]
    cloud.forget_requests()
    return [(one.method, [rule["name"] for rule in (one.body or {}).get("hpa_rules", ())]) for one in sent]


def test_a_schedule_beside_its_deployment(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(PROGRAM)
    shown = project.preview()
    assert shown.ok, shown
    assert shown.lines("morning sets 4 replicas on ", "08:00 (Asia/Shanghai)"), shown
    up = project.up()
    assert up.ok, up
    assert hpa_writes(cloud) == [("POST", ["morning", "evening"])]
    assert project.outputs()["status"] == "ACTIVE"
    assert project.up("--expect-no-changes").ok
    assert hpa_writes(cloud) == []

    project.edit("target_replicas=4", "target_replicas=6")
    shown = project.preview()
    assert shown.lines("morning sets 6 replicas on "), shown
    assert not shown.lines("evening sets"), shown
    up = project.up()
    assert up.ok, up
    assert hpa_writes(cloud) == [("PUT", ["morning"])]

    # Another one for the same deployment is refused before anything is made.
    project.edit("pulumi.export", f"{ANOTHER}pulumi.export")
    refused = project.preview()
    assert not refused.ok
    assert refused.lines('the ReplicaSchedule "hours" is for '), refused
    assert hpa_writes(cloud) == []

    project.write(NO_SERVICE)
    down = project.up()
    assert down.ok, down
    assert ("PUT", ["morning", "evening"]) in hpa_writes(cloud)
