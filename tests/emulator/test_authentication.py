"""Who may pass: IAM tokens and projects (section 2), signatures (3.6), the gateway's errors (1)."""

import json
from datetime import UTC, datetime

import httpx
import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from .cloud import Cloud, create_body, error, token_body

MALFORMED_BODIES = [
    b"",
    b"[]",
    b"{}",
    b'{"auth":{}}',
    b'{"auth":{"identity":{"methods":["token"]}}}',
    b'{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"emulator"}}}}}',
    b'{"auth":{"identity":{"methods":["password","totp"],"password":{}}}}',
]


def signed(
    cloud: Cloud,
    method: str = "GET",
    path: str = "/v1/any-project/services",
    body: bytes = b"",
    *,
    access: str = "emulator",
    secret: str = "emulator-secret",
    skew: float = 0,
    sent: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    """A call signed by Huawei's own signer with the time of the cloud's clock."""
    moment = datetime.fromtimestamp(cloud.clock.now() + skew, UTC).strftime("%Y%m%dT%H%M%SZ")
    header_params = {"Content-Type": "application/json;charset=UTF-8", "X-Sdk-Date": moment, **(headers or {})}
    host = httpx.URL(str(cloud.http.base_url)).host
    request = SdkRequest(
        method=method,
        schema="https",
        host=host,
        resource_path=path,
        query_params=[],
        header_params=header_params,
        body=body,
    )
    Signer(BasicCredentials(access, secret, "p")).sign(request)
    return cloud.http.request(method, path, headers=request.header_params, content=sent if sent is not None else body)


def tail(answer: httpx.Response) -> str:
    assert error(answer) == (401, "APIG.0301")
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"]
    prefix, _, rest = answer.json()["error_msg"].partition(": ")
    assert prefix == "Incorrect IAM authentication information"
    return str(rest)


def without_token(cloud: Cloud, token: str | None) -> httpx.Response:
    headers = {"X-Auth-Token": token} if token else {}
    return httpx.Client(transport=cloud.http._transport).get(
        f"{cloud.http.base_url}/v1/{cloud.project}/services", headers=headers
    )


def test_token_says_who_and_until_when(cloud: Cloud) -> None:
    answer = cloud.http.post("/v3/auth/tokens", json=token_body({"project": {"name": "cn-north-4"}}))
    assert answer.status_code == 201
    token = answer.json()["token"]
    assert len(answer.headers["X-Subject-Token"]) > 1000
    assert token["issued_at"] == "2024-03-21T00:00:00.000000Z"
    assert token["expires_at"] == "2024-03-22T00:00:00.000000Z"
    assert token["methods"] == ["password"]
    assert token["user"]["name"] == token["user"]["domain"]["name"] == "emulator"
    assert token["project"]["name"] == "cn-north-4"
    assert len(token["project"]["id"]) == 32
    assert token["catalog"]


def test_nocatalog_drops_the_catalog(cloud: Cloud) -> None:
    answer = cloud.http.post("/v3/auth/tokens?nocatalog=true", json=token_body())
    assert "catalog" not in answer.json()["token"]


def test_project_by_id(cloud: Cloud) -> None:
    answer = cloud.http.post("/v3/auth/tokens", json=token_body({"project": {"id": cloud.project}}))
    assert answer.json()["token"]["project"]["id"] == cloud.project
    assert answer.json()["token"]["project"]["name"] == "cn-north-4"


@pytest.mark.parametrize("change", [{"user": "other"}, {"password": "wrong"}, {"domain": "other"}])
def test_wrong_password(cloud: Cloud, change: dict[str, str]) -> None:
    answer = cloud.http.post("/v3/auth/tokens", json=token_body({"project": {"name": "cn-north-4"}}, **change))
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == 401
    assert answer.json()["error"]["title"] == "Unauthorized"
    assert "X-Subject-Token" not in answer.headers


@pytest.mark.parametrize("body", MALFORMED_BODIES)
def test_malformed_token_request(cloud: Cloud, body: bytes) -> None:
    answer = cloud.http.post("/v3/auth/tokens", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["title"] == "Bad Request"


@pytest.mark.parametrize("scope", [None, {"domain": {"name": "emulator"}}])
def test_token_without_a_project(cloud: Cloud, scope: dict[str, object] | None) -> None:
    token = cloud.http.post("/v3/auth/tokens", json=token_body(scope)).headers["X-Subject-Token"]
    assert error(without_token(cloud, token)) == (401, "ModelArts.0207")


def test_token_of_another_project(cloud: Cloud) -> None:
    answer = cloud.http.post("/v3/auth/tokens", json=token_body({"project": {"name": "cn-east-3"}}))
    assert error(without_token(cloud, answer.headers["X-Subject-Token"])) == (403, "ModelArts.0210")


def test_no_token(cloud: Cloud) -> None:
    assert tail(without_token(cloud, None)) == "x-auth-token not found"


def test_unknown_token(cloud: Cloud) -> None:
    assert tail(without_token(cloud, "nonsense")) == "decrypt token fail"


def test_token_lives_for_a_day_of_the_emulators_time(cloud: Cloud) -> None:
    token = cloud.http.headers["X-Auth-Token"]
    cloud.clock.advance(12 * 3600)
    cloud.admin("POST", "/clock", {"advance": 12 * 3600 - 1})
    assert without_token(cloud, token).status_code == 200
    cloud.admin("POST", "/clock", {"advance": 1})
    assert tail(without_token(cloud, token)) == "token expires, expires_at: 2024-03-22T00:00:00.000000Z"


def test_project_of_a_region_is_always_the_same(cloud: Cloud) -> None:
    projects = cloud.http.get("/v3/projects", params={"name": "cn-north-4"}).json()["projects"]
    assert [(project["id"], project["name"]) for project in projects] == [(cloud.project, "cn-north-4")]
    every = {project["name"]: project["id"] for project in signed(cloud, path="/v3/projects").json()["projects"]}
    assert every["cn-north-4"] == cloud.project
    assert len(set(every.values())) == len(every) > 10


def test_projects_need_authentication(cloud: Cloud) -> None:
    answer = httpx.Client(transport=cloud.http._transport).get("https://iam.myhuaweicloud.com/v3/projects?name=x")
    assert answer.status_code == 401
    assert answer.json()["error"]["title"] == "Unauthorized"


def test_signed_call_of_any_project(cloud: Cloud) -> None:
    body = json.dumps(create_body()).encode()
    assert signed(cloud, "POST", "/v1/p-77/services", body).status_code == 200
    assert signed(cloud, "GET", "/v1/p-77/services").json()["total_count"] == 1


def test_signed_call_that_names_its_project(cloud: Cloud) -> None:
    assert signed(cloud, path="/v1/p-1/services", headers={"X-Project-Id": "p-1"}).status_code == 200
    answer = signed(cloud, path="/v1/p-1/services", headers={"X-Project-Id": "p-2"})
    assert error(answer) == (403, "ModelArts.0210")
    assert signed(cloud, path="/v3/projects", headers={"X-Project-Id": "p-2"}).status_code == 200


def test_signature_comes_before_the_token(cloud: Cloud) -> None:
    cloud.http.headers["X-Auth-Token"] = "nonsense"
    assert signed(cloud).status_code == 200


def test_body_changed_on_the_way(cloud: Cloud) -> None:
    assert tail(signed(cloud, "POST", body=b"{}", sent=b"[]")) == "verify aksk signature fail"


def test_unknown_access_key(cloud: Cloud) -> None:
    assert tail(signed(cloud, access="nobody")) == "Get secretKey failed,ak:nobody,err:ak not exist"


@pytest.mark.parametrize("skew", [-900, 900])
def test_date_within_fifteen_minutes(cloud: Cloud, skew: float) -> None:
    assert signed(cloud, skew=skew).status_code == 200


@pytest.mark.parametrize("skew", [-901, 901])
def test_date_too_far_off(cloud: Cloud, skew: float) -> None:
    assert tail(signed(cloud, skew=skew)).startswith("verify aksk signature fail")


def test_moved_time_does_not_spoil_signatures(cloud: Cloud) -> None:
    cloud.admin("POST", "/clock", {"advance": 100_000})
    assert signed(cloud).status_code == 200


@pytest.mark.parametrize(
    "authorization",
    ["SDK-HMAC-SHA256 nonsense", "SDK-HMAC-SHA256 Access=emulator, SignedHeaders=x-sdk-date, Signature=00"],
)
def test_malformed_header_or_date(cloud: Cloud, authorization: str) -> None:
    headers = {"Authorization": authorization, "X-Sdk-Date": "yesterday"}
    assert tail(cloud.call("GET", "/services", headers=headers)).startswith("verify aksk signature fail")


def test_five_failures_lock_the_key_for_five_minutes(cloud: Cloud) -> None:
    for _ in range(5):
        assert tail(signed(cloud, secret="wrong")) == "verify aksk signature fail"
    assert tail(signed(cloud)) == "AK access failed to reach the limit,forbidden"
    cloud.clock.advance(299)
    assert tail(signed(cloud)) == "AK access failed to reach the limit,forbidden"
    cloud.clock.advance(1)
    assert signed(cloud).status_code == 200


def test_success_forgives_failures(cloud: Cloud) -> None:
    for _ in range(4):
        signed(cloud, secret="wrong")
    assert signed(cloud).status_code == 200
    for _ in range(4):
        signed(cloud, secret="wrong")
    assert signed(cloud).status_code == 200


def test_signed_body_has_a_limit(cloud: Cloud) -> None:
    cloud.admin("PATCH", "/settings", {"max_body_bytes": 10})
    assert error(signed(cloud, "POST", body=b"x" * 11)) == (413, "ModelArts.4104")
    assert error(signed(cloud, "POST", body=b"x" * 10)) == (400, "ModelArts.2787")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/p/services/", 404),
        ("GET", "/v1/p/nothing", 404),
        ("GET", "/v2/p/things", 404),
        ("POST", "/v1/p/services/x", 405),
        ("PATCH", "/v1/p/services", 405),
        ("GET", "/v3/auth/tokens", 405),
    ],
)
def test_unknown_path_or_method_is_told_before_authentication(
    cloud: Cloud, method: str, path: str, status: int
) -> None:
    answer = httpx.Client(transport=cloud.http._transport).request(method, f"{cloud.http.base_url}{path}")
    assert error(answer) == (status, "APIG.0101")
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/services", "POST, GET"),
        ("POST", "/services/x", "GET, PUT, PATCH, DELETE"),
        ("OPTIONS", "/services/x/events", "GET"),
        ("GET", "/nothing", None),
    ],
)
def test_allowed_methods_are_told(cloud: Cloud, method: str, path: str, allowed: str | None) -> None:
    assert cloud.call(method, path).headers.get("Allow") == allowed
