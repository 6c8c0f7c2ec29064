"""Who may come in, whose things are whose, and what is told in which envelope."""

import httpx
import pytest

from .alayacloud import (
    HOST,
    INFERENCE,
    NO_SERVICE,
    UNKNOWN,
    VKS,
    Alaya,
    authorization,
    data,
    expert,
    lora,
    quick_start,
    refusal,
)

ROUTES = [
    ("POST", f"{INFERENCE}/deployment"),
    ("POST", f"{INFERENCE}/deployment/expert"),
    ("POST", f"{INFERENCE}/deployment/lora"),
    ("GET", f"{INFERENCE}/deployment/list"),
    ("GET", f"{INFERENCE}/deployment/{UNKNOWN}"),
    ("PUT", f"{INFERENCE}/deployment/{UNKNOWN}"),
    ("PUT", f"{INFERENCE}/deployment/expert/{UNKNOWN}"),
    ("PUT", f"{INFERENCE}/deployment/lora/{UNKNOWN}"),
    ("PUT", f"{INFERENCE}/deployment/{UNKNOWN}/scale"),
    ("POST", f"{INFERENCE}/deployment/{UNKNOWN}/cancel"),
    ("DELETE", f"{INFERENCE}/deployment/{UNKNOWN}"),
    ("POST", "/api/model/v1/create"),
    ("GET", "/api/model/v1/list"),
    ("DELETE", f"/api/model/v1/{UNKNOWN}"),
    ("GET", "/api/aidc/v1/list"),
    ("GET", f"/api/vks/v1/{VKS}"),
]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "plain Credential=emulator,Signature=wrong",
        "plain Credential=other,Signature=emulator-secret",
        "Plain Credential=emulator,Signature=emulator-secret",
        "plain  Credential=emulator,Signature=emulator-secret",
        "plain Credential=emulator, Signature=emulator-secret",
        "plain Authorization: Credential=emulator,Signature=emulator-secret",
        "Credential=emulator,Signature=emulator-secret",
        "plain Credential=emulator,Signature=",
        "plain Credential=,Signature=emulator-secret",
        "Bearer emulator-secret",
    ],
)
def test_other_credentials_are_not_let_in(alaya: Alaya, value: str) -> None:
    answer = alaya.call("GET", "/deployment/list", headers={"Authorization": value})
    assert refusal(answer, 401)
    assert "emulator-secret" not in answer.text


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_wants_them(alaya: Alaya, method: str, path: str) -> None:
    assert "access key" in refusal(alaya.http.request(method, path, headers=authorization("nobody")), 401)
    assert alaya.http.request(method, path).status_code != 401


def test_no_header_at_all(alaya: Alaya) -> None:
    del alaya.http.headers["Authorization"]
    assert "plain Credential=" in refusal(alaya.call("GET", "/deployment/list"), 401)


def test_things_belong_to_an_account(alaya: Alaya) -> None:
    service = alaya.running(alaya.expert())
    alaya.sign_in("other")
    assert alaya.rows() == []
    for method, path, body in (
        ("GET", "", None),
        ("PUT", "", quick_start()),
        ("DELETE", "", None),
        ("POST", "/cancel", None),
        ("PUT", "/scale", {"scale": expert()["scale"]}),
    ):
        assert service in refusal(alaya.call(method, f"/deployment/{service}{path}", body), 404)
    assert "does not exist" in refusal(alaya.call("POST", "/deployment/lora", lora(service)))


def test_several_keys_of_one_account(alaya: Alaya) -> None:
    service = alaya.expert()
    alaya.sign_in("second", account="emulator")
    assert alaya.status(service) == "starting"


def test_a_cluster_that_the_account_may_not_use(alaya: Alaya) -> None:
    alaya.sign_in("guest", clusters=["vc-other"])
    assert VKS in refusal(alaya.call("POST", "/deployment/expert", expert()), 403)
    assert VKS in refusal(alaya.call("POST", "/deployment", quick_start()), 403)
    assert VKS in refusal(alaya.http.get(f"/api/vks/v1/{VKS}"), 403)
    assert alaya.rows() == []
    mine = alaya.stopped(alaya.running(alaya.expert(vksId="vc-other")))
    assert VKS in refusal(alaya.call("PUT", f"/deployment/expert/{mine}", expert()), 403)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", f"{INFERENCE}/nothing", 404),
        ("GET", f"{INFERENCE}/deployment/a/b", 404),
        ("POST", f"{INFERENCE}/deployment/{UNKNOWN}/start", 404),
        ("GET", "/api/model/v1/a/b", 404),
        ("GET", "/api/vks/v1", 404),
        ("GET", "/api/aidc/v1/other", 404),
        ("POST", f"/svc/{UNKNOWN}/v1/other", 404),
        ("PATCH", f"{INFERENCE}/deployment/{UNKNOWN}", 405),
        ("PATCH", f"{INFERENCE}/deployment/list", 405),
        ("POST", f"{INFERENCE}/deployment/list", 405),
        ("GET", f"{INFERENCE}/deployment", 405),
        ("GET", f"{INFERENCE}/deployment/{UNKNOWN}/cancel", 405),
        ("PATCH", f"/svc/{UNKNOWN}/v1/models", 405),
    ],
)
def test_what_is_not_there_is_told_in_the_envelope(alaya: Alaya, method: str, path: str, status: int) -> None:
    answer = alaya.http.request(method, path)
    assert refusal(answer, status)
    assert ("Allow" in answer.headers) == (status == 405)


def test_its_own_host_and_any_other(alaya: Alaya) -> None:
    assert refusal(alaya.http.get(f"{HOST}/v1/services"), 404)
    assert data(alaya.http.get(f"http://elsewhere.example{INFERENCE}/deployment/list"))["rows"] == []
    assert "code" not in alaya.http.get("http://elsewhere.example/api/serverless-train/v1/task").json()


def test_a_success_has_all_of_the_envelope(alaya: Alaya) -> None:
    service = alaya.running(alaya.expert())
    assert alaya.call("POST", f"/deployment/{service}/cancel").json() == {"code": 0, "data": {}, "msg": ""}


def test_code_as_text_where_the_samples_have_it(alaya: Alaya) -> None:
    def codes() -> dict[str, object]:
        service = alaya.running(alaya.expert())
        body = {"serviceId": service, "scale": expert()["scale"]}
        answers: dict[str, httpx.Response] = {
            "list": alaya.call("GET", "/deployment/list"),
            "scale": alaya.call("PUT", f"/deployment/{service}/scale", body),
            "lora": alaya.call("POST", "/deployment/lora", lora(service)),
            "expert": alaya.call("POST", "/deployment/expert", expert()),
            "quick": alaya.call("POST", "/deployment", quick_start()),
            "detail": alaya.call("GET", f"/deployment/{service}"),
            "models": alaya.http.get("/api/model/v1/list?aidcId=1"),
        }
        return {name: answer.json()["code"] for name, answer in answers.items()}

    numbers = dict.fromkeys(("expert", "quick", "detail", "models"), 0)
    assert codes() == {**dict.fromkeys(("list", "scale", "lora"), "0"), **numbers}
    alaya.settings(code_as_text=False)
    assert set(codes().values()) == {0}


def test_an_answer_can_be_code_alone(alaya: Alaya) -> None:
    alaya.settings(code_alone=True)
    service = alaya.running(alaya.expert())
    assert alaya.call("POST", f"/deployment/{service}/cancel").json() == {"code": 0}
    assert alaya.status(service) == "stopping"


def test_msg_can_be_missing(alaya: Alaya) -> None:
    alaya.settings(without_msg=True)
    assert alaya.call("GET", f"/deployment/{UNKNOWN}").json() == {"code": -1}
    assert alaya.call("GET", "/deployment/list").json() == {"code": "0", "data": {"count": 0, "rows": []}}
    assert alaya.call("GET", "/deployment/list", headers=authorization("x")).json() == {"code": -1}


def test_the_status_of_a_refusal(alaya: Alaya) -> None:
    service = alaya.expert()
    path = f"/deployment/{service}"
    assert "starting" in refusal(alaya.call("DELETE", path))
    for status in (400, 403, 404, 500):
        alaya.settings(refusal_status=status)
        assert "starting" in refusal(alaya.call("DELETE", path), status)
    assert refusal(alaya.call("GET", f"/deployment/{UNKNOWN}"), 404) == NO_SERVICE


def test_not_found_as_a_code(alaya: Alaya) -> None:
    alaya.settings(not_found_as_code=True)
    assert refusal(alaya.call("GET", f"/deployment/{UNKNOWN}")) == NO_SERVICE
    assert refusal(alaya.call("DELETE", f"/deployment/{UNKNOWN}")) == NO_SERVICE
    assert refusal(alaya.http.delete(f"/api/model/v1/{UNKNOWN}"))
    assert refusal(alaya.http.get("/api/vks/v1/vc-none"))
    assert refusal(alaya.call("POST", "/deployment", {}), 400)
    assert refusal(alaya.call("GET", "/deployment/list", headers=authorization("x")), 401)


def test_every_error_as_a_code(alaya: Alaya) -> None:
    alaya.settings(always_200=True)
    assert refusal(alaya.call("GET", f"/deployment/{UNKNOWN}"))
    assert refusal(alaya.call("POST", "/deployment", {}))
    assert refusal(alaya.call("GET", "/deployment/list", headers=authorization("x")))
    alaya.sign_in("guest", clusters=[])
    assert refusal(alaya.call("POST", "/deployment", quick_start()))


def test_faults_of_requests_come_in_the_envelope(alaya: Alaya) -> None:
    alaya.admin("POST", "/faults", {"status": 500, "path": "/deployment", "error_msg": "down"})
    assert refusal(alaya.call("GET", "/deployment/list"), 500) == "down"
    alaya.admin("POST", "/faults", {"status": 200, "error_code": "-7", "error_msg": "no quota"})
    assert alaya.call("GET", "/deployment/list").json() == {"code": -7, "data": {}, "msg": "no quota"}
    alaya.admin("POST", "/faults", {"status": 503, "error_code": "word"})
    assert refusal(alaya.call("GET", "/deployment/list"), 503)
