"""Random programs of ModelArts services of every kind that the cloud accepts."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from pulumi_inference.core.fields.facts import FieldFacts, facts_of
from pulumi_inference.core.invocation.smoke_fields import SmokeTest
from pulumi_inference.modelarts.specs.config import ServiceConfig
from pulumi_inference.modelarts.specs.service import ServiceSpec
from tests.support.specs import JSON, WORDS, Values, documents, values_of

KINDS = ("shared pool", "dedicated pool", "batch", "edge")
"""Real-time services without and with a pool of their own, batch services, edge services."""

FLAVOURS = ("modelarts.vm.cpu.2u", "modelarts.vm.gpu.p4")
EVENTS = (1, 2, 3, 7, 9, 11)
DURATIONS = st.sampled_from(("20m", "1h30m", "45.5s", "2h"))
OBS_PATHS = WORDS.map(lambda word: f"https://bucket.obs.cn-north-4.myhuaweicloud.com/{word}/")
SECRET_PREFIX = "S"
"""Begins the names of secret variables, and of no others."""

SECRET_NAMES = WORDS.map(lambda word: f"{SECRET_PREFIX}{word}")
WORKSPACES = ("0", "workspace-1")
"""The first is always there, the other one has to be seeded."""

_NETWORK = ("vpc_id", "subnet_network_id", "security_group_id")
_POOLS = ("pool_name", "cluster_id")

_REAL_TIME_ONLY = {"schedule", "load_balancer_policy", "tags", "smoke_test", *_NETWORK}
_BATCH_ONLY = {"rerun_triggers", "src_path", "dest_path", "req_uri", "mapping_type", "mapping_rule", "src_type"}
_EDGE_ONLY = {"desired_node_status", "nodes"}
_NOT_EDGE = {"priority", "affinity", "pool_name"}

# Drawn by themselves, because what is right there depends on other fields.
_APART = {
    "name",
    "infer_type",
    "config",
    "secret_envs",
    "connection",
    "smoke_test",
    "restart_after_schedule",
    *_NETWORK,
}
_APART_IN_CONFIG = {"model_id", "weight", "specification", "custom_spec", "mapping_type", "mapping_rule", *_POOLS}

_SCALARS = ("string", "number", "integer", "boolean")


def mapping_rules() -> st.SearchStrategy[Values]:
    """Trees of any form whose leaves are the columns of a CSV file, or none."""
    columns = st.builds(lambda kind, index: {"type": kind, "index": index}, st.sampled_from(_SCALARS), _COLUMNS)
    return st.recursive(
        columns,
        lambda inner: (
            st.builds(_members, st.dictionaries(WORDS, inner, min_size=1, max_size=3))
            | st.builds(_elements, st.lists(inner, min_size=1, max_size=2) | inner)
        ),
        max_leaves=4,
    )


_COLUMNS = st.integers(-1, 9)


def _members(properties: Values) -> Values:
    return {"type": "object", "properties": properties}


def _elements(items: Any) -> Values:
    return {"type": "array", "items": items}


@st.composite
def smoke_tests(draw: st.DrawFn) -> Values:
    """Smoke tests that the emulator's model passes: it answers what it was asked, with the status it was asked for."""
    test = draw(_REQUESTS)
    body = draw(st.none() | JSON)
    if body is not None:
        test["body"] = body
    status = draw(st.sampled_from((None, 201, 404, 500)))
    if status:
        test["expect_status"] = status
        test["headers"] = {**test.get("headers", {}), "x-emulator-status": str(status)}
    answer = {"method": test.get("method") or ("GET" if body in (None, "") else "POST")}
    if isinstance(body, dict | list):
        answer["echo"] = body
    if draw(st.booleans()):
        test["expect_json"] = {name: answer[name] for name in answer if draw(st.booleans())}
    if draw(st.booleans()):
        test["expect_schema"] = {
            "type": "object",
            "required": draw(st.lists(st.sampled_from(sorted(answer)), max_size=1)),
        }
    return test


OVERRIDES: dict[str, st.SearchStrategy[Any]] = {
    "attempts": st.sampled_from((1, 2)),
    "dest_path": OBS_PATHS,
    "events": st.lists(st.sampled_from(EVENTS), min_size=1, max_size=3, unique=True),
    "log_group_id": WORDS,
    "log_stream_id": WORDS,
    "mapping_rule": mapping_rules(),
    "path": st.sampled_from(("", "/v1/score", "/v1/score?top=3")),
    "src_path": OBS_PATHS,
    **dict.fromkeys(("create", "update", "delete", "timeout", "interval"), DURATIONS),
    "workspace_id": st.sampled_from(WORKSPACES),
}
"""Strategies of fields whose facts do not say all that the cloud demands, by name."""

SERVICE_NAMES = WORDS | st.sampled_from(("分类器", "a_B-9"))


_OPTIONAL_RULES = st.none() | mapping_rules()
_EXPECTED = {"body", "expect_status", "expect_json", "expect_schema"}
_REQUESTS = documents(SmokeTest, OVERRIDES, keep=lambda facts: facts.name not in _EXPECTED)
_CUSTOM_SPECS = values_of(facts_of(ServiceConfig)["custom_spec"])


@st.composite
def services(draw: st.DrawFn, kind: str | None = None) -> Values:
    """A valid program of one of `KINDS` or of any: any of the fields, any number of models."""
    kind = kind or draw(st.sampled_from(KINDS))
    infer_type = kind if kind in ("batch", "edge") else "real-time"
    service = draw(_service_fields(infer_type))
    if draw(st.booleans()):
        service["name"] = draw(SERVICE_NAMES)
    if infer_type != "real-time" or draw(st.booleans()):
        service["infer_type"] = infer_type
    _choose_place(draw, service, kind)
    names = draw(st.lists(WORDS, min_size=1, max_size=3 if infer_type == "real-time" else 1, unique=True))
    service["config"] = [_model(draw, name, infer_type, service) for name in names]
    if infer_type == "real-time":
        _share_traffic(draw, service["config"])
        _choose_smoke_test(draw, service)
    if infer_type == "edge":
        _choose_nodes(draw, service)
    if service.get("desired_status") == "running" and draw(st.booleans()):
        service["restart_after_schedule"] = draw(st.booleans())
    secrets = _secrets(draw, names)
    return {**service, "secret_envs": secrets} if secrets else service


# Kept, because to build a strategy takes longer than to draw from it.
@cache
def _service_fields(infer_type: str) -> st.SearchStrategy[Values]:
    return documents(ServiceSpec, OVERRIDES, keep=lambda facts: _is_free(facts, _APART, infer_type))


@cache
def _model_fields(infer_type: str) -> st.SearchStrategy[Values]:
    return documents(ServiceConfig, OVERRIDES, keep=lambda facts: _is_free(facts, _APART_IN_CONFIG, infer_type))


def _is_free(facts: FieldFacts, apart: set[str], infer_type: str) -> bool:
    others = {"real-time": _BATCH_ONLY | _EDGE_ONLY, "batch": _REAL_TIME_ONLY | _EDGE_ONLY}
    foreign = others.get(infer_type, _REAL_TIME_ONLY | _BATCH_ONLY | _NOT_EDGE)
    return not facts.resolved and facts.name not in {*apart, *_POOLS, *foreign}


def _choose_place(draw: st.DrawFn, service: Values, kind: str) -> None:
    """A pool, a network, or neither."""
    if kind == "dedicated pool" or (kind == "batch" and draw(st.booleans())):
        service[draw(st.sampled_from(_POOLS))] = draw(WORDS)
    elif kind == "edge" and draw(st.booleans()):
        service["cluster_id"] = draw(WORDS)
    elif kind == "shared pool" and draw(st.booleans()):
        service |= {name: draw(WORDS) for name in _NETWORK}


def _model(draw: st.DrawFn, name: str, infer_type: str, service: Values) -> Values:
    model = draw(_model_fields(infer_type))
    model |= {"model_id": name, "specification": draw(st.sampled_from(FLAVOURS))}
    has_pool = any(service.get(one) for one in _POOLS)
    if (has_pool or infer_type == "edge") and draw(st.booleans()):
        model |= {"specification": "custom", "custom_spec": draw(_CUSTOM_SPECS)}
        model["custom_spec"].pop(draw(st.sampled_from(("gpu_p4", "ascend_a310"))), None)
    if has_pool and draw(st.booleans()):
        model[draw(st.sampled_from(("cluster_id",) if infer_type == "edge" else _POOLS))] = draw(WORDS)
    if not has_pool:
        model.get("additional_properties", {}).pop("log_volume", None)
    if infer_type == "batch":
        model |= {"src_path": draw(OBS_PATHS), "dest_path": draw(OBS_PATHS), "req_uri": f"/{draw(WORDS)}"}
        rule = draw(_OPTIONAL_RULES)
        model |= {"mapping_type": "csv", "mapping_rule": rule} if rule else {"mapping_type": "file"}
    return model


def _share_traffic(draw: st.DrawFn, config: list[Values]) -> None:
    """Weights that add up to 100; a single model need not say so."""
    cuts = sorted(draw(st.integers(0, 100)) for _ in config[1:])
    shares = [after - before for before, after in zip([0, *cuts], [*cuts, 100], strict=True)]
    if len(config) > 1 or draw(st.booleans()):
        for model, share in zip(config, shares, strict=True):
            model["weight"] = share


def _choose_smoke_test(draw: st.DrawFn, service: Values) -> None:
    if service.get("wait", True) and draw(st.booleans()):
        service["smoke_test"] = draw(smoke_tests())


def _choose_nodes(draw: st.DrawFn, service: Values) -> None:
    """Nodes, which there have to be where there is no edge pool, and only then can be stopped."""
    (model,) = service["config"]
    service.pop("desired_node_status", None)
    if service.get("cluster_id"):
        return
    model["nodes"] = draw(st.lists(WORDS, min_size=1, max_size=3, unique=True))
    if draw(st.booleans()):
        states = st.sampled_from(("running", "stopped"))
        service["desired_node_status"] = draw(st.dictionaries(st.sampled_from(model["nodes"]), states, min_size=1))


def _secrets(draw: st.DrawFn, models: list[str]) -> Values:
    """Variables of some of the models."""
    found = {model: draw(st.dictionaries(SECRET_NAMES, WORDS, max_size=2)) for model in models}
    return {model: secrets for model, secrets in found.items() if secrets}
