"""Instances and pods of ModelArts v2 (modelarts-v2.md sections 3.3 and 9.4)."""

from .modelartsv2cloud import ModelArtsV2, unit

INSTANCES = "/services/{}/deployments/{}/instances"


def test_instances_and_pods(v2: ModelArtsV2) -> None:
    units = [unit(name="a", count=2, group_count=3), unit(name="b", role="DECODE")]
    sid, _ = v2.running(deploy_type="MULTI", workload_type="LWS", unit_configs=units, service={"deploy_type": "MULTI"})
    v2.add(sid, name="green", count=1)
    rows = v2.ok("GET", INSTANCES.format(sid, "blue"))["data"]
    assert [(row["status"], row["pod_count"], row["running_pod_count"], row["weight"]) for row in rows] == [
        ("RUNNING", 7, 7, 100)
    ] * 2
    everything = v2.ok("GET", INSTANCES.format(sid, "all"))["data"]
    assert [row["status"] for row in everything] == ["RUNNING", "RUNNING", "PENDING"]
    for query, total in (("status=PENDING", 1), ("status=RUNNING,PENDING", 3), ("status=INIT", 1), ("status=ERROR", 0)):
        assert v2.ok("GET", f"{INSTANCES.format(sid, 'all')}?{query}")["total"] == total
    name = rows[0]["instance_name"]
    assert v2.ok("GET", f"{INSTANCES.format(sid, 'all')}?instance_name={name}")["total"] == 1
    assert v2.refused("GET", f"{INSTANCES.format(sid, 'all')}?status=up")
    found = v2.ok("GET", f"{INSTANCES.format(sid, 'blue')}/{name}/pods")["data"]
    assert sorted({(pod["pod_role_name"], pod["pod_role"]) for pod in found}) == [("a", "COMMON"), ("b", "DECODE")]
    assert set(found[0]) == {
        *("pod_id", "pod_name", "pod_node_ip", "pod_node_name", "pod_role", "pod_role_name", "status", "update_time"),
    }
    assert v2.ok("GET", f"{INSTANCES.format(sid, 'blue')}/all/pods")["total"] == 14
    assert v2.ok("GET", f"{INSTANCES.format(sid, 'all')}/all/pods?status=PENDING")["total"] == 1
    for key in ("pod_name", "pod_id"):
        query = f"{key}={found[0][key]}"
        assert v2.ok("GET", f"{INSTANCES.format(sid, 'all')}/all/pods?{query}")["total"] == 1
    assert v2.ok("GET", f"{INSTANCES.format(sid, 'blue')}/all/pods?pod_role_name=b")["total"] == 2
    assert v2.refused("GET", f"{INSTANCES.format(sid, 'blue')}/none/pods", status=404)
    v2.settings(null_weights=True)
    assert v2.ok("GET", INSTANCES.format(sid, "blue"))["data"][0]["weight"] is None


def test_instances_are_made_anew_or_given_up(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    path = INSTANCES.format(sid, "blue")
    first, second = (row["instance_name"] for row in v2.ok("GET", path)["data"])
    assert v2.ok("DELETE", f"{path}/{first}?force=true") == {"instance_name": first}
    assert (v2.status(sid, did), v2.groups(sid)[0]["running_count"]) == ("CONCERNING", 1)
    v2.pass_time()
    names = [row["instance_name"] for row in v2.ok("GET", path)["data"]]
    assert (v2.status(sid, did), second in names, first in names, len(names)) == ("RUNNING", True, False, 2)
    v2.ok("DELETE", f"{path}/{second}?operation=DELETE")
    found = v2.groups(sid)[0]
    assert (found["count"], found["running_count"], found["status"]) == (1, 1, "RUNNING")
    last = v2.ok("GET", path)["data"][0]["instance_name"]
    assert v2.refused("DELETE", f"{path}/{last}?operation=DELETE")
    assert v2.refused("DELETE", f"{path}/{last}?operation=RESTART")
    assert v2.refused("DELETE", f"{path}/{last}?force=maybe")
    assert v2.refused("DELETE", f"{path}/{second}", status=404)
    v2.ok("POST", f"/services/{sid}/deployments/{did}/stop")
    assert "STOPPING" in v2.refused("DELETE", f"{path}/{last}")


def test_pods_are_made_anew(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    path = INSTANCES.format(sid, "blue")
    pods = v2.ok("GET", f"{path}/all/pods")["data"]
    name = v2.ok("GET", path)["data"][0]["instance_name"]
    pod = pods[0]["pod_name"]
    assert v2.ok("DELETE", f"{path}/{name}/pods/{pod}") == {"pod_name": pod}
    assert v2.ok("GET", path)["data"][0]["running_pod_count"] == 0
    assert (v2.status(sid, did), v2.groups(sid)[0]["running_count"]) == ("CONCERNING", 1)
    assert v2.refused("DELETE", f"{path}/{name}/pods/{pod}", status=404)
    v2.pass_time()
    assert v2.status(sid, did) == "RUNNING"


def test_events_of_pods(v2: ModelArtsV2) -> None:
    sid, did = v2.running(count=1)
    path = INSTANCES.format(sid, "blue")
    name = v2.ok("GET", path)["data"][0]["instance_name"]
    pod = v2.ok("GET", f"{path}/{name}/pods")["data"][0]["pod_name"]
    events = v2.ok("GET", f"{path}/{name}/pods/{pod}/events")
    assert [event["reason"] for event in events] == ["Scheduled", "Pulled", "Started"]
    assert events[0]["last_timestamp"] == events[2]["last_timestamp"] - 30_000
    query = f"start_time={events[2]['last_timestamp']}&end_time={events[2]['last_timestamp']}"
    assert len(v2.ok("GET", f"{path}/{name}/pods/{pod}/events?{query}")) == 1
    assert v2.refused("GET", f"{path}/{name}/pods/{pod}/events?start_time=1")
    v2.admin("POST", f"/modelartsv2/services/{sid}/deployments/{did}/crash")
    assert v2.ok("GET", f"{path}/{name}/pods/all/events")[-1]["type"] == "Warning"
    assert v2.refused("GET", f"{path}/{name}/pods/none/events", status=404)


def test_a_new_version_has_new_instances_and_other_weights_do_not(v2: ModelArtsV2) -> None:
    sid, did = v2.running()

    def names() -> list[str]:
        return [row["instance_name"] for row in v2.ok("GET", INSTANCES.format(sid, "blue"))["data"]]

    first = names()
    v2.change(sid, did, weight=1)
    v2.pass_time()
    assert names() == first
    v2.change(sid, did, weight=1, unit_configs=[unit(cmd="run")])
    v2.pass_time()
    assert set(names()) & set(first) == set()
