"""The admin door of ModelArts v2: seeds, changes behind the program's back, and what the log does not tell."""

import threading
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx
import pytest

from pulumi_inference.emulator import app
from pulumi_inference.emulator.modelartsv2 import CLOUD
from pulumi_inference.emulator.modelartsv2.settings import ModelArtsV2Settings
from pulumi_inference.emulator.shell import Emulator
from pulumi_inference.emulator.store import Store
from tests.support.patience import PATIENCE

from .cloud import token_body
from .modelartsv2cloud import STOP_SECONDS, UNKNOWN, ModelArtsV2, group, image, runtime, service, unit

DOCS = Path(__file__).parents[2] / "docs" / "emulator.md"
HOUR = [{"type": "STOP", "time_unit": "HOURS", "duration": 1}]


def complaint(v2: ModelArtsV2, method: str, path: str, json: Any = None) -> str:
    answer = v2.http.request(method, f"/_emulator{path}", json=json)
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"])


def test_seeded_services(v2: ModelArtsV2) -> None:
    made = v2.seed(
        services=[
            {**service(), "id": "s-1", "project_id": v2.project, "deployments": [{**group(), "id": "d-1"}]},
            {**service(name="public", group_configs=[group(pool_id=None)]), "status": "STOPPED"},
            {**service(name="empty"), "status": "FAILED"},
        ],
        keys=[{"name": "k", "scope": "SERVICE", "key_id": "a" * 32, "services": ["s-1"], "api_key": "value"}],
    )
    first, second, third = made["modelartsv2.services"]
    assert (first, made["modelartsv2.keys"]) == ({"id": "s-1", "deployments": ["d-1"]}, [{"key_id": "a" * 32}])
    assert (v2.status("s-1", "d-1"), v2.status(second["id"]), v2.status(third["id"])) == (
        "RUNNING",
        "STOPPED",
        "FAILED",
    )
    assert v2.ask("s-1").json()["deployment_id"] == "d-1"
    assert v2.ok("GET", "/services/api-keys")["data"][0]["services"] == [{"id": "s-1", "name": "demo"}]
    overview = v2.admin("GET", "")
    assert [one["name"] for one in overview["modelartsv2.services"]] == ["demo", "public", "empty"]
    assert overview["modelartsv2.services"][0]["deployments"] == ["blue"]
    assert (overview["modelartsv2.keys"], overview["modelartsv2.intranet_connections"]) == (["k"], [])


@pytest.mark.parametrize(
    ("seed", "said"),
    [
        ({"services": [1]}, "are objects"),
        ({"services": [{"name": "x"}]}, "cannot be empty"),
        ({"services": [{**service(), "status": "UP"}]}, "status cannot be 'UP'"),
        ({"services": [{**service(), "deployments": [group(pool_id="none")]}]}, "deployments[0].pool_id"),
        ({"keys": [{"name": "k"}]}, "scope"),
        ({"flavors": [{"id": "f", "colour": 1}]}, "colour"),
        ({"flavors": [{}]}, "lacks 'id'"),
    ],
)
def test_wrong_seeds(v2: ModelArtsV2, seed: dict[str, Any], said: str) -> None:
    assert said in complaint(v2, "POST", "/seed", {f"modelartsv2.{name}": items for name, items in seed.items()})


def test_a_service_is_changed_behind_the_back(v2: ModelArtsV2) -> None:
    sid, _ = v2.running()
    path = f"/modelartsv2/services/{sid}"
    changes: dict[str, Any] = {
        "name": "other",
        "description": "by hand",
        "tags": {"a": "b"},
        "schedule": HOUR,
        "frozen_infos": [{"scene": "ARREAR", "effect": 1}],
        "failure_reason": "x",
        "runtime_config": {"service_invoke": {"auth_type": "TOKEN"}},
        "lts_strategy": "POOL",
    }
    v2.admin("PATCH", path, changes)
    found = v2.service(sid)
    assert (found["name"], found["version"]["description"], found["tags"]) == (
        "other",
        "by hand",
        [{"key": "a", "value": "b"}],
    )
    assert found["schedule"][0]["due_time"]
    assert (found["frozen_infos"], found["failure_reason"]) == (changes["frozen_infos"], "x")
    assert found["version"]["runtime_config"] == runtime("TOKEN")
    assert (found["version"]["version"], found["version"]["lts_strategy"]) == ("1.0.0", "POOL")
    v2.admin("PATCH", path, {"status": "ERROR"})
    v2.pass_time()
    assert v2.status(sid) == "ERROR"
    v2.ok("POST", f"/services/{sid}/stop")
    v2.pass_time(STOP_SECONDS)
    assert v2.status(sid) == "STOPPED"


def test_a_state_set_behind_the_back_ends_an_update(v2: ModelArtsV2) -> None:
    sid, _ = v2.running()
    v2.ok("PUT", f"/services/{sid}", {"lts_strategy": "POOL"})
    v2.admin("PATCH", f"/modelartsv2/services/{sid}", {"status": "RUNNING"})
    v2.pass_time()
    assert v2.service(sid)["version"]["version"] == "1.0.0"


def test_a_deployment_is_changed_behind_the_back(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    path = f"/modelartsv2/services/{sid}/deployments"
    changes = {"weight": 7, "count": 3, "advanced_config": {"port": 1}, "unit_configs": [unit(image=image("9"))]}
    v2.admin("PATCH", f"{path}/{did}", changes)
    found = v2.groups(sid)[0]
    assert (found["weight"], found["count"], found["running_count"], found["version"]) == (7, 3, 3, "1.0.0")
    assert (found["advanced_config"]["port"], found["advanced_config"]["protocol"]) == (1, "HTTP")
    assert v2.ask(sid).json()["image"].endswith(":9")
    v2.admin("PATCH", f"{path}/{did}", {"unit_configs": [{"cmd": "run"}, unit(name="side")]})
    assert [(one["name"], one.get("cmd")) for one in v2.groups(sid)[0]["unit_configs"]] == [
        ("main", "run"),
        ("side", None),
    ]
    v2.change(sid, did, weight=8)
    v2.admin("PATCH", f"{path}/blue", {"status": "FAILED"})
    v2.pass_time()
    assert (v2.status(sid, did), v2.groups(sid)[0]["running_count"]) == ("FAILED", 0)
    v2.admin("PATCH", f"{path}/blue", {"status": "RUNNING"})
    assert v2.ask(sid).status_code == 200


def test_a_crash(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    path = f"/modelartsv2/services/{sid}/deployments/{did}/crash"
    v2.admin("POST", path)
    assert (v2.status(sid, did), v2.ask(sid).status_code) == ("ERROR", 503)
    assert v2.abnormal(sid) == ["Deployment blue is abnormal: the containers have crashed."]
    v2.admin("POST", path, {"instances": 1, "heal_seconds": 10, "reason": "out of memory"})
    assert (v2.status(sid, did), v2.ask(sid).status_code) == ("CONCERNING", 200)
    assert "out of memory" in v2.abnormal(sid)[1]
    v2.pass_time(10)
    assert v2.status(sid, did) == "RUNNING"


def test_things_vanish(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    v2.ok("POST", "/services/api-keys/temp", {})
    v2.settings(key_answer="json")
    key = v2.ok("POST", "/services/api-keys", {"name": "k", "scope": "SERVICE"})["key_id"]
    v2.ok("POST", f"/services/{sid}/api-keys/{key}/bind")
    made = v2.ok("POST", "/intranet-connection", {"scene": "POOL", "pool_id": "p", "service_id": sid})["id"]
    v2.admin("PATCH", f"/modelartsv2/intranet-connections/{made}", {"status": "FAILED", "message": "cut"})
    assert v2.ok("GET", "/intranet-connection/requests")["data"][0]["message"] == "cut"
    v2.admin("DELETE", f"/modelartsv2/intranet-connections/{made}")
    assert v2.ok("GET", "/intranet-connection/requests")["total"] == 0
    v2.admin("DELETE", f"/modelartsv2/services/{sid}/deployments/{did}")
    assert (v2.status(sid), v2.refused("GET", f"/services/{sid}/deployments/{did}", status=404)) != ("", "")
    v2.admin("DELETE", f"/modelartsv2/services/{sid}")
    assert v2.refused("GET", f"/services/{sid}", status=404)
    assert v2.ok("GET", "/services/api-keys")["data"][0]["services"] == []
    v2.admin("DELETE", f"/modelartsv2/keys/{key}")
    assert v2.ok("GET", "/services/api-keys")["total"] == 0


def test_the_auto_stop_is_fired(v2: ModelArtsV2) -> None:
    sid, _ = v2.running(service={"schedule": HOUR})
    v2.admin("POST", f"/modelartsv2/services/{sid}/auto-stop")
    v2.pass_time(STOP_SECONDS)
    assert (v2.status(sid), v2.service(sid)["schedule"][0]["processed"]) == ("STOPPED", True)
    other = v2.make(name="other")
    assert "no schedule" in complaint(v2, "POST", f"/modelartsv2/services/{other}/auto-stop")


def test_everything_about_services(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    assert [one["id"] for one in v2.admin("GET", "/modelartsv2/services")["services"]] == [sid]
    found = v2.behind(sid)
    assert (found["status"], found["deployments"][0]["id"], found["project"]) == ("RUNNING", did, v2.project)
    assert found["deployments"][0]["versions"][0]["content"]["unit_configs"]


@pytest.mark.parametrize(
    ("method", "tail", "body", "said"),
    [
        ("PATCH", "", {"nme": "x"}, "nme"),
        ("PATCH", "", {"name": 1}, "name cannot be 1"),
        ("PATCH", "", {"status": "UP"}, "status cannot be 'UP'"),
        ("PATCH", "/deployments/blue", {"wieght": 1}, "did you mean weight?"),
        ("PATCH", "/deployments/blue", {"weight": "1"}, "weight cannot be '1'"),
        ("PATCH", "/deployments/blue", {"unit_configs": []}, "needs a unit"),
        ("PATCH", "/deployments/blue", {"unit_configs": [{}, {"name": "b"}]}, "unit_configs.image"),
        ("PATCH", "/deployments/blue", {"status": "INIT"}, "status cannot be 'INIT'"),
        ("PATCH", "/deployments/green", {}, "there is no deployment green"),
        ("DELETE", "/deployments/green", None, "there is no deployment green"),
        ("POST", "/deployments/blue/crash", {"heal": 1}, "heal"),
        ("POST", "/deployments/blue/crash", {"instances": "1"}, "instances cannot be '1'"),
    ],
)
def test_changes_that_make_no_sense(v2: ModelArtsV2, method: str, tail: str, body: Any, said: str) -> None:
    sid, _ = v2.running()
    before = v2.service(sid)
    assert said in complaint(v2, method, f"/modelartsv2/services/{sid}{tail}", body)
    assert v2.service(sid) == before


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"/services/{UNKNOWN}", None),
        ("PATCH", f"/services/{UNKNOWN}", {}),
        ("DELETE", f"/services/{UNKNOWN}", None),
        ("DELETE", "/keys/none", None),
        ("POST", "/intranet-connections/none/approve", None),
        ("PATCH", "/intranet-connections/none", {}),
        ("DELETE", "/intranet-connections/none", None),
    ],
)
def test_what_there_is_not(v2: ModelArtsV2, method: str, path: str, body: Any) -> None:
    assert "there is no" in complaint(v2, method, f"/modelartsv2{path}", body)


def test_wrong_changes_of_connections(v2: ModelArtsV2) -> None:
    made = v2.ok("POST", "/intranet-connection", {"scene": "POOL", "pool_id": "p", "type": "GLOBAL"})["id"]
    path = f"/modelartsv2/intranet-connections/{made}"
    assert "status cannot be 'UP'" in complaint(v2, "PATCH", path, {"status": "UP"})
    assert "statu" in complaint(v2, "PATCH", path, {"statu": "FAILED"})


def test_no_secret_is_in_the_log(v2: ModelArtsV2) -> None:
    volume = {"mount_path": "/s", "secret_key": "k", "secret_value": "aGlkZGVuLTE="}
    secret = {"secret_enable": True, "secret_volumes": [volume]}
    runs = [unit(envs={"HF_HUB": "hidden-2"})]
    body = service(runtime_config={**runtime("API_KEY"), "service_secret": secret}, group_configs=[])
    sid = v2.ok("POST", "/services", body, headers={"X-Auth-Token-Provider": "hidden-3"})["id"]
    v2.ok("POST", f"/services/{sid}/deployments", group(unit_configs=runs))
    v2.ok("GET", "/services/clusters/pool-demo-01", headers={"X-User-Token": "hidden-4"})
    v2.pass_time()
    v2.ask(sid, headers={"Authorization": "Bearer hidden-5"})
    v2.admin("POST", "/seed", {"modelartsv2.keys": [{"name": "k", "scope": "USER", "api_key": "hidden-6"}]})
    text = str(v2.admin("GET", "/requests"))
    assert [word for word in ("hidden", "aGlkZGVu") if word in text] == []
    assert "secret_volumes" in text


def test_reset(v2: ModelArtsV2) -> None:
    v2.running()
    v2.ok("POST", "/services/api-keys/temp", {})
    v2.admin("POST", "/reset")
    v2.sign_in()
    assert v2.ok("GET", "/services")["total"] == 0


def test_served(tmp_path: Path) -> None:
    emulator, ports = Emulator(Store(tmp_path / "emulator.db"), deploy_seconds=0), []
    started = threading.Event()

    def ready(port: int) -> None:
        ports.append(port)
        started.set()

    server, listener = app.create_server(emulator, "127.0.0.1", 0, ready)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        assert started.wait(PATIENCE)
        with httpx.Client(base_url=f"http://127.0.0.1:{ports[0]}") as http:
            answer = http.post("/v3/auth/tokens", json=token_body({"project": {"name": "cn-north-4"}}))
            project = answer.json()["token"]["project"]["id"]
            http.headers["X-Auth-Token"] = answer.headers["X-Subject-Token"]
            sid = http.post(f"/v2/{project}/services", json=service(group_configs=[group()])).json()["id"]
            found = http.get(f"/v2/{project}/services/{sid}").json()
            address = found["predict_url"][0]["urls"][0]
            assert address == f"http://127.0.0.1:{ports[0]}/v2/infer/{sid}"
            assert http.post(f"{address}/v1/chat/completions", json={"messages": []}).status_code == 200
            tagged = http.post(
                f"/v2/{project}/modelarts-service-v2/{sid}/tags/create", json={"tags": [{"key": "a", "value": "b"}]}
            )
            assert (tagged.status_code, tagged.content) == (204, b"")
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        emulator.close()


def test_welcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[str] = []

    def stop(text: str) -> None:
        printed.append(text)
        raise KeyboardInterrupt

    monkeypatch.setattr(app, "_tell", stop)
    app.serve(database=tmp_path / "emulator.db")
    assert "ModelArts v2" in printed[0].splitlines()[0]


def test_the_documentation_has_each_setting_seed_and_fault() -> None:
    text = DOCS.read_text(encoding="utf-8")
    own = text[text.index("## ModelArts v2") :]
    names = [f"`modelartsv2.{one.name}`" for one in fields(ModelArtsV2Settings)]
    names += [f'"modelartsv2.{name}"' for name in CLOUD.seeds]
    names += [f"`{one.name}`" for kind in CLOUD.faults.values() for one in fields(kind)]
    ids = {"{service_id}": "{id}", "{deployment}": "{deployment}", "{key_id}": "{id}", "{connection_id}": "{id}"}
    for route in CLOUD.admin:
        pattern = route.pattern
        for name, shown in ids.items():
            pattern = pattern.replace(name, shown)
        names.append(pattern)
    assert [name for name in names if name not in own] == []


def test_logs_that_make_no_sense_are_refused_and_leave_a_service_that_can_be_read(v2: ModelArtsV2) -> None:
    made = v2.seed(services=[{**service(), "project_id": v2.project, "deployments": [group()]}])
    [found] = made["modelartsv2.services"]
    path = f"/modelartsv2/services/{found['id']}"
    assert "type" in complaint(v2, "PATCH", path, {"log_configs": [{"log_group_id": "g"}]})
    assert v2.ok("GET", f"/services/{found['id']}")["version"]["log_configs"] == []
    v2.admin("PATCH", path, {"log_configs": [{"type": "STDOUT"}]})
    [log] = v2.ok("GET", f"/services/{found['id']}")["version"]["log_configs"]
    assert (log["type"], log["status"]) == ("STDOUT", "ON")
