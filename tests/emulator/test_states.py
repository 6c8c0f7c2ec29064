"""What happens by itself: the states of modelarts.md section 9, events (8.5) and update records (8.6)."""

from typing import Any

import pytest

from .cloud import DEPLOY_SECONDS, SETTLE_SECONDS, Cloud, batch_body, config_item, create_body, edge_body, error

NOW = 1_710_979_200_000
ONE_DAY = [{"type": "stop", "time_unit": "DAYS", "duration": 1}]


def records(cloud: Cloud, service_id: str, **query: Any) -> list[dict[str, Any]]:
    answer = cloud.call("GET", f"/services/{service_id}/logs", params=query).json()
    assert answer["service_id"] == service_id
    return list(answer["logs"])


def test_deployment_takes_its_time(cloud: Cloud) -> None:
    service_id = cloud.create()
    seen = []
    for _ in range(4):
        detail = cloud.detail(service_id)
        seen.append((detail["status"], detail.get("progress")))
        cloud.clock.advance(DEPLOY_SECONDS / 3)
    assert seen == [("deploying", 0), ("deploying", 33), ("deploying", 66), ("running", None)]


def test_times_are_those_of_the_change_not_of_the_request(cloud: Cloud) -> None:
    service_id = cloud.create()
    cloud.clock.advance(1000)
    assert cloud.detail(service_id)["transition_at"] == NOW + DEPLOY_SECONDS * 1000


def test_events_of_a_deployment(cloud: Cloud) -> None:
    service_id = cloud.create()
    assert cloud.events(service_id) == ["start to deploy service"]
    cloud.clock.advance(DEPLOY_SECONDS)
    model = "model-m-1 0.0.1"
    assert cloud.events(service_id) == [
        "start to deploy service",
        f"building image for model [{model}]",
        f"model ({model}) build image success",
        "preparing environment",
        f"[{model}] prepare environment success",
        f"[{model}] schedule resource success",
        f"[{model}] pulling model image",
        f"[{model}] pull image success",
        f"[{model}] starting model",
        "start service success",
    ]


def test_deployment_that_takes_no_time(cloud: Cloud) -> None:
    cloud.admin("PATCH", "/settings", {"deploy_seconds": 0})
    service_id = cloud.create()
    assert cloud.status(service_id) == "running"
    events = cloud.events(service_id)
    assert (events[0], events[-1], len(events)) == ("start to deploy service", "start service success", 10)


def test_old_configuration_serves_while_the_new_one_waits(cloud: Cloud) -> None:
    service_id = cloud.running()
    address = cloud.detail(service_id)["access_address"]
    cloud.fail_deployment("waiting")
    cloud.put(service_id, config=[config_item(model_id="m-2")])
    assert cloud.status(service_id) == "waiting"
    assert cloud.http.post(address, json={}).json()["model"] == "model-m-1"


def test_events_are_filtered_sorted_and_paged(cloud: Cloud) -> None:
    cloud.fail_deployment(error_code="ModelArts.3301", error_msg="image build failed")
    service_id = cloud.create()
    cloud.clock.advance(DEPLOY_SECONDS)

    def ask(**query: Any) -> dict[str, Any]:
        answer = cloud.call("GET", f"/services/{service_id}/events", params=query)
        return dict(answer.json())

    everything = ask()
    times = [event["occur_time"] for event in everything["events"]]
    assert times == sorted(times, reverse=True)
    assert everything["total_count"] == everything["count"] == 10
    assert everything["service_name"] == "demo"
    assert ask(event_type="abnormal")["events"] == everything["events"][:1]
    assert everything["events"][0]["event_info"] == ("start service failed, ModelArts.3301: image build failed")
    assert ask(event_info="pull")["total_count"] == 2
    assert ask(start_time=NOW + 1)["total_count"] == 9
    assert ask(end_time=NOW)["total_count"] == 1
    page = ask(offset=1, limit=2)
    assert (page["total_count"], page["count"], page["events"]) == (10, 2, everything["events"][1:3])


@pytest.mark.parametrize("query", [{"event_info": "a(b"}, {"event_type": "warning"}, {"sort_by": "event_type"}])
def test_wrong_event_query(cloud: Cloud, query: dict[str, str]) -> None:
    answer = cloud.call("GET", f"/services/{cloud.create()}/events", params=query)
    assert error(answer) == (400, "ModelArts.0104")


def test_events_are_kept_for_a_month(cloud: Cloud) -> None:
    service_id = cloud.running()
    cloud.wait(31 * 24 * 3600)
    assert cloud.events(service_id) == []
    cloud.put(service_id, status="stopped")
    assert cloud.events(service_id) == ["stopping service"]


def test_stop_and_start(cloud: Cloud) -> None:
    service_id = cloud.running()
    cloud.put(service_id, status="stopped")
    assert cloud.status(service_id) == "stopping"
    cloud.clock.advance(SETTLE_SECONDS)
    stopped = cloud.detail(service_id)
    assert stopped["status"] == "stopped"
    assert stopped["config"][0]["status"] == "notReady"
    cloud.put(service_id, status="running")
    assert cloud.status(service_id) == "deploying"
    cloud.clock.advance(DEPLOY_SECONDS)
    again = cloud.detail(service_id)
    assert again["status"] == "running"
    assert again["publish_at"] > stopped["publish_at"]
    assert again["update_time"] == stopped["update_time"]
    assert [record["result"] for record in records(cloud, service_id)] == ["SUCCESS"]


def test_stop_while_deploying(cloud: Cloud) -> None:
    service_id = cloud.create()
    cloud.put(service_id, status="stopped")
    cloud.clock.advance(10 * DEPLOY_SECONDS)
    assert cloud.status(service_id) == "stopped"
    assert records(cloud, service_id)[0]["result"] == "FAIL"


def test_delete_while_deploying(cloud: Cloud) -> None:
    service_id = cloud.create()
    cloud.call("DELETE", f"/services/{service_id}")
    cloud.clock.advance(DEPLOY_SECONDS)
    assert error(cloud.call("GET", f"/services/{service_id}")) == (404, "ModelArts.3502")


def test_failed_deployment(cloud: Cloud) -> None:
    cloud.fail_deployment(after_seconds=8)
    service_id = cloud.create()
    cloud.clock.advance(7)
    assert cloud.status(service_id) == "deploying"
    cloud.clock.advance(1)
    detail = cloud.detail(service_id)
    assert detail["status"] == "failed"
    assert detail["error_msg"].startswith("ModelArts.3976: NO_CAPACITY")
    assert "access_address" not in detail
    assert [info for info in cloud.events(service_id) if "retry" in info] == [
        f"insufficient resources, retry {number} of 3" for number in (1, 2, 3)
    ]
    assert not [info for info in cloud.events(service_id) if "schedule resource success" in info or "pull" in info]
    cloud.put(service_id, status="running")
    cloud.clock.advance(DEPLOY_SECONDS)
    mended = cloud.detail(service_id)
    assert mended["status"] == "running"
    assert "error_msg" not in mended


def test_failed_update_rolls_back(cloud: Cloud) -> None:
    service_id = cloud.running()
    before = cloud.detail(service_id)
    cloud.fail_deployment(phase="update", after_seconds=5)
    cloud.put(service_id, config=[config_item(instance_count=5)])
    cloud.clock.advance(5)
    assert cloud.detail(service_id)["config"][0]["instance_count"] == 5
    cloud.clock.advance(SETTLE_SECONDS)
    after = cloud.detail(service_id)
    assert (after["status"], after["config"]) == ("running", before["config"])
    assert after["update_time"] == before["update_time"]
    assert "error_msg" not in after
    assert [record["result"] for record in records(cloud, service_id)] == ["FAIL", "SUCCESS"]
    told = cloud.events(service_id)[-3:]
    assert told[0].startswith("update service failed, start to roll back, ModelArts.3976")
    assert told[1:] == ["update service failed and has been rolled back", "start service success"]


def test_failed_roll_back(cloud: Cloud) -> None:
    service_id = cloud.running()
    cloud.fail_deployment(rollback_fails=True)
    cloud.put(service_id, config=[config_item(instance_count=5)])
    cloud.clock.advance(DEPLOY_SECONDS + SETTLE_SECONDS)
    assert cloud.status(service_id) == "failed"
    assert cloud.events(service_id)[-1] == "update service failed and roll back failed"


def test_failed_update_of_a_service_that_never_ran_has_nothing_to_return_to(cloud: Cloud) -> None:
    cloud.admin("POST", "/faults", {"count": 2, "deploy": {"outcome": "fail"}})
    service_id = cloud.create()
    cloud.clock.advance(DEPLOY_SECONDS)
    cloud.put(service_id, config=[config_item(instance_count=5)])
    cloud.clock.advance(DEPLOY_SECONDS)
    detail = cloud.detail(service_id)
    assert (detail["status"], detail["config"][0]["instance_count"]) == ("failed", 5)


def test_deployment_that_never_ends(cloud: Cloud) -> None:
    cloud.fail_deployment("hang")
    service_id = cloud.create()
    cloud.wait(1_000_000)
    detail = cloud.detail(service_id)
    assert (detail["status"], detail["progress"]) == ("deploying", 60)
    cloud.put(service_id, status="stopped")
    cloud.clock.advance(SETTLE_SECONDS)
    assert cloud.status(service_id) == "stopped"


def test_deployment_times_out(cloud: Cloud) -> None:
    cloud.admin("PATCH", "/settings", {"deploy_seconds": 5000})
    service_id = cloud.create(create_body(config=[config_item(deploy_timeout_in_seconds=180)]))
    cloud.clock.advance(179)
    assert cloud.status(service_id) == "deploying"
    cloud.clock.advance(1)
    assert cloud.detail(service_id)["error_msg"] == "ModelArts.3501: deployment timed out"


def test_alarm_that_heals(cloud: Cloud) -> None:
    cloud.fail_deployment("concerning", heal_seconds=10)
    service_id = cloud.create()
    cloud.clock.advance(DEPLOY_SECONDS)
    assert cloud.status(service_id) == "concerning"
    cloud.clock.advance(10)
    assert cloud.status(service_id) == "running"


def test_some_instances_only(cloud: Cloud) -> None:
    cloud.fail_deployment("partial", instances=2)
    service_id = cloud.create(create_body(config=[config_item(instance_count=3)]))
    cloud.clock.advance(100 * DEPLOY_SECONDS)
    assert cloud.status(service_id) == "concerning"
    monitor = cloud.call("GET", f"/services/{service_id}/monitor").json()
    assert (monitor["service_running_instance_count"], monitor["service_instance_count"]) == (2, 3)


def test_queue_for_resources(cloud: Cloud) -> None:
    cloud.fail_deployment("waiting", after_seconds=10)
    service_id = cloud.create()
    detail = cloud.detail(service_id)
    assert detail["status"] == "waiting"
    assert "progress" not in detail
    cloud.clock.advance(10)
    assert cloud.status(service_id) == "deploying"
    cloud.clock.advance(DEPLOY_SECONDS)
    assert cloud.status(service_id) == "running"


def test_queue_that_leads_nowhere(cloud: Cloud) -> None:
    cloud.fail_deployment("waiting", after_seconds=10)
    cloud.fail_deployment("fail", after_seconds=0)
    service_id = cloud.create()
    cloud.clock.advance(10)
    assert cloud.status(service_id) == "failed"


def test_batch_runs_once_and_again(cloud: Cloud) -> None:
    service_id = cloud.create(batch_body())
    for status in ("deploying", "running", "finished", "finished"):
        assert cloud.status(service_id) == status
        cloud.clock.advance(DEPLOY_SECONDS)
    cloud.put(service_id, status="running")
    detail = cloud.detail(service_id)
    assert detail["status"] == "deploying"
    assert "start_time" not in detail["config"][0]
    cloud.clock.advance(2 * DEPLOY_SECONDS)
    assert cloud.status(service_id) == "finished"


def test_automatic_stop(cloud: Cloud) -> None:
    service_id = cloud.create(schedule=ONE_DAY)
    assert "due_time" not in cloud.detail(service_id)
    cloud.clock.advance(DEPLOY_SECONDS)
    due = NOW + DEPLOY_SECONDS * 1000 + 86_400_000
    assert cloud.detail(service_id)["due_time"] == due
    cloud.wait(86_400 - 1)
    assert cloud.status(service_id) == "running"
    cloud.clock.advance(1)
    assert cloud.status(service_id) == "stopping"
    cloud.clock.advance(SETTLE_SECONDS)
    stopped = cloud.detail(service_id)
    assert stopped["status"] == "stopped"
    assert stopped["transition_at"] == due + SETTLE_SECONDS * 1000
    assert "due_time" not in stopped
    assert stopped["schedule"] == ONE_DAY
    assert "stopping service, the auto stop time is due" in cloud.events(service_id)


def test_schedule_is_counted_from_the_new_start(cloud: Cloud) -> None:
    service_id = cloud.running(schedule=ONE_DAY)
    cloud.clock.advance(3600)
    cloud.put(service_id, status="stopped")
    cloud.clock.advance(SETTLE_SECONDS)
    cloud.put(service_id, status="running")
    cloud.clock.advance(DEPLOY_SECONDS)
    assert cloud.detail(service_id)["due_time"] == round(cloud.clock.now() * 1000) + 86_400_000


def test_schedule_set_and_cleared_while_running(cloud: Cloud) -> None:
    service_id = cloud.running()
    cloud.clock.advance(60)
    cloud.put(service_id, schedule=ONE_DAY)
    assert cloud.detail(service_id)["due_time"] == NOW + DEPLOY_SECONDS * 1000 + 86_400_000
    assert cloud.put(service_id, schedule=[]).status_code == 200
    detail = cloud.detail(service_id)
    assert not {"schedule", "due_time"} & set(detail)
    cloud.wait(2 * 86_400)
    assert cloud.status(service_id) == "running"
    assert cloud.events(service_id)[-1] == "auto stop is disabled"


def test_schedule_whose_time_is_over(cloud: Cloud) -> None:
    service_id = cloud.running()
    cloud.wait(86_400)
    assert error(cloud.put(service_id, schedule=ONE_DAY)) == (400, "ModelArts.3562")
    assert "schedule" not in cloud.detail(service_id)
    assert cloud.put(service_id, schedule=ONE_DAY, config=[config_item(instance_count=2)]).status_code == 200
    cloud.clock.advance(DEPLOY_SECONDS)
    assert cloud.detail(service_id)["due_time"] == cloud.clock.now() * 1000 + 86_400_000


def test_update_records(cloud: Cloud) -> None:
    service_id = cloud.running(cluster_id="c-1")
    first = cloud.detail(service_id)["update_time"]
    cloud.put(service_id, config=[config_item(envs={"A": "1"})])
    rolling = records(cloud, service_id)
    assert [record["result"] for record in rolling] == ["RUNNING", "SUCCESS"]
    assert rolling[0]["config"][0]["envs"] == {"A": "1"}
    assert (rolling[0]["cluster_id"], rolling[0]["extend_config"]) == ("c-1", [])
    cloud.clock.advance(DEPLOY_SECONDS)
    assert records(cloud, service_id)[0]["update_time"] == cloud.detail(service_id)["update_time"]
    assert [record["update_time"] for record in records(cloud, service_id, update_time=first)] == [first]


def test_update_records_of_an_edge_service(cloud: Cloud) -> None:
    cloud.admin("POST", "/seed", {"nodes": [{"id": "n-1", "name": "factory"}]})
    record = records(cloud, cloud.running(edge_body()))[0]
    assert (record["success_num"], record["failed_num"]) == (1, 0)
    assert record["result_detail"] == [
        {"node_id": "n-1", "node_name": "factory", "operation": "deploy", "result": True}
    ]
