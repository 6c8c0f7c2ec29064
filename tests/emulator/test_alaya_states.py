"""The states of Alaya NeW's services: starting, scaling, stopping, offline updates, deletion, and what goes wrong."""

from typing import Any

import pytest

from .alayacloud import (
    DEPLOY_SECONDS,
    NO_SERVICE,
    SCALE,
    STOP_SECONDS,
    UNKNOWN,
    Alaya,
    expert,
    lora,
    pod,
    quick_start,
    refusal,
    resource,
)


def scaled(least: int, most: int = 9) -> dict[str, Any]:
    return {**SCALE, "min": least, "max": most}


def put_scale(alaya: Alaya, service: str, least: int) -> Any:
    return alaya.call("PUT", f"/deployment/{service}/scale", {"serviceId": service, "scale": scaled(least)})


def in_state(alaya: Alaya, status: str) -> str:
    """A service in that state, whatever it takes."""
    service = alaya.expert()
    if status == "failed":
        alaya.admin("PATCH", f"/alaya/services/{service}", {"status": "failed"})
    elif status != "starting":
        alaya.running(service)
    if status in ("stopping", "stopped"):
        alaya.ok("POST", f"/deployment/{service}/cancel")
    if status == "stopped":
        alaya.clock.advance(STOP_SECONDS)
    assert alaya.status(service) == status
    return service


def test_a_service_starts(alaya: Alaya) -> None:
    service = alaya.expert(scale=scaled(2))
    for seconds in (0, DEPLOY_SECONDS / 2 - 1):
        alaya.clock.advance(seconds)
        assert (alaya.status(service), alaya.instances(service)) == ("starting", [])
    alaya.clock.advance(1)
    assert (alaya.status(service), alaya.instances(service)) == ("starting", [("0", False), ("1", False)])
    alaya.clock.advance(DEPLOY_SECONDS / 2 - 1)
    assert alaya.status(service) == "starting"
    alaya.clock.advance(1)
    assert (alaya.status(service), alaya.instances(service)) == ("running", [("0", True), ("1", True)])


def test_a_service_without_a_least_number_has_one_instance(alaya: Alaya) -> None:
    for service in (alaya.expert(scale=scaled(0)), alaya.quick_start()):
        assert alaya.instances(alaya.running(service)) == [("0", True)]


def test_no_time_at_all(alaya: Alaya) -> None:
    alaya.admin("PATCH", "/settings", {"deploy_seconds": 0})
    service = alaya.expert()
    assert (alaya.status(service), alaya.instances(service)) == ("running", [("0", True)])
    alaya.ok("POST", f"/deployment/{service}/cancel")
    assert alaya.status(service) == "stopped"


def test_scaling_replaces_the_instances(alaya: Alaya) -> None:
    service = alaya.running(alaya.quick_start())
    assert put_scale(alaya, service, 2).json()["code"] == "0"
    assert (alaya.status(service), alaya.instances(service)) == ("running", [("0", True), ("1", False), ("2", False)])
    alaya.clock.advance(DEPLOY_SECONDS)
    assert (alaya.status(service), alaya.instances(service)) == ("running", [("1", True), ("2", True)])
    assert alaya.behind(service)["scale"] == scaled(2)


def test_scaling_again_meanwhile(alaya: Alaya) -> None:
    service = alaya.running(alaya.expert())
    put_scale(alaya, service, 2)
    alaya.clock.advance(DEPLOY_SECONDS / 2)
    put_scale(alaya, service, 1)
    assert alaya.instances(service) == [("0", True), ("3", False)]
    alaya.clock.advance(DEPLOY_SECONDS / 2)
    assert alaya.instances(service) == [("0", True), ("3", False)]
    alaya.clock.advance(DEPLOY_SECONDS / 2)
    assert alaya.instances(service) == [("3", True)]


@pytest.mark.parametrize("status", ["starting", "stopping", "stopped", "failed"])
def test_only_what_runs_is_scaled(alaya: Alaya, status: str) -> None:
    service = in_state(alaya, status)
    assert refusal(put_scale(alaya, service, 2)) == f"service {service} is {status}, not running"
    assert alaya.behind(service)["scale"] == SCALE


def test_scaling_what_is_not_there(alaya: Alaya) -> None:
    assert refusal(put_scale(alaya, UNKNOWN, 1), 404) == NO_SERVICE


@pytest.mark.parametrize("status", ["starting", "running"])
def test_cancel(alaya: Alaya, status: str) -> None:
    service = in_state(alaya, status)
    assert alaya.ok("POST", f"/deployment/{service}/cancel") == {}
    assert alaya.status(service) == "stopping"
    alaya.clock.advance(STOP_SECONDS)
    assert (alaya.status(service), alaya.instances(service)) == ("stopped", [])
    alaya.clock.advance(DEPLOY_SECONDS * 2)
    assert (alaya.status(service), alaya.detail(service)["expert"]["headConfig"]) == ("stopped", pod())


@pytest.mark.parametrize("status", ["stopping", "stopped", "failed"])
def test_cancel_of_what_does_not_run(alaya: Alaya, status: str) -> None:
    service = in_state(alaya, status)
    answer = alaya.call("POST", f"/deployment/{service}/cancel")
    assert refusal(answer) == f"service {service} is {status} and cannot be cancelled"


def test_how_long_a_stop_takes(alaya: Alaya) -> None:
    alaya.settings(stop_seconds=7)
    service = in_state(alaya, "stopping")
    alaya.clock.advance(6)
    assert alaya.status(service) == "stopping"
    alaya.clock.advance(1)
    assert alaya.status(service) == "stopped"


@pytest.mark.parametrize("status", ["stopped", "failed"])
def test_an_offline_update_starts_it_again(alaya: Alaya, status: str) -> None:
    service = in_state(alaya, status)
    body = expert(name="new", servedName=["new"], headConfig=pod(image="new:2"), scale=scaled(2))
    assert alaya.ok("PUT", f"/deployment/expert/{service}", body) == {"serviceId": service}
    assert alaya.status(service) == "starting"
    found = alaya.detail(alaya.running(service))
    assert (found["name"], found["servedName"], found["expert"]["headConfig"]["image"]) == ("new", ["new"], "new:2")
    assert len(found["instance"]) == 2


@pytest.mark.parametrize("status", ["starting", "running", "stopping"])
def test_no_offline_update_of_what_works(alaya: Alaya, status: str) -> None:
    service = in_state(alaya, status)
    answer = alaya.call("PUT", f"/deployment/expert/{service}", expert(name="new"))
    assert refusal(answer) == f"service {service} is {status}; cancel it before it is updated"
    assert alaya.detail(service)["name"] == "demo"


def test_an_offline_update_replaces_everything(alaya: Alaya) -> None:
    alaya.settings(detail_has_scale=True)
    old = expert(headConfig=pod(env={"A": "b"}, cmd=["x"]), workerConfig=pod(workers=1), extensions={"owner": "me"})
    service = alaya.stopped(alaya.running(alaya.expert(**old)))
    alaya.ok("PUT", f"/deployment/expert/{service}", expert(extensions={"owner": "you"}))
    found = alaya.detail(service)
    assert found["expert"] == {"headConfig": pod(), "workerConfig": None}
    assert found["extensions"] == {"owner": "me"}


def test_an_offline_update_of_a_quick_start_service(alaya: Alaya) -> None:
    service = alaya.running(alaya.quick_start())
    put_scale(alaya, service, 2)
    alaya.stopped(service)
    new = quick_start(backend="sglang", backendVersion="0.4.6", backendArgs=[], resource=resource(cpu=8))
    assert alaya.ok("PUT", f"/deployment/{service}", new) == {}
    found = alaya.detail(alaya.running(service))
    assert found["quickStart"] == {name: new[name] for name in found["quickStart"]}
    assert len(found["instance"]) == 2
    assert alaya.behind(service)["scale"] == scaled(2)


def test_an_offline_update_of_the_other_form(alaya: Alaya) -> None:
    service, quick = in_state(alaya, "stopped"), alaya.stopped(alaya.running(alaya.quick_start()))
    answer = alaya.call("PUT", f"/deployment/{service}", quick_start())
    assert refusal(answer) == f"service {service} is an Expert service, not a Quick Start one"
    answer = alaya.call("PUT", f"/deployment/expert/{quick}", expert())
    assert refusal(answer) == f"service {quick} is a Quick Start service, not an Expert one"
    answer = alaya.call("PUT", f"/deployment/lora/{quick}", lora(service))
    assert refusal(answer) == f"service {quick} is a Quick Start service, not a LoRA one"


def test_an_offline_update_that_does_not_start(alaya: Alaya) -> None:
    alaya.settings(update_starts=False)
    for status in ("stopped", "failed"):
        service = in_state(alaya, status)
        alaya.ok("PUT", f"/deployment/expert/{service}", expert(name="new"))
        alaya.clock.advance(DEPLOY_SECONDS * 2)
        assert (alaya.status(service), alaya.detail(service)["name"]) == ("stopped", "new")


@pytest.mark.parametrize("status", ["stopped", "failed"])
def test_delete(alaya: Alaya, status: str) -> None:
    service = in_state(alaya, status)
    assert alaya.ok("DELETE", f"/deployment/{service}") == {}
    assert service in refusal(alaya.call("GET", f"/deployment/{service}"), 404)
    assert service in refusal(alaya.call("DELETE", f"/deployment/{service}"), 404)
    assert alaya.rows() == []


@pytest.mark.parametrize("status", ["starting", "running", "stopping"])
def test_delete_of_what_works(alaya: Alaya, status: str) -> None:
    service = in_state(alaya, status)
    answer = alaya.call("DELETE", f"/deployment/{service}")
    assert refusal(answer) == f"service {service} is {status}; cancel it before it is deleted"
    alaya.settings(lenient_delete=True)
    alaya.ok("DELETE", f"/deployment/{service}")
    assert alaya.rows() == []


def test_a_slow_deletion(alaya: Alaya) -> None:
    alaya.settings(delete_seconds=5, lenient_delete=True)
    service, other = in_state(alaya, "stopped"), in_state(alaya, "running")
    for one in (service, service, other):
        alaya.ok("DELETE", f"/deployment/{one}")
    alaya.clock.advance(4)
    assert (alaya.status(service), alaya.status(other)) == ("stopped", "stopping")
    for method, path, body in (
        ("PUT", f"/deployment/expert/{service}", expert()),
        ("PUT", f"/deployment/{service}/scale", {"scale": SCALE}),
        ("POST", f"/deployment/{service}/cancel", None),
    ):
        assert refusal(alaya.call(method, path, body)) == f"service {service} is being deleted"
    alaya.clock.advance(1)
    assert refusal(alaya.call("GET", f"/deployment/{service}"), 404)
    assert alaya.rows() == []


def test_a_deployment_that_fails(alaya: Alaya) -> None:
    alaya.fail(after_seconds=20, name="^demo$")
    other, service = alaya.expert(name="demo-2"), alaya.expert()
    alaya.clock.advance(20)
    assert (alaya.status(service), alaya.instances(service)) == ("failed", [("0", False)])
    assert {alaya.detail(service)[name] for name in ("serviceUrl", "apikey")} == {""}
    alaya.running(other)
    alaya.ok("PUT", f"/deployment/expert/{service}", expert())
    alaya.running(service)


def test_a_deployment_fails_at_its_end_unless_said_otherwise(alaya: Alaya) -> None:
    alaya.fail(instances=1)
    service = alaya.expert(scale=scaled(2))
    alaya.clock.advance(DEPLOY_SECONDS - 1)
    assert alaya.status(service) == "starting"
    alaya.clock.advance(1)
    assert (alaya.status(service), alaya.instances(service)) == ("failed", [("0", True), ("1", False)])
    alaya.clock.advance(DEPLOY_SECONDS)
    assert alaya.status(service) == "failed"


def test_a_deployment_that_hangs(alaya: Alaya) -> None:
    alaya.fail("hang", instances=1)
    service = alaya.expert(scale=scaled(2))
    alaya.clock.advance(DEPLOY_SECONDS * 10)
    assert (alaya.status(service), alaya.instances(service)) == ("starting", [("0", True), ("1", False)])
    alaya.stopped(service)
    alaya.fail("hang")
    alaya.ok("PUT", f"/deployment/expert/{service}", expert())
    alaya.clock.advance(DEPLOY_SECONDS * 10)
    assert (alaya.status(service), [ready for _, ready in alaya.instances(service)]) == ("starting", [False])


def test_a_crash_later(alaya: Alaya) -> None:
    alaya.fail("crash", after_seconds=100)
    service = alaya.running(alaya.expert())
    alaya.clock.advance(99)
    assert alaya.status(service) == "running"
    alaya.clock.advance(1)
    assert (alaya.status(service), alaya.instances(service)) == ("failed", [("0", False)])


@pytest.mark.parametrize(
    ("phase", "outcomes"),
    [("create", ["failed", "running"]), ("update", ["running", "failed"]), ("any", ["failed", "running"])],
)
def test_the_phase_of_a_fault(alaya: Alaya, phase: str, outcomes: list[str]) -> None:
    alaya.fail(phase=phase)
    service = alaya.expert()
    alaya.clock.advance(DEPLOY_SECONDS)
    seen = [alaya.status(service)]
    if seen == ["running"]:
        alaya.stopped(service)
    alaya.ok("PUT", f"/deployment/expert/{service}", expert())
    alaya.clock.advance(DEPLOY_SECONDS)
    assert [*seen, alaya.status(service)] == outcomes


@pytest.mark.parametrize(
    ("outcome", "status", "instances"),
    [
        ("fail", "running", [("0", True)]),
        ("hang", "running", [("0", True), ("1", False)]),
        ("crash", "failed", [("1", False)]),
    ],
)
def test_a_scaling_that_goes_wrong(alaya: Alaya, outcome: str, status: str, instances: Any) -> None:
    alaya.fail(outcome, phase="scale")
    service = alaya.running(alaya.expert())
    put_scale(alaya, service, 1)
    alaya.clock.advance(DEPLOY_SECONDS * 2)
    assert (alaya.status(service), alaya.instances(service)) == (status, instances)
    assert alaya.admin("GET", "/faults") == {"faults": []}


def test_a_scaling_after_one_that_failed(alaya: Alaya) -> None:
    alaya.fail(phase="scale", after_seconds=5)
    service = alaya.running(alaya.expert())
    put_scale(alaya, service, 1)
    alaya.clock.advance(5)
    assert alaya.behind(service)["instances"] == [{"instanceId": "0", "ready": True, "old": False}]
    put_scale(alaya, service, 1)
    alaya.clock.advance(DEPLOY_SECONDS)
    assert alaya.instances(service) == [("2", True)]


def test_a_stop_that_hangs(alaya: Alaya) -> None:
    alaya.fail("hang", phase="stop")
    service = in_state(alaya, "stopping")
    alaya.clock.advance(DEPLOY_SECONDS * 10)
    assert alaya.status(service) == "stopping"


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"outcome": "explode"}, "outcome cannot be 'explode'; there are fail, hang, crash"),
        ({"outcome": "fail", "name": "("}, "not a alaya.deploy fault: "),
        ({"outcome": "fail", "phase": "stop"}, "a stop can only hang"),
        ({"outcome": "fail", "service_name": "x"}, "no such field: service_name"),
    ],
)
def test_wrong_faults(alaya: Alaya, fault: dict[str, Any], message: str) -> None:
    answer = alaya.http.post("/_emulator/faults", json={"alaya.deploy": fault})
    assert answer.status_code == 400
    assert message in answer.json()["error"]
