"""Create: the fields and rules of modelarts.md section 5 and the errors of 5.9."""

from typing import Any

import pytest

from .cloud import Cloud, batch_body, batch_item, config_item, create_body, edge_body, error

POOL = {"pool_name": "pool-a"}


def custom(**spec: Any) -> dict[str, Any]:
    """A create body with a custom flavour in a pool."""
    item = config_item(specification="custom", custom_spec={"cpu": 1.5, "memory": 7500, **spec})
    return create_body(**POOL, config=[item])


def with_item(**changes: Any) -> dict[str, Any]:
    return create_body(config=[config_item(**changes)])


def csv_body(rule: Any) -> dict[str, Any]:
    return batch_body(mapping_type="csv", mapping_rule=rule)


def lts(log_group_id: str) -> dict[str, Any]:
    return {"type": "LTS", "configuration": {"log_group_id": log_group_id, "log_stream_id": "s"}}


def smn(events: Any) -> dict[str, Any]:
    return create_body(additional_properties={"smn_notification": {"topic_urn": "u", "events": events}})


GOOD = {
    "smallest real-time": create_body(),
    "custom flavour": custom(),
    "batch of files": batch_body(),
    "batch of csv": csv_body({"type": "object", "properties": {"x": {"type": "number", "index": 0}}}),
    "csv with array": csv_body({"type": "array", "items": [{"type": "string", "index": -1}]}),
    "batch with a pool": {**batch_body(), **POOL},
    "edge": edge_body(),
    "edge in a pool": {**edge_body(nodes=None), "cluster_id": "c"},
    "weight as text": with_item(weight="100"),
    "two models": create_body(config=[config_item(weight=0), config_item(model_id="m-2", weight="100")]),
    "unknown fields": create_body(nonsense=1),
    "null is absent": {**create_body(), "description": None, "schedule": None},
    "chinese name": create_body(service_name="模型-1_a"),
    "longest name": create_body(service_name="a" * 64),
    "longest description": create_body(description="d" * 100),
    "soft characters": create_body(description="a=b+c!"),
    "schedule": create_body(schedule=[{"type": "stop", "time_unit": "HOURS", "duration": 1}]),
    "network": create_body(vpc_id="v", subnet_network_id="s", security_group_id="g"),
    "network and pool": create_body(**POOL, vpc_id="v"),
    "alias": with_item(specification="modelarts.vm.gpu.p4"),
    "closed flavour": with_item(specification="modelarts.vm.ai1.snt3"),
    "most instances": with_item(instance_count=128),
    "logs": create_body(additional_properties={"log_report_channels": [lts("g"), {"type": "LTS"}]}),
    "notification": smn([1, 2, 9]),
    "longest log group": create_body(additional_properties={"log_report_channels": [lts("g" * 64)]}),
    "file system": with_item(additional_properties={"persistent_volumes": [{"mount_path": "/usr/share/data"}]}),
    "timeout": with_item(deploy_timeout_in_seconds=180),
    "secrets": create_body(service_secrets=[{"secretId": "s", "mouthPath": "/s"}]),
    "priority": create_body(priority=3, load_balancer_policy="ROUND_ROBIN"),
}

MISSING = {
    "name": create_body(service_name=None),
    "empty name": create_body(service_name=""),
    "type": create_body(infer_type=None),
    "config": create_body(config=None),
    "empty config": create_body(config=[]),
    "model": with_item(model_id=None),
    "flavour": with_item(specification=None),
    "instances": with_item(instance_count=None),
    "weight": with_item(weight=None),
    "custom_spec": create_body(**POOL, config=[config_item(specification="custom")]),
    "cpu": custom(cpu=None),
    "memory": custom(memory=None),
    "subnet": create_body(vpc_id="v", security_group_id="g"),
    "security group": create_body(vpc_id="v", subnet_network_id="s"),
    "nodes": edge_body(nodes=None),
    "src_path": batch_body(src_path=None),
    "req_uri": batch_body(req_uri=None),
    "mapping_type": batch_body(mapping_type=None),
    "mapping_rule": batch_body(mapping_type="csv"),
    "topic": create_body(additional_properties={"smn_notification": {"events": [1]}}),
    "secret path": create_body(service_secrets=[{"secretId": "s"}]),
    "stop type": create_body(schedule=[{"time_unit": "DAYS", "duration": 1}]),
}

WRONG = {
    "body": [],
    "name with a space": create_body(service_name="a b"),
    "name too long": create_body(service_name="a" * 65),
    "name of another type": create_body(service_name=5),
    "name with line end": create_body(service_name="a\n"),
    "unknown type": create_body(infer_type="realtime"),
    "config as object": create_body(config={}) | {"config": {"a": 1}},
    "item as text": create_body(config=["x"]),
    "weights of 90": create_body(config=[config_item(weight=60), config_item(model_id="m-2", weight=30)]),
    "weight 100.5": with_item(weight=100.5),
    "weight of many digits": with_item(weight="9" * 5000),
    "weight as decimal text": with_item(weight="100.0"),
    "negative weight": create_body(config=[config_item(weight=-1), config_item(model_id="m-2", weight=101)]),
    "weight true": with_item(weight=True),
    "no instance": with_item(instance_count=0),
    "half an instance": with_item(instance_count=1.5),
    "instances as text": with_item(instance_count="1"),
    "unknown flavour": with_item(specification="modelarts.vm.none"),
    "number in envs": with_item(envs={"A": 1}),
    "envs as array": with_item(envs=["A"]),
    "description too long": create_body(description="d" * 101),
    **{f"description with {sign}": create_body(description=f"a{sign}b") for sign in "<>&\"'"},
    "batch of two": create_body(infer_type="batch", config=[batch_item(), batch_item(model_id="m-2")]),
    "custom without pool": create_body(
        config=[config_item(specification="custom", custom_spec={"cpu": 1, "memory": 1})]
    ),
    "batch custom without pool": batch_body(specification="custom", custom_spec={"cpu": 1, "memory": 1}),
    "little cpu": custom(cpu=0.009),
    "memory with fraction": custom(memory=7500.5),
    "no memory": custom(memory=0),
    "memory beyond all": custom(memory=10**40),
    "cpu beyond all": custom(cpu=1e300),
    "gpu and ascend": custom(gpu_p4=1, ascend_a310=1),
    "negative gpu": custom(gpu_p4=-1),
    "pool in item only": with_item(pool_name="p"),
    "old pool in item only": with_item(cluster_id="c"),
    "log volume without pool": with_item(
        additional_properties={"log_volume": [{"host_path": "/a", "mount_path": "/b"}]}
    ),
    "no surge": with_item(additional_properties={"max_surge": 0}),
    "batch with schedule": {**batch_body(), "schedule": [{"type": "stop", "time_unit": "DAYS", "duration": 1}]},
    "unknown stop unit": create_body(schedule=[{"type": "stop", "time_unit": "WEEKS", "duration": 1}]),
    "start by schedule": create_body(schedule=[{"type": "start", "time_unit": "DAYS", "duration": 1}]),
    "batch in a network": {**batch_body(), "vpc_id": "v"},
    "edge with new pool": {**edge_body(), **POOL},
    "edge with priority": {**edge_body(), "priority": 1},
    "priority 4": create_body(priority=4),
    "unknown policy": create_body(load_balancer_policy="RANDOM"),
    "unknown smn event": smn([4]),
    "array as smn event": smn([[1]]),
    "object as smn event": smn([{}]),
    "log group too long": create_body(additional_properties={"log_report_channels": [lts("g" * 65)]}),
    **{
        f"file system at {path}": with_item(additional_properties={"persistent_volumes": [{"mount_path": path}]})
        for path in ("/", "/etc", "/usr/", "/data/../proc")
    },
    "logs elsewhere": create_body(additional_properties={"log_report_channels": [{"type": "FILE"}]}),
    "short timeout": with_item(deploy_timeout_in_seconds=179),
    "long timeout": with_item(deploy_timeout_in_seconds=7201),
    "mapping type": batch_body(mapping_type="xml"),
    "csv column -2": csv_body({"type": "object", "properties": {"x": {"type": "number", "index": -2}}}),
    "source type": batch_body(src_type="Other"),
    "affinity mode": with_item(affinity={"node_affinity": {"mode": "soft"}}),
}


@pytest.mark.parametrize("body", GOOD.values(), ids=GOOD.keys())
def test_good(cloud: Cloud, body: Any) -> None:
    answer = cloud.call("POST", "/services", json=body)
    assert answer.status_code == 200, answer.text
    service_id = answer.json()["service_id"]
    resources = [f"INF-{service_id}@{int(cloud.clock.now() * 1000)}"] * len(body["config"])
    assert answer.json()["resource_ids"] == resources
    assert cloud.detail(service_id)["status"] == "deploying"


@pytest.mark.parametrize("body", MISSING.values(), ids=MISSING.keys())
def test_missing(cloud: Cloud, body: Any) -> None:
    assert error(cloud.call("POST", "/services", json=body)) == (400, "ModelArts.3610")


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG.keys())
def test_wrong(cloud: Cloud, body: Any) -> None:
    assert error(cloud.call("POST", "/services", json=body)) == (400, "ModelArts.0104")
    assert cloud.call("GET", "/services").json()["total_count"] == 0


def test_message_names_the_field(cloud: Cloud) -> None:
    answer = cloud.call("POST", "/services", json=create_body(config=[config_item(), config_item(instance_count=0)]))
    assert "config[1].instance_count" in answer.json()["error_msg"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"nonsense", b'{"a": NaN}', b"\xff", b"[" * 70 + b"]" * 70, b'{"a":1e999}', b'"\\ud800"']
)
def test_not_json(cloud: Cloud, body: bytes) -> None:
    assert error(cloud.call("POST", "/services", content=body)) == (400, "ModelArts.2787")


@pytest.mark.parametrize(
    ("raw", "rounded"), [(1.005, 1.01), (0.015, 0.02), (1.234, 1.23), (0.01, 0.01), (2, 2.0), (1.995, 2.0)]
)
def test_rounds_half_up_on_the_decimal_text(cloud: Cloud, raw: float, rounded: float) -> None:
    spec = cloud.detail(cloud.create(custom(cpu=raw, gpu_p4=raw)))["config"][0]["custom_spec"]
    assert spec == {"cpu": rounded, "memory": 7500, "gpu_p4": rounded}


def test_zero_gpu_counts_as_unset(cloud: Cloud) -> None:
    spec = cloud.detail(cloud.create(custom(gpu_p4=0, ascend_a310=2)))["config"][0]["custom_spec"]
    assert spec == {"cpu": 1.5, "memory": 7500, "ascend_a310": 2}


def test_name_is_taken_in_the_whole_project(cloud: Cloud) -> None:
    cloud.create()
    assert error(cloud.call("POST", "/services", json=create_body())) == (409, "ModelArts.3503")
    assert error(cloud.call("POST", "/services", json=batch_body())) == (409, "ModelArts.3503")


def test_model_only_once(cloud: Cloud) -> None:
    body = create_body(config=[config_item(weight=50), config_item(weight=50)])
    assert error(cloud.call("POST", "/services", json=body)) == (400, "ModelArts.3516")


@pytest.mark.parametrize("duration", [0, -1])
def test_stop_time_in_the_past(cloud: Cloud, duration: int) -> None:
    body = create_body(schedule=[{"type": "stop", "time_unit": "DAYS", "duration": duration}])
    assert error(cloud.call("POST", "/services", json=body)) == (400, "ModelArts.3562")


def test_source_path_outside_obs(cloud: Cloud) -> None:
    assert error(cloud.call("POST", "/services", json=batch_body(src_path="in"))) == (400, "ModelArts.3572")


def test_workspace_has_to_exist(cloud: Cloud) -> None:
    body = create_body(workspace_id="w-1")
    assert error(cloud.call("POST", "/services", json=body)) == (400, "ModelArts.0102")
    cloud.admin("POST", "/seed", {"workspaces": [{"workspace_id": "w-1"}]})
    assert cloud.detail(cloud.create(body))["workspace_id"] == "w-1"


def test_workspace_as_a_number(cloud: Cloud) -> None:
    assert cloud.detail(cloud.create(workspace_id=0))["workspace_id"] == "0"


def test_seeded_models(cloud: Cloud) -> None:
    models = [
        {"model_id": "new", "model_status": "publishing"},
        {"model_id": "edge-only", "install_type": ["edge"]},
        {"model_id": "short", "install_type": ["realtime"], "model_name": "nice", "model_version": "1.2.3"},
        {"model_id": "no-inputs", "input_params": []},
    ]
    cloud.admin("POST", "/seed", {"models": models})

    def create_with(body: dict[str, Any]) -> tuple[int, str]:
        return error(cloud.call("POST", "/services", json=body))

    assert create_with(with_item(model_id="new")) == (400, "ModelArts.3515")
    assert create_with(with_item(model_id="edge-only")) == (400, "ModelArts.3589")
    assert create_with(batch_body(model_id="no-inputs")) == (400, "ModelArts.3514")
    item = cloud.detail(cloud.create(with_item(model_id="short")))["config"][0]
    assert (item["model_name"], item["model_version"]) == ("nice", "1.2.3")


def test_unknown_model_only_when_strict(cloud: Cloud) -> None:
    item = cloud.detail(cloud.create(with_item(model_id="0123456789")))["config"][0]
    assert (item["model_name"], item["model_version"]) == ("model-01234567", "0.0.1")
    cloud.admin("PATCH", "/settings", {"strict_models": True})
    assert error(cloud.call("POST", "/services", json=create_body(service_name="b"))) == (404, "ModelArts.3507")


def test_strict_pools(cloud: Cloud) -> None:
    cloud.admin("PATCH", "/settings", {"strict_pools": True})
    assert error(cloud.call("POST", "/services", json=custom())) == (400, "ModelArts.3547")
    assert error(cloud.call("POST", "/services", json=create_body(cluster_id="c"))) == (400, "ModelArts.3547")
    assert error(cloud.call("POST", "/services", json=edge_body())) == (400, "ModelArts.3598")
    cloud.admin("POST", "/seed", {"pools": [{"pool_name": "pool-a"}], "clusters": [{"cluster_id": "c"}]})
    cloud.create(custom())
    cloud.create(create_body(service_name="b", cluster_id="c"))


def test_security_group_without_port_8080(cloud: Cloud) -> None:
    cloud.admin("POST", "/seed", {"security_groups": [{"security_group_id": "g", "inbound_8080": False}]})
    body = create_body(vpc_id="v", subnet_network_id="s", security_group_id="g")
    assert error(cloud.call("POST", "/services", json=body)) == (400, "ModelArts.3534")


def test_edge_nodes_that_do_not_fit(cloud: Cloud) -> None:
    cloud.admin("POST", "/seed", {"nodes": [{"id": "off", "state": "UNCONNECTED"}, {"id": "plain"}]})
    assert error(cloud.call("POST", "/services", json=edge_body(nodes=["off"]))) == (400, "ModelArts.3598")
    gpu = edge_body(nodes=["plain"], custom_spec={"cpu": 1, "memory": 1, "gpu_p4": 1})
    assert error(cloud.call("POST", "/services", json=gpu)) == (400, "ModelArts.3533")


def test_settings_that_refuse_more(cloud: Cloud) -> None:
    def refused(settings: dict[str, Any], body: dict[str, Any]) -> str:
        cloud.admin("PATCH", "/settings", settings)
        status, code = error(cloud.call("POST", "/services", json=body))
        assert status == 400
        return code

    closed = with_item(specification="modelarts.vm.ai1.a310")
    assert refused({"strict_flavours": True}, closed) == "ModelArts.0104"
    assert refused({"strict_descriptions": True}, create_body(description="a=b")) == "ModelArts.0104"
    sold_out = {"sold_out": ["modelarts.vm.gpu.pnt004"]}
    assert refused(sold_out, with_item(specification="modelarts.vm.gpu.p4")) == "ModelArts.3976"
    assert refused({"max_instance_count": 5}, with_item(instance_count=6)) == "ModelArts.3522"


def test_quotas(cloud: Cloud) -> None:
    cloud.admin("PATCH", "/settings", {"max_services": 2, "max_running_services": 1})
    first = cloud.running(service_name="a")
    assert error(cloud.call("POST", "/services", json=create_body(service_name="b"))) == (400, "ModelArts.3521")
    cloud.put(first, status="stopped")
    cloud.clock.advance(1)
    second = cloud.running(service_name="b")
    cloud.put(second, status="stopped")
    cloud.clock.advance(1)
    assert error(cloud.call("POST", "/services", json=create_body(service_name="c"))) == (400, "ModelArts.3520")
    cloud.create({**batch_body(), "service_name": "d"})
