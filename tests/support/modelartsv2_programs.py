"""Random programs of ModelArts v2's services and deployments that the cloud accepts."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from pulumi_inference.modelartsv2.deployments import rules as deployment_rules
from pulumi_inference.modelartsv2.deployments import values as deployment_values
from pulumi_inference.modelartsv2.services import rules as service_rules
from pulumi_inference.modelartsv2.services import values as service_values
from pulumi_inference.modelartsv2.specs.deployment import AdvancedConfig, DeploymentFields, DeploymentSpec
from pulumi_inference.modelartsv2.specs.parts import SecretVolume
from pulumi_inference.modelartsv2.specs.runtime import RuntimeConfig, ServiceInvoke
from pulumi_inference.modelartsv2.specs.service import LogConfig, LogFile, ServiceSpec
from pulumi_inference.modelartsv2.specs.unit import Health, Model, MountedFiles, UnitConfig
from tests.support.changes import Subject
from tests.support.modelartsv2 import POOL
from tests.support.specs import WORDS, Overrides, Values, documents

FLAVOURS = ("modelarts.vm.cpu.2u", "modelarts.vm.cpu.8u")
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,9}[a-z0-9]", fullmatch=True)
TEXTS = st.text(alphabet="abc xyz.0189-_/=,", min_size=1, max_size=12).filter(lambda text: text == text.strip() != "")
VARIABLES = st.dictionaries(st.sampled_from(("A", "B", "PORT")), TEXTS, min_size=1, max_size=3)
SECRETS = st.dictionaries(st.sampled_from(("TOKEN", "KEY")), WORDS, min_size=1, max_size=2)
PERCENTS = st.sampled_from(("1%", "25%", "100%"))
BASE64 = WORDS.map(lambda text: base64.b64encode(text.encode()).decode())
PORTS = st.integers(1, 65535)
METRICS = st.sampled_from(("http,9100,metrics", "https,9200,own/metrics"))

OVERRIDES: dict[str, st.SearchStrategy[Any]] = {
    "name": NAMES,
    "description": TEXTS,
    "port": PORTS,
    "envs": VARIABLES,
    "cmd": TEXTS,
    "pre_stop_cmd": TEXTS,
    "url": st.sampled_from(("/health", "/ready")),
    "max_surge": PERCENTS,
    "max_unavailable": PERCENTS,
    "metric_api_port": st.sampled_from(("9100", "80")),
    "metric_api_path": st.sampled_from(("/metrics", "/load")),
    "custom_metrics_path": METRICS,
    "secret_key": st.sampled_from(("a.txt", "b.txt", "key")),
    "secret_value": BASE64,
    "mount_path": st.sampled_from(("/models/", "/data/", "/a/b/")),
    "address": st.sampled_from(("obs://bucket/a/", "obs://bucket/b/")),
    "log_path": st.sampled_from(("/var/log", "/logs")),
    "file_pattern": st.sampled_from(("*.log", "a*.txt")),
    "targets": st.dictionaries(st.sampled_from(("10.0.0.1", "10.0.0.2")), WORDS, min_size=1, max_size=2),
    "pool_resource_flavor": WORDS,
    "weight": st.integers(1, 100),
    "role": st.sampled_from(("COMMON", "PREFILL", "DECODE")),
    "recovery": st.sampled_from(("Instance", "Role", "Pod")),
    "group_id": st.integers(1000, 60000),
    "error_rate_threshold": st.sampled_from((0.25, 0.5, 1.0)),
    "custom_urls": st.lists(st.sampled_from(("https://a.example", "http://b.example")), min_size=1, unique=True),
    "ip_white_list": st.lists(st.sampled_from(("10.0.0.1", "10.0.0.0/8")), min_size=1, unique=True),
    "ip_black_list": st.lists(st.sampled_from(("10.1.0.1", "10.2.0.0/16")), min_size=1, unique=True),
    "workspace_id": st.just("0"),
    "tags": st.dictionaries(st.sampled_from(("team", "stage", "a b")), st.sampled_from(("", "ml", "x/y")), min_size=1),
    "desired_status": st.just("running"),
    "pool_id": st.just(POOL),
    "flavor": st.sampled_from(FLAVOURS),
    "wait": st.just(True),
    "duration": st.integers(1, 7),
    "deploy_timeout_minutes": st.integers(1, 300),
    **dict.fromkeys(("create", "update", "delete"), st.sampled_from(("20m", "1h30m"))),
    "secret_volumes": st.deferred(lambda: _volumes()),  # noqa: PLW0108 - defined below
    "files": st.deferred(lambda: _files()),  # noqa: PLW0108 - defined below
    "LogConfig.files": st.deferred(lambda: _log_files()),  # noqa: PLW0108 - defined below
    "model": st.deferred(lambda: documents(Model, OVERRIDES).map(_with_source)),
    **dict.fromkeys(("readiness_health", "startup_health", "liveness_health"), st.deferred(lambda: _probes())),  # noqa: PLW0108 - defined below
    "custom_spec": st.deferred(lambda: _custom_specs()),  # noqa: PLW0108 - defined below
    "log_configs": st.deferred(lambda: _logs()),  # noqa: PLW0108 - defined below
    "image": st.deferred(lambda: _images()),  # noqa: PLW0108 - defined below
}

_APART = {"smoke_test", "connection", "secret_envs", "service_secret", "pinned_version", "on_cancel", "unit_configs"}
_APART |= {"advanced_config", "deployment", "runtime_config", "service_id", "endpoint", "region", "project_id"}
_APART |= {"secret_type", "secret_name", "priority"}


def _custom_specs() -> st.SearchStrategy[Values]:
    plain = {"cpu": st.integers(1, 800).map(lambda one: one / 100), "memory": st.integers(1, 9999)}
    arch = {"arch": st.sampled_from(("x86", "arm64"))}
    gpus = st.fixed_dictionaries({**plain, "gpu": st.sampled_from((1.0, 0.5, 8.0))}, optional=arch)
    chips = st.fixed_dictionaries({**plain, "ascend": st.integers(1, 8)}, optional=arch)
    return st.fixed_dictionaries(plain, optional=arch) | gpus | chips


def _images() -> st.SearchStrategy[Values]:
    path = {"swr_path": st.sampled_from(("swr.example.test/a:1", "swr.example.test/b:2"))}
    category = {"category": st.sampled_from(("CPU", "GPU", "ASCEND"))}
    registered = {**path, "source": st.just("IMAGE")}
    return st.fixed_dictionaries(path, optional=category) | st.fixed_dictionaries(
        registered, optional={**category, "id": WORDS}
    )


def _with_source(files: Values) -> Values:
    return {**{"source_name": "store", "address": "obs://bucket/a/"}, **files}


def _files() -> st.SearchStrategy[list[Values]]:
    one = documents(MountedFiles, OVERRIDES).map(_with_source)
    return st.lists(one, min_size=1, max_size=3, unique_by=lambda item: item["mount_path"])


def _probes() -> st.SearchStrategy[Values]:
    numbers = documents(Health, OVERRIDES, lambda fact: fact.type == "integer")
    by_http = st.fixed_dictionaries({"url": OVERRIDES["url"]}, optional={"protocol": st.sampled_from(("HTTP", "WS"))})
    by_command = st.fixed_dictionaries({"check_method": st.just("EXEC"), "cmd": TEXTS})
    return st.tuples(numbers, by_http | by_command).map(lambda both: {**both[0], **both[1]})


def _volumes() -> st.SearchStrategy[list[Values]]:
    one = documents(SecretVolume, OVERRIDES).map(lambda item: {"secret_key": "key", "secret_value": "cw==", **item})
    return st.lists(one, min_size=1, max_size=3, unique_by=lambda item: (item["mount_path"], item["secret_key"]))


def _service_secrets() -> st.SearchStrategy[Values]:
    others = {"secret_enable": st.booleans(), "group_enable": st.booleans(), "group_id": st.integers(1000, 60000)}
    plain = st.fixed_dictionaries({"secret_volumes": _volumes()}, optional=others)
    return plain | plain.map(_of_a_store)


def _of_a_store(secret: Values) -> Values:
    volumes = [{"secret_name": "store", **one} for one in secret["secret_volumes"]]
    return {**secret, "secret_type": "dew", "secret_volumes": volumes}


def _log_files() -> st.SearchStrategy[list[Values]]:
    return st.lists(documents(LogFile, OVERRIDES), min_size=1, max_size=2, unique_by=repr)


def _logs() -> st.SearchStrategy[list[Values]]:
    plain = documents(
        LogConfig, {**OVERRIDES, "type": st.sampled_from(("STDOUT", "EVENT"))}, lambda f: f.name != "files"
    )
    of_files = plain.flatmap(lambda one: _log_files().map(lambda found: {**one, "type": "FILE", "files": found}))
    return st.lists(plain | of_files, min_size=1, max_size=3, unique_by=lambda one: one["type"])


@st.composite
def units(draw: st.DrawFn, *, is_single: bool, is_grouped: bool) -> list[Values]:
    """The units of a deployment."""
    count = 1 if is_single else draw(st.integers(1, 3))
    left_out = {"custom_spec", "flavor"} | (set() if is_grouped else {"group_count", "group_policy"})
    found = []
    for index in range(count):
        one = draw(documents(UnitConfig, OVERRIDES, lambda fact: fact.name not in left_out))
        one["name"] = f"unit-{index}"
        if draw(st.booleans()):
            one["custom_spec"] = draw(OVERRIDES["custom_spec"])
        else:
            one["flavor"] = draw(st.sampled_from(FLAVOURS))
        found.append(one)
    if count == 1 and draw(st.booleans()):
        del found[0]["name"]
    return found


@st.composite
def groups(draw: st.DrawFn) -> Values:
    """What every deployment has."""
    found = draw(documents(DeploymentFields, OVERRIDES, lambda fact: fact.name not in _APART))
    is_single = found.get("deploy_type", "SINGLE") == "SINGLE"
    is_grouped = found.get("workload_type") == "LWS"
    found["unit_configs"] = draw(units(is_single=is_single, is_grouped=is_grouped))
    found["advanced_config"] = draw(documents(AdvancedConfig, OVERRIDES))
    if draw(st.booleans()):
        found |= {"secret_type": "dew", "secret_name": draw(WORDS)}
    return found


@st.composite
def deployments(draw: st.DrawFn, service_id: str) -> Values:
    """A deployment of a service."""
    found = draw(groups())
    own = draw(documents(DeploymentSpec, OVERRIDES, lambda fact: _is_own(fact) and fact.name not in _APART))
    found |= {**own, "service_id": service_id, "pool_id": POOL}
    if draw(st.booleans()):
        found["priority"] = draw(st.integers(1, 3))
    return {**found, **draw(_secrets(found))}


@st.composite
def services(draw: st.DrawFn, *, is_inline: bool) -> Values:
    """A service, with a deployment in it or without."""
    found = draw(documents(ServiceSpec, OVERRIDES, lambda fact: not fact.resolved and fact.name not in _APART))
    invoke = draw(documents(ServiceInvoke, OVERRIDES, lambda fact: fact.name != "elb_connection"))
    runtime = draw(documents(RuntimeConfig, {**OVERRIDES, "service_invoke": st.just(invoke)}))
    if found.get("type") == "ASYNC_REAL_TIME":
        invoke["protocol"] = "HTTPS"
    else:
        runtime.pop("server_task_limit", None)
    if draw(st.booleans()):
        invoke["elb_connection"] = {"elb_id": draw(WORDS), "m_tls": draw(st.booleans())}
    found["runtime_config"] = runtime
    found.pop("desired_status", None)
    if not is_inline:
        return {**found, **draw(_mounted())}
    inline = draw(groups())
    inline["deploy_type"] = found.get("deploy_type", "SINGLE")
    inline["unit_configs"] = draw(
        units(is_single=inline["deploy_type"] == "SINGLE", is_grouped=inline.get("workload_type") == "LWS")
    )
    inline["advanced_config"] |= {"port": invoke["port"], "protocol": invoke.get("protocol", "HTTP")}
    found["deployment"] = inline
    return {**found, **draw(_secrets(inline))}


@st.composite
def _secrets(draw: st.DrawFn, group: Values) -> Values:
    """Secret variables of units, and mounted secrets."""
    names = [one.get("name", "main") for one in group["unit_configs"]]
    secret = {name: draw(SECRETS) for name in names if draw(st.booleans())}
    return {**({"secret_envs": secret} if secret else {}), **draw(_mounted())}


@st.composite
def _mounted(draw: st.DrawFn) -> Values:
    return {"service_secret": draw(_service_secrets())} if draw(st.booleans()) else {}


def _is_own(fact: Any) -> bool:
    return not fact.resolved and fact.name not in DeploymentFields.model_fields


def _overrides(program: Mapping[str, Any]) -> Overrides:
    group = program.get("deployment") or program
    names = [one.get("name", "main") for one in group.get("unit_configs", ())] or ["main"]
    return {
        **OVERRIDES,
        "secret_envs": st.dictionaries(st.sampled_from(names), SECRETS, min_size=1),
        "service_secret": _service_secrets(),
        "advanced_config": documents(AdvancedConfig, OVERRIDES),
        "runtime_config": documents(RuntimeConfig, OVERRIDES),
    }


SERVICE = Subject(ServiceSpec, service_values.complete, service_rules.SERVICE_RULES, NAMES, _overrides)
DEPLOYMENT = Subject(DeploymentSpec, deployment_values.complete, deployment_rules.RULES, NAMES, _overrides)
