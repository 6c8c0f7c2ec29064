"""Authorisation of ModelArts, balance and application authentication (modelarts.md section 8.10)."""

from typing import Any

import httpx
import pytest

from .cloud import Cloud, batch_body, config_item, create_body, error


def v2(cloud: Cloud, method: str, path: str, **options: Any) -> httpx.Response:
    return cloud.http.request(method, f"/v2/{cloud.project}{path}", **options)


def authorise(cloud: Cloud, **body: Any) -> httpx.Response:
    return v2(cloud, "POST", "/authorizations", json={"type": "agency", "content": "modelarts_agency", **body})


@pytest.mark.parametrize(
    ("body", "name"), [({}, "modelarts_agency"), ({"agency_name_suffix": "team"}, "ma_agency_team")]
)
def test_agency(cloud: Cloud, body: dict[str, Any], name: str) -> None:
    assert v2(cloud, "POST", "/agency", json=body).json() == {"agency_name": name}


def test_agency_without_body(cloud: Cloud) -> None:
    assert v2(cloud, "POST", "/agency").json() == {"agency_name": "modelarts_agency"}
    assert error(v2(cloud, "POST", "/agency", json={"agency_name_suffix": "x" * 51})) == (400, "ModelArts.0104")


def test_authorisations(cloud: Cloud) -> None:
    assert v2(cloud, "GET", "/authorizations").json() == {"total_count": 0, "auth": []}
    assert authorise(cloud, user_id="u-2", user_name="bea").json() == {"result": "true"}
    cloud.clock.advance(1)
    assert authorise(cloud, user_id="u-1", user_name="cai").status_code == 200
    answer = v2(cloud, "GET", "/authorizations").json()
    assert answer["total_count"] == 2
    assert answer["auth"][0] == {
        "user_id": "u-2",
        "user_name": "bea",
        "type": "agency",
        "content": "modelarts_agency",
        "create_time": round((cloud.clock.now() - 1) * 1000),
    }
    newest = v2(cloud, "GET", "/authorizations", params={"sort_by": "create_time", "order": "desc", "limit": "1"})
    assert [item["user_id"] for item in newest.json()["auth"]] == ["u-1"]
    assert v2(cloud, "DELETE", "/authorizations", params={"user_id": "u-2"}).json() == {"result": "true"}
    assert [item["user_id"] for item in v2(cloud, "GET", "/authorizations").json()["auth"]] == ["u-1"]
    v2(cloud, "DELETE", "/authorizations", params={"user_id": "all"})
    assert v2(cloud, "GET", "/authorizations").json()["total_count"] == 0


def test_secret_keys_are_not_answered(cloud: Cloud) -> None:
    assert authorise(cloud, type="CREDENTIAL", content="AK", secret_key="hidden").status_code == 200
    assert "hidden" not in v2(cloud, "GET", "/authorizations").text
    assert "hidden" not in str(cloud.admin("GET", "/requests"))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "3610"),
        ({"user_id": "u", "content": None}, "3610"),
        ({"user_id": "u", "type": "password"}, "0104"),
        ({"type": "credential"}, "3610"),
    ],
)
def test_wrong_authorisation(cloud: Cloud, body: dict[str, Any], code: str) -> None:
    assert error(authorise(cloud, **body)) == (400, f"ModelArts.{code}")


def test_deployments_need_an_authorisation(cloud: Cloud) -> None:
    running = cloud.running()
    cloud.admin("PATCH", "/settings", {"authorised": False})
    body = create_body(service_name="b")
    assert error(cloud.call("POST", "/services", json=body)) == (403, "ModelArts.2785")
    assert error(cloud.put(running, config=[config_item(instance_count=2)])) == (403, "ModelArts.2785")
    assert cloud.put(running, description="no deployment").status_code == 200
    authorise(cloud, user_id="somebody-else")
    assert error(cloud.call("POST", "/services", json=body)) == (401, "ModelArts.0428")
    assert cloud.call("GET", "/services").json()["total_count"] == 1
    authorise(cloud, user_id="all")
    assert cloud.call("POST", "/services", json=body).status_code == 200


@pytest.mark.parametrize(("balance", "code"), [("arrears", "4116"), ("suspended", "4118")])
def test_deployments_need_money(cloud: Cloud, balance: str, code: str) -> None:
    service_id = cloud.running()
    cloud.put(service_id, status="stopped")
    cloud.clock.advance(1)
    cloud.admin("PATCH", "/settings", {"balance": balance})
    for answer in (
        cloud.call("POST", "/services", json=create_body(service_name="b")),
        cloud.put(service_id, status="running"),
        cloud.put(service_id, config=[config_item(instance_count=2)]),
    ):
        assert error(answer) == (403, f"ModelArts.{code}")
    assert cloud.detail(service_id)["config"][0]["instance_count"] == 1
    assert cloud.http.patch("/_emulator/settings", json={"balance": "poor"}).status_code == 400
    cloud.admin("PATCH", "/settings", {"balance": "normal"})
    assert cloud.put(service_id, status="running").status_code == 200


def test_application_may_call_a_service(cloud: Cloud) -> None:
    cloud.admin("POST", "/seed", {"apps": [{"app_id": "a-1", "app_name": "shop", "app_codes": ["code-1"]}]})
    service_id = cloud.running()
    path = f"/services/{service_id}"
    assert cloud.call("GET", f"{path}/api-auths").json() == {"enable_app_auth": False}
    assert cloud.call("GET", f"{path}/app-auth-apis").json() == {"apis": [], "count": 0, "total_count": 0}
    answer = cloud.call("POST", f"{path}/app-auth-api", json={"apps": [{"app_id": "a-1"}], "workspace_id": "0"}).json()
    api, result = answer["api"], answer["auth_result"][0]
    assert (api["api_method"], api["auth_type"], api["support_app_code"]) == ("ANY", "APP", True)
    assert (api["service_id"], api["predict_url"]) == (service_id, cloud.detail(service_id)["access_address"])
    assert (result["api_id"], result["app_id"], result["success"], result["reason"]) == (api["api_id"], "a-1", True, "")
    assert result["auth_id"]
    assert cloud.call("GET", f"{path}/app-auth-apis").json()["apis"] == [api]

    def invoke(code: str) -> httpx.Response:
        anonymous = httpx.Client(transport=cloud.http._transport)
        return anonymous.post(api["predict_url"], json={"x": 1}, headers={"X-Apig-AppCode": code})

    assert invoke("code-1").json()["echo"] == {"x": 1}
    wrong = invoke("code-2")
    assert error(wrong) == (401, "APIG.0303")
    assert "app not found with specified appCode" in wrong.json()["error_msg"]
    second = cloud.call(
        "POST", f"{path}/app-auth-apis/{api['api_id']}/app-auth-api", json={"apps": [{"app_id": "a-2"}]}
    )
    assert [item["app_id"] for item in second.json()["auth_result"]] == ["a-2"]
    apps = cloud.call("GET", f"{path}/api-auths").json()["app_auth_api"]["authed_apps"]
    assert [(app["app_id"], app["app_name"], app["bounded_api_count"]) for app in apps] == [
        ("a-1", "shop", 1),
        ("a-2", "app-a-2", 1),
    ]
    assert invoke(apps[1]["app_codes"][0]).status_code == 200
    assert "code-1" not in str(cloud.admin("GET", "/requests"))


def test_app_code_of_another_service(cloud: Cloud) -> None:
    first, second = cloud.running(service_name="a"), cloud.running(service_name="b")
    cloud.call("POST", f"/services/{first}/app-auth-api", json={"apps": [{"app_id": "a-1"}]})
    app = cloud.call("GET", f"/services/{first}/api-auths").json()["app_auth_api"]["authed_apps"][0]
    headers = {"X-Apig-AppCode": app["app_codes"][0]}
    assert error(cloud.http.post(f"/v1/infers/{second}", json={}, headers=headers)) == (401, "APIG.0303")


def test_wrong_app_authentication(cloud: Cloud) -> None:
    service_id = cloud.running()
    path = f"/services/{service_id}"
    assert error(cloud.call("POST", f"{path}/app-auth-api", json={})) == (400, "ModelArts.3610")
    assert error(cloud.call("POST", f"{path}/app-auth-api", json={"apps": [{}]})) == (400, "ModelArts.3610")
    body = {"apps": [{"app_id": "a-1"}]}
    assert error(cloud.call("POST", f"{path}/app-auth-apis/x/app-auth-api", json=body)) == (400, "ModelArts.0104")
    assert error(cloud.call("POST", "/services/none/app-auth-api", json=body)) == (404, "ModelArts.3502")
    batch = cloud.create({**batch_body(), "service_name": "b"})
    assert error(cloud.call("POST", f"/services/{batch}/app-auth-api", json=body)) == (400, "ModelArts.3518")
    cloud.admin("PATCH", "/settings", {"strict_pools": True})
    result = cloud.call("POST", f"{path}/app-auth-api", json=body).json()["auth_result"][0]
    assert (result["success"], result["auth_id"], bool(result["reason"])) == (False, "", True)
