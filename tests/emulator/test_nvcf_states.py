"""The states of a deployed version of NVCF, which change by time and by faults."""

from typing import Any

import pytest

from pulumi_inference.emulator import clouds, settings
from pulumi_inference.emulator.messages import Request
from pulumi_inference.emulator.nvcf import machine
from pulumi_inference.emulator.routing import Call
from pulumi_inference.emulator.store import Store

from .nvcfcloud import DEPLOY_SECONDS, PERIOD, Nvcf, chart_body, path_of, problem, spec

H100 = {"gpu": "H100", "instanceType": "NCP.GPU.H100_1x"}
WEEK = 7 * 24 * 3600
LIST = "deploymentSpecifications"


def wait(nvcf: Nvcf, seconds: float = PERIOD) -> None:
    nvcf.clock.advance(seconds)


def instances(nvcf: Nvcf, function: dict[str, Any]) -> list[str]:
    return [one["instanceStatus"] for one in nvcf.read(function)["activeInstances"]]


def errors(nvcf: Nvcf, function: dict[str, Any]) -> list[str]:
    return [one["error"] for one in nvcf.deployment(function).get("healthInfo", ())]


def set_instances(nvcf: Nvcf, deployment: dict[str, Any], place: int = 0, **numbers: Any) -> None:
    spec_id = deployment[LIST][place]["gpuSpecificationId"]
    path = f"/nvcf/deployments/{deployment['deploymentId']}/gpu-specifications/{spec_id}"
    nvcf.admin("PATCH", path, numbers)


def test_deploying_until_every_specification_has_its_minimum(nvcf: Nvcf) -> None:
    function = nvcf.create()
    nvcf.deploy(function, spec(minInstances=2), spec(**H100, minInstances=0))
    assert instances(nvcf, function) == ["STARTING", "STARTING"]
    wait(nvcf, DEPLOY_SECONDS - 0.001)
    assert nvcf.status(function) == "DEPLOYING"
    wait(nvcf, 0.001)
    assert nvcf.status(function) == "ACTIVE"
    [one, other] = nvcf.read(function)["activeInstances"]
    assert one["instanceId"] != other["instanceId"]
    assert {**one, "instanceId": ""} == {**other, "instanceId": ""}
    assert (one["instanceStatus"], one["gpu"], one["backend"]) == ("RUNNING", "L40", "NCP")
    assert (one["functionId"], one["functionVersionId"]) == (function["id"], function["versionId"])


def test_the_service_looks_once_in_a_period(nvcf: Nvcf) -> None:
    nvcf.settings(period_seconds=60)
    function = nvcf.create()
    nvcf.deploy(function)
    wait(nvcf, 59)
    assert nvcf.status(function) == "DEPLOYING"
    assert instances(nvcf, function) == ["RUNNING"]
    wait(nvcf, 1)
    assert nvcf.status(function) == "ACTIVE"


@pytest.mark.parametrize("period", [0, 1, 60])
def test_a_long_time_passes_in_one_step(nvcf: Nvcf, period: float) -> None:
    nvcf.settings(period_seconds=period)
    for outcome in ("error", "hang", "degrading", "degraded"):
        nvcf.fail(outcome, function_name=f"^{outcome}$")
    made = {name: nvcf.create(name=name) for name in ("good", "error", "hang", "degrading", "degraded")}
    for function in made.values():
        nvcf.deploy(function, spec(minInstances=2))
    wait(nvcf, WEEK - 1)
    states = {name: nvcf.status(function) for name, function in made.items()}
    assert states == {
        "good": "ACTIVE",
        "error": "ERROR",
        "hang": "DEPLOYING",
        "degrading": "DEGRADING",
        "degraded": "DEGRADED",
    }


def test_more_instances_go_through_degrading(nvcf: Nvcf) -> None:
    function = nvcf.create()
    made = nvcf.deployed(function)
    nvcf.patch(made, minInstances=2)
    assert nvcf.status(function) == "ACTIVE"
    wait(nvcf)
    assert nvcf.status(function) == "DEGRADING"
    assert instances(nvcf, function) == ["RUNNING", "STARTING"]
    wait(nvcf, DEPLOY_SECONDS)
    assert nvcf.status(function) == "ACTIVE"
    nvcf.patch(made, minInstances=1, maxInstances=1)
    wait(nvcf, 2 * PERIOD)
    assert nvcf.status(function) == "ACTIVE"
    assert instances(nvcf, function) == ["RUNNING"]


def test_from_zero_it_is_degraded_first(nvcf: Nvcf) -> None:
    function = nvcf.create()
    made = nvcf.deploy(function, spec(minInstances=0))
    wait(nvcf, 10)
    assert nvcf.status(function) == "ACTIVE"
    nvcf.patch(made, minInstances=1)
    wait(nvcf)
    assert nvcf.status(function) == "DEGRADED"
    wait(nvcf)
    assert nvcf.status(function) == "DEGRADING"
    wait(nvcf, DEPLOY_SECONDS)
    assert nvcf.status(function) == "ACTIVE"


def test_a_minimum_of_zero_does_not_bring_it_back(nvcf: Nvcf) -> None:
    function = nvcf.create()
    nvcf.fail("degraded", error="GPU lost")
    made = nvcf.deploy(function)
    wait(nvcf, DEPLOY_SECONDS + PERIOD)
    assert nvcf.status(function) == "DEGRADED"
    assert errors(nvcf, function) == ["GPU lost"]
    nvcf.patch(made, minInstances=0)
    wait(nvcf, 10)
    assert nvcf.status(function) == "DEGRADED"


def test_one_specification_at_rest_and_another_below_its_minimum(nvcf: Nvcf) -> None:
    function = nvcf.create()
    made = nvcf.deployed(function, spec(minInstances=0), spec(**H100))
    set_instances(nvcf, made, 0, running=0, errored=1, held=True)
    wait(nvcf)
    assert nvcf.status(function) == "DEGRADING"
    wait(nvcf)
    assert nvcf.status(function) == "DEGRADED"


def test_error(nvcf: Nvcf) -> None:
    nvcf.fail(error="image pull failed")
    function = nvcf.create()
    nvcf.deploy(function)
    wait(nvcf, DEPLOY_SECONDS)
    assert nvcf.status(function) == "ERROR"
    assert instances(nvcf, function) == []
    assert nvcf.deployment(function)["healthInfo"] == [
        {
            "icmsRequestId": "00000000-0000-0000-0000-000000000000",
            "gpu": "NCP.GPU.L40_1x",
            "backend": "NCP",
            "instanceType": "NCP.GPU.L40_1x",
            "error": "image pull failed",
        }
    ]
    where = f"Function id '{function['id']}', version '{function['versionId']}'"
    answer = nvcf.call("POST", f"/deployments{path_of(function)}", {LIST: [spec()]})
    assert problem(answer, 400) == f"{where}: Function already has a deployment with errors"
    answer = nvcf.patch(nvcf.deployment(function), minInstances=2)
    assert problem(answer, 400) == f"{where}: Invalid status 'ERROR'"
    nvcf.ok("DELETE", f"/deployments{path_of(function)}")
    nvcf.deployed(function)


def test_the_service_cleans_an_error_away_after_a_week(nvcf: Nvcf) -> None:
    nvcf.fail()
    function = nvcf.create()
    nvcf.deploy(function)
    wait(nvcf, WEEK - 1)
    assert nvcf.status(function) == "ERROR"
    wait(nvcf, 1)
    assert nvcf.read(function)["status"] == "INACTIVE"
    problem(nvcf.call("GET", f"/deployments{path_of(function)}"), 404)


def test_one_healthy_instance_keeps_it_deploying(nvcf: Nvcf) -> None:
    nvcf.fail(gpu="^H", error="no driver")
    function = nvcf.create()
    nvcf.deploy(function, spec(), spec(**H100))
    wait(nvcf, 10 * DEPLOY_SECONDS)
    assert nvcf.status(function) == "DEPLOYING"
    assert errors(nvcf, function) == ["no driver"]
    some = nvcf.create(name="some")
    nvcf.fail(instances=1)
    nvcf.deploy(some, spec(minInstances=2))
    wait(nvcf, 10 * DEPLOY_SECONDS)
    assert nvcf.status(some) == "DEPLOYING"
    assert errors(nvcf, some) == []
    assert instances(nvcf, some) == ["RUNNING", "ERRORED"]


def test_a_failed_look_is_an_error_at_once(nvcf: Nvcf) -> None:
    nvcf.fail("check_error", error="connection refused")
    function = nvcf.create()
    nvcf.deploy(function, spec(backend="NCP"))
    assert nvcf.status(function) == "ERROR"
    [found] = nvcf.deployment(function)["healthInfo"]
    assert found["error"].endswith("Failed to update deploying function status: connection refused")
    assert (found["gpu"], found["backend"]) == ("L40", "NCP")


def test_it_heals(nvcf: Nvcf) -> None:
    for outcome, seconds in (("hang", DEPLOY_SECONDS), ("degrading", DEPLOY_SECONDS), ("degraded", DEPLOY_SECONDS)):
        nvcf.fail(outcome, heal_seconds=100)
        function = nvcf.create(name=outcome)
        made = nvcf.deploy(function)
        wait(nvcf, seconds + PERIOD)
        assert nvcf.status(function) == {"hang": "DEPLOYING"}.get(outcome, outcome.upper())
        wait(nvcf, 100)
        assert nvcf.status(function) == "ACTIVE"
        assert errors(nvcf, function) == []
        nvcf.patch(made, minInstances=2)
        wait(nvcf, PERIOD + DEPLOY_SECONDS)
        assert instances(nvcf, function) == ["RUNNING", "RUNNING"]


def test_more_failures_than_the_minimum_beside_one_that_starts(nvcf: Nvcf) -> None:
    nvcf.fail("hang", gpu="^H")
    function = nvcf.create()
    made = nvcf.deploy(function, spec(), spec(**H100))
    assert made[LIST][1]["gpu"] == "L40"
    set_instances(nvcf, made, 1, starting=0, errored=2, held=True)
    wait(nvcf, 10)
    assert nvcf.status(function) == "DEPLOYING"
    set_instances(nvcf, made, 0, starting=0, errored=1, held=True)
    wait(nvcf, 10)
    assert nvcf.status(function) == "ERROR"


def test_losses_after_a_while(nvcf: Nvcf) -> None:
    nvcf.fail("degrading", after_seconds=50, instances=1)
    function = nvcf.create()
    nvcf.deploy(function, spec(minInstances=2))
    wait(nvcf, DEPLOY_SECONDS + 49)
    assert nvcf.status(function) == "ACTIVE"
    wait(nvcf, 1)
    assert nvcf.status(function) == "DEGRADING"
    assert instances(nvcf, function) == ["RUNNING", "STARTING"]


def test_a_change_of_numbers_that_fails(nvcf: Nvcf) -> None:
    function = nvcf.create()
    made = nvcf.deployed(function)
    nvcf.fail("hang", phase="update", heal_seconds=200)
    nvcf.patch(made, minInstances=2)
    wait(nvcf, 150)
    assert nvcf.status(function) == "DEGRADING"
    wait(nvcf, 100)
    assert nvcf.status(function) == "ACTIVE"


def test_no_instances_to_be_had(nvcf: Nvcf) -> None:
    nvcf.fail("refused", error="no capacity for NCP.GPU.L40_1x", status=429)
    function = nvcf.create()
    answer = nvcf.call("POST", f"/deployments{path_of(function)}", {LIST: [spec()]})
    where = f"Function id '{function['id']}', version '{function['versionId']}'"
    text = "Failed to deploy, reverting state to 'INACTIVE': no capacity for NCP.GPU.L40_1x"
    assert problem(answer, 429) == f"{where}: {text}"
    nvcf.deployed(function)


def test_a_chart_that_does_not_pass(nvcf: Nvcf) -> None:
    nvcf.fail("chart", error="Service echo: type NodePort is not allowed")
    path = f"/deployments{path_of(nvcf.create(chart_body()))}"
    assert problem(nvcf.call("POST", path, {LIST: [spec()]}), 400) == (
        "Helm chart validation error(s) from NVCF ReVal service: Service echo: type NodePort is not allowed"
    )
    assert nvcf.call("POST", path, {LIST: [spec()]}).status_code == 200


def test_instances_that_vanish_are_made_anew(nvcf: Nvcf) -> None:
    function = nvcf.create()
    made = nvcf.deployed(function)
    set_instances(nvcf, made, running=0)
    states = []
    for _ in range(3):
        wait(nvcf)
        states.append(nvcf.status(function))
    assert states == ["DEGRADED", "DEGRADING", "DEGRADING"]
    wait(nvcf, DEPLOY_SECONDS)
    assert nvcf.status(function) == "ACTIVE"


def drain(nvcf: Nvcf, function: dict[str, Any]) -> None:
    answer = nvcf.ok("DELETE", f"/deployments{path_of(function)}?graceful=true")
    assert answer["function"]["status"] == "INACTIVE"


def test_a_graceful_end_without_requests_is_one_at_once(nvcf: Nvcf) -> None:
    function = nvcf.create()
    nvcf.deployed(function)
    drain(nvcf, function)
    problem(nvcf.call("GET", f"/deployments{path_of(function)}"), 404)


def test_a_graceful_end_waits_for_requests(nvcf: Nvcf) -> None:
    function = nvcf.create()
    made = nvcf.deployed(function)
    path = f"/nvcf/deployments/{made['deploymentId']}"
    nvcf.admin("PATCH", path, {"runningRequests": 1})
    drain(nvcf, function)
    for _ in range(3):
        wait(nvcf, 100)
        assert nvcf.status(function) == "INACTIVE"
    where = f"Function id '{function['id']}', version '{function['versionId']}'"
    answer = nvcf.call("POST", f"/deployments{path_of(function)}", {LIST: [spec()]})
    assert problem(answer, 400) == (
        f"{where}: Function deployment found for INACTIVE function. Wait for current deployment to be gracefully "
        "completed and removed."
    )
    assert nvcf.http.get("/v2/orgs/emulator/nvcf/deployments").json() == {"deployments": []}
    nvcf.admin("PATCH", path, {"runningRequests": 0})
    wait(nvcf)
    problem(nvcf.call("GET", f"/deployments{path_of(function)}"), 404)
    nvcf.deployed(function)


def test_a_second_plain_delete_ends_the_wait(nvcf: Nvcf) -> None:
    nvcf.settings(drain_seconds=100)
    function = nvcf.create()
    nvcf.deployed(function)
    drain(nvcf, function)
    drain(nvcf, function)
    assert nvcf.status(function) == "INACTIVE"
    nvcf.ok("DELETE", f"/deployments{path_of(function)}")
    problem(nvcf.call("GET", f"/deployments{path_of(function)}"), 404)


def test_a_drain_of_a_set_length(nvcf: Nvcf) -> None:
    nvcf.settings(drain_seconds=100)
    function = nvcf.create()
    nvcf.deployed(function)
    drain(nvcf, function)
    wait(nvcf, 99)
    assert nvcf.status(function) == "INACTIVE"
    wait(nvcf, 1)
    problem(nvcf.call("GET", f"/deployments{path_of(function)}"), 404)


def wake(nvcf: Nvcf, function: dict[str, Any]) -> int:
    """What the invocation plane does with a request: how many at once there is room for."""
    store = Store(nvcf.database)
    with store.transaction() as tx:
        now = nvcf.clock.now()
        call = Call(Request("POST", "/"), tx, settings.load(tx, clouds.default_settings()), now, now, "")
        room = machine.wake(call, function["id"], function["versionId"])
    store.close()
    return room


def test_a_request_wakes_what_rests_and_it_rests_again(nvcf: Nvcf) -> None:
    nvcf.settings(idle_seconds=100)
    function = nvcf.create()
    assert wake(nvcf, function) == 0
    resting = [spec(**H100, minInstances=0, preferredOrder=2), spec(minInstances=0, maxRequestConcurrency=4)]
    nvcf.deploy(function, *resting)
    assert wake(nvcf, function) == 0
    assert [one["gpu"] for one in nvcf.read(function)["activeInstances"]] == ["L40"]
    wait(nvcf, DEPLOY_SECONDS)
    assert instances(nvcf, function) == ["RUNNING"]
    assert wake(nvcf, function) == 4
    wait(nvcf, 99)
    assert instances(nvcf, function) == ["RUNNING"]
    wait(nvcf, 1)
    assert instances(nvcf, function) == []
    assert nvcf.status(function) == "ACTIVE"


def test_requests_keep_it_awake(nvcf: Nvcf) -> None:
    nvcf.settings(idle_seconds=10)
    function = nvcf.create()
    made = nvcf.deploy(function, spec(minInstances=0))
    wake(nvcf, function)
    wait(nvcf, DEPLOY_SECONDS)
    path = f"/nvcf/deployments/{made['deploymentId']}"
    wake(nvcf, function)
    nvcf.admin("PATCH", path, {"runningRequests": 1})
    wait(nvcf, 1000)
    assert instances(nvcf, function) == ["RUNNING"]
    nvcf.admin("PATCH", path, {"runningRequests": 0})
    wait(nvcf, 11)
    assert instances(nvcf, function) == []
