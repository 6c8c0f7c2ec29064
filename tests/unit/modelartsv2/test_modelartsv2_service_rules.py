"""What makes the program of a service wrong in itself, each rule with its message."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.modelartsv2.services.lifecycle import ServiceLifecycle
from tests.support.modelartsv2 import group, inline, invoke, runtime, service, unit
from tests.support.world import Values


def called(**changes: Any) -> Values:
    return service(runtime_config=runtime(invoke(**changes)))


def mounted(*volumes: Any, **changes: Any) -> Values:
    return service(service_secret={"secret_volumes": list(volumes), **changes})


ELB = {"elb_id": "e", "server_cert_id": "c"}
HOURS = {"time_unit": "HOURS", "duration": 168}
KEYS = (
    "the key must be 1 to 128 letters, digits, spaces or _ . : = + - @, with no space at either end, and not begin "
    'with "_sys_"'
)

SERVICES: dict[str, tuple[Values, list[str]]] = {
    "right": (service(), []),
    "with a deployment": (inline(), []),
    "units of the deployment": (
        inline(unit(name="a"), unit(name="b")),
        ['deployment.unit_configs: must have one unit with deploy_type "SINGLE", not 2; several take "MULTI"'],
    ),
    "resources of the deployment": (
        inline(unit(custom_spec=None)),
        ["deployment.unit_configs[0].flavor: is required, unless there is a custom_spec"],
    ),
    "another deploy type": (
        service(deployment=group(deploy_type="MULTI")),
        ['deployment.deploy_type: must be "SINGLE", as deploy_type of the service is'],
    ),
    "another deploy type, with what it takes": (
        service(deploy_type="MULTI", deployment=group(unit(name="a"), unit(name="b"))),
        ['deployment.deploy_type: must be "MULTI", as deploy_type of the service is'],
    ),
    "another port": (
        service(deployment=group(advanced_config={"port": 9000})),
        ["deployment.advanced_config.port: must be 8080, as runtime_config.service_invoke.port is"],
    ),
    "another protocol": (
        service(deployment=group(advanced_config={"port": 8080, "protocol": "HTTPS"})),
        ["deployment.advanced_config.protocol: must be HTTP, as runtime_config.service_invoke.protocol is"],
    ),
    "secret variables of nothing": (
        service(secret_envs={"main": {"A": "s3cret"}}),
        [
            "secret_envs: need a deployment in the service; what concerns a modelartsv2.Deployment stands there",
        ],
    ),
    "secret variables of another unit": (
        inline(secret_envs={"other": {"A": "s3cret"}}),
        ["secret_envs.other: there is no unit of this name in deployment.unit_configs, which has: main"],
    ),
    "a test of nothing": (
        service(smoke_test={"path": "/"}),
        [
            "smoke_test: needs a deployment in the service; what concerns a modelartsv2.Deployment stands there",
        ],
    ),
    "tasks by WebSocket": (
        service(type="ASYNC_REAL_TIME", runtime_config=runtime(invoke(protocol="WSS"))),
        ['runtime_config.service_invoke.protocol: must be "HTTP" or "HTTPS" with type "ASYNC_REAL_TIME"'],
    ),
    "tasks that nobody fetches": (
        service(runtime_config=runtime(server_task_limit={"max_task": 3})),
        ['runtime_config.server_task_limit: has a meaning with type "ASYNC_REAL_TIME" only; leave it out'],
    ),
    "tasks": (service(type="ASYNC_REAL_TIME", runtime_config=runtime(server_task_limit={"max_task": 3})), []),
    "a certificate without encryption": (
        called(elb_connection=ELB),
        [
            "runtime_config.service_invoke.elb_connection.server_cert_id: has no effect with protocol "
            '"HTTP"; use HTTPS or WSS, or remove it'
        ],
    ),
    "a certificate": (called(elb_connection=ELB, protocol="HTTPS"), []),
    "no address": (
        called(custom_urls=["chat.example.com"]),
        [
            'runtime_config.service_invoke.custom_urls[0]: must be an address such as "https://chat.example.com"',
        ],
    ),
    "an address that is not known": (called(custom_urls=[UNKNOWN]), []),
    "seven days": (service(schedule=HOURS), []),
    "more than seven days": (
        service(schedule={**HOURS, "duration": 169}),
        ["schedule.duration: must be at most 7 days, not 169 HOURS"],
    ),
    "a tag of the cloud": (service(tags={"_sys_a": "b"}), [f"tags._sys_a: {KEYS}"]),
    "a tag with a blank": (service(tags={" a": "b"}), [f'tags[" a"]: {KEYS}']),
    "a tag's value": (
        service(tags={"a": "b!"}),
        ["tags.a: the value must be at most 255 letters, digits, spaces or _ . : = + - @ /"],
    ),
    "too many tags": (
        service(tags={f"t{number}": "x" for number in range(21)}),
        ["tags: must have at most 20 keys, not 21"],
    ),
    "logs twice": (
        service(log_configs=[{"type": "STDOUT"}, {"type": "STDOUT", "status": "OFF"}]),
        ['log_configs[1].type: "STDOUT" stands in log_configs[0] already; put both into one'],
    ),
    "logs of no files": (
        service(log_configs=[{"type": "FILE"}]),
        ['log_configs[0].files: is required with type "FILE"'],
    ),
    "files of other logs": (
        service(log_configs=[{"type": "EVENT", "files": [{"log_path": "/l", "file_pattern": "*"}]}]),
        ['log_configs[0].files: has no effect with type "EVENT"; remove it'],
    ),
    "logs of files that are off": (service(log_configs=[{"type": "FILE", "status": "OFF"}]), []),
    "a secret without a file": (
        mounted({"mount_path": "/s/", "secret_value": "czNjcmV0"}),
        ['service_secret.secret_volumes[0].secret_key: is required with secret_type "custom"'],
    ),
    "a secret without a value": (
        mounted({"mount_path": "/s/", "secret_key": "k"}),
        ['service_secret.secret_volumes[0].secret_value: is required with secret_type "custom"'],
    ),
    "a dew secret that is not said to be one": (
        mounted({"mount_path": "/s/", "secret_name": "mine"}),
        [
            'service_secret.secret_volumes[0].secret_name: goes with secret_type "dew"; set that, or give secret_key '
            "and secret_value in place of it"
        ],
    ),
    "a dew secret without a name": (
        mounted({"mount_path": "/s/"}, secret_type="dew"),
        ['service_secret.secret_volumes[0].secret_name: is required with secret_type "dew"'],
    ),
    "a workspace": (
        service(workspace_id="mine"),
        ['workspace_id: must be "0" or 32 lower-case letters and digits, not the text "mine"'],
    ),
    "a name": (
        service(name="a b"),
        ['name: must be 1 to 64 letters (Chinese ones too), digits, "-" or "_", not the text "a b"'],
    ),
    "a Chinese name": (service(name="聊天-1"), []),
    "a description": (
        service(description="<b>"),
        ['description: must not contain < or >, not the text "<b>"'],
    ),
    "nothing known": (
        service(
            runtime_config=UNKNOWN,
            deployment=UNKNOWN,
            secret_envs=UNKNOWN,
            schedule=UNKNOWN,
            tags=UNKNOWN,
            log_configs=UNKNOWN,
            service_secret=UNKNOWN,
        ),
        [],
    ),
    "values that are not known": (
        service(
            deployment=group(advanced_config={"port": UNKNOWN}, deploy_type=UNKNOWN),
            schedule={"time_unit": "DAYS", "duration": UNKNOWN},
            tags={"a": UNKNOWN},
            log_configs=[UNKNOWN],
            service_secret={"secret_volumes": [{"mount_path": "/s/", "secret_key": "k", "secret_value": UNKNOWN}]},
        ),
        [],
    ),
    "log kinds that are not known": (service(log_configs=[{"type": UNKNOWN}, {"type": UNKNOWN}]), []),
    "secret variables that are not known": (service(secret_envs=UNKNOWN), []),
}


@pytest.mark.parametrize(("program", "messages"), SERVICES.values(), ids=SERVICES)
def test_rules_of_services(program: Values, messages: list[str]) -> None:
    _, problems = ServiceLifecycle().judge(program)
    assert [str(one) for one in problems] == messages


def test_no_message_about_a_service_tells_a_secret() -> None:
    texts = [text for _, messages in SERVICES.values() for text in messages]
    assert not [one for one in texts if "s3cret" in one]
