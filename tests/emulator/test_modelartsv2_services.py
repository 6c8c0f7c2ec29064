"""Services of ModelArts v2: create, detail, list, change, delete, start, stop (modelarts-v2.md sections 3 to 5)."""

from typing import Any

import pytest

from .modelartsv2cloud import (
    POOL,
    STOP_SECONDS,
    UNKNOWN,
    ModelArtsV2,
    group,
    runtime,
    service,
    unit,
)

DAY = 86_400.0


def put(v2: ModelArtsV2, sid: str, **body: Any) -> dict[str, Any]:
    return dict(v2.ok("PUT", f"/services/{sid}", body))


def test_a_service_without_a_deployment(v2: ModelArtsV2) -> None:
    made = v2.ok("POST", "/services", service(description="mine", tags=[{"key": "team", "value": "ml"}]))
    assert {"predict_url", "dispatcher_group_id"} & set(made) == set()
    found = v2.service(made["id"])
    assert {key: value for key, value in found.items() if key in made} == made
    assert (found["status"], found["predict_url"], found["failure_reason"]) == ("INIT", [], "")
    assert found["dispatcher_group_id"]
    assert (found["tags"], found["workspace_id"]) == ([{"key": "team", "value": "ml"}], "0")
    version = found["version"]
    assert (version["version"], version["description"], version["lts_strategy"]) == ("1.0.0", "mine", "AUTO_CREATE")
    assert version["upgrade_config"]["rolling_update"] == {"max_surge": "1%", "max_unavailable": "1%"}
    assert version["instance_groups"] == version["log_configs"] == []
    assert version["runtime_config"] == runtime()
    v2.settings(no_deployment_state="STOPPED")
    assert v2.status(made["id"]) == "STOPPED"


def test_times_are_text_in_the_detail_and_numbers_in_lists(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    now = v2.clock.now() * 1000
    assert v2.service(sid)["create_at"] == str(round(now - 30_000))
    (row,) = v2.ok("GET", "/services")["data"]
    assert row["create_at"] == v2.deployment(sid, did)["create_at"] == round(now - 30_000)


def test_a_service_with_a_deployment(v2: ModelArtsV2) -> None:
    made = v2.ok("POST", "/services", service(group_configs=[group(count=3)]))
    assert made["status"] == "DEPLOYING"
    (one,) = made["version"]["instance_groups"]
    assert (one["infer_name"], one["running_count"], one["traffic_ratio"]) == (one["id"], 0, "0.00%")
    v2.pass_time(29)
    assert v2.status(made["id"]) == "DEPLOYING"
    assert v2.service(made["id"])["predict_url"] == []
    v2.pass_time(1)
    found = v2.service(made["id"])
    (one,) = found["version"]["instance_groups"]
    assert (found["status"], one["status"], one["running_count"]) == ("RUNNING", "RUNNING", 3)
    assert one["traffic_ratio"] == "100.00%"
    kinds = {address["type"]: address["urls"] for address in found["predict_url"]}
    assert set(kinds) == {"PUBLIC", "INTERNAL", "CONSOLE"}
    assert kinds["PUBLIC"] == [found["version"]["predict_url"]]
    assert kinds["PUBLIC"][0].endswith(f"/v2/infer/{made['id']}")


def test_no_public_address_unless_it_is_wanted(v2: ModelArtsV2) -> None:
    sid, _ = v2.running(service={"runtime_config": runtime(internet_access_enable=False)})
    assert [address["type"] for address in v2.service(sid)["predict_url"]] == ["INTERNAL", "CONSOLE"]


def test_an_asynchronous_service_has_no_address(v2: ModelArtsV2) -> None:
    config = {**runtime(), "server_task_limit": {"max_task": 5}}
    sid, _ = v2.running(
        service={"type": "ASYNC_REAL_TIME", "runtime_config": config},
        deployment_task_limit={"max_concurrent_task": 3},
    )
    assert v2.service(sid)["predict_url"] == []
    assert v2.service(sid)["version"]["runtime_config"]["server_task_limit"] == {"max_task": 5}
    assert v2.groups(sid)[0]["deployment_task_limit"] == {"max_concurrent_task": 3}


def test_what_is_not_answered(v2: ModelArtsV2) -> None:
    logs = [{"type": "FILE", "files": [{"log_path": "/var/log", "file_pattern": "*.log"}]}]
    sid, did = v2.running(
        service={
            "custom_metrics_path": "http,9100,metrics",
            "workload_type": "DEPLOYMENT",
            "log_configs": logs,
            "runtime_config": runtime(custom_urls=["https://own.example"]),
        }
    )
    found = v2.service(sid)
    assert {"custom_metrics_path", "workload_type"} & {*found, *found["version"]} == set()
    assert "custom_urls" not in found["version"]["runtime_config"]["service_invoke"]
    (log,) = found["version"]["log_configs"]
    assert (log["type"], log["status"], log["deployment_id"]) == ("FILE", "ON", did)
    assert (found["version"]["lts_file_status"], found["version"]["lts_status"]) == ("ON", "OFF")
    assert "files" not in log


def test_an_own_load_balancer_is_connected(v2: ModelArtsV2) -> None:
    sid = v2.make(runtime_config=runtime(elb_connection={"elb_id": "e-1", "action": "RETRY"}))
    found = v2.service(sid)["version"]["runtime_config"]["service_invoke"]["elb_connection"]
    assert (found["elb_id"], found["m_tls"], found["status"]) == ("e-1", False, "CONNECTED")
    assert "action" not in found


def test_names_are_unique_until_they_are_free_again(v2: ModelArtsV2) -> None:
    sid, other = v2.make(), v2.make(name="other")
    assert "demo already exists" in v2.refused("POST", "/services", service(), status=409)
    assert "demo already exists" in v2.refused("PUT", f"/services/{other}", {"name": "demo"}, status=409)
    v2.ok("POST", "/services/delete", {"service_ids": [sid]})
    assert v2.refused("POST", "/services", service(), status=409)
    v2.pass_time(STOP_SECONDS)
    v2.make()


def test_the_quota(v2: ModelArtsV2) -> None:
    for number in range(20):
        v2.make(name=f"s-{number}")
    assert "quota of 20 services" in v2.refused("POST", "/services", service())
    v2.settings(max_services=None)
    v2.make()


def test_what_is_not_there(v2: ModelArtsV2) -> None:
    v2.make()
    for method, tail in (("GET", ""), ("PUT", ""), ("POST", "/start"), ("POST", "/stop"), ("GET", "/events")):
        assert "does not exist" in v2.refused(method, f"/services/{UNKNOWN}{tail}", {}, status=404)
    v2.settings(not_found_as_400=True)
    assert "does not exist" in v2.refused("GET", f"/services/{UNKNOWN}")
    assert v2.http.get(f"/v2/other/services/{UNKNOWN}").status_code == 403


def test_a_service_of_another_project_is_not_there(v2: ModelArtsV2) -> None:
    (made,) = v2.seed(services=[{**service(), "project_id": "another"}])["modelartsv2.services"]
    assert v2.refused("GET", f"/services/{made['id']}", status=404)
    assert v2.ok("GET", "/services")["total"] == 0
    assert v2.refused("POST", "/services/delete", {"service_ids": [made["id"]]})


@pytest.mark.parametrize("path", ["/services", "/services/flavors", "/modelarts-service-v2/tags"])
def test_nobody_comes_in_without_a_token(v2: ModelArtsV2, path: str) -> None:
    answer = v2.call("GET", path, headers={"X-Auth-Token": ""})
    assert (answer.status_code, answer.json()["error_code"]) == (401, "APIG.0301")


def test_delete(v2: ModelArtsV2) -> None:
    sid, _ = v2.running()
    other = v2.make(name="other")
    assert "does not exist" in v2.refused("POST", "/services/delete", {"service_ids": [sid, UNKNOWN]})
    assert v2.status(sid) == "RUNNING"
    answer = v2.ok("POST", "/services/delete", {"service_ids": [sid, other, sid]})
    assert [one["status"] for one in answer["service_responses"]] == ["DELETING", "DELETING"]
    v2.pass_time(STOP_SECONDS / 2)
    assert v2.ok("POST", "/services/delete", {"service_ids": [sid]})["service_responses"][0]["status"] == "DELETING"
    assert v2.status(sid) == "DELETING"
    v2.pass_time(STOP_SECONDS / 2)
    assert v2.refused("GET", f"/services/{sid}", status=404)
    assert v2.ok("GET", "/services")["total"] == 0
    assert v2.refused("POST", "/services/delete", {"service_ids": []})


def test_delete_may_fail_hang_and_be_refused(v2: ModelArtsV2) -> None:
    sid, _ = v2.running()
    v2.fail("fail", phase="delete", reason="in use")
    v2.ok("POST", "/services/delete", {"service_ids": [sid]})
    v2.pass_time(STOP_SECONDS)
    assert (v2.status(sid), v2.service(sid)["failure_reason"]) == ("FAILED", "in use")
    assert v2.abnormal(sid) == ["Delete of the service failed: in use."]
    v2.settings(busy_delete=False)
    v2.ok("POST", f"/services/{sid}/start")
    assert "DEPLOYING" in v2.refused("POST", "/services/delete", {"service_ids": [sid]})
    v2.pass_time()
    v2.fail("hang", phase="delete")
    v2.ok("POST", "/services/delete", {"service_ids": [sid]})
    v2.wait(DAY)
    assert v2.status(sid) == "DELETING"


def test_start_and_stop_act_on_all_deployments(v2: ModelArtsV2) -> None:
    sid, _ = v2.running()
    v2.add(sid, name="green")
    v2.pass_time()
    assert v2.ok("POST", f"/services/{sid}/stop")["status"] == "STOPPING"
    v2.pass_time(STOP_SECONDS)
    assert (v2.status(sid), {one["status"] for one in v2.groups(sid)}) == ("STOPPED", {"STOPPED"})
    assert "STOPPED" in v2.refused("POST", f"/services/{sid}/stop")
    assert v2.ok("POST", f"/services/{sid}/start")["status"] == "DEPLOYING"
    assert "DEPLOYING" in v2.refused("POST", f"/services/{sid}/start")
    v2.pass_time()
    assert {one["status"] for one in v2.groups(sid)} == {"RUNNING"}
    assert "RUNNING" in v2.refused("POST", f"/services/{sid}/start")


def test_nothing_to_start_or_stop(v2: ModelArtsV2) -> None:
    sid = v2.make()
    for verb in ("start", "stop"):
        assert v2.refused("POST", f"/services/{sid}/{verb}")
    v2.settings(no_deployment_state="STOPPED")
    assert "without a deployment" in v2.refused("POST", f"/services/{sid}/start")


def test_the_list(v2: ModelArtsV2) -> None:
    first = v2.make(name="chat-one", description="for chats", tags=[{"key": "a", "value": "1"}])
    v2.pass_time(1)
    v2.make(name="chat-two", type="ASYNC_REAL_TIME", runtime_config=runtime("TOKEN"), workspace_id="a" * 32)
    v2.pass_time(1)
    v2.running(service={"name": "ranker", "tags": [{"key": "a", "value": "1"}, {"key": "b", "value": ""}]})

    def names(query: str = "") -> list[str]:
        return [row["name"] for row in v2.ok("GET", f"/services{query}")["data"]]

    assert names() == ["ranker", "chat-two", "chat-one"]
    assert names("?sort_dir=ASC") == ["chat-one", "chat-two", "ranker"]
    v2.ok("PUT", f"/services/{first}", {"description": "for all chats"})
    assert names("?sort_key=update_at")[0] == "chat-one"
    assert names("?sort_key=create_at,update_at") == ["ranker", "chat-two", "chat-one"]
    expected = {
        f"id={first}": ["chat-one"],
        "name=chat": ["chat-two", "chat-one"],
        "description=all": ["chat-one"],
        "status=RUNNING": ["ranker"],
        "type=ASYNC_REAL_TIME": ["chat-two"],
        "auth_type=TOKEN": ["chat-two"],
        f"workspace_id={'a' * 32}": ["chat-two"],
        f"pool_id={POOL}": ["ranker"],
        f"pool_name={POOL}": ["ranker"],
        "user_name=nobody": [],
        "tags=a|1": ["ranker", "chat-one"],
        "tags=a|1,b|": ["ranker"],
        "node_ip=192.168.0.2": ["ranker"],
        "node_ip=1.2.3.4": [],
        "asset_id=x": [],
    }
    for query, wanted in expected.items():
        assert sorted(names(f"?{query}")) == sorted(wanted), query
    v2.settings(fuzzy_names=False)
    assert (names("?name=chat"), names("?name=chat-one")) == ([], ["chat-one"])


def test_services_are_found_by_their_assets(v2: ModelArtsV2) -> None:
    model = {"source": "obs", "mount_path": "/m/", "asset_id": "asset-1"}
    v2.running(model=model, service={"name": "one"})
    v2.running(unit_configs=[unit(models=[{**model, "asset_id": "asset-2"}])], service={"name": "two"})
    for asset, name in (("asset-1", "one"), ("asset-2", "two")):
        assert [row["name"] for row in v2.ok("GET", f"/services?asset_id={asset}")["data"]] == [name]


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=501", "limit=x", "limit=10&offset=5", "offset=-1", "status=INIT", "status=up"),
        *("sort_key=name", "sort_dir=UP", "tags=a|1,", "tags=,a|1", "tags=a||1", "tags=a"),
    ],
)
def test_queries_that_make_no_sense(v2: ModelArtsV2, query: str) -> None:
    assert v2.refused("GET", f"/services?{query}")


def test_pages(v2: ModelArtsV2) -> None:
    for number in range(5):
        v2.make(name=f"s-{number}")
    page = v2.ok("GET", "/services?limit=2&offset=4&sort_dir=ASC&sort_key=create_at")
    assert ([row["name"] for row in page.pop("data")], page) == (
        ["s-4"],
        {"current": 2, "size": 2, "pages": 3, "total": 5},
    )
    assert v2.ok("GET", "/services?name=none") == {"data": [], "current": 0, "size": 10, "pages": 0, "total": 0}


def test_a_list_that_is_late(v2: ModelArtsV2) -> None:
    v2.settings(list_seconds=5)
    v2.make()
    assert v2.ok("GET", "/services")["total"] == 0
    v2.pass_time(5)
    assert v2.ok("GET", "/services")["total"] == 1


def test_secrets_come_back_unless_they_do_not(v2: ModelArtsV2) -> None:
    volume = {"mount_path": "/s", "secret_key": "k", "secret_value": "c2VjcmV0"}
    secret = {"secret_enable": True, "secret_type": "custom", "secret_volumes": [volume], "group_id": 4294967294}
    sid = v2.make(runtime_config={**runtime(), "service_secret": secret})
    found = v2.service(sid)["version"]["runtime_config"]["service_secret"]
    assert (found["secret_volumes"], found["group_enable"]) == ([volume], False)
    v2.settings(secret_in_answer="missing")
    (answered,) = v2.service(sid)["version"]["runtime_config"]["service_secret"]["secret_volumes"]
    assert answered == {"mount_path": "/s", "secret_key": "k"}


def test_a_read_of_the_past(v2: ModelArtsV2) -> None:
    sid = v2.make()
    put(v2, sid, description="new")
    for stale, wanted in (("former", ""), (None, "new")):
        if stale:
            v2.admin("POST", "/faults", {"method": "GET", "stale": stale})
        assert v2.service(sid)["version"]["description"] == wanted
    v2.admin("POST", "/faults", {"method": "GET", "stale": "missing"})
    assert v2.refused("GET", f"/services/{sid}", status=404)
