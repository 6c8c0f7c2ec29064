"""What a service of ModelArts v1 becomes: values in, values out, nobody is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from pulumi_inference.core.conversion import Converted, Found, Made, NotConvertibleError, Output, Setting
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.modelartsv2.deployments.lifecycle import DeploymentLifecycle
from pulumi_inference.modelartsv2.migration.conversion import FROM_V1
from pulumi_inference.modelartsv2.migration.deployments import names_of, rolling_update
from pulumi_inference.modelartsv2.services.lifecycle import ServiceLifecycle

Values = dict[str, Any]

SERVICE_ID = "7c1f0f5e-8c1e-4d53-9f6c-2d6a4bb0a001"
LIFECYCLES = {"Service": ServiceLifecycle, "Deployment": DeploymentLifecycle}
ALWAYS = ("callers: ", "limits: ", "v1 does not answer tags")
"""What is said of each service."""


def item(model_id: str = "m-1", **changes: Any) -> Values:
    values = {"model_id": model_id, "specification": "modelarts.vm.cpu.2u", "weight": 100, "instance_count": 2}
    return {**values, **changes}


def model(model_id: str = "m-1", **changes: Any) -> Found:
    values = {
        "name": "ResNet 50",
        "version": "1.0.0",
        "model_type": "Image",
        "source_location": f"swr.example.test/vision/{model_id}:1",
    }
    facts = {"image_address": f"swr.v1.test/copies/{model_id}:1", **changes.pop("facts", {})}
    return Found(model_id, {**values, **changes}, facts)


def convert(
    *models: Found, facts: Mapping[str, Any] | None = None, chosen: Values | None = None, **service: Any
) -> Converted:
    """The conversion of a service with these values; each of its models is as `model` makes it, unless it is given."""
    values = {"name": "classifier", "infer_type": "real-time", "config": [item()], **service}
    known = {one.id: one for one in models or [model(one["model_id"]) for one in values["config"]]}
    source = Found(SERVICE_ID, values, {"status": "running", **(facts or {})})
    found = FROM_V1.convert(source, known, {"name": None, "pool": None, "auth": "TOKEN", **(chosen or {})})
    for made in found.made:
        assert problems(made) == []
    return found


def problems(made: Made) -> list[str]:
    """What the rules of the new resource say against it."""

    def settled(value: Any) -> Any:
        if isinstance(value, Output | Setting):
            return UNKNOWN
        if isinstance(value, Mapping):
            return {name: settled(one) for name, one in value.items()}
        return [settled(one) for one in value] if isinstance(value, list) else value

    return [str(one) for one in LIFECYCLES[made.kind]().judge(settled(made.values))[1]]


def group(found: Converted) -> Values:
    """The one deployment, wherever it stands."""
    values = found.made[-1].values
    inline = values.get("deployment", values)
    assert isinstance(inline, dict)
    return inline


def unit(found: Converted) -> Values:
    one: Values = group(found)["unit_configs"][0]
    return one


def said(texts: Any) -> list[str]:
    """The texts without those that are always there."""
    return [one for one in texts if not one.startswith((*ALWAYS, "flavor "))]


def test_a_model_on_the_public_pool_stands_in_the_service() -> None:
    found = convert(description="Sorts pictures", config=[item(envs={"BATCH": "8"})])
    [made] = found.made
    assert (made.kind, made.label) == ("Service", "classifier")
    assert made.values == {
        "name": "classifier",
        "description": "Sorts pictures",
        "runtime_config": {
            "service_invoke": {
                "port": 8080,
                "protocol": "HTTP",
                "auth_type": "TOKEN",
                "internet_access_enable": True,
            },
            "service_limit": {
                "rate_limit": {"num": 10000, "unit": "SECONDS"},
                "request_size_limit": 50,
                "request_timeout": 7200,
            },
        },
        "deployment": {
            "name": "resnet-50",
            "weight": 100,
            "count": 2,
            "unit_configs": [
                {
                    "image": {"swr_path": "swr.example.test/vision/m-1:1"},
                    "flavor": "modelarts.vm.cpu.2u",
                    "envs": {"BATCH": "8"},
                    "port": 8080,
                }
            ],
            "advanced_config": {"port": 8080, "protocol": "HTTP"},
        },
    }
    assert found.exports == {"classifier_url": Output("classifier", "url")}
    assert found.lost == []
    assert [one.partition(":")[0].partition(' "')[0] for one in found.by_hand] == [
        "flavor",
        "callers",
        "limits",
        "v1 does not answer tags, mounted secrets and deployment timeouts",
    ]


def test_models_on_a_dedicated_pool_are_deployments_with_their_weights() -> None:
    found = convert(
        model("m-1"),
        model("m-2", version="1.1.0"),
        pool_name="pool-a",
        priority=2,
        config=[item("m-1", weight=90), item("m-2", weight=10, pool_name="pool-b")],
    )
    assert [(one.kind, one.label) for one in found.made] == [
        ("Service", "classifier"),
        ("Deployment", "classifier-resnet-50-1-0-0"),
        ("Deployment", "classifier-resnet-50-1-1-0"),
    ]
    assert "deployment" not in found.made[0].values
    for made, name, weight, pool in zip(
        found.made[1:], ("resnet-50-1-0-0", "resnet-50-1-1-0"), (90, 10), ("pool-a", "pool-b"), strict=True
    ):
        values = made.values
        assert (values["name"], values["weight"], values["pool_id"]) == (name, weight, pool)
        assert values["service_id"] == Output("classifier", "service_id")
        assert values["priority"] == 2
    assert found.exports == {"classifier_url": Output("classifier-resnet-50-1-0-0", "url")}
    assert [one.startswith("flavor ") for one in found.by_hand].count(True) == 1


def test_one_pool_can_be_chosen_for_all_and_another_name() -> None:
    found = convert(pool_name="pool-a", chosen={"pool": "pool-z", "name": "vision"})
    assert [one.label for one in found.made] == ["vision", "vision-resnet-50"]
    assert found.made[0].values["name"] == "classifier"
    assert found.made[1].values["pool_id"] == "pool-z"


@pytest.mark.parametrize(
    ("service", "reason"),
    [
        ({"infer_type": "batch"}, "is a batch service"),
        ({"infer_type": "edge"}, "is an edge service"),
        ({"infer_type": "async"}, "is a service of the kind async, which v2 does not have"),
        ({"config": [item("m-1"), item("m-2")]}, "has 2 models on the public pool"),
        ({"cluster_id": "old-1"}, "runs on the old dedicated pool old-1"),
        ({"config": [item(cluster_id="old-2")]}, "runs on the old dedicated pool old-2"),
    ],
)
def test_what_v2_does_not_have_is_refused(service: Values, reason: str) -> None:
    with pytest.raises(NotConvertibleError, match=reason) as error:
        convert(**service)
    assert f"classifier ({SERVICE_ID})" in str(error.value)
    assert ("--pool" in str(error.value)) == ("pool" in reason)


def test_an_old_pool_gives_way_to_a_new_one() -> None:
    found = convert(cluster_id="old-1", chosen={"pool": "pool-z"})
    assert found.made[1].values["pool_id"] == "pool-z"


@pytest.mark.parametrize(
    ("given", "image", "words"),
    [
        (model(source_location="https://swr.example.test/a/b:1"), "swr.example.test/a/b:1", None),
        (model(model_type="TensorFlow"), "swr.v1.test/copies/m-1:1", "v1 has built the image swr.v1.test/copies/m-1:1"),
        (model(source_location=None), "swr.v1.test/copies/m-1:1", "v1 has built the image"),
        (model(model_type="PyTorch", facts={"image_address": None}), None, "v1 says no image of the model m-1"),
        (model("gone"), None, "v1 says no image of the model m-1"),
    ],
)
def test_the_image_is_that_of_the_model(given: Found, image: str | None, words: str | None) -> None:
    found = convert(given)
    missing = Setting("classifier-image", "swr.REGION.myhuaweicloud.com/ORGANISATION/IMAGE:TAG")
    assert unit(found)["image"]["swr_path"] == (image or missing)
    assert [words in one for one in said(found.by_hand)] == ([True] if words else [])  # type: ignore[operator]


def test_what_runs_is_as_the_model_says() -> None:
    health = {
        "check_method": "HTTP",
        "protocol": "http",
        "url": "health",
        "period_seconds": "5",
        "initial_delay_seconds": "0",
        "timeout_seconds": 2,
    }
    configuration = {"apis": [{"protocol": "http", "url": "/", "port": "8443"}]}
    found = convert(model(initial_config=configuration, facts={"cmd": "python serve.py", "health": health}))
    one = unit(found)
    assert (one["cmd"], one["port"]) == ("python serve.py", 8443)
    # A number that this API does not take is left to its default.
    assert one["readiness_health"] == {
        "check_method": "HTTP",
        "url": "/health",
        "protocol": "HTTP",
        "period_seconds": 5,
        "timeout_seconds": 2,
    }
    assert group(found)["advanced_config"] == {"port": 8443, "protocol": "HTTP"}
    assert found.made[0].values["runtime_config"]["service_invoke"]["port"] == 8443


@pytest.mark.parametrize(
    ("health", "probe"),
    [
        ({"check_method": "EXEC", "command": "test -f /ready"}, {"check_method": "EXEC", "cmd": "test -f /ready"}),
        ({"check_method": "EXEC"}, None),
        ({"url": ""}, None),
        ({"url": "/h", "protocol": "tcp"}, {"check_method": "HTTP", "url": "/h"}),
        ("/h", None),
    ],
)
def test_a_probe_stands_in_the_configuration_too(health: Any, probe: Values | None) -> None:
    assert unit(convert(model(initial_config={"health": health}))).get("readiness_health") == probe


@pytest.mark.parametrize(
    ("apis", "web_socket", "protocol"),
    [
        ([{"protocol": "https"}], False, "HTTPS"),
        ([{"protocol": "https"}], True, "WSS"),
        ([{"url": "/"}, {"protocol": "HTTP"}, {"protocol": "https"}], True, "WS"),
        (None, False, "HTTP"),
    ],
)
def test_protocols(apis: Any, web_socket: bool, protocol: str) -> None:
    found = convert(model(apis=apis), additional_properties={"websocket_upgrade": web_socket})
    assert found.made[0].values["runtime_config"]["service_invoke"]["protocol"] == protocol
    assert group(found)["advanced_config"]["protocol"] == protocol
    assert [one.startswith("protocol: ") for one in said(found.by_hand)] == [True] * (protocol in ("HTTPS", "WSS"))


def test_the_service_names_the_port_of_the_heaviest_model() -> None:
    found = convert(
        model("m-1", initial_config={"port": 8081}),
        model("m-2", initial_config={"port": 8082}, name="other"),
        pool_name="pool-a",
        config=[item("m-1", weight=40), item("m-2", weight=60)],
    )
    assert found.made[0].values["runtime_config"]["service_invoke"]["port"] == 8082
    assert [one.values["advanced_config"]["port"] for one in found.made[1:]] == [8081, 8082]
    assert "those of classifier-other" in said(found.by_hand)[0]


@pytest.mark.parametrize(
    ("given", "spec", "category"),
    [
        ({"cpu": 4, "memory": 8192, "gpu_p4": 1.5}, {"cpu": 4, "memory": 8192, "gpu": 1.5}, "GPU"),
        ({"cpu": 4, "memory": 8192, "ascend_a310": 2}, {"cpu": 4, "memory": 8192, "ascend": 2}, "ASCEND"),
        ({"cpu": 4, "memory": 8192, "gpu_p4": 0}, {"cpu": 4, "memory": 8192}, None),
    ],
)
def test_own_resources(given: Values, spec: Values, category: str | None) -> None:
    found = convert(pool_name="pool-a", config=[item(specification="custom", custom_spec=given)])
    assert (unit(found)["flavor"], unit(found)["custom_spec"]) == ("custom", spec)
    assert unit(found)["image"].get("category") == category
    assert not any(one.startswith("flavor ") for one in found.by_hand)


@pytest.mark.parametrize(
    ("flavour", "category"),
    [
        ("modelarts.vm.cpu.2u", None),
        ("modelarts.vm.gpu.pnt004", "GPU"),
        ("modelarts.vm.gpu.t4u8.container", "GPU"),
        ("modelarts.vm.ai1.a310", "ASCEND"),
        ("modelarts.vm.ai1.snt3", "ASCEND"),
    ],
)
def test_flavours_keep_their_names(flavour: str, category: str | None) -> None:
    found = convert(config=[item(specification=flavour)])
    assert unit(found)["flavor"] == flavour
    assert unit(found)["image"].get("category") == category
    assert f'flavor "{flavour}"' in found.by_hand[0]


def test_secret_variables_stay_apart() -> None:
    secrets = {"m-1": {"TOKEN": "hunter2"}}
    inline = convert(config=[item(envs={"BATCH": "8"})], secret_envs=secrets)
    assert inline.made[0].values["secret_envs"] == {"main": {"TOKEN": "hunter2"}}
    apart = convert(pool_name="pool-a", config=[item("m-1", weight=50), item("m-2", weight=50)], secret_envs=secrets)
    assert [one.values.get("secret_envs") for one in apart.made] == [None, {"main": {"TOKEN": "hunter2"}}, None]
    assert "hunter2" not in repr(inline) + repr(apart)


@pytest.mark.parametrize(
    ("surge", "unavailable", "count", "expected"),
    [
        (None, None, 3, {}),
        (1, 0, 3, {}),
        (-1, -1, 3, {}),
        (0.5, 0.25, 4, {"max_surge": "50%", "max_unavailable": "25%"}),
        (2, 1, 3, {"max_surge": "66%", "max_unavailable": "34%"}),
        (5, 5, 3, {"max_surge": "100%", "max_unavailable": "100%"}),
        (0.001, 0.001, 3, {"max_surge": "1%", "max_unavailable": "1%"}),
        (0.29, 0.29, 100, {"max_surge": "29%", "max_unavailable": "29%"}),
    ],
)
def test_numbers_and_fractions_of_a_roll_out_become_shares(
    surge: float | None, unavailable: float | None, count: int, expected: Values
) -> None:
    given = {"max_surge": surge, "max_unavailable": unavailable}
    assert rolling_update(given, count) == expected


@pytest.mark.parametrize("count", [2, 3, 7, 10, 64, 99])
def test_shares_are_the_same_numbers_again(count: int) -> None:
    for number in range(2, count + 1):
        shares = rolling_update({"max_surge": number, "max_unavailable": number}, count)
        surge, unavailable = (int(shares[name].removesuffix("%")) for name in ("max_surge", "max_unavailable"))
        assert -(-surge * count // 100) == number
        assert unavailable * count // 100 == number


def test_how_instances_end_and_what_is_mounted() -> None:
    properties = {
        "max_surge": 0.5,
        "termination_grace_period_seconds": 45,
        "persistent_volumes": [
            {"name": "v", "mount_path": "/mnt/data", "storage_type": "sfs_turbo", "source_address": "turbo-1"}
        ],
        "log_volume": [{"host_path": "/var/log", "mount_path": "/logs"}],
    }
    found = convert(pool_name="pool-a", config=[item(additional_properties=properties)])
    one = unit(found)
    assert one["termination_grace"] == {"termination_grace_period_seconds": 45}
    assert one["files"] == [{"source": "EFS", "address": "turbo-1", "mount_path": "/mnt/data/"}]
    assert group(found)["advanced_config"]["upgrade_config"] == {"rolling_update": {"max_surge": "50%"}}
    assert [re.match(r"classifier-resnet-50: log_volume /logs: ", one) is not None for one in found.lost] == [True]
    assert any("ids of SFS Turbo" in one for one in found.by_hand)


def test_nodes_of_the_own_pool_are_kept() -> None:
    pools = [
        {"pool_name": "pool-a", "nodes": [{"name": "10.0.0.7"}]},
        {"pool_name": "pool-b", "nodes": [{"name": "x"}]},
    ]
    affinity = {"node_affinity": {"mode": "preferred", "pool_infos": pools}}
    found = convert(pool_name="pool-a", config=[item(affinity=affinity)])
    assert unit(found)["affinity"] == {
        "affinity_type": "AFFINITY",
        "required": False,
        "targets": {"10.0.0.7": "10.0.0.7"},
    }
    moved = convert(pool_name="pool-a", config=[item(affinity=affinity)], chosen={"pool": "pool-z"})
    assert "affinity" not in unit(moved)
    assert "affinity: names no nodes" in moved.lost[0]


@pytest.mark.parametrize(
    ("policy", "pool", "strategy", "lost"),
    [
        ("ROUND_ROBIN", "pool-a", "ROUND_ROBIN", 0),
        ("LEAST_CONNECTIONS", "pool-a", "MIN_CONN", 0),
        ("SOURCE_IP", "pool-a", "ORIGIN_IP_HASH", 0),
        ("SOURCE_IP", None, None, 1),
        ("ROUND_ROBIN", None, None, 0),
        ("BY_COLOUR", "pool-a", None, 1),
    ],
)
def test_how_requests_are_spread(policy: str, pool: str | None, strategy: str | None, lost: int) -> None:
    found = convert(load_balancer_policy=policy, **({"pool_name": pool} if pool else {}))
    assert group(found)["advanced_config"].get("strategy") == strategy
    assert len(found.lost) == lost


@pytest.mark.parametrize(
    ("unit", "duration", "fits"),
    [("HOURS", 10, True), ("DAYS", 7, True), ("DAYS", 8, False), ("HOURS", 169, False), ("MINUTES", 1, True)],
)
def test_schedules_of_up_to_a_week(unit: str, duration: int, fits: bool) -> None:
    found = convert(schedule=[{"type": "stop", "time_unit": unit, "duration": duration}])
    schedule = {"type": "STOP", "time_unit": unit, "duration": duration}
    assert found.made[0].values.get("schedule") == (schedule if fits else None)
    assert [f"{duration} {unit}" in one for one in found.lost] == ([] if fits else [True])


def test_logs_go_to_the_same_stream() -> None:
    stream = {"log_group_id": "g" * 36, "log_stream_id": "s" * 36}
    properties = {"log_report_channels": [{"type": "LTS", "configuration": stream}]}
    found = convert(additional_properties=properties)
    assert found.made[0].values["log_configs"] == [{"type": "STDOUT", **stream}]
    on = convert(additional_properties={"log_report_channels": [{"type": "LTS"}]})
    assert on.made[0].values["log_configs"] == [{"type": "STDOUT"}]
    assert any(one.startswith("log_configs: ") for one in found.by_hand)


def test_what_has_no_counterpart_is_said() -> None:
    found = convert(
        additional_properties={"smn_notification": {"topic_urn": "urn:smn:t", "events": [1]}},
        vpc_id="vpc-1",
        subnet_network_id="net-1",
        security_group_id="sg-1",
        facts={"deployed": [{"model_id": "m-1", "scaling": True}], "bind_access_address": "https://own.example.test"},
    )
    lost = "\n".join(found.lost)
    for words in ("smn_notification to urn:smn:t", "security_group_id sg-1", "auto scaling of v1"):
        assert words in lost
    by_hand = "\n".join(found.by_hand)
    for words in ("vpc_id vpc-1", "modelartsv2.IntranetConnection", "net-1", "https://own.example.test"):
        assert words in by_hand


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"status": "stopped"}, 'desired_status="stopped"'),
        ({"status": "failed", "error_msg": "no image"}, "has failed: no image"),
        ({"status": "failed"}, "has failed: v1 gives no reason"),
    ],
)
def test_a_service_that_does_not_run(facts: Values, words: str) -> None:
    assert [words in one for one in said(convert(facts=facts).by_hand)] == [True]


def test_callers_with_keys() -> None:
    found = convert(chosen={"auth": "API_KEY"})
    assert found.made[0].values["runtime_config"]["service_invoke"]["auth_type"] == "API_KEY"
    assert any("modelartsv2.ApiKeyBinding" in one for one in found.by_hand)


def test_a_workspace_of_its_own() -> None:
    assert convert(workspace_id="a" * 32).made[0].values["workspace_id"] == "a" * 32
    assert "workspace_id" not in convert(workspace_id="0").made[0].values


@pytest.mark.parametrize(
    ("models", "names"),
    [
        ([("a", "1.0.0"), ("b", "1.0.0")], ["a", "b"]),
        ([("a", "1.0.0"), ("A", "1.0.1")], ["a-1-0-0", "a-1-0-1"]),
        ([("a", "1.0.0"), ("a", "1.0.0")], ["a-1-0-0", "a-1-0-0-2"]),
        ([("", ""), ("图", "")], ["model", "model-2"]),
        ([("x" * 70, "10.20.30"), ("x" * 70, "1.0.0")], [f"{'x' * 55}-10-20-30", f"{'x' * 58}-1-0-0"]),
    ],
)
def test_each_deployment_has_a_name_of_its_own(models: list[tuple[str, str]], names: list[str]) -> None:
    assert names_of(models) == names
    assert all(len(one) <= 64 for one in names)


def test_a_model_that_is_gone_has_the_name_that_its_service_knows() -> None:
    facts = {"deployed": [{"model_id": "m-1", "model_name": "digits", "model_version": "2.0.0"}]}
    assert group(convert(model("gone"), facts=facts))["name"] == "digits"


RICH = {
    "name": "classifier",
    "infer_type": "real-time",
    "description": "Sorts",
    "priority": 1,
    "pool_name": "pool-a",
    "load_balancer_policy": "SOURCE_IP",
    "schedule": [{"type": "stop", "time_unit": "DAYS", "duration": 2}],
    "secret_envs": {"m-1": {"TOKEN": "t"}},
    "additional_properties": {
        "smn_notification": {"topic_urn": "urn:t"},
        "log_report_channels": [{"type": "LTS", "configuration": {"log_group_id": "g", "log_stream_id": "s"}}],
        "websocket_upgrade": False,
    },
    "config": [
        item(
            custom_spec={"cpu": 1.5, "memory": 1024, "gpu_p4": 1},
            envs={"A": "b"},
            affinity={
                "node_affinity": {
                    "mode": "required",
                    "pool_infos": [{"pool_name": "pool-a", "nodes": [{"name": "10.0.0.7"}]}],
                }
            },
            additional_properties={
                "max_surge": 2,
                "max_unavailable": 0.5,
                "termination_grace_period_seconds": 5,
                "persistent_volumes": [{"mount_path": "/d", "source_address": "turbo"}],
                "log_volume": [{"mount_path": "/l"}],
            },
        )
    ],
}
RICH_MODEL = {
    "name": "resnet",
    "version": "1.0.0",
    "model_type": "Image",
    "source_location": "swr.example.test/a:1",
    "initial_config": {"port": 80, "apis": [{"protocol": "http", "port": 81}], "health": {"url": "/h"}},
    "apis": [{"protocol": "http"}],
}
RICH_FACTS = {
    "status": "failed",
    "error_msg": "e",
    "bind_access_address": "https://own.example.test",
    "deployed": [{"model_id": "m-1", "model_name": "n", "model_version": "1.0.0", "scaling": True}],
}
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    5,
    1e308,
    "",
    "x",
    "\u0661",
    "9" * 400,
    [],
    [5],
    [None],
    [[]],
    {},
    {"a": 5},
    {"a": []},
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where something stands in a value, at every depth."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [one for name, part in inner for one in ((*path, name), *places(part, (*path, name)))]


def with_odd(value: Any, path: tuple[str | int, ...], odd: Any) -> Any:
    """The value with something odd at a place."""
    if not path:
        return odd
    name, *rest = path
    if isinstance(value, list):
        return [with_odd(one, tuple(rest), odd) if index == name else one for index, one in enumerate(value)]
    return {**value, name: with_odd(value[name], tuple(rest), odd)}


@pytest.mark.parametrize("odd", ODD, ids=lambda one: repr(one)[:12])
def test_answers_of_another_shape_do_no_harm(odd: Any) -> None:
    health = {"check_method": "EXEC", "command": "c", "period_seconds": "5"}
    sample = {"v": RICH, "f": RICH_FACTS, "m": RICH_MODEL, "mf": {"cmd": "c", "image_address": "i", "health": health}}
    for path in places(sample):
        # A service without its models' ids, or of another kind, is no such service: it is not taken for one.
        if len(path) == 1 or path[-1] in ("model_id", "infer_type"):
            continue
        made = with_odd(sample, path, odd)
        source = Found(SERVICE_ID, made["v"], made["f"])
        models = {"m-1": Found("m-1", made["m"], made["mf"])}
        if path[:2] == ("v", "config") and len(path) < 4:
            continue
        for one in FROM_V1.convert(source, models, {"name": None, "pool": "pool-z", "auth": "TOKEN"}).made:
            problems(one)
