"""The two planes of NVCF together: what the control plane makes is what calls come to."""

from typing import Any

import httpx
import pytest

from .nvcfcloud import DEPLOY_SECONDS, Nvcf, llm_body, path_of, problem, spec


@pytest.fixture(autouse=True)
def nobody_waits(nvcf: Nvcf) -> None:
    nvcf.settings(hold_seconds=0)


def pexec(nvcf: Nvcf, function: dict[str, Any], **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return nvcf.call("POST", f"/pexec/functions/{function['id']}", {}, headers=named)


def poll(nvcf: Nvcf, answer: httpx.Response) -> httpx.Response:
    return nvcf.call("GET", f"/pexec/status/{answer.headers['NVCF-REQID']}")


def undeploy(nvcf: Nvcf, function: dict[str, Any], graceful: bool) -> None:
    nvcf.ok("DELETE", f"/deployments{path_of(function)}", params={"graceful": str(graceful).lower()})


def test_called_when_it_is_active(nvcf: Nvcf) -> None:
    function = nvcf.create()
    assert pexec(nvcf, function).status_code == 404
    nvcf.deploy(function)
    assert pexec(nvcf, function).status_code == 404
    nvcf.clock.advance(DEPLOY_SECONDS)
    seen = pexec(nvcf, function).json()
    assert (seen["version_id"], seen["path"]) == (function["versionId"], "/echo")
    assert seen["headers"]["nvcf-instancetype"] == "NCP.GPU.L40_1x"


def test_first_request_starts_an_instance(nvcf: Nvcf) -> None:
    function = nvcf.create()
    nvcf.deploy(function, spec(minInstances=0))
    first = pexec(nvcf, function)
    assert first.status_code == 202
    queue = nvcf.ok("GET", f"/queues/functions/{function['id']}")["queues"][0]
    assert (queue["queueDepth"], queue["functionStatus"]) == (1, "ACTIVE")
    nvcf.clock.advance(DEPLOY_SECONDS)
    assert poll(nvcf, first).status_code == 200
    assert pexec(nvcf, function).status_code == 200


def test_instance_that_cannot_be_had(nvcf: Nvcf) -> None:
    function = nvcf.create()
    deployment = nvcf.deploy(function, spec(minInstances=0))
    spec_id = deployment["deploymentSpecifications"][0]["gpuSpecificationId"]
    fleet = {"running": 0, "starting": 0, "held": True}
    nvcf.admin("PATCH", f"/nvcf/deployments/{deployment['deploymentId']}/gpu-specifications/{spec_id}", fleet)
    answer = pexec(nvcf, function)
    assert (answer.status_code, answer.content) == (504, b"")


def test_graceful_end_waits_for_what_is_done_and_fetched(nvcf: Nvcf) -> None:
    function = nvcf.create()
    nvcf.deployed(function)
    requests = [pexec(nvcf, function, X_Emulator_Seconds="10") for _ in range(2)]
    undeploy(nvcf, function, graceful=True)
    assert nvcf.status(function) == "INACTIVE"
    assert nvcf.call("GET", f"/queues/functions/{function['id']}").status_code == 404
    assert pexec(nvcf, function).status_code == 404
    nvcf.clock.advance(10)
    assert poll(nvcf, requests[0]).status_code == 200
    nvcf.clock.advance(10)
    assert nvcf.status(function) == "INACTIVE"
    assert poll(nvcf, requests[1]).status_code == 200
    nvcf.clock.advance(1)
    assert problem(nvcf.call("GET", f"/deployments{path_of(function)}"), 404)


def test_graceful_end_ends_when_the_callers_have_gone(nvcf: Nvcf) -> None:
    function = nvcf.create()
    nvcf.deployed(function)
    assert pexec(nvcf, function, X_Emulator_Seconds="3600", NVCF_POLL_SECONDS="1").status_code == 202
    undeploy(nvcf, function, graceful=True)
    nvcf.clock.advance(12)
    assert nvcf.call("GET", f"/deployments{path_of(function)}").status_code == 404


@pytest.mark.parametrize("way", ["undeploy", "delete"])
def test_sudden_end(nvcf: Nvcf, way: str) -> None:
    function = nvcf.create()
    nvcf.deployed(function)
    request = pexec(nvcf, function, X_Emulator_Seconds="10")
    if way == "undeploy":
        undeploy(nvcf, function, graceful=False)
    else:
        nvcf.ok("DELETE", path_of(function))
    assert poll(nvcf, request).status_code == (504 if way == "undeploy" else 404)


def test_a_caller_by_function_never_fails_while_versions_change(nvcf: Nvcf) -> None:
    blue = nvcf.create()
    nvcf.deployed(blue)
    green = nvcf.create_version(blue)
    assert pexec(nvcf, blue).json()["version_id"] == blue["versionId"]
    nvcf.deployed(green)
    seen = {pexec(nvcf, blue).json()["version_id"] for _ in range(2)}
    assert seen == {blue["versionId"], green["versionId"]}
    undeploy(nvcf, blue, graceful=True)
    assert {pexec(nvcf, blue).json()["version_id"] for _ in range(2)} == {green["versionId"]}


def test_secret_reaches_the_container(nvcf: Nvcf) -> None:
    function = nvcf.create(secrets=[{"name": "TOKEN", "value": "one"}])
    nvcf.deployed(function)
    before = pexec(nvcf, function).json()["secrets"]
    nvcf.ok("PUT", f"/secrets{path_of(function)}", {"secrets": [{"name": "TOKEN", "value": "two"}]})
    after = pexec(nvcf, function).json()["secrets"]
    assert set(before) == set(after) == {"TOKEN"}
    assert before != after


def test_concurrency_in_place(nvcf: Nvcf) -> None:
    function = nvcf.create()
    nvcf.deployed(function)
    assert {pexec(nvcf, function, X_Emulator_Seconds="10").status_code for _ in range(2)} == {202}
    body = {"deploymentSpecifications": [spec(minInstances=1, maxInstances=2, maxRequestConcurrency=3)]}
    nvcf.ok("PUT", f"/deployments{path_of(function)}", body)
    pexec(nvcf, function, X_Emulator_Seconds="10")
    assert nvcf.ok("GET", f"/queues/functions/{function['id']}")["queues"][0]["queueDepth"] == 0


def test_rate_limit(nvcf: Nvcf) -> None:
    function = nvcf.create(rateLimit={"rateLimit": "1-H"})
    nvcf.deployed(function)
    assert [pexec(nvcf, function).status_code for _ in range(2)] == [200, 429]
    nvcf.ok("DELETE", f"/ratelimit{path_of(function)}")
    assert pexec(nvcf, function).status_code == 200


def test_token_for_an_end_user(nvcf: Nvcf) -> None:
    function, other = nvcf.create(), nvcf.create()
    for one in (function, other):
        nvcf.deployed(one)
    token = nvcf.ok("POST", f"/tokens/functions/{function['id']}", {"clientId": "somebody"})["access_token"]
    nvcf.sign_in(token)
    assert pexec(nvcf, function).json()["headers"]["nvcf-sub"] == "somebody"
    assert pexec(nvcf, other).status_code == 403
    nvcf.clock.advance(900)
    assert pexec(nvcf, function).status_code == 401


def test_shared_functions_are_called_by_others(nvcf: Nvcf) -> None:
    function = nvcf.create()
    nvcf.deployed(function)
    nvcf.admin("POST", "/seed", {"nvcf.accounts": [{"org": "other"}]})
    key = nvcf.key(org="other")
    nvcf.sign_in(key)
    assert pexec(nvcf, function).status_code == 404
    nvcf.sign_in("nvapi-emulator")
    body = {"authorizedParties": [{"ncaId": "nca-other"}]}
    nvcf.ok("POST", f"/authorizations/functions/{function['id']}", body)
    nvcf.sign_in(key)
    assert pexec(nvcf, function).json()["headers"]["nvcf-ncaid"] == "nca-other"


def test_gateway(nvcf: Nvcf) -> None:
    function = nvcf.create(llm_body(inferenceUrl="/"))
    nvcf.deployed(function)
    body = {"model": f"{function['id']}/m", "messages": [{"role": "user", "content": "hello"}]}
    answer = nvcf.http.post("https://llm.invocation.api.nvcf.nvidia.com/v1/chat/completions", json=body)
    assert answer.json()["choices"][0]["message"]["content"] == "hello"
    assert answer.headers["X-Ratelimit-Limit-Tokens"] == "1000"


def test_states_that_faults_bring(nvcf: Nvcf) -> None:
    function = nvcf.create()
    nvcf.fail("degraded")
    nvcf.deploy(function)
    nvcf.clock.advance(3 * DEPLOY_SECONDS)
    assert nvcf.status(function) == "DEGRADED"
    assert "DEGRADED function cannot be invoked" in pexec(nvcf, function).json()["detail"]
