"""What makes the spec of a service wrong as a whole, and what of a service can never be turned off again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.differences import differences
from pulumi_inference.core.fields.messages import did_you_mean
from pulumi_inference.core.fields.paths import render
from pulumi_inference.core.fields.problems import Problem, Rule, item_rule, rule
from pulumi_inference.core.fields.shape import project, union
from pulumi_inference.core.fields.unknown import contains_unknown
from pulumi_inference.core.invocation.smoke_fields import SMOKE_RULES
from pulumi_inference.core.lifecycle.options import timeouts_last
from pulumi_inference.huaweicloud.variables import without_empty_secrets
from pulumi_inference.modelarts.services.kind_rules import KIND_RULES
from pulumi_inference.modelarts.specs.service import ServiceSpec

Values = Mapping[str, Any]

_WEBSOCKET: paths.Path = ("additional_properties", "websocket_upgrade")
_LOGS: paths.Path = ("additional_properties", "log_report_channels")
_WAY_OUT = "keep it, or replace the service: `pulumi up --replace` with delete_before_replace=True in its options"


def one_way(recorded: Values, live: Values, program: Values) -> list[Problem]:
    """What the program asks back of a service that has it switched on."""
    problems = []
    if _at(live, _WEBSOCKET) is True and _at(program, _WEBSOCKET) is False:
        problems.append(Problem(paths.render(_WEBSOCKET), f"is on, and the cloud cannot turn it off again; {_WAY_OUT}"))
    channels = _at(live, _LOGS)
    is_known = not contains_unknown(program.get("additional_properties"))
    if channels and is_known and _moved(recorded, live, program):
        where = ", ".join(_stream(channel) for channel in channels)
        problems.append(
            Problem(
                paths.render(_LOGS),
                f"report to {where}, and the cloud can neither change nor end that; {_WAY_OUT}",
            )
        )
    return problems


def _moved(recorded: Values, live: Values, program: Values) -> bool:
    seen = project(ServiceSpec, live, union(ServiceSpec, program, recorded))
    return any(paths.starts_with(path, _LOGS) for path in _outward(seen, program))


def _outward(seen: Values, program: Values) -> list[paths.Path]:
    only = {"additional_properties"}
    before = {name: value for name, value in seen.items() if name in only}
    after = {name: value for name, value in program.items() if name in only}
    found = differences(ServiceSpec, before, after)
    # The object that goes or comes as a whole takes its channels with it.
    return [_LOGS if len(path) == 1 and _at(before, _LOGS) else path for path in found]


def _stream(channel: Mapping[str, Any]) -> str:
    configuration = channel.get("configuration") or {}
    stream = configuration.get("log_stream_id")
    return f"{channel.get('type')} stream {stream}" if stream else str(channel.get("type"))


def _at(values: Values, path: paths.Path) -> Any:
    value: Any = values
    for token in path:
        value = value.get(token) if isinstance(value, Mapping) else None
    return value


Problems = Iterator[Problem]

_FLAVOUR = re.compile(r"custom|modelarts(\.[a-z0-9_-]+)+")
_KNOWN_FLAVOURS = (  # to suggest from only: the set differs by region and account
    "custom",
    "modelarts.vm.cpu.2u",
    "modelarts.vm.cpu.free",
    "modelarts.vm.gpu.p4",
    "modelarts.vm.gpu.p4u8.container",
    "modelarts.vm.gpu.pnt004",
    "modelarts.vm.gpu.t4u8.container",
    "modelarts.vm.ai1.a310",
    "modelarts.vm.ai1.snt3",
)
_NOTIFIED_EVENTS = (1, 2, 3, 7, 9, 11)
_NETWORK = ("vpc_id", "subnet_network_id", "security_group_id")
_POOLS = ("pool_name", "cluster_id")
_ACCELERATORS = ("gpu_p4", "ascend_a310")


def complete(values: dict[str, Any]) -> dict[str, Any]:
    """The normalised values as ModelArts means them; wrong and unknown values pass through.

    A single model of a real-time service has the weight 100, an empty custom_spec is none, no accelerators are as many
    as not set, and the variables of a model with secret ones are managed as a whole.
    """
    values = without_empty_secrets(values)
    config = values.get("config")
    if not isinstance(config, list):
        return values
    implied = {"weight": 100} if len(config) == 1 and values.get("infer_type") == "real-time" else {}
    secrets = values.get("secret_envs")
    return {**values, "config": [_completed(item, implied, secrets) for item in config]}


@rule("config[*].weight", "infer_type")
def weights_add_up(service: Values) -> Problems:
    """All weights together are 100, and with several models each says its own."""
    if service.get("infer_type") != "real-time":
        return
    weights: list[Any] = [item.get("weight") for item in _items(service)]
    missing = [index for index, weight in enumerate(weights) if weight is None]
    if len(weights) > 1 and missing:
        for index in missing:
            yield Problem(f"config[{index}].weight", "is required when there are several models; weights add up to 100")
    elif weights and not missing and sum(weights) != 100:
        shares = ", ".join(f"config[{index}]={weight}" for index, weight in enumerate(weights))
        yield Problem("config", f"weights add up to {sum(weights)}, must be 100 ({shares})")


@rule("config[*].model_id")
def each_model_once(service: Values) -> Problems:
    """The cloud refuses the same model version twice (ModelArts.3516)."""
    first: dict[str, int] = {}
    for index, item in enumerate(_items(service)):
        model = item.get("model_id")
        if model in first:
            yield Problem(
                f"config[{index}].model_id", f"{model} stands in config[{first[model]}] already; each model only once"
            )
        elif model is not None:
            first[model] = index


@item_rule("specification", each="config")
def flavour_format(item: Values, _service: Values) -> Problems:
    """Flavours differ by region and account, so that only their form is known."""
    flavour = item.get("specification")
    if flavour is not None and not _FLAVOUR.fullmatch(flavour):
        yield Problem(
            "specification",
            f'must be "custom" or a flavour such as "modelarts.vm.cpu.2u", not "{flavour}"'
            f"{did_you_mean(flavour, _KNOWN_FLAVOURS)}",
        )


@item_rule("specification", "custom_spec", each="config")
def custom_spec_with_custom(item: Values, _service: Values) -> Problems:
    """The flavour `custom` and custom_spec come together."""
    flavour, custom_spec = item.get("specification"), item.get("custom_spec")
    if flavour == "custom" and not custom_spec:
        yield Problem("custom_spec", 'is required, with cpu and memory, when specification is "custom"')
    if flavour not in (None, "custom") and custom_spec:
        yield Problem("custom_spec", f'has no effect with specification "{flavour}"; remove it, or choose "custom"')


@item_rule("custom_spec.gpu_p4", "custom_spec.ascend_a310", each="config")
def one_kind_of_accelerator(item: Values, _service: Values) -> Problems:
    """GPUs and Ascend chips exclude each other; 0 counts as unset."""
    custom_spec = item.get("custom_spec") or {}
    if custom_spec.get("gpu_p4") and custom_spec.get("ascend_a310"):
        yield Problem("custom_spec.ascend_a310", "cannot be combined with gpu_p4; remove one of the two")


@item_rule("specification", each="config", around=(*_POOLS, "infer_type"))
def custom_needs_a_pool(item: Values, service: Values) -> Problems:
    """The shared pool knows fixed flavours only; the nodes of an edge service are the user's own."""
    if service.get("infer_type") != "edge" and item.get("specification") == "custom" and not _has_pool(service):
        yield Problem("specification", '"custom" needs a dedicated pool; set the service\'s pool_name (or cluster_id)')


@item_rule(*_POOLS, each="config", around=_POOLS)
def pool_at_the_service_too(item: Values, service: Values) -> Problems:
    """A model's own pool is allowed only when the service has one."""
    for name in _POOLS:
        if item.get(name) and not _has_pool(service):
            yield Problem(name, "needs a pool at the service too; set the service's pool_name (or cluster_id)")


@item_rule("additional_properties.log_volume", each="config", around=_POOLS)
def log_volume_needs_a_pool(item: Values, service: Values) -> Problems:
    """Nodes of the shared pool cannot be written to."""
    if (item.get("additional_properties") or {}).get("log_volume") and not _has_pool(service):
        yield Problem(
            "additional_properties.log_volume",
            "needs a dedicated pool; remove it, or set the service's pool_name (or cluster_id)",
        )


@rule(*_POOLS)
def one_pool(service: Values) -> Problems:
    """Of two pools the cloud ignores the old one."""
    if service.get("pool_name") and service.get("cluster_id"):
        yield Problem("cluster_id", "has no effect with pool_name; remove one of the two")


@item_rule(*_POOLS, each="config")
def one_pool_per_model(item: Values, _service: Values) -> Problems:
    """Of two pools the cloud ignores the old one."""
    yield from one_pool(item)


@rule(*_NETWORK, *_POOLS)
def network_complete(service: Values) -> Problems:
    """VPC, subnet and security group come together, and only on the shared pool."""
    given = [name for name in _NETWORK if service.get(name)]
    if not given:
        return
    if _has_pool(service):
        for name in given:
            yield Problem(name, "has no effect with a dedicated pool; remove it, or pool_name and cluster_id")
        return
    for name in _NETWORK:
        if name not in given:
            yield Problem(name, f"is required with {' and '.join(given)}")


@rule("secret_envs", "secret_envs.*", "config[*].model_id", "config[*].envs")
def secret_envs_fit(service: Values) -> Problems:
    """Secret variables belong to a model of the service, and no variable is given twice."""
    envs = {item["model_id"]: item.get("envs") or {} for item in _items(service) if "model_id" in item}
    for model, secrets in (service.get("secret_envs") or {}).items():
        if envs and model not in envs:
            path = render(("secret_envs", model))
            yield Problem(path, f"names a model that is not in config; its models: {', '.join(envs)}")
        for name in secrets:
            if name in envs.get(model, {}):
                path = render(("secret_envs", model, name))
                yield Problem(path, "stands in the model's envs too; remove one of the two")


@rule("additional_properties.smn_notification.events[*]")
def notified_events_exist(service: Values) -> Problems:
    """Events are told by number."""
    notification = (service.get("additional_properties") or {}).get("smn_notification") or {}
    for index, event in enumerate(notification.get("events") or ()):
        if event not in _NOTIFIED_EVENTS:
            allowed = ", ".join(str(number) for number in _NOTIFIED_EVENTS)
            yield Problem(
                f"additional_properties.smn_notification.events[{index}]", f"must be one of {allowed}, not {event}"
            )


SERVICE_RULES: tuple[Rule, ...] = (
    *SMOKE_RULES,
    *KIND_RULES,
    weights_add_up,
    each_model_once,
    flavour_format,
    custom_spec_with_custom,
    one_kind_of_accelerator,
    custom_needs_a_pool,
    pool_at_the_service_too,
    log_volume_needs_a_pool,
    one_pool,
    one_pool_per_model,
    network_complete,
    secret_envs_fit,
    notified_events_exist,
    timeouts_last,
)


def _completed(item: Any, implied: Values, secrets: Any) -> Any:
    if not isinstance(item, Mapping):
        return item
    result = {**implied, **item}
    custom_spec = result.get("custom_spec")
    if isinstance(custom_spec, Mapping):
        result["custom_spec"] = {
            name: value for name, value in custom_spec.items() if name not in _ACCELERATORS or value != 0
        }
    if result.get("custom_spec") == {}:
        del result["custom_spec"]
    model = result.get("model_id")
    if isinstance(secrets, Mapping) and isinstance(model, str) and model in secrets:
        result.setdefault("envs", {})
    return result


def _items(service: Values) -> list[Values]:
    return [item for item in service.get("config") or () if isinstance(item, Mapping)]


def _has_pool(service: Values) -> bool:
    return any(service.get(name) for name in _POOLS)
