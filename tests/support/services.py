"""Random programs of ModelArts services that the cloud accepts, and random changes of a single field of them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from pulumi_inference.core.facts import FieldFacts, Spec, facts_of
from pulumi_inference.core.normalise import normalise
from pulumi_inference.core.paths import Path, Token
from pulumi_inference.core.validate import validate
from pulumi_inference.modelarts.rules import SERVICE_RULES, complete
from pulumi_inference.modelarts.specs import ServiceConfig, ServiceSpec
from tests.support.specs import WORDS, Values, documents, values_of

FLAVOURS = ("modelarts.vm.cpu.2u", "modelarts.vm.gpu.p4")
EVENTS = (1, 2, 3, 7, 9, 11)
ONE_WAY = frozenset({"log_report_channels", "websocket_upgrade"})
"""What the cloud lets nobody take back."""

_BOUND = frozenset({"weight", "specification", "custom_spec", "model_id", "pool_name", "cluster_id"})
_NETWORK = ("vpc_id", "subnet_network_id", "security_group_id")
_APART = frozenset({"config", "secret_envs", "wait", "connection", "timeouts", "pool_name", "cluster_id", *_NETWORK})

_overrides = {
    "events": st.lists(st.sampled_from(EVENTS), min_size=1, max_size=3, unique=True),
    "infer_type": st.just("real-time"),
    "workspace_id": st.just("0"),
    "log_group_id": WORDS,
    "log_stream_id": WORDS,
}


@st.composite
def services(draw: st.DrawFn) -> Values:
    """A valid program: any fields, any number of models, with and without a pool."""
    names = draw(st.lists(WORDS, min_size=1, max_size=3, unique=True))
    service = draw(
        documents(ServiceSpec, _overrides, keep=lambda facts: facts.name not in _APART and not facts.resolved)
    )
    pool = draw(st.sampled_from((None, "pool_name", "cluster_id")))
    if pool:
        service[pool] = draw(WORDS)
    elif draw(st.booleans()):
        service |= {name: draw(WORDS) for name in _NETWORK}
    shares = _shares(draw, len(names))
    service["config"] = [_model(draw, name, share, pool) for name, share in zip(names, shares, strict=True)]
    secrets = _secrets(draw, service["config"])
    return {**service, "secret_envs": secrets} if secrets else service


def _shares(draw: st.DrawFn, count: int) -> list[int]:
    cuts = sorted(draw(st.integers(0, 100)) for _ in range(count - 1))
    return [after - before for before, after in zip([0, *cuts], [*cuts, 100], strict=True)]


def _model(draw: st.DrawFn, name: str, share: int, pool: str | None) -> Values:
    model = draw(documents(ServiceConfig, _overrides, keep=lambda facts: facts.name not in _BOUND))
    model |= {"model_id": name, "weight": share, "specification": draw(st.sampled_from(FLAVOURS))}
    if pool and draw(st.booleans()):
        model |= {"specification": "custom", "custom_spec": draw(values_of(facts_of(ServiceConfig)["custom_spec"]))}
        model["custom_spec"].pop(draw(st.sampled_from(("gpu_p4", "ascend_a310"))), None)
    if pool and draw(st.booleans()):
        model[draw(st.sampled_from(("pool_name", "cluster_id")))] = draw(WORDS)
    if not pool:
        model.get("additional_properties", {}).pop("log_volume", None)
    return model


def _secrets(draw: st.DrawFn, config: list[Values]) -> Values:
    found = {}
    for model in config:
        secrets = draw(st.dictionaries(WORDS.map(lambda word: f"S{word}"), WORDS, max_size=2))
        if secrets:
            found[model["model_id"]] = secrets
    return found


@st.composite
def changed(draw: st.DrawFn, service: Mapping[str, Any]) -> tuple[Path, Values]:
    """The path of one field and the program in which it alone is another: set, changed, or taken away."""
    path, facts, is_entry = draw(st.sampled_from(list(_places(ServiceSpec, service))))
    result = copy.deepcopy(dict(service))
    parent: Any = result
    for token in path[:-1]:
        parent = parent[token]
    last: Any = path[-1]
    if is_entry:
        parent[last] = draw(WORDS)
    elif last in parent and not facts.required and not facts.server_default and draw(st.booleans()):
        del parent[last]
    else:
        parent[last] = draw(values_of(facts, _overrides))
    before, after = (_meaning(ServiceSpec, normalise(ServiceSpec, one)) for one in (service, result))
    assume(before != after and not validate(ServiceSpec, complete(normalise(ServiceSpec, result)), SERVICE_RULES))
    return path, result


def _places(model: type[Spec], values: Mapping[str, Any], prefix: tuple[Token, ...] = ()) -> Iterator[Any]:
    """Every place of a scalar, of a list that counts as a whole, and of an entry of a map that may be changed."""
    for name, facts in facts_of(model).items():
        path, value = (*prefix, name), values.get(name)
        if facts.resolved or name in ONE_WAY or name in ("wait", "timeouts", "connection", "model_id", "workspace_id"):
            continue
        if facts.kind == "object" and value and facts.item:
            yield from _places(facts.item, value, path)
        elif facts.kind == "list" and facts.item:
            for index, one in enumerate(value or ()):
                yield from (
                    found for found in _places(facts.item, one, (*path, index)) if found[0][-1] not in facts.keyed_by
                )
        elif facts.kind == "map":
            yield from _entries(facts, value, path)
        elif facts.item is None:
            yield path, facts, False


def _entries(facts: FieldFacts, value: Any, path: Path) -> Iterator[Any]:
    for key, one in (value or {}).items():
        if isinstance(one, Mapping):
            yield from _entries(facts, one, (*path, key))
        else:
            yield (*path, key), facts, True


def _meaning(model: type[Spec], values: Mapping[str, Any]) -> Values:
    """Values without what the specification says is no more than absence: defaults, zero accelerators, empties."""
    result: Values = {}
    for name, given in values.items():
        facts = facts_of(model)[name]
        value = _inner_meaning(facts, given)
        zero = name in ("gpu_p4", "ascend_a310") and value == 0
        if value not in ("", [], {}, facts.default) and not zero:
            result[name] = value
    return result


def _inner_meaning(facts: FieldFacts, value: Any) -> Any:
    if facts.kind == "object" and facts.item:
        return _meaning(facts.item, value)
    if facts.kind == "list" and facts.item:
        return [_meaning(facts.item, one) for one in value]
    return sorted(value) if facts.unordered else value
