"""What makes a program wrong in itself, each rule with its message."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.modelartsv2.deployments.lifecycle import DeploymentLifecycle
from tests.support.modelartsv2 import deployment, unit
from tests.support.world import Values

FLAVOUR = "modelarts.vm.cpu.2u"
PROBE = {"url": "/health"}
VOLUME = {"mount_path": "/s/", "secret_key": "key", "secret_value": "czNjcmV0"}
NAMES = 'names of variables are 1 to 64 letters, digits, "_", "-" or ".", not beginning with a digit'
FILES = {"source": "OBS", "address": "obs://b/a/", "mount_path": "/a/"}


def mine(*units: Any, **changes: Any) -> Values:
    return deployment("s", *units, **changes)


def flavoured(flavor: Any = FLAVOUR, **changes: Any) -> Values:
    return unit(flavor=flavor, custom_spec=None, **changes)


DEPLOYMENTS: dict[str, tuple[Values, list[str]]] = {
    "right": (mine(), []),
    "flavour": (mine(flavoured()), []),
    "several units": (mine(unit(name="a"), unit(name="b"), deploy_type="MULTI"), []),
    "several units of a single one": (
        mine(unit(name="a"), unit(name="b")),
        ['unit_configs: must have one unit with deploy_type "SINGLE", not 2; several take "MULTI"'],
    ),
    "the same name twice": (
        mine(unit(), unit(name="main"), deploy_type="MULTI"),
        ['unit_configs[1].name: "main" is the name of unit_configs[0] too; give each its own'],
    ),
    "no resources": (
        mine(unit(custom_spec=None)),
        ["unit_configs[0].flavor: is required, unless there is a custom_spec"],
    ),
    "custom without a spec": (
        mine(flavoured("custom")),
        ['unit_configs[0].custom_spec: is required, with cpu and memory, when flavor is "custom"'],
    ),
    "flavour and spec": (
        mine(unit(flavor=FLAVOUR)),
        [f'unit_configs[0].custom_spec: has no effect with flavor "{FLAVOUR}"; remove it, or choose "custom"'],
    ),
    "gpu and ascend": (
        mine(unit(custom_spec={"cpu": 1, "memory": 1, "gpu": 1, "ascend": 1})),
        ["unit_configs[0].custom_spec.ascend: cannot be combined with gpu; remove one of the two"],
    ),
    "gpu and no ascend": (mine(unit(custom_spec={"cpu": 1, "memory": 1, "gpu": 1, "ascend": 0})), []),
    "too little cpu": (
        mine(unit(custom_spec={"cpu": 0, "memory": 1})),
        ["unit_configs[0].custom_spec.cpu: must be at least 0.01 cores, not 0"],
    ),
    "a dew secret without a name": (
        mine(secret_type="dew"),
        ['secret_name: is required with secret_type "dew"'],
    ),
    "a dew secret": (mine(secret_type="dew", secret_name="mine"), []),
    "secrets of a unit that is not there": (
        mine(secret_envs={"other": {"A": "s3cret"}}),
        ["secret_envs.other: there is no unit of this name in unit_configs, which has: main"],
    ),
    "a variable twice": (
        mine(unit(envs={"A": "1"}), secret_envs={"main": {"A": "s3cret"}}),
        ["secret_envs.main.A: stands in the unit's envs too; remove one of the two"],
    ),
    "a secret variable's name": (mine(secret_envs={"main": {"1A": "s3cret"}}), [f"secret_envs.main.1A: {NAMES}"]),
    "a variable's name": (mine(unit(envs={"1A": "x"})), [f"unit_configs[0].envs.1A: {NAMES}"]),
    "a variable's value": (
        mine(unit(envs={"A": "a<b"})),
        ["unit_configs[0].envs.A: must not contain any of < > ^"],
    ),
    "probe by request": (mine(unit(readiness_health=PROBE)), []),
    "probe without a path": (
        mine(unit(readiness_health={"check_method": "HTTP"})),
        ['unit_configs[0].readiness_health.url: is required with check_method "HTTP"'],
    ),
    "probe without a command": (
        mine(unit(startup_health={"check_method": "EXEC"})),
        ['unit_configs[0].startup_health.cmd: is required with check_method "EXEC"'],
    ),
    "probe with both": (
        mine(unit(liveness_health={**PROBE, "cmd": "true"})),
        ['unit_configs[0].liveness_health.cmd: has no effect with check_method "HTTP"; remove it'],
    ),
    "probe by a command that is no request": (
        mine(unit(liveness_health={"cmd": "true"})),
        [
            'unit_configs[0].liveness_health.cmd: goes with check_method "EXEC"; set that, or give url in place of it',
        ],
    ),
    "probe by a request that is no command": (
        mine(unit(liveness_health={**PROBE, "check_method": "EXEC"})),
        [
            'unit_configs[0].liveness_health.url: goes with check_method "HTTP"; set that, or give cmd in place of it',
        ],
    ),
    "files read ahead": (
        mine(unit(files=[{**FILES, "os_warm_up": True}])),
        ["unit_configs[0].files[0].source_name: is required with os_warm_up"],
    ),
    "files of nowhere": (
        mine(unit(files=[{"source": "OBSFS", "mount_path": "/a/"}])),
        ['unit_configs[0].files[0].address: is required with source "OBSFS"'],
    ),
    "a model of nowhere": (
        mine(model={"source": "OBS", "mount_path": "/a/"}),
        ['model.address: is required with source "OBS"'],
    ),
    "a folder": (
        mine(unit(files=[{**FILES, "mount_path": "/a"}])),
        ['unit_configs[0].files[0].mount_path: must begin and end with "/", not the text "/a"'],
    ),
    "an image's id": (
        mine(unit(image={"swr_path": "i:1", "id": "x"})),
        ['unit_configs[0].image.id: has a meaning with source "IMAGE" only; set that, or remove the id'],
    ),
    "a registered image": (mine(unit(image={"swr_path": "i:1", "id": "x", "source": "IMAGE"})), []),
    "groups without LWS": (
        mine(unit(group_count=2)),
        ['unit_configs[0].group_count: needs workload_type "LWS"'],
    ),
    "one group": (mine(unit(group_count=1)), []),
    "a policy without LWS": (
        mine(unit(group_policy={"schedule_scope": "SLICE"})),
        ['unit_configs[0].group_policy: needs workload_type "LWS"'],
    ),
    "groups": (mine(unit(group_count=2, group_policy={"schedule_scope": "SLICE"}), workload_type="LWS"), []),
    "no units": (mine(unit_configs=[]), ["unit_configs: must have at least 1 item, not 0"]),
    "many nodes": (
        mine(
            unit(
                affinity={
                    "affinity_type": "AFFINITY",
                    "required": True,
                    "targets": {f"10.0.0.{number}": "n" for number in range(21)},
                }
            )
        ),
        ["unit_configs[0].affinity.targets: must have at most 20 keys, not 21"],
    ),
    "a weight": (mine(weight=101), ["weight: must be at most 100, not 101"]),
    "a count": (mine(count=129), ["count: must be at most 128 replicas, not 129"]),
    "no count": (mine(count=0), ["count: must be at least 1 replica, not 0"]),
    "a pin": (
        mine(pinned_version="v1"),
        ['pinned_version: must be a version such as "1.0.2", not the text "v1"'],
    ),
    "a mounted secret": (mine(service_secret={"secret_volumes": [VOLUME]}), []),
    "a mounted secret in clear": (
        mine(service_secret={"secret_volumes": [{**VOLUME, "secret_value": "s3cret!"}]}),
        [
            "service_secret.secret_volumes[0].secret_value: must be base64, as base64.b64encode(…).decode() makes it",
        ],
    ),
    "no time": (mine(timeouts={"create": "0s"}), ['timeouts.create: must be longer than nothing, such as "20m"']),
    "what to do": (mine(on_cancel="ask"), ['on_cancel: must be "leave" or "interrupt", not the text "ask"']),
    "no pool": (mine(pool_id=None), ["pool_id: is required"]),
    "misspelled": (mine(wieght=1), ["unknown property `wieght`; did you mean `weight`?"]),
    "nothing known": (
        mine(unit_configs=UNKNOWN, advanced_config=UNKNOWN, secret_envs=UNKNOWN, service_secret=UNKNOWN, model=UNKNOWN),
        [],
    ),
    "units that are not known": (mine(unit_configs=[UNKNOWN, unit()]), []),
    "values that are not known": (
        mine(
            unit(
                image=UNKNOWN,
                custom_spec=UNKNOWN,
                envs={"A": UNKNOWN},
                readiness_health=UNKNOWN,
                startup_health={"check_method": UNKNOWN},
                files=UNKNOWN,
                group_count=UNKNOWN,
            ),
            name=UNKNOWN,
            secret_envs={"main": {"B": UNKNOWN}},
        ),
        [],
    ),
}


@pytest.mark.parametrize(("program", "messages"), DEPLOYMENTS.values(), ids=DEPLOYMENTS)
def test_rules_of_deployments(program: Values, messages: list[str]) -> None:
    _, problems = DeploymentLifecycle().judge(program)
    assert [str(one) for one in problems] == messages


def test_no_message_tells_a_secret() -> None:
    texts = [text for _, messages in DEPLOYMENTS.values() for text in messages]
    assert not [one for one in texts if "s3cret" in one]
