"""The admin door of Alaya NeW: seeds, changes behind the program's back, and what the log does not tell."""

import threading
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.emulator import app
from pulumi_inference.emulator.alaya import CLOUD
from pulumi_inference.emulator.alaya.settings import AlayaSettings
from pulumi_inference.emulator.shell import Emulator
from pulumi_inference.emulator.store import Store
from tests.support.patience import PATIENCE

from .alayacloud import (
    BASE_MODEL,
    DEPLOY_SECONDS,
    GPU,
    HOST,
    LORA_MODEL,
    SCALE,
    UNKNOWN,
    VKS,
    Alaya,
    authorization,
    data,
    expert,
    full_pod,
    lora,
    pod,
    quick_start,
    refusal,
)

DOCS = Path(__file__).parents[2] / "docs" / "emulator.md"


def complaint(alaya: Alaya, method: str, path: str, json: Any = None) -> str:
    answer = alaya.http.request(method, f"/_emulator{path}", json=json)
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"])


def test_seeded_services(alaya: Alaya) -> None:
    base = {**expert(extensions={"a": "b"}), "serviceId": UNKNOWN, "apikey": "k"}
    made = alaya.seed(services=[base, quick_start(), lora(UNKNOWN)])["alaya.services"]
    assert made[0] == {"serviceId": UNKNOWN}
    ids = [one["serviceId"] for one in made]
    assert [alaya.status(one) for one in ids] == ["running"] * 3
    found = alaya.detail(UNKNOWN)
    assert (found["apikey"], found["instance"]) == (
        "k",
        [{"instanceId": "0", "loraModels": ["adapter"], "baseModelReady": True}],
    )
    assert [alaya.behind(one)["mode"] for one in ids] == ["expert", "quickStart", "lora"]
    alaya.clock.advance(1000)
    assert alaya.status(UNKNOWN) == "running"


def test_seeded_services_in_a_state_and_of_another_account(alaya: Alaya) -> None:
    [stopped, failed] = alaya.seed(
        services=[{**expert(), "status": "stopped"}, {**expert(), "status": "failed", "account": "other"}]
    )["alaya.services"]
    assert alaya.detail(stopped["serviceId"])["instance"] == []
    assert alaya.status(stopped["serviceId"]) == "stopped"
    assert refusal(alaya.call("GET", f"/deployment/{failed['serviceId']}"), 404)
    alaya.sign_in("other")
    assert alaya.status(failed["serviceId"]) == "failed"


def test_seeded_models(alaya: Alaya) -> None:
    meta = {"modelSourcePath": "/a", "modelMeta": {"name": "m"}, "modelType": "lora"}
    seeded = alaya.seed(models=[{**meta, "aidcId": "1", "id": "m-1"}, {**meta, "aidcId": 1, "account": "other"}])
    assert seeded["alaya.models"][0] == {"id": "m-1"}
    rows = data(alaya.http.get("/api/model/v1/list?aidcId=1&modelName=m"))["rows"]
    assert [one["id"] for one in rows] == ["m-1", LORA_MODEL, BASE_MODEL]


def test_seeded_clusters(alaya: Alaya) -> None:
    gpu = {"name": GPU, "displayName": "L40S", "hard": 2, "used": 1, "ratio": "1:2:3"}
    alaya.seed(clusters=[{"id": "vc-2", "namespaces": ["a"], "gpu": [gpu], "mem": {"hard": 710}}])
    assert data(alaya.http.get("/api/vks/v1/vc-2")) == {
        "utilizationRate": {"gpu": [gpu], "mem": {"hard": 710, "used": 0}}
    }
    alaya.settings(check_clusters=True)
    assert alaya.expert(vksId="vc-2", namespace="a")
    assert refusal(alaya.call("POST", "/deployment", quick_start(vksId="vc-2")))


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ({"services": [1]}, "the items of services are objects"),
        ({"services": [{"name": "a"}]}, "vksId is required"),
        ({"services": [{**expert(), "mode": "x"}]}, "no such mode: x; there are expert, quickStart, lora"),
        ({"services": [{**expert(), "status": 1}]}, "status is a text, such as starting, running"),
        ({"services": [lora(UNKNOWN)]}, f"base service {UNKNOWN} does not exist"),
        ({"accounts": [{}]}, "an item lacks 'accessKey'"),
        ({"accounts": [{"accessKey": "a", "secretKey": "b", "cluster": 1}]}, "did you mean clusters?"),
        ({"accounts": [{"accessKey": "a", "secretKey": "b", "clusters": "c"}]}, "clusters of an account are ids"),
        ({"accounts": [{"accessKey": "a,b", "secretKey": "b"}]}, "keys have no blanks"),
        ({"aidcs": [{}]}, "an item lacks 'id'"),
        ({"aidcs": [{"id": "1", "nam": "x"}]}, "no such field of a data centre: nam; did you mean name"),
        ({"clusters": [{"id": "1", "gpus": []}]}, "no such field of a cluster: gpus; did you mean gpu?"),
        ({"clusters": [{"id": "1", "gpu": [{"name": GPU, "count": 1}]}]}, "no such field of a GPU: count"),
        ({"models": [{"aidcId": "1"}]}, "modelMeta is required"),
    ],
)
def test_wrong_seeds(alaya: Alaya, items: Any, message: str) -> None:
    given = {f"alaya.{name}": item for name, item in items.items()}
    assert message in complaint(alaya, "POST", "/seed", given)


def test_the_overview(alaya: Alaya) -> None:
    service = alaya.expert()
    found = alaya.admin("GET", "")
    short = {"account": "emulator", "serviceId": service, "name": "demo", "mode": "expert", "status": "starting"}
    assert found["alaya.services"] == [short]
    assert found["settings"]["alaya.update_starts"] is True


def test_everything_about_all_services(alaya: Alaya) -> None:
    alaya.fail("crash", after_seconds=100)
    worker = pod(workers=1)
    head = full_pod()
    base = alaya.running(alaya.expert(headConfig=head, workerConfig=worker, extensions={"a": "b"}))
    adapter = alaya.lora(base)
    first, second = alaya.admin("GET", "/alaya/services")["services"]
    assert first == alaya.behind(base)
    wanted = {
        **{"account": "emulator", "serviceId": base, "mode": "expert", "status": "running", "scale": SCALE},
        **{"extensions": {"a": "b"}, "headConfig": head, "workerConfig": worker, "loraServices": [adapter]},
        "apikey": alaya.detail(base)["apikey"],
    }
    assert {name: first[name] for name in wanted} == wanted
    assert (second["serviceId"], second["baseServiceId"]) == (adapter, base)


def test_a_service_changed_behind_the_back(alaya: Alaya) -> None:
    base, adapter = alaya.with_lora()
    path = f"/alaya/services/{base}"
    alaya.admin("PATCH", path, {"name": "other", "servedName": ["x"], "headConfig": pod(image="y"), "scale": None})
    found = alaya.detail(base)
    assert (found["name"], found["servedName"], found["expert"]["headConfig"]) == ("other", ["x"], pod(image="y"))
    assert complaint(alaya, "PATCH", path, {"headconfig": {}}) == "no such field: headconfig; did you mean headConfig?"
    assert "no such field: backend" in complaint(alaya, "PATCH", path, {"backend": "vllm"})
    assert "no such field: headConfig" in complaint(alaya, "PATCH", f"/alaya/services/{adapter}", {"headConfig": {}})
    quick = alaya.quick_start()
    alaya.admin("PATCH", f"/alaya/services/{quick}", {"backendArgs": [], "apikey": "new", "status": "running"})
    assert (alaya.detail(quick)["quickStart"]["backendArgs"], alaya.detail(quick)["apikey"]) == ([], "new")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": 1}, "name cannot be 1"),
        ({"servedName": "x"}, "servedName cannot be 'x'"),
        ({"extensions": []}, "extensions cannot be []"),
        ({"scale": True}, "scale must be an object"),
        ({"scale": {"min": 1}}, "scale.max is required"),
        ({"headConfig": None}, "headConfig is required"),
        ({"headConfig": {"image": "x"}}, "headConfig.resource is required"),
        ({"workerConfig": []}, "workerConfig must be an object"),
        ({"status": ""}, "status is a text, such as starting, "),
    ],
)
def test_what_a_service_cannot_be_changed_to(alaya: Alaya, changes: dict[str, Any], message: str) -> None:
    service = alaya.expert()
    before = alaya.behind(service)
    assert message in complaint(alaya, "PATCH", f"/alaya/services/{service}", changes)
    assert alaya.behind(service) == before


@pytest.mark.parametrize("status", ["starting", "stopping", "stopped", "failed", "pending"])
def test_a_state_that_is_given_stays(alaya: Alaya, status: str) -> None:
    service = alaya.expert()
    alaya.admin("PATCH", f"/alaya/services/{service}", {"status": status})
    alaya.clock.advance(DEPLOY_SECONDS * 2)
    assert alaya.status(service) == status


def test_a_service_that_is_made_to_run(alaya: Alaya) -> None:
    service = alaya.expert()
    alaya.admin("PATCH", f"/alaya/services/{service}", {"status": "running"})
    assert (alaya.status(service), alaya.instances(service)) == ("running", [("0", True)])
    assert alaya.detail(service)["serviceUrl"]
    alaya.admin("POST", f"/alaya/services/{service}/crash", {})
    assert (alaya.status(service), alaya.instances(service)) == ("failed", [("0", False)])
    alaya.admin("PATCH", f"/alaya/services/{service}", {"status": "running"})
    assert alaya.instances(service) == [("0", True)]
    alaya.admin("PATCH", f"/alaya/services/{service}", {"status": "stopped"})
    assert alaya.instances(service) == []


def test_a_crash_on_order(alaya: Alaya) -> None:
    base, adapter = alaya.with_lora()
    alaya.admin("POST", f"/alaya/services/{base}/crash")
    assert (alaya.status(base), alaya.status(adapter)) == ("failed", "failed")
    assert "no such field: when" in complaint(alaya, "POST", f"/alaya/services/{base}/crash", {"when": 1})


def test_a_service_that_vanishes(alaya: Alaya) -> None:
    base, adapter = alaya.with_lora()
    alaya.admin("DELETE", f"/alaya/services/{base}")
    for service in (base, adapter):
        assert refusal(alaya.call("GET", f"/deployment/{service}"), 404)
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/crash")):
        body = {} if method == "PATCH" else None
        assert complaint(alaya, method, f"/alaya/services/{base}{path}", body) == f"there is no service {base}"


def test_a_model_changed_behind_the_back(alaya: Alaya) -> None:
    alaya.admin("PATCH", f"/alaya/models/{BASE_MODEL}", {"modelType": "lora"})
    assert refusal(alaya.call("POST", "/deployment/expert", expert()))
    assert "no such field: aidc" in complaint(alaya, "PATCH", f"/alaya/models/{BASE_MODEL}", {"aidc": 1})
    alaya.admin("DELETE", f"/alaya/models/{LORA_MODEL}")
    assert [one["id"] for one in data(alaya.http.get("/api/model/v1/list?aidcId=1"))["rows"]] == [BASE_MODEL]
    assert complaint(alaya, "DELETE", f"/alaya/models/{LORA_MODEL}") == f"there is no model {LORA_MODEL}"
    assert complaint(alaya, "PATCH", "/alaya/models/x", {}) == "there is no model x"


def test_wrong_settings(alaya: Alaya) -> None:
    for wrong, message in (
        ({"alaya.refusal_status": 418}, "setting alaya.refusal_status cannot be 418"),
        ({"alaya.password_in_answer": "hidden"}, "setting alaya.password_in_answer cannot be 'hidden'"),
        ({"alaya.code_text": True}, "did you mean alaya.code_as_text?"),
    ):
        answer = alaya.http.patch("/_emulator/settings", json=wrong)
        assert message in answer.json()["error"]


def test_the_log_has_no_secrets(alaya: Alaya) -> None:
    head = full_pod(env={"PLAIN": "env-value"})
    service = alaya.running(alaya.expert(headConfig=head, workerConfig=full_pod(workers=1)))
    key = alaya.detail(service)["apikey"]
    alaya.http.post(f"/svc/{service}/v1/chat/completions", json={}, headers={"apiKey": key})
    log = alaya.admin("GET", "/requests")["requests"]
    text = str(log)
    for secret in ("emulator-secret", "s3cret", "env-value", key):
        assert secret not in text
    assert log[0]["body"]["headConfig"]["imagePullSecret"]["username"] == "me"
    assert log[0]["body"]["workerConfig"]["env"] == "[redacted]"
    assert log[-1]["headers"]["apikey"] == "[redacted]"


def test_the_file_is_shared(alaya: Alaya, tmp_path: Path) -> None:
    service = alaya.running(alaya.expert())
    other = Alaya(alaya.database, alaya.clock)
    other.http.base_url = "http://emulator.localhost"
    assert other.detail(service)["serviceUrl"] == f"http://emulator.localhost/svc/{service}"
    assert other.detail(service)["apikey"] == alaya.detail(service)["apikey"]
    other.http.close()


def test_several_requests_at_once(alaya: Alaya) -> None:
    emulator = Emulator(Store(alaya.database), alaya.clock)
    threads = [threading.Thread(target=alaya.expert) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    emulator.close()
    assert len({row["serviceId"] for row in alaya.rows()}) == 8


def test_reset_keeps_what_is_there_from_the_beginning(alaya: Alaya) -> None:
    alaya.expert()
    alaya.http.delete(f"/api/model/v1/{BASE_MODEL}")
    alaya.admin("POST", "/reset")
    assert alaya.rows() == []
    assert data(alaya.http.get(f"/api/vks/v1/{VKS}"))
    assert data(alaya.http.get("/api/model/v1/list?aidcId=1"))["count"] == 2


def test_welcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[str] = []

    def stop(text: str) -> None:
        printed.append(text)
        raise KeyboardInterrupt

    monkeypatch.setattr(app, "_tell", stop)
    app.serve(database=tmp_path / "emulator.db")
    lines = printed[0].splitlines()
    url = lines[0].split(" at ")[1].split()[0]
    assert "Alaya NeW" in lines[0]
    wanted = {f"ALAYA_ENDPOINT={url}", "ALAYA_ACCESS_KEY=emulator", "ALAYA_SECRET_KEY=emulator-secret"}
    assert {f"  export {one}" for one in wanted} <= set(lines)


def test_another_host_is_no_way_in(alaya: Alaya) -> None:
    answer = alaya.http.get("/api/aidc/v1/list", headers=authorization("nobody"))
    assert refusal(answer, 401)
    assert HOST not in answer.text


def test_the_documentation_has_each_setting_seed_and_fault() -> None:
    text = DOCS.read_text(encoding="utf-8")
    own = text[text.index("## Alaya NeW") :]
    names = [f"`alaya.{one.name}`" for one in fields(AlayaSettings)]
    names += [f'"alaya.{name}"' for name in CLOUD.seeds]
    names += [f"`{one.name}`" for kind in CLOUD.faults.values() for one in fields(kind)]
    names += [route.pattern.replace("{serviceId}", "{id}").replace("{modelId}", "{id}") for route in CLOUD.admin]
    assert [name for name in names if name not in own] == []
