"""Replicas by clock, and advice on the ratio of units (modelarts-v2.md sections 3.4, 6.6 and 6.7)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from .modelartsv2cloud import STOP_SECONDS, ModelArtsV2, changed

DAY = 86_400.0
MORNING = {"name": "morning", "type": "CRON_HPA", "schedule": "0 8 * * *", "target_replicas": 5}
EVENING = {"name": "evening", "type": "CRON_HPA", "schedule": "0 20 * * *", "target_replicas": 1}


def body(did: str, *rules: dict[str, Any]) -> dict[str, Any]:
    target = {"target_resource_id": did, "target_resource_type": "GROUP"}
    return {"type": "CRON_HPA", **target, "workspace_id": "0", "hpa_rules": list(rules or (MORNING,))}


def create(v2: ModelArtsV2, sid: str, did: str, *rules: dict[str, Any]) -> dict[str, Any]:
    return dict(v2.ok("POST", f"/services/{sid}/deployments/{did}/hpa", body(did, *rules)))


def change(v2: ModelArtsV2, sid: str, did: str, *rules: dict[str, Any]) -> dict[str, Any]:
    path = f"/services/{sid}/deployments/{did}/hpa"
    return dict(v2.ok("PUT", path, {"id": v2.ok("GET", path)["id"], "hpa_rules": list(rules)}))


def until(v2: ModelArtsV2, text: str) -> None:
    """Let time pass until that moment, UTC."""
    moment = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC).timestamp()
    v2.wait(moment - v2.clock.now())


def count(v2: ModelArtsV2, sid: str) -> tuple[int, int]:
    (one,) = v2.groups(sid)
    return one["count"], one["running_count"]


def test_rules_change_the_number_of_instances(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    made = create(v2, sid, did, MORNING, EVENING)
    assert (made["target_resource_id"], made["target_resource_type"], made["status"]) == (did, "GROUP", "ACTIVE")
    assert (made["min_replicas"], made["max_replicas"], made["workspace_id"]) == (1, 5, "0")
    first = made["hpa_rules"][0]
    assert {name: first[name] for name in MORNING} == MORNING
    assert (first["disable"], first["status"], first["hpa_id"]) == ("false", "CONFIG_SUCCESS", made["id"])
    assert v2.ok("GET", f"/services/{sid}/deployments/{did}/hpa") == made
    until(v2, "2024-03-21 07:59")
    assert count(v2, sid) == (2, 2)
    until(v2, "2024-03-21 08:00")
    assert (count(v2, sid), v2.status(sid, did)) == ((5, 2), "UPGRADING")
    v2.pass_time()
    assert (count(v2, sid), v2.deployment(sid, did)["version"]) == ((5, 5), "1.0.0")
    until(v2, "2024-03-21 20:01")
    assert count(v2, sid) == (1, 1)
    events = v2.ok("GET", f"/services/{sid}/deployments/{did}/hpa/events")["data"]
    assert [(event["status"], event["current_replicas"], event["target_replicas"]) for event in events] == [
        ("SUCCESS", 5, 1),
        ("SUCCESS", 2, 5),
    ]
    assert (events[1]["record_time"], events[1]["final_replicas"]) == ("2024-03-21 08:00:00", 5)
    assert events[1]["hpa_id"] == made["id"]
    rules = v2.ok("GET", f"/services/{sid}/deployments/{did}/hpa")["hpa_rules"]
    assert [rule["status"] for rule in rules] == ["EXECUTE_SUCCESS", "EXECUTE_SUCCESS"]
    until(v2, "2024-03-22 08:01")
    assert count(v2, sid) == (5, 5)


def test_another_time_zone(v2: ModelArtsV2) -> None:
    v2.settings(cron_time_zone="Asia/Shanghai")
    sid, did = v2.running()
    create(v2, sid, did)
    until(v2, "2024-03-21 23:59")
    assert count(v2, sid) == (2, 2)
    until(v2, "2024-03-22 00:01")
    assert count(v2, sid) == (5, 5)


def test_a_rule_that_changes_nothing(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    create(v2, sid, did, {**MORNING, "target_replicas": 2.9})
    until(v2, "2024-03-21 08:00")
    assert (count(v2, sid), v2.status(sid, did)) == ((2, 2), "RUNNING")
    (event,) = v2.ok("GET", f"/services/{sid}/deployments/{did}/hpa/events")["data"]
    assert (event["status"], event["final_replicas"]) == ("SUCCESS", 2)


def test_a_rule_of_what_does_not_run(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    create(v2, sid, did)
    v2.ok("POST", f"/services/{sid}/deployments/{did}/stop")
    v2.pass_time(STOP_SECONDS)
    until(v2, "2024-03-21 08:00")
    assert (v2.deployment(sid, did)["count"], v2.status(sid, did)) == (2, "STOPPED")
    (event,) = v2.ok("GET", f"/services/{sid}/deployments/{did}/hpa/events?sort_key=status&sort_dir=ASC")["data"]
    assert (event["status"], event["final_replicas"], "STOPPED" in event["message"]) == ("FAILED", 2, True)
    v2.ok("POST", f"/services/{sid}/deployments/{did}/start")
    until(v2, "2024-03-22 08:01")
    assert count(v2, sid) == (5, 5)


def test_rules_are_added_changed_and_taken_away_one_by_one(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    (first,) = create(v2, sid, did)["hpa_rules"]
    added = change(v2, sid, did, {**EVENING, "operate": "ADD"})
    assert [rule["name"] for rule in added["hpa_rules"]] == ["morning", "evening"]
    new = {**MORNING, "id": first["id"], "operate": "UPDATE", "schedule": "30 6 * * *", "target_replicas": 7}
    found = change(v2, sid, did, new)
    assert [(rule["name"], rule["target_replicas"]) for rule in found["hpa_rules"]] == [("morning", 7), ("evening", 1)]
    assert found["hpa_rules"][0]["id"] == first["id"]
    until(v2, "2024-03-21 06:31")
    assert count(v2, sid) == (7, 7)
    until(v2, "2024-03-21 08:01")
    assert count(v2, sid) == (7, 7)
    evening = added["hpa_rules"][1]
    found = change(v2, sid, did, {"id": evening["id"], "operate": "UPDATE", "disable": True})
    assert (found["hpa_rules"][1]["disable"], found["hpa_rules"][1]["schedule"]) == ("true", EVENING["schedule"])
    until(v2, "2024-03-21 20:01")
    assert count(v2, sid) == (7, 7)
    left = change(v2, sid, did, *({"id": rule["id"], "operate": "DELETE"} for rule in found["hpa_rules"]))
    assert (left["hpa_rules"], left["status"], left["min_replicas"]) == ([], "INACTIVE", None)
    until(v2, "2024-03-22 08:01")
    assert count(v2, sid) == (7, 7)
    create(v2, sid, did, EVENING)
    assert "already" in v2.refused("POST", f"/services/{sid}/deployments/{did}/hpa", body(did))


@pytest.mark.parametrize(
    "wrong",
    [
        *({"name": name} for name in ("abc", "Abcd", "1abc", "abcd-", "a" * 65, None)),
        *({"schedule": text} for text in ("* * * *", "0 0 8 * * *", "60 * * * *", "a * * * *", "* * 0 * *", None)),
        *({"schedule": text} for text in ("5-1 * * * *", "*/0 * * * *", "* * * 13 *", "* 24 * * *", "* * * * 8")),
        *({"target_replicas": number} for number in (0, 129, "5", True, None)),
        *({"type": kind} for kind in ("CRON", None)),
        {"disable": "true"},
        {"min_replicas": 0},
        {"upscale_window": 129},
    ],
)
def test_rules_that_are_refused(v2: ModelArtsV2, wrong: dict[str, Any]) -> None:
    sid, did = v2.running()
    path = f"/services/{sid}/deployments/{did}/hpa"
    assert v2.refused("POST", path, body(did, changed(MORNING, **wrong)))
    assert v2.refused("GET", path, status=404)


def test_bodies_that_are_refused(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    path = f"/services/{sid}/deployments/{did}/hpa"
    for wrong in (
        *({"type": kind} for kind in (None, "X")),
        *({"target_resource_id": target} for target in (None, "blue", sid)),
        *({"target_resource_type": kind} for kind in (None, "SERVICE")),
        *({"hpa_rules": rules} for rules in (None, [], [MORNING, MORNING])),
    ):
        assert v2.refused("POST", path, changed(body(did), **wrong)), wrong
    assert v2.refused("PUT", path, {"id": "x", "hpa_rules": [{**MORNING, "operate": "ADD"}]}, status=404)
    made = create(v2, sid, did)
    rule = made["hpa_rules"][0]["id"]
    for rules in ([{**MORNING, "id": rule}], [{"operate": "UPDATE"}], [{"operate": "DELETE", "id": "x"}], []):
        assert v2.refused("PUT", path, {"id": made["id"], "hpa_rules": rules}), rules
    assert v2.refused("PUT", path, {"hpa_rules": [{**EVENING, "operate": "ADD"}]})
    assert v2.refused("PUT", path, {"id": made["id"], "hpa_rules": [{**MORNING, "operate": "ADD"}]})
    assert v2.ok("GET", path) == made
    assert v2.refused("GET", f"{path}/events?sort_key=id")


@pytest.mark.parametrize(
    ("setting", "policy", "deployment"), [("policy", 200, 400), ("deployment", 400, 200), ("any", 200, 200)]
)
def test_whose_id_a_change_names(v2: ModelArtsV2, setting: str, policy: int, deployment: int) -> None:
    v2.settings(hpa_update_id=setting)
    sid, did = v2.running()
    made = create(v2, sid, did)
    update = {"id": made["hpa_rules"][0]["id"], "operate": "UPDATE", "target_replicas": 6}
    for named, status in ((made["id"], policy), (did, deployment), (sid, 400)):
        sent = {"id": named, "hpa_rules": [update]}
        assert v2.call("PUT", f"/services/{sid}/deployments/{did}/hpa", sent).status_code == status


def test_rules_as_a_whole_are_deleted_if_that_is_open(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    path = f"/services/{sid}/deployments/{did}/hpa"
    create(v2, sid, did)
    assert v2.refused("DELETE", path, status=403)
    v2.settings(hpa_delete=True)
    assert v2.ok("DELETE", path)["status"] == "DELETED"
    assert v2.refused("GET", path, status=404)
    assert v2.refused("DELETE", path, status=404)
    until(v2, "2024-03-21 08:01")
    assert count(v2, sid) == (2, 2)


@pytest.mark.parametrize(
    ("text", "before", "due"),
    [
        ("*/15 * * * *", "2024-03-21 00:14", "2024-03-21 00:15"),
        ("5,35 9-17 * * *", "2024-03-21 09:04", "2024-03-21 09:05"),
        ("0 8 * * 1-5", "2024-03-21 07:59", "2024-03-21 08:00"),
        ("0 8 * * sat", "2024-03-23 07:59", "2024-03-23 08:00"),
        ("0 8 ? * 7", "2024-03-24 07:59", "2024-03-24 08:00"),
        ("0 0 1 4 *", "2024-03-31 23:59", "2024-04-01 00:00"),
        ("0 0 1 apr ?", "2024-03-31 23:59", "2024-04-01 00:00"),
        ("0 0 29 2 *", "2028-02-28 23:59", "2028-02-29 00:00"),
        ("10/20 0 22 * *", "2024-03-22 00:09", "2024-03-22 00:10"),
        ("0 0 31 * 5", "2024-03-21 23:59", "2024-03-22 00:00"),
    ],
)
def test_cron_text(v2: ModelArtsV2, text: str, before: str, due: str) -> None:
    sid, did = v2.running()
    create(v2, sid, did, {**MORNING, "schedule": text})
    until(v2, before)
    assert count(v2, sid)[0] == 2
    until(v2, due)
    assert count(v2, sid)[0] == 5


def test_a_rule_that_is_never_due(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    create(v2, sid, did, {**MORNING, "schedule": "0 0 30 2 *"})
    v2.wait(400 * DAY)
    assert count(v2, sid) == (2, 2)


def test_a_year_of_every_minute_passes_at_once(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    once = {**EVENING, "schedule": "0 0 1 1 *", "target_replicas": 9}
    create(v2, sid, did, {**MORNING, "schedule": "* * * * *"}, once)
    v2.wait(400 * DAY)
    assert count(v2, sid) == (5, 5)
    found = v2.ok("GET", f"/services/{sid}/deployments/{did}/hpa")["hpa_rules"]
    assert [rule["status"] for rule in found] == ["EXECUTE_SUCCESS", "EXECUTE_SUCCESS"]
    assert v2.ok("GET", f"/services/{sid}/deployments/{did}/hpa/events")["total"] == 500


def test_the_rules_go_with_the_deployment(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    create(v2, sid, did)
    v2.ok("DELETE", f"/services/{sid}/deployments/{did}")
    until(v2, "2024-03-21 08:01")
    assert v2.groups(sid) == []
    assert v2.refused("GET", f"/services/{sid}/deployments/{did}/hpa", status=404)


def test_the_rules_stay_with_a_service_that_could_not_be_deleted(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    create(v2, sid, did)
    v2.fail("fail", phase="delete")
    v2.ok("POST", "/services/delete", {"service_ids": [sid]})
    v2.pass_time(STOP_SECONDS)
    assert v2.groups(sid)[0]["running_count"] == 0
    v2.ok("POST", f"/services/{sid}/start")
    until(v2, "2024-03-21 08:01")
    assert count(v2, sid) == (5, 5)


SLO = {"slo_objectives": [{"percental": 95}]}
METRIC = {"endpoint": "10.0.0.1", "port": "9100", "scheme": "HTTP"}
HRA_RULE = {"slo_info": [SLO], "metrics": [METRIC], "role_replica": [{"name": "prefill", "min_replicas": 1}]}


def test_advice_is_kept(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    path = f"/services/{sid}/deployments/{did}/hra"
    assert v2.refused("GET", path, status=404)
    assert v2.refused("PUT", path, {"workspace_id": "0", "hra_rules": [{"id": "x", "operate": "DELETE"}]}, status=404)
    made = v2.ok("POST", path, {"workspace_id": "0", "hra_rules": [HRA_RULE]})
    assert v2.ok("GET", path) == made
    assert (made["policy_status"], made["disable"], made["min_replicas"], made["max_replicas"]) == (
        "ACTIVE",
        False,
        1,
        128,
    )
    (rule,) = made["hra_rules"]
    objective = {"metric_ttft": 100, "metric_tpot": 50, "percental": 95}
    assert rule["slo_info"] == [{"slo_objectives": [objective], "predict_window_seconds": 60}]
    assert rule["metrics"] == [{**METRIC, "metrics_source": "CONTAINER"}]
    assert (rule["rule_status"], rule["role_replica"]) == ("CONFIG_SUCCESS", HRA_RULE["role_replica"])
    assert v2.refused("POST", path, {"workspace_id": "0", "hra_rules": [HRA_RULE]})
    update = {**HRA_RULE, "id": rule["id"], "operate": "UPDATE", "metrics": [{**METRIC, "path": "/m"}]}
    changed_to = v2.ok("PUT", path, {"workspace_id": "0", "hra_rules": [update], "scale_window": 600})
    assert (changed_to["hra_rules"][0]["metrics"][0]["path"], changed_to["scale_window"]) == ("/m", 600)
    gone = v2.ok("PUT", path, {"workspace_id": "0", "hra_rules": [{"id": rule["id"], "operate": "DELETE"}]})
    assert (gone["hra_rules"], gone["policy_status"], gone["scale_window"]) == ([], "INACTIVE", 600)
    assert v2.call("DELETE", path).status_code == 405
    assert count(v2, sid) == (2, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"workspace_id": None},
        {"hra_rules": []},
        {"max_replicas": 129},
        {"hra_rules": [changed(HRA_RULE, slo_info=None)]},
        {"hra_rules": [changed(HRA_RULE, metrics=None)]},
        {"hra_rules": [changed(HRA_RULE, metrics=[{**METRIC, "port": 9100}])]},
        {"hra_rules": [changed(HRA_RULE, metrics=[{**METRIC, "scheme": "TCP"}])]},
        {"hra_rules": [changed(HRA_RULE, slo_info=[{**SLO, "predict_window_seconds": 59}])]},
        {"hra_rules": [changed(HRA_RULE, slo_info=[{"slo_objectives": [{"metric_ttft": 10_001}]}])]},
        {"hra_rules": [changed(HRA_RULE, scaler_type="GUESS")]},
        {"hra_rules": [changed(HRA_RULE, role_replica=[{}])]},
    ],
)
def test_advice_that_is_refused(v2: ModelArtsV2, wrong: dict[str, Any]) -> None:
    sid, did = v2.running()
    path = f"/services/{sid}/deployments/{did}/hra"
    assert v2.refused("POST", path, changed({"workspace_id": "0", "hra_rules": [HRA_RULE]}, **wrong))
