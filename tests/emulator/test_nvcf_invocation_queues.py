"""Queues: depth, positions, and requests that wait for their turn."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from .nvcfcalls import Calls, spec

API = "/v2/nvcf/queues"


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and detail of a problem of the control plane."""
    assert answer.json()["type"].startswith("urn:nv-boot:problem-details:")
    return answer.status_code, answer.json()["detail"]


def depths(calls: Calls, function_id: str) -> dict[str, int]:
    answer = calls.http.get(f"{API}/functions/{function_id}")
    assert answer.json()["functionId"] == function_id
    return {one["functionVersionId"]: one["queueDepth"] for one in answer.json()["queues"]}


def position(calls: Calls, request: httpx.Response) -> Any:
    return calls.http.get(f"{API}/{request.headers['NVCF-REQID']}/position")


def busy(calls: Calls, version: dict[str, Any], count: int, seconds: int = 10) -> list[httpx.Response]:
    requests = [calls.pexec(version, X_Emulator_Seconds=str(seconds)) for _ in range(count)]
    assert {one.status_code for one in requests} == {202}
    return requests


def test_depth_and_positions(calls: Calls) -> None:
    version = calls.put()
    requests = busy(calls, version, 3)
    assert depths(calls, version["id"]) == {version["versionId"]: 2}
    told = position(calls, requests[2]).json()
    assert told == {"functionId": version["id"], "functionVersionId": version["versionId"], "positionInQueue": 2}
    assert position(calls, requests[1]).json()["positionInQueue"] == 1
    text = "Invocation request message is not in pending or in progress state"
    assert refusal(position(calls, requests[0])) == (
        400,
        f"Function invocation request id '{requests[0].headers['NVCF-REQID']}': {text}",
    )
    calls.clock.advance(10)
    assert depths(calls, version["id"]) == {version["versionId"]: 1}
    assert position(calls, requests[2]).json()["positionInQueue"] == 1


def test_unknown_request(calls: Calls) -> None:
    assert refusal(calls.http.get(f"{API}/{uuid4()}/position"))[0] == 404


def test_one_after_the_other(calls: Calls) -> None:
    version = calls.put()
    requests = busy(calls, version, 3)
    for done in range(3):
        calls.clock.advance(10)
        assert [calls.poll(one).status_code for one in requests[done:]] == [200] + [202] * (2 - done)
    assert calls.running(version) == 0


@pytest.mark.parametrize(
    "specs",
    [
        [spec(minInstances=3)],
        [spec(maxRequestConcurrency=3)],
        [spec(minInstances=1), spec(minInstances=1, maxRequestConcurrency=2)],
    ],
)
def test_several_at_a_time(calls: Calls, specs: list[dict[str, Any]]) -> None:
    version = calls.put(*specs)
    requests = busy(calls, version, 4)
    assert depths(calls, version["id"]) == {version["versionId"]: 1}
    calls.clock.advance(10)
    assert [calls.poll(one).status_code for one in requests] == [200, 200, 200, 202]


def test_instances_take_turns(calls: Calls) -> None:
    version = calls.put(spec(minInstances=3))
    assert [calls.pexec(version).json()["instance"] for _ in range(4)] == [0, 1, 2, 0]
    busy(calls, version, 1)
    assert [calls.pexec(version).json()["instance"] for _ in range(2)] == [2, 0]


def test_first_request_wakes_what_has_no_instance(calls: Calls) -> None:
    version = calls.put(spec(minInstances=0))
    first = calls.pexec(version)
    assert first.status_code == 202
    calls.clock.advance(29)
    assert (calls.poll(first).status_code, depths(calls, version["id"])) == (202, {version["versionId"]: 1})
    calls.clock.advance(1)
    assert calls.poll(first).status_code == 200
    assert calls.pexec(version).status_code == 200


def test_whoever_goes_makes_room(calls: Calls) -> None:
    version = calls.put()
    requests = [calls.pexec(version, X_Emulator_Seconds="100", NVCF_POLL_SECONDS="1")]
    requests += busy(calls, version, 1, 5)
    calls.clock.advance(16)
    assert calls.poll(requests[0]).status_code == 504
    assert calls.poll(requests[1]).status_code == 200


def test_full(calls: Calls) -> None:
    calls.admin("PATCH", "/settings", {"nvcf.max_queue_depth": 1})
    version = calls.put()
    busy(calls, version, 2)
    assert calls.pexec(version).status_code == 429
    assert calls.pexec(calls.put()).status_code == 200


def test_states(calls: Calls) -> None:
    version = calls.put(status="DEPLOYING")
    path = f"{API}/functions/{version['id']}"
    queue = calls.http.get(path).json()["queues"][0]
    assert queue == {
        "functionVersionId": version["versionId"],
        "functionName": "echo",
        "functionStatus": "DEPLOYING",
        "queueDepth": 0,
    }
    assert calls.http.get(f"{path}/versions/{version['versionId']}").status_code == 200
    text = f"Function id '{version['id']}': Queue not found - Function is likely not deployed"
    for status in ("DEGRADING", "INACTIVE", "ERROR"):
        calls.change(version, status=status)
        assert refusal(calls.http.get(path)) == (404, text)
    assert refusal(calls.http.get(f"{path}/versions/{uuid4()}"))[0] == 404
    assert refusal(calls.http.get(f"{API}/functions/{uuid4()}"))[0] == 404
    assert refusal(calls.http.get(f"{API}/functions/{calls.put(shared=('*',))['id']}"))[0] == 400


def test_drains_while_it_is_undeployed(calls: Calls) -> None:
    version = calls.put()
    requests = busy(calls, version, 2)
    calls.change(version, status="INACTIVE")
    assert calls.pexec(version).status_code == 404
    assert calls.running(version) == 2
    calls.clock.advance(20)
    assert calls.running(version) == 2
    assert [calls.poll(one).status_code for one in requests] == [200, 200]
    assert calls.running(version) == 0


def test_without_a_deployment_nobody_works_any_more(calls: Calls) -> None:
    version = calls.put()
    request = busy(calls, version, 1)[0]
    calls.deploy(version)
    assert calls.running(version) == 0
    assert calls.poll(request).status_code == 504
    assert calls.pexec(version).status_code == 200


def test_through_an_organisation(calls: Calls) -> None:
    version = calls.put()
    for family in ("/v2/orgs/emulator/nvcf", "/v2/orgs/emulator/teams/t/nvcf"):
        assert calls.http.get(f"{family}/queues/functions/{version['id']}").status_code == 200


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("functions/none", "functionId"),
        ("functions/00000000-0000-0000-0000-000000000001/versions/none", "versionId"),
        ("none/position", "requestId"),
    ],
)
def test_ids_that_are_none(calls: Calls, path: str, name: str) -> None:
    answer = calls.http.get(f"/v2/nvcf/queues/{path}")
    assert (answer.status_code, answer.json()["detail"]) == (400, f"Failed to convert '{name}' with value: 'none'")


def test_whoever_is_there_may_ask_for_its_health(calls: Calls) -> None:
    for host in ("api.nvcf.nvidia.com", "127.0.0.1"):
        assert calls.http.get("/health", headers={"Host": host, "Authorization": ""}).status_code == 200
