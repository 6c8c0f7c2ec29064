"""What the bodies of ModelArts v2 have to be like, and what is filled in (modelarts-v2.md sections 4 and 6.2)."""

from copy import deepcopy
from typing import Any

import pytest

from .modelartsv2cloud import POOL, UNKNOWN, ModelArtsV2, change, group, runtime, service, unit

MISSING = "(missing)"
"""Stands for a member that is left out; a text, so that the names of the tests are the same in each process."""


def with_field(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The body with another value at a place such as ``a.0.b``."""
    made = deepcopy(body)
    *names, last = path.split(".")
    place: Any = made
    for name in names:
        place = place[int(name)] if name.isdigit() else place.setdefault(name, {})
    if value is MISSING:
        place.pop(last, None)
    elif last.isdigit():
        place[int(last)] = value
    else:
        place[last] = value
    return made


INVOKE = "runtime_config.service_invoke"
LIMITS = "runtime_config.service_limit"
SECRET = "runtime_config.service_secret"

WRONG_SERVICES = [
    *((name, MISSING) for name in ("name", "type", "deploy_type", "group_configs", "runtime_config")),
    *(("name", value) for value in ("", "a b", "x" * 65, 1, None)),
    *(("type", value) for value in ("BATCH", "real_time", 1)),
    *(("deploy_type", value) for value in ("DIST", "single")),
    *(("group_configs", value) for value in ({}, [1], "x", [group(), group(name="green")])),
    *(("runtime_config", value) for value in ([], "x", {})),
    *(("version", value) for value in ("1.0", "1.0.100", "v1", 1, "1.0.0.0")),
    *(("description", value) for value in ("a<b", "a>b", "x" * 513, 5)),
    *(("lts_strategy", value) for value in ("auto", 1)),
    *(("log_configs", value) for value in ([{}], [{"type": "X"}], [{"type": "EVENT"}] * 2, [{"type": "EVENT"}] * 4)),
    ("log_configs", [{"type": "FILE", "files": [{"log_path": "relative", "file_pattern": "*"}]}]),
    ("log_configs", [{"type": "FILE", "files": [{"log_path": "/a"}]}]),
    ("log_configs", [{"type": "FILE", "files": [{"log_path": "/a", "file_pattern": "*"}] * 11}]),
    ("log_configs", [{"type": "STDOUT", "status": "FAILED"}]),
    ("tags", [{"key": f"k{number}", "value": ""} for number in range(21)]),
    *(("tags", [{"key": key, "value": "v"}]) for key in ("", "_sys_a", " a", "a/b", "x" * 129)),
    *(("tags", [{"key": "k", "value": value}]) for value in ("a<b", "x" * 256, 1)),
    *(("workspace_id", value) for value in ("1", "A" * 32, 0)),
    ("schedule", [{"type": "STOP", "time_unit": "DAYS", "duration": 1}] * 2),
    *(("schedule", [{"type": "STOP", "time_unit": "DAYS", "duration": value}]) for value in (0, 8, "1", True)),
    ("schedule", [{"type": "START", "time_unit": "DAYS", "duration": 1}]),
    ("schedule", [{"type": "STOP", "time_unit": "WEEKS", "duration": 1}]),
    *(("deploy_timeout_minutes", value) for value in (-1, 301, "20", True, 1.5)),
    ("task_type", "CHAT"),
    ("workload_type", "JOB"),
    *(("custom_metrics_path", value) for value in ("http", "http,9100,/metrics", "x" * 256)),
    *((f"{INVOKE}.{name}", MISSING) for name in ("port", "protocol", "auth_type")),
    *((f"{INVOKE}.port", value) for value in (0, 65536, "8080", True, 1.5)),
    *((f"{INVOKE}.protocol", value) for value in ("TCP", "http")),
    (f"{INVOKE}.auth_type", "AKSK"),
    *((f"{INVOKE}.internet_access_enable", value) for value in ("true", 1)),
    (f"{INVOKE}.intranet_approval_enable", "no"),
    (f"{INVOKE}.custom_urls", "https://a"),
    (f"{INVOKE}.strategy", "RANDOM"),
    *((f"{INVOKE}.metric_api_port", value) for value in (9100, "a")),
    (f"{INVOKE}.metric_api_scheme", "WS"),
    *((f"{INVOKE}.request_retry_cnt_max", value) for value in (0, 11)),
    *((f"{INVOKE}.request_retry_interval_ms", value) for value in (0, 10_001)),
    *((f"{INVOKE}.fuse_configs", {"error_rate_threshold": value}) for value in (0, 1.01, "0.5")),
    (f"{INVOKE}.elb_connection", {}),
    (f"{INVOKE}.elb_connection", {"elb_id": "e", "action": "GO"}),
    *((f"{LIMITS}.{name}", MISSING) for name in ("rate_limit", "request_size_limit", "request_timeout")),
    *((f"{LIMITS}.rate_limit", value) for value in ({}, {"num": 0, "unit": "SECONDS"}, {"num": 1, "unit": "HOURS"})),
    (f"{LIMITS}.rate_limit", {"num": 10_001, "unit": "SECONDS"}),
    *((f"{LIMITS}.request_size_limit", value) for value in (0, 51)),
    *((f"{LIMITS}.request_timeout", value) for value in (0, 7201)),
    (f"{LIMITS}.ip_white_list", [1]),
    *((f"{SECRET}", value) for value in ({"secret_type": "agency"}, {"group_id": 999}, {"group_id": 4294967295})),
    *((SECRET, {"secret_volumes": [value]}) for value in ({}, {"mount_path": "/a", "secret_key": "..a"})),
    (SECRET, {"secret_volumes": [{"mount_path": "/a", "secret_key": "a/b"}]}),
    (SECRET, {"secret_volumes": [{"mount_path": "/a", "secret_value": "not base64!"}]}),
    (SECRET, {"secret_volumes": [{"mount_path": "/a"}] * 31}),
    ("runtime_config.server_task_limit", {"max_task": 10_001}),
    ("runtime_config.smart_routing_enable", "yes"),
    ("upgrade_config", {"type": "RECREATE"}),
    *(("upgrade_config", {"rolling_update": {"max_surge": value}}) for value in ("0%", "101%", "25", 25, "1.5%")),
]

UNIT = "unit_configs.0"
PROBE = {"check_method": "HTTP", "url": "/up"}

WRONG_GROUPS = [
    *((name, MISSING) for name in ("name", "weight", "unit_configs")),
    *(("name", value) for value in ("", "a b", "x" * 65, 1)),
    *(("weight", value) for value in (-1, 101, "50", True, 1.5)),
    *(("count", value) for value in (0, 129, "2", False)),
    *(("unit_configs", value) for value in ([], {}, [unit(name="a"), unit(name="b")])),
    ("framework", "TORCH"),
    ("deploy_type", "DIST"),
    ("workload_type", "JOB"),
    ("version", "1"),
    ("description", "<b>"),
    *(("priority", value) for value in (0, 4, "1")),
    ("schedule_strategy", "FAST"),
    ("high_avail_switch", "true"),
    ("secret_type", "dew"),
    ("secret_type", "custom"),
    *(("mirror_traffic_weight", value) for value in ("101", "a", 101, -1, 1.5)),
    ("model", {"source": "OBS"}),
    ("pool_id", 1),
    ("deployment_task_limit", {"max_concurrent_task": 0}),
    ("deployment_task_limit", {"max_concurrent_task": 101}),
    *((f"advanced_config.{name}", MISSING) for name in ("port", "protocol", "upgrade_config")),
    ("advanced_config.protocol", "UDP"),
    ("advanced_config.mooncake_enable", 1),
    ("advanced_config.deploy_timeout_minutes", 301),
    *((f"{UNIT}.image", value) for value in (MISSING, {}, {"source": "SWR"}, {"source": "HUB", "swr_path": "a"})),
    (f"{UNIT}.image.category", "TPU"),
    *((f"{UNIT}.name", value) for value in ("Main", "-a", "x" * 17)),
    (f"{UNIT}.role", "LEADER"),
    *((f"{UNIT}.flavor", value) for value in ("modelarts.none", 1)),
    (f"{UNIT}.custom_spec", MISSING),
    *((f"{UNIT}.custom_spec.cpu", value) for value in (0, 0.001, "2", True)),
    *((f"{UNIT}.custom_spec.memory", value) for value in (0, "4096", 1.5)),
    (f"{UNIT}.custom_spec.gpu", -1),
    (f"{UNIT}.custom_spec.arch", "riscv"),
    (f"{UNIT}.custom_spec", {"cpu": 1, "memory": 1, "gpu": 1, "ascend": 1}),
    (f"{UNIT}.count", 0),
    *((f"{UNIT}.group_count", value) for value in (0, 101)),
    *(
        (f"{UNIT}.envs", value)
        for value in ({"1A": "x"}, {"A B": "x"}, {"x" * 65: "x"}, {"A": 1}, {"A": "<b>"}, {"A": "^"})
    ),
    (f"{UNIT}.port", 70_000),
    *((f"{UNIT}.files", [value]) for value in ({}, {"source": "S3", "mount_path": "/a/"}, {"source": "OBS"})),
    *((f"{UNIT}.files", [{"source": "OBS", "mount_path": value}]) for value in ("/a", "a/", f"/{'x' * 255}/")),
    (f"{UNIT}.files", [{"source": "OBS", "mount_path": "/a/", "os_warm_up": True}]),
    *(
        (f"{UNIT}.codes", [value])
        for value in ({"source": "OBS", "mount_path": "/a/"}, {"source": "LOCAL", "mount_path": "/a/"})
    ),
    (f"{UNIT}.codes", [{"source": "OBS", "source_id": "s", "mount_path": "/a/"}]),
    (f"{UNIT}.dumps", [{"source": "OBS", "mount_path": "/a", "address": "ftp://a"}]),
    (f"{UNIT}.dumps", [{"source": "OBS", "mount_path": "/a"}] * 21),
    (f"{UNIT}.readiness_health", {"check_method": "TCP"}),
    (f"{UNIT}.readiness_health", {"check_method": "HTTP"}),
    (f"{UNIT}.readiness_health", {"check_method": "HTTP", "url": "up"}),
    (f"{UNIT}.readiness_health", {"check_method": "EXEC"}),
    (f"{UNIT}.readiness_health", {"check_method": "EXEC", "cmd": "a; b"}),
    (f"{UNIT}.liveness_health", {**PROBE, "period_seconds": 0}),
    (f"{UNIT}.startup_health", {**PROBE, "failure_threshold": "3"}),
    (f"{UNIT}.recovery", "Node"),
    (f"{UNIT}.termination_grace", {"pre_stop_cmd": "x" * 256}),
    (f"{UNIT}.affinity", {"affinity_type": "AFFINITY", "selection_mode": "IP", "targets": {"a": "b"}}),
    (f"{UNIT}.affinity", {"affinity_type": "X", "required": True, "selection_mode": "IP", "targets": {"a": "b"}}),
    (f"{UNIT}.security_config", {"user_id": 0}),
    (f"{UNIT}.pool_resource_flavor", "a b"),
    (f"{UNIT}.group_policy", {"schedule_scope": "NODE"}),
    (f"{UNIT}.cpu_affinity", "on"),
]


def ids(case: Any) -> str:
    return str(case)[:40]


@pytest.mark.parametrize(("path", "value"), WRONG_SERVICES, ids=ids)
def test_bodies_of_services_that_are_refused(v2: ModelArtsV2, path: str, value: Any) -> None:
    said = v2.refused("POST", "/services", with_field(service(), path, value))
    assert path.rpartition(".")[2] in said or path in said
    assert v2.ok("GET", "/services")["total"] == 0


@pytest.mark.parametrize(("path", "value"), WRONG_GROUPS, ids=ids)
def test_bodies_of_deployments_that_are_refused(v2: ModelArtsV2, path: str, value: Any) -> None:
    sid, wrong = v2.make(), with_field(group(), path, value)
    said = v2.refused("POST", f"/services/{sid}/deployments", wrong)
    assert path.rpartition(".")[2].removesuffix("_type") in said or path.split(".", 1)[0] in said
    assert v2.ok("GET", f"/services/{sid}/deployments")["total"] == 0
    assert v2.refused("POST", "/services", service(name="inline", group_configs=[wrong])).count("group_configs[0]") == 1


@pytest.mark.parametrize("body", [b"{", b"[]", b"", b'"x"'])
def test_what_is_no_object_is_refused(v2: ModelArtsV2, body: bytes) -> None:
    answer = v2.http.post(f"/v2/{v2.project}/services", content=body)
    assert answer.status_code == 400


def test_the_strict_form_of_services(v2: ModelArtsV2) -> None:
    v2.settings(custom_metrics_required=True)
    assert "custom_metrics_path" in v2.refused("POST", "/services", service())
    v2.make(custom_metrics_path="http,9100,metrics")


def test_names_of_services_may_be_longer_in_an_update(v2: ModelArtsV2) -> None:
    sid = v2.make()
    assert v2.ok("PUT", f"/services/{sid}", {"name": "中" * 128})["name"] == "中" * 128
    assert v2.refused("PUT", f"/services/{sid}", {"name": "x" * 129})


def test_an_asynchronous_service_takes_no_websocket(v2: ModelArtsV2) -> None:
    body = service(type="ASYNC_REAL_TIME", runtime_config=runtime(protocol="WS"))
    assert "protocol" in v2.refused("POST", "/services", body)
    sid = v2.make(type="ASYNC_REAL_TIME")
    assert v2.refused("PUT", f"/services/{sid}", {"runtime_config": runtime(protocol="WSS")})


def test_an_update_needs_the_whole_runtime_config(v2: ModelArtsV2) -> None:
    sid = v2.make()
    for name in ("service_invoke", "service_limit"):
        wrong = {key: value for key, value in runtime().items() if key != name}
        assert name in v2.refused("PUT", f"/services/{sid}", {"runtime_config": wrong})


def test_unknown_fields_are_let_pass(v2: ModelArtsV2) -> None:
    v2.make(direct_channel_auth_enable=True)


def test_everything_that_can_be_said_of_a_unit_comes_back(v2: ModelArtsV2) -> None:
    sent = unit(
        name="prefill",
        role="PREFILL",
        custom_spec={"cpu": 1.5, "memory": 10, "ascend": 8, "arch": "arm64"},
        count=2,
        group_count=3,
        cmd="python /app/serve.py",
        envs={"LOG_LEVEL": "info", "a.b-c": ""},
        port=9000,
        recovery="Role",
        termination_grace={"pre_stop_cmd": "sleep 1", "termination_grace_period_seconds": 60},
        affinity={
            "affinity_type": "AFFINITY",
            "required": False,
            "selection_mode": "IP",
            "targets": {"ip": ["1.2.3.4"]},
        },
        security_config={"user_id": 1000, "group_id": 60000},
        pool_resource_flavor="snt9b-1",
        group_policy={"schedule_scope": "HYPERNODE"},
        cpu_affinity=True,
        npu_reset_enable=False,
        startup_health={**PROBE, "protocol": "HTTPS", "initial_delay_seconds": 1, "timeout_seconds": 1},
    )
    kinds = {"deploy_type": "MULTI", "workload_type": "LWS", "framework": "VLLM"}
    extras = {
        "priority": 2,
        "secret_type": "dew",
        "secret_name": "s",
        "system_log_dump_enable": True,
        "mirror_traffic_enable": True,
        "mirror_traffic_weight": "30",
        "description": "first",
        "model": {"source": "OBS", "address": "obs://b/m", "mount_path": "/m/", "host_cache": True},
    }
    sid = v2.make(deploy_type="MULTI")
    did = v2.add(sid, unit_configs=[sent, unit(name="decode", role="DECODE")], **kinds, **extras)
    found = v2.deployment(sid, did)
    first = found["unit_configs"][0]
    for name, value in sent.items():
        answered = first[name]
        assert (answered if not isinstance(value, dict) else {key: answered[key] for key in value}) == value, name
    assert {name: found[name] for name in kinds} == kinds
    assert {name: found[name] for name in extras} == {**extras, "mirror_traffic_weight": 30}
    assert v2.groups(sid)[0]["mirror_traffic_weight"] == "30"


def test_a_distributed_service_needs_different_names(v2: ModelArtsV2) -> None:
    sid = v2.make(deploy_type="MULTI")
    assert "different names" in v2.refused("POST", f"/services/{sid}/deployments", group(unit_configs=[unit(), unit()]))


WRONG_CHANGES = [
    *((name, MISSING) for name in ("name", "weight", "advanced_config")),
    *(("weight", value) for value in (101, "1", True)),
    ("count", 0),
    ("advanced_config", {}),
    ("unit_configs", []),
    ("unit_configs", [unit(readiness_health={"url": "/up"})]),
    ("unit_configs", [unit(), unit(name="b")]),
    ("mirror_traffic_weight", "x"),
    ("name", "green"),
    ("pool_id", "another"),
    ("framework", "VLLM"),
    ("deploy_type", "MULTI"),
    ("priority", 1),
    ("secret_type", "dew"),
]


@pytest.mark.parametrize(("path", "value"), WRONG_CHANGES, ids=ids)
def test_changes_of_deployments_that_are_refused(v2: ModelArtsV2, path: str, value: Any) -> None:
    sid, did = v2.running()
    before = v2.deployment(sid, did)
    assert v2.refused("PUT", f"/services/{sid}/deployments/{did}", with_field(change(), path, value))
    assert v2.deployment(sid, did) == before


def test_what_is_sent_as_it_was_is_no_change(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    same = change(pool_id=POOL, framework="COMMON", deploy_type="SINGLE", count=2, unit_configs=[unit()])
    found = v2.ok("PUT", f"/services/{sid}/deployments/{did}", same)
    assert (found["status"], found["version"]) == ("RUNNING", "1.0.0")


def test_the_order_of_refusals(v2: ModelArtsV2) -> None:
    assert v2.refused("PUT", f"/services/{UNKNOWN}", {"name": 1}, status=404)
    answer = v2.call("POST", "/services", {"name": 1}, headers={"X-Auth-Token": ""})
    assert answer.status_code == 401
    v2.make()
    assert v2.refused("POST", "/services", service(runtime_config=runtime(port=0)))
    assert v2.refused("POST", "/services", service(group_configs=[group(pool_id="none")]), status=409)
    assert "none" in v2.refused("POST", "/services", service(name="b", group_configs=[group(pool_id="none")]))
