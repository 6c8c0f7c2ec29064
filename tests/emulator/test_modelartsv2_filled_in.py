"""What of a body of ModelArts v2 is filled in or rounded, and comes back (modelarts-v2.md sections 4 and 6.2)."""

import pytest

from .modelartsv2cloud import ADVANCED, ModelArtsV2, runtime, unit


def test_what_is_filled_in(v2: ModelArtsV2) -> None:
    sent = unit(
        role=None,
        flavor=None,
        custom_spec={"cpu": 1.005, "memory": 10, "gpu": 0.125, "arch": "x86"},
        files=[{"source": "obs", "address": "obs://b/", "mount_path": "/w/"}],
        codes=[{"source": "efs", "source_id": "s", "mount_path": "/c/"}],
        models=[{"source": "Efs", "address": "a", "mount_path": "/m/", "asset_id": "x"}],
        dumps=[{"source": "obsfs", "address": "obs://b", "mount_path": "/d"}],
        readiness_health={"url": "/up"},
        liveness_health={"check_method": "EXEC", "cmd": "true", "period_seconds": 5},
    )
    sid = v2.make()
    did = v2.add(sid, unit_configs=[sent], advanced_config=None, count=None)
    found = v2.deployment(sid, did)
    (one,) = found["unit_configs"]
    assert one["id"]
    assert (one["name"], one["role"], one["flavor"], one["count"], one["group_count"]) == (
        "main",
        "COMMON",
        "custom",
        1,
        1,
    )
    assert one["custom_spec"] == {"cpu": 1.01, "memory": 10, "gpu": 0.13, "arch": "x86"}
    assert one["image"] == {"id": "", "category": "CPU", **sent["image"]}
    assert one["files"] == [{"source": "OBS", "address": "obs://b/", "mount_path": "/w/", "host_cache": False}]
    assert (one["codes"][0]["source"], one["models"][0]["source"]) == ("EFS", "EFS")
    assert one["dumps"] == [{"source": "OBSFS", "address": "obs://b", "mount_path": "/d", "type": "DUMP"}]
    times = {"initial_delay_seconds": 30, "timeout_seconds": 30, "period_seconds": 10, "failure_threshold": 3}
    assert one["readiness_health"] == {"check_method": "HTTP", "url": "/up", **times}
    assert one["liveness_health"] == {"check_method": "EXEC", "cmd": "true", **times, "period_seconds": 5}
    assert found["advanced_config"] == {
        "port": 8080,
        "protocol": "HTTP",
        "upgrade_config": {"type": "ROLLING", "rolling_update": {"max_surge": "1%", "max_unavailable": "1%"}},
    }
    assert (found["count"], found["framework"], found["deploy_type"], found["workload_type"]) == (
        1,
        "COMMON",
        "SINGLE",
        "DEPLOYMENT",
    )
    assert (found["schedule_strategy"], found["high_avail_switch"]) == ("HIGH_AVAILABILITY", True)
    assert (found["mirror_traffic_enable"], found["mirror_traffic_weight"]) == (False, 50)
    assert (found["version"], found["version_count"], found["description"]) == ("1.0.0", 1, "")


def test_advanced_settings_come_back(v2: ModelArtsV2) -> None:
    extra = {
        "strategy": "MIN_CONN",
        "dynamic_routing_enable": True,
        "ems_enable": False,
        "metric_api_scheme": "HTTP",
        "metric_api_port": "9100",
        "metric_api_path": "/metrics",
        "custom_metrics_path": "http,9100,metrics",
        "mooncake_enable": True,
        "service_secret": {"secret_enable": True, "group_enable": False},
    }
    sid = v2.make()
    did = v2.add(sid, advanced_config={**ADVANCED, **extra})
    assert v2.deployment(sid, did)["advanced_config"] == {**ADVANCED, **extra}


@pytest.mark.parametrize(("sent", "kept"), [(0.005, 0.01), (0.555, 0.56), (1, 1.0)])
def test_thresholds_are_rounded(v2: ModelArtsV2, sent: float, kept: float) -> None:
    sid = v2.make(runtime_config=runtime(fuse_configs={"error_rate_threshold": sent}))
    invoke = v2.service(sid)["version"]["runtime_config"]["service_invoke"]
    assert invoke["fuse_configs"] == {"error_rate_fuse_enable": False, "error_rate_threshold": kept}
