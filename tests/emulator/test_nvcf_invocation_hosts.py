"""Functions at hosts of their own, or named by a header."""

from uuid import uuid4

import httpx
import pytest

from pulumi_inference.emulator import clouds

from .nvcfcalls import Calls, problem

INVOCATION = "https://{}.invocation.api.nvcf.nvidia.com"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_everything_goes_to_the_container(calls: Calls, method: str) -> None:
    url = f"{INVOCATION.format(calls.put()['id'])}/v2/nvcf/pexec/%2Fa%20b?x=1&flag&x=%C3%A4"
    answer = calls.http.request(method, url, content=b"no json")
    assert answer.status_code == 200
    seen = answer.json()
    assert (seen["method"], seen["path"]) == (method, "/v2/nvcf/pexec/%2Fa%20b")
    assert (seen["query"], seen["echo"]) == ("x=1&flag&x=%C3%A4", "no json")
    assert answer.headers["NVCF-REQID"] == seen["headers"]["nvcf-reqid"]


def test_version_by_host(calls: Calls) -> None:
    first = calls.put()
    second = calls.put(id=first["id"])
    for version in (second, second, first, first):
        host = f"{version['versionId']}.{first['id']}"
        assert calls.http.get(INVOCATION.format(host)).json()["version_id"] == version["versionId"]


@pytest.mark.parametrize("host", ["{}.invocation.localhost:8099", "{}.invocation.nvcf.test", "{}.INVOCATION.a.EXAMPLE"])
def test_other_domains(calls: Calls, host: str) -> None:
    version = calls.put()
    answer = calls.http.get("/x", headers={"Host": host.format(version["id"])})
    assert answer.json()["function_id"] == version["id"]


def test_header_wins(calls: Calls) -> None:
    version, other = calls.put(), calls.put()
    headers = {"Function-Id": version["id"].upper(), "Function-Version-Id": version["versionId"]}
    for url in (
        f"/v2/nvcf/pexec/functions/{other['id']}",
        f"{INVOCATION.format(other['id'])}/x",
        "https://modelarts.cn-north-4.myhuaweicloud.com/v1/p/services",
        "https://invocation.localhost/x",
    ):
        answer = calls.http.post(url, headers=headers)
        assert answer.json()["version_id"] == version["versionId"], url


def test_header_that_names_nothing_is_no_header(calls: Calls) -> None:
    path = f"/v2/nvcf/pexec/functions/{calls.put()['id']}"
    assert calls.http.post(path, json={}, headers={"Function-Id": "x"}).headers["NVCF-STATUS"] == "fulfilled"
    nobody = calls.http.post("https://nobody.test/x", headers={"Function-Id": "x"})
    assert nobody.json() == {"error": "there is no such path"}


def direct(calls: Calls, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return calls.http.post(f"{INVOCATION.format(calls.put()['id'])}/x", headers=named)


def test_failure_of_the_container_comes_as_it_is(calls: Calls) -> None:
    answer = direct(calls, X_Emulator_Status="503", X_Emulator_Error="busy")
    assert (answer.status_code, answer.json(), answer.headers["NVCF-STATUS"]) == (503, {"error": "busy"}, "errored")
    assert answer.headers["Content-Type"] == "application/json"
    assert direct(calls, X_Emulator_Status="204").content == b""


def test_errors_of_the_platform(calls: Calls) -> None:
    url = INVOCATION.format(uuid4())
    assert problem(calls.http.get(url))[0] == 404
    assert problem(direct(calls, NVCF_POLL_SECONDS="x")) == (400, "failed to parse poll duration")
    client = httpx.Client(transport=calls.http._transport)
    assert client.options(url).text == "Header of type `authorization` was missing"
    assert problem(client.get(url, headers={"Authorization": "Bearer nvapi-x"})) == (403, "Authorization failed")
    assert direct(calls, X_Emulator_Trouble="connection").json()["type"].startswith("urn:inference-connection:")


def test_one_hold_is_all_there_is(calls: Calls) -> None:
    assert direct(calls, X_Emulator_Seconds="60").status_code == 200
    late = direct(calls, X_Emulator_Seconds="61")
    assert (late.status_code, late.content) == (504, b"")
    assert direct(calls, X_Emulator_Seconds="61", NVCF_POLL_SECONDS="61").status_code == 200
    assert direct(calls, X_Emulator_Seconds="61", Accept="text/event-stream").status_code == 504
    assert direct(calls, X_Emulator_Silent="request").status_code == 504


def test_large_results_come_inline_and_assets_are_ignored(calls: Calls) -> None:
    answer = direct(calls, X_Emulator_Bytes=str(6 * 1024 * 1024), NVCF_Input_Asset_References="x")
    assert (answer.status_code, len(answer.content)) == (200, 6 * 1024 * 1024)


def test_events(calls: Calls) -> None:
    answer = direct(calls, Accept="text/event-stream")
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.text.endswith("data: [DONE]\n\n")


def test_ready(calls: Calls) -> None:
    version = calls.put()
    for path in ("/v2/health/ready", version["health"]["uri"]):
        answer = calls.http.get(INVOCATION.format(version["id"]) + path)
        assert (answer.status_code, answer.content) == (200, b"")


def test_health_of_the_cloud_needs_no_key(calls: Calls) -> None:
    client = httpx.Client(transport=calls.http._transport)
    assert client.get("https://api.nvcf.nvidia.com/health").status_code == 200


@pytest.mark.parametrize(
    "host", ["x.invocation.evil.com", "invocation.nvidia.com.evil.org", "api.nvcf.nvidia.com.evil.org", "a.internal"]
)
def test_hosts_that_others_can_own_are_not_the_clouds(host: str) -> None:
    assert clouds.owner_of(host) is None


def test_calls_by_host_are_logged_with_it(calls: Calls) -> None:
    version = calls.put()
    calls.http.get(f"{INVOCATION.format(version['id'])}/x?y=1")
    logged = calls.admin("GET", "/requests")["requests"][-1]
    assert (logged["host"].partition(".")[0], logged["path"], logged["status"]) == (version["id"], "/x", 200)
