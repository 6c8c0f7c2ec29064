"""What makes the spec of a service wrong as a whole (modelarts-v2.md, sections 4.1, 4.2, 9.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_inference.core.fields.paths import render
from pulumi_inference.core.fields.problems import Problem, Rule, rule
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.invocation.smoke_fields import SMOKE_RULES
from pulumi_inference.core.lifecycle.options import timeouts_last
from pulumi_inference.modelartsv2.secret_rules import secrets_are_whole
from pulumi_inference.modelartsv2.unit_rules import group_problems, secret_problems

Values = Mapping[str, Any]
Problems = Iterator[Problem]

LONGEST_MINUTES = 7 * 24 * 60
_MINUTES = {"MINUTES": 1, "HOURS": 60, "DAYS": 24 * 60}
_TAG_KEY = re.compile(r"(?!_sys_)[\w.:=+@ -]{1,128}")
_TAG_VALUE = re.compile(r"[\w.:=+@/ -]{0,255}")
_OWN = "what concerns a modelartsv2.Deployment stands there"


@rule("deployment", "deploy_type", "runtime_config.service_invoke.port", "runtime_config.service_invoke.protocol")
def deployment_fits(values: Values) -> Problems:
    """The deployment that stands in the service can be made, and is reached as the service is."""
    inline = values.get("deployment")
    if not isinstance(inline, Mapping):
        return
    own, kind = values.get("deploy_type"), inline.get("deploy_type")
    is_other = own != kind and UNKNOWN not in (own, kind)
    if is_other:
        yield Problem("deployment.deploy_type", f'must be "{own}", as deploy_type of the service is')
    # How many units are right depends on the one of the two types that is meant.
    yield from group_problems({**inline, "deploy_type": UNKNOWN} if is_other else inline, "deployment.")
    invoke = _inside(values, "runtime_config", "service_invoke")
    advanced = inline.get("advanced_config")
    if not isinstance(advanced, Mapping):
        return
    for name in ("port", "protocol"):
        wanted, given = invoke.get(name), advanced.get(name)
        if wanted != given and None not in (wanted, given) and UNKNOWN not in (wanted, given):
            yield Problem(
                f"deployment.advanced_config.{name}", f"must be {wanted}, as runtime_config.service_invoke.{name} is"
            )


@rule("deployment", "secret_envs")
def secret_envs_fit(values: Values) -> Problems:
    """Secret variables belong to a unit of the deployment that stands here."""
    inline, secrets = values.get("deployment"), values.get("secret_envs")
    if secrets and not isinstance(inline, Mapping):
        yield Problem("secret_envs", f"need a deployment in the service; {_OWN}")
    elif isinstance(inline, Mapping):
        yield from secret_problems(inline, secrets, "deployment.")


@rule("deployment", "smoke_test")
def tests_have_a_deployment(values: Values) -> Problems:
    """A service without a deployment of its own has nothing that answers when it has been made."""
    if values.get("smoke_test") and not values.get("deployment"):
        yield Problem("smoke_test", f"needs a deployment in the service; {_OWN}")


@rule("type", "runtime_config.service_invoke.protocol", "runtime_config.server_task_limit")
def tasks_are_fetched(values: Values) -> Problems:
    """Asynchronous services speak HTTP, and only they have tasks."""
    is_async = values.get("type") == "ASYNC_REAL_TIME"
    protocol = _inside(values, "runtime_config", "service_invoke").get("protocol")
    if is_async and protocol in ("WS", "WSS"):
        yield Problem("runtime_config.service_invoke.protocol", 'must be "HTTP" or "HTTPS" with type "ASYNC_REAL_TIME"')
    if not is_async and _inside(values, "runtime_config").get("server_task_limit"):
        yield Problem(
            "runtime_config.server_task_limit", 'has a meaning with type "ASYNC_REAL_TIME" only; leave it out'
        )


@rule("runtime_config.service_invoke")
def certificates_are_of_use(values: Values) -> Problems:
    """Certificates are for encrypted protocols."""
    invoke = _inside(values, "runtime_config", "service_invoke")
    balancer, protocol = _inside(invoke, "elb_connection"), invoke.get("protocol")
    if protocol in ("HTTP", "WS"):
        for name in ("ca_cert_id", "server_cert_id", "sni_cert_ids"):
            if balancer.get(name):
                path = f"runtime_config.service_invoke.elb_connection.{name}"
                yield Problem(path, f'has no effect with protocol "{protocol}"; use HTTPS or WSS, or remove it')


@rule("runtime_config.service_invoke.custom_urls[*]")
def addresses_are_some(values: Values) -> Problems:
    """Addresses of one's own are whole."""
    invoke = _inside(values, "runtime_config", "service_invoke")
    for index, one in enumerate(invoke.get("custom_urls") or ()):
        if not re.fullmatch(r"(https?|wss?)://\S+", one):
            path = f"runtime_config.service_invoke.custom_urls[{index}]"
            yield Problem(path, 'must be an address such as "https://chat.example.com"')


@rule("schedule")
def schedules_fit(values: Values) -> Problems:
    """From a minute to seven days."""
    schedule = values.get("schedule")
    if not isinstance(schedule, Mapping) or UNKNOWN in schedule.values():
        return
    minutes = _MINUTES.get(str(schedule.get("time_unit")), 0) * int(schedule.get("duration") or 0)
    if minutes > LONGEST_MINUTES:
        yield Problem(
            "schedule.duration", f"must be at most 7 days, not {schedule['duration']} {schedule['time_unit']}"
        )


@rule("tags")
def tags_are_some(values: Values) -> Problems:
    """Keys and values of allowed characters."""
    for key, value in (values.get("tags") or {}).items():
        path = render(("tags", key))
        if not _TAG_KEY.fullmatch(key) or key != key.strip():
            yield Problem(
                path,
                "the key must be 1 to 128 letters, digits, spaces or _ . : = + - @, with no space at either end, and "
                'not begin with "_sys_"',
            )
        elif isinstance(value, str) and not _TAG_VALUE.fullmatch(value):
            yield Problem(path, "the value must be at most 255 letters, digits, spaces or _ . : = + - @ /")


@rule("log_configs")
def logs_are_whole(values: Values) -> Problems:
    """Files are named for logs of files, and only for those; each kind stands once."""
    seen: dict[str, int] = {}
    for index, one in enumerate(values.get("log_configs") or ()):
        if not isinstance(one, Mapping):
            continue
        kind, path = str(one.get("type")), f"log_configs[{index}]"
        if one.get("type") is UNKNOWN:
            continue
        if kind in seen:
            yield Problem(f"{path}.type", f'"{kind}" stands in log_configs[{seen[kind]}] already; put both into one')
        seen.setdefault(kind, index)
        if (kind == "FILE") != bool(one.get("files")) and one.get("status") != "OFF":
            text = 'is required with type "FILE"' if kind == "FILE" else f'has no effect with type "{kind}"; remove it'
            yield Problem(f"{path}.files", text)


SERVICE_RULES: tuple[Rule, ...] = (
    deployment_fits,
    secret_envs_fit,
    tests_have_a_deployment,
    tasks_are_fetched,
    certificates_are_of_use,
    addresses_are_some,
    schedules_fit,
    tags_are_some,
    logs_are_whole,
    secrets_are_whole,
    *SMOKE_RULES,
    timeouts_last,
)


def _inside(values: Any, *path: str) -> Mapping[str, Any]:
    for name in path:
        values = values.get(name) if isinstance(values, Mapping) else None
    return values if isinstance(values, Mapping) else {}
