"""The admin door: settings, clock, seeds, changes behind the program's back, request log."""

from typing import Any

import httpx
import pytest

from .cloud import DEPLOY_SECONDS, Cloud, config_item, create_body, error


def test_needs_no_authentication_and_shows_what_there_is(cloud: Cloud) -> None:
    service_id = cloud.create()
    answer = httpx.Client(transport=cloud.http._transport).get("http://anything/_emulator")
    overview = answer.json()
    assert overview["now"] == cloud.clock.now()
    assert overview["settings"]["deploy_seconds"] == DEPLOY_SECONDS
    assert overview["credentials"]["access_key"] == "emulator"
    assert [item["service_id"] for item in overview["services"]] == [service_id]


def test_unknown_admin_path(cloud: Cloud) -> None:
    assert cloud.http.get("/_emulator/nothing").status_code == 404
    assert cloud.http.put("/_emulator/settings").status_code == 405


def test_settings_are_kept_and_checked(cloud: Cloud) -> None:
    cloud.admin("PATCH", "/settings", {"deploy_seconds": 1, "max_services": None})
    assert cloud.admin("GET", "/settings")["deploy_seconds"] == 1
    for wrong in (
        {"deploy_second": 1},
        {"deploy_seconds": -1},
        {"deploy_seconds": "1"},
        {"strict_models": 1},
        {"max_page_size": 1.5},
        {"sold_out": "x"},
    ):
        answer = cloud.http.patch("/_emulator/settings", json=wrong)
        assert (answer.status_code, bool(answer.json()["error"])) == (400, True), wrong


def test_clock_moves_for_everybody(cloud: Cloud) -> None:
    service_id = cloud.create()
    other = Cloud(cloud.database, cloud.clock)
    moved = other.admin("POST", "/clock", {"advance": DEPLOY_SECONDS})
    assert moved == {"now": cloud.clock.now() + DEPLOY_SECONDS, "clock_offset": DEPLOY_SECONDS}
    assert cloud.status(service_id) == "running"


@pytest.mark.parametrize("body", [{}, {"advance": -1}, {"advance": "1"}, {"advance": True}, {"advance": 1e300}, []])
def test_wrong_clock(cloud: Cloud, body: Any) -> None:
    assert cloud.http.post("/_emulator/clock", json=body).status_code == 400


def test_each_request_can_move_the_clock(cloud: Cloud) -> None:
    cloud.admin("PATCH", "/settings", {"seconds_per_request": DEPLOY_SECONDS / 2})
    service_id = cloud.create()
    assert [cloud.status(service_id) for _ in range(2)] == ["deploying", "running"]


def test_reset_keeps_the_settings(cloud: Cloud) -> None:
    cloud.create()
    cloud.admin("POST", "/clock", {"advance": 5})
    cloud.admin("POST", "/faults", {"status": 500})
    cloud.admin("POST", "/reset")
    overview = cloud.admin("GET", "")
    assert (overview["services"], overview["clock_offset"], overview["faults"]) == ([], 0, 0)
    assert overview["settings"]["deploy_seconds"] == DEPLOY_SECONDS
    assert error(cloud.call("GET", "/services")) == (401, "APIG.0301")


def test_seeded_service_runs_at_once(cloud: Cloud) -> None:
    seed = {"project_id": cloud.project, "service_id": "s-1", "status": "failed", "error_msg": "old", **create_body()}
    assert cloud.admin("POST", "/seed", {"services": [seed]}) == {"services": ["s-1"]}
    detail = cloud.detail("s-1")
    assert (detail["status"], detail["error_msg"]) == ("failed", "old")
    seed = {"project_id": cloud.project, **create_body(service_name="b")}
    service_id = cloud.admin("POST", "/seed", {"services": [seed]})["services"][0]
    assert cloud.detail(service_id)["access_address"]


@pytest.mark.parametrize(
    "body",
    [
        {"service": []},
        {"models": [{}]},
        {"services": [{}]},
        {"services": [{"project_id": "p", "x": 1, **create_body()}]},
    ],
)
def test_wrong_seed(cloud: Cloud, body: Any) -> None:
    assert cloud.http.post("/_emulator/seed", json=body).status_code == 400
    assert cloud.admin("GET", "")["services"] == []


def test_change_behind_the_back(cloud: Cloud) -> None:
    service_id = cloud.running(create_body(config=[config_item(envs={"A": "1"})]))
    cloud.clock.advance(5)
    cloud.admin("PATCH", f"/services/{service_id}", {"config": {"m-1": {"instance_count": 5}}, "description": "mine"})
    detail = cloud.detail(service_id)
    assert (detail["status"], detail["description"]) == ("running", "mine")
    assert (detail["config"][0]["instance_count"], detail["config"][0]["envs"]) == (5, {"A": "1"})
    assert detail["update_time"] == detail["operation_time"]


def test_replace_the_configuration_behind_the_back(cloud: Cloud) -> None:
    service_id = cloud.running()
    item = {"model_id": "m-9", "specification": "modelarts.vm.cpu.2u", "instance_count": 2, "weight": 100}
    cloud.admin("PATCH", f"/services/{service_id}", {"config": [item]})
    answered = cloud.detail(service_id)["config"][0]
    assert item.items() <= answered.items()
    assert (answered["model_name"], answered["envs"]) == ("model-m-9", {})


def test_change_single_items_by_their_place(cloud: Cloud) -> None:
    items = [config_item(weight=60, envs={"A": "1"}), config_item(model_id="m-2", weight=40)]
    service_id = cloud.running(create_body(config=items))
    cloud.admin("PATCH", f"/services/{service_id}", {"config": [{"instance_count": 5}]})
    first, second = cloud.detail(service_id)["config"]
    assert (first["model_id"], first["instance_count"], first["envs"]) == ("m-1", 5, {"A": "1"})
    assert (second["model_id"], second["instance_count"]) == ("m-2", 1)
    cloud.admin("PATCH", f"/services/{service_id}", {"config": [{}, {"instance_count": 2}]})
    assert [item["instance_count"] for item in cloud.detail(service_id)["config"]] == [5, 2]


def test_field_of_a_config_item_in_the_wrong_place(cloud: Cloud) -> None:
    answer = cloud.http.patch(f"/_emulator/services/{cloud.running()}", json={"instance_count": 5})
    assert answer.status_code == 400
    assert '{"config": {"0": {"instance_count": 5}}}' in answer.json()["error"]


def test_state_behind_the_back(cloud: Cloud) -> None:
    service_id = cloud.create()
    cloud.admin("PATCH", f"/services/{service_id}", {"status": "concerning"})
    cloud.clock.advance(10 * DEPLOY_SECONDS)
    assert cloud.status(service_id) == "concerning"
    cloud.admin(
        "PATCH", f"/services/{service_id}", {"schedule": [{"type": "stop", "time_unit": "MINUTES", "duration": 60}]}
    )
    cloud.clock.advance(3700)
    assert cloud.status(service_id) == "stopped"


@pytest.mark.parametrize(
    "body",
    [
        {"nonsense": 1},
        {"status": "odd"},
        {"config": {"m-9": {}}},
        {"config": [{}, {"instance_count": 5}]},
        {"config": [5]},
        {"config": []},
        {"config": 5},
        {"timeline": []},
        {"invocations": {"m-1": []}},
        {"priority": "x"},
    ],
)
def test_wrong_change(cloud: Cloud, body: dict[str, Any]) -> None:
    service_id = cloud.running()
    before = cloud.detail(service_id)
    assert cloud.http.patch(f"/_emulator/services/{service_id}", json=body).status_code == 400
    assert cloud.detail(service_id) == before


def test_service_that_vanishes(cloud: Cloud) -> None:
    service_id = cloud.running()
    cloud.admin("DELETE", f"/services/{service_id}")
    assert error(cloud.call("GET", f"/services/{service_id}")) == (404, "ModelArts.3502")
    assert cloud.http.delete(f"/_emulator/services/{service_id}").status_code == 400


def test_request_log_without_secrets(cloud: Cloud) -> None:
    service_id = cloud.create()
    cloud.call("GET", "/services", params={"limit": "5"}, headers={"X-Security-Token": "secret-token"})
    log = cloud.admin("GET", "/requests")["requests"]
    assert [(entry["method"], entry["status"]) for entry in log] == [("POST", 201), ("POST", 200), ("GET", 200)]
    assert log[1]["body"] == create_body()
    assert log[2]["query"] == [["limit", "5"]]
    assert log[2]["time"] == round(cloud.clock.now() * 1000)
    user = log[0]["body"]["auth"]["identity"]["password"]["user"]
    assert user == {"name": "emulator", "password": "[redacted]", "domain": {"name": "emulator"}}
    assert log[1]["headers"]["x-auth-token"] == log[2]["headers"]["x-security-token"] == "[redacted]"
    text = str(log)
    assert cloud.http.headers["X-Auth-Token"] not in text
    assert "secret-token" not in text
    assert service_id not in text


def test_request_log_is_cut_paged_and_cleared(cloud: Cloud) -> None:
    cloud.admin("PATCH", "/settings", {"request_log_size": 2})
    for _ in range(3):
        cloud.call("GET", "/services")
    log = cloud.admin("GET", "/requests")["requests"]
    assert len(log) == 2
    assert cloud.admin("GET", f"/requests?after={log[0]['id']}")["requests"] == log[1:]
    assert cloud.http.get("/_emulator/requests?after=x").status_code == 400
    cloud.admin("DELETE", "/requests")
    assert cloud.admin("GET", "/requests") == {"requests": []}


@pytest.mark.parametrize("content", [b"", b"[]", b"{"])
def test_admin_body_is_a_json_object(cloud: Cloud, content: bytes) -> None:
    assert cloud.http.patch("/_emulator/settings", content=content).status_code == 400


MISSPELLED: dict[str, tuple[str, str, Any, str]] = {
    "setting": ("PATCH", "/settings", {"deploy_second": 1}, "deploy_seconds"),
    "clock": ("POST", "/clock", {"advance": 1, "advanse": 1}, "advance"),
    "collection": ("POST", "/seed", {"model": []}, "models"),
    "model": ("POST", "/seed", {"models": [{"model_id": "m", "model_nam": "n"}]}, "model_name"),
    "runtime": ("POST", "/seed", {"runtimes": [{"ai_engine": "E", "runtime": "r", "statu": "x"}]}, "status"),
    "engine": ("POST", "/seed", {"runtimes": [{"ai_engine": "E", "runtims": []}]}, "runtimes"),
    "flavour": ("POST", "/seed", {"flavours": [{"specification": "f", "is_opn": True}]}, "is_open"),
    "pool": ("POST", "/seed", {"pools": [{"pool_name": "p", "phaze": "Error"}]}, "phase"),
    "cluster": ("POST", "/seed", {"clusters": [{"cluster_id": "c", "statsu": "x"}]}, "status"),
    "node": ("POST", "/seed", {"nodes": [{"id": "n", "stat": "FAILED"}]}, "state"),
    "app": ("POST", "/seed", {"apps": [{"app_id": "a", "app_code": []}]}, "app_codes"),
    "workspace": ("POST", "/seed", {"workspaces": [{"workspace_id": "w", "workspace_ids": 1}]}, "workspace_id"),
    "group": ("POST", "/seed", {"security_groups": [{"security_group_id": "g", "inbound_808": 0}]}, "inbound_8080"),
    "service": ("POST", "/seed", {"services": [{"project_id": "p", "statsu": "x", **create_body()}]}, "status"),
    "item of a service": (
        "POST",
        "/seed",
        {"services": [{"project_id": "p", **create_body(config=[config_item(instance_cont=3)])}]},
        "instance_count",
    ),
    "change": ("PATCH", "/services/SERVICE", {"descripton": "x"}, "description"),
    "change of an item": ("PATCH", "/services/SERVICE", {"config": {"m-1": {"instance_cuont": 5}}}, "instance_count"),
    "change by place": ("PATCH", "/services/SERVICE", {"config": [{"wieght": 5}]}, "weight"),
    "whole item": ("PATCH", "/services/SERVICE", {"config": [config_item(env={})]}, "envs"),
    "fault": ("POST", "/faults", {"stauts": 500}, "status"),
    "part of a fault": ("POST", "/faults", {"deploy": {"outcome": "fail", "phas": "any"}}, "phase"),
    "parameter": ("GET", "/requests?aftr=1", None, "after"),
}


@pytest.mark.parametrize("name", MISSPELLED)
def test_a_misspelled_name_is_refused_with_the_nearest(cloud: Cloud, name: str) -> None:
    method, path, body, nearest = MISSPELLED[name]
    path = path.replace("SERVICE", cloud.running()) if "SERVICE" in path else path
    answer = cloud.http.request(method, f"/_emulator{path}", json=body)
    assert answer.status_code == 400, answer.text
    assert f"did you mean {nearest}?" in answer.json()["error"]


def test_a_reset_takes_nothing(cloud: Cloud) -> None:
    answer = cloud.http.post("/_emulator/reset", json={"settings": {}})
    assert (answer.status_code, answer.json()) == (400, {"error": "no such field: settings; there are none"})
