"""Whoever does what a message says is told nothing more at that place."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from pulumi_inference import clouds
from pulumi_inference.cli.kinds import lifecycle_of
from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.facts import Spec, walk
from pulumi_inference.core.fields.problems import Problem
from pulumi_inference.core.fields.validate import validate
from pulumi_inference.core.lifecycle import Lifecycle
from pulumi_inference.modelarts.models.lifecycle import ModelLifecycle
from pulumi_inference.modelarts.services.lifecycle import ServiceLifecycle

KINDS: dict[str, Lifecycle] = {kind.name: lifecycle_of(kind) for _, kind in clouds.kinds()}
WRONG: tuple[Any, ...] = (20, 1.5, -1, 1e308, True, "zzz", "", "  ", "x" * 2000, [], {}, [20], {"TOKEN": "x"})
REMOVED = object()


def at(path: paths.Path, value: Any) -> Any:
    """A document that holds nothing but a value at a path."""
    for token in reversed(path):
        value = [value] if isinstance(token, int) else {token: value}
    return value


def places(model: type[Spec]) -> Iterator[paths.Path]:
    """One path to every field, and to what is in a list or a map of plain values."""
    lists = {path for path, facts in walk(model) if facts.kind == "list"}
    for path, facts in walk(model):
        if facts.resolved:  # no argument of a program
            continue
        own = tuple(
            (0 if path[:index] in lists else "key") if token == paths.WILDCARD else token
            for index, token in enumerate(path)
        )
        yield own
        if facts.kind in ("list", "map") and facts.item is None:
            yield (*own, 0 if facts.kind == "list" else "key")


def told_at(lifecycle: Lifecycle, path: paths.Path, value: Any) -> list[Problem]:
    where = paths.render(path)
    return [one for one in validate(lifecycle.spec, at(path, value)) if one.path == where]


def advice_in(message: str) -> Iterator[Any]:
    """The values that a message gives: examples, choices, bounds."""
    said = message.partition(", not ")[0] + "; " + message.partition("; ")[2]
    for text in re.findall(r'"([^"]*)"', said):
        if "{" not in text and len(text) > 1:  # a single one is a character that is allowed besides others
            yield f"{text}x" if "must begin with" in said else text
    yield from re.findall(r"did you mean `([^`]+)`", message)
    for bound in re.findall(r"must be (?:at least|at most) (-?[0-9.]+)", message):
        yield float(bound) if "." in bound else int(bound)


@pytest.mark.parametrize("kind", KINDS)
def test_every_example_choice_and_bound_of_a_field_is_taken(kind: str) -> None:
    lifecycle = KINDS[kind]
    followed = 0
    for path in places(lifecycle.spec):
        for wrong in WRONG:
            for problem in told_at(lifecycle, path, wrong):
                if "the first key is" in problem.message:
                    continue
                for value in advice_in(problem.message):
                    followed += 1
                    assert told_at(lifecycle, path, value) == [], f"{problem} -> {value!r}"
    assert followed >= 20


def test_a_duration_without_unit_is_told_what_works() -> None:
    [problem] = told_at(ServiceLifecycle(), ("timeouts", "create"), 20)
    assert problem.message == 'must be a duration such as "20m" or "1h30m", not 20'


def test_a_secret_variable_at_the_first_level_is_told_of_the_model() -> None:
    [problem] = told_at(ServiceLifecycle(), ("secret_envs", "TOKEN"), "hunter2")
    assert problem.message.startswith("must be a map, not a text; the first key is a model_id, as in {")
    example = json.loads(problem.message.partition(", as in ")[2])
    assert told_at(ServiceLifecycle(), ("secret_envs",), example) == []
    assert "hunter2" not in problem.message


@pytest.mark.parametrize("kind", KINDS)
def test_the_nearest_name_is_a_name(kind: str) -> None:
    lifecycle = KINDS[kind]
    for path in places(lifecycle.spec):
        if not isinstance(path[-1], str) or path[-1] == "key":
            continue
        misspelt = (*path[:-1], path[-1] + "_")
        [message] = [
            one.message for one in validate(lifecycle.spec, at(misspelt, None)) if "unknown property" in one.message
        ]
        [nearest] = re.findall(r"did you mean `([^`]+)`", message)
        told = validate(lifecycle.spec, at((*path[:-1], nearest), None))
        assert not [one for one in told if "unknown property" in one.message]


CPU = "modelarts.vm.cpu.2u"
CUSTOM = {"specification": "custom", "custom_spec": {"cpu": 1, "memory": 1024}}
VOLUMES = {"log_volume": [{"host_path": "/a", "mount_path": "/b"}]}
BATCH = {"src_path": "https://b/in", "dest_path": "https://b/out", "req_uri": "/", "mapping_type": "file"}


def service(*items: dict[str, Any], **values: Any) -> dict[str, Any]:
    config = [{"model_id": f"m{index}", "specification": CPU, **item} for index, item in enumerate(items or ({},))]
    return {"config": config, **values}


# A program with one mistake, words of the message, and where they say that something has to be something else.
MISTAKES: dict[str, tuple[dict[str, Any], str, tuple[str, Any]]] = {
    "weights": (service({"weight": 60}, {"weight": 30}), "must be 100", ("config[1].weight", 40)),
    "a weight": (service({"weight": 40}, {}), "is required; weights add", ("config[1].weight", 60)),
    "flavour": (service({"specification": "cpu.2u"}), f'such as "{CPU}"', ("config[0].specification", CPU)),
    "near flavour": (
        service({"specification": "modelarts.vm.CPU.2u"}),
        f"did you mean `{CPU}`",
        ("config[0].specification", CPU),
    ),
    "no custom_spec": (
        service({"specification": "custom"}, pool_name="p"),
        "is required, with cpu and memory",
        ("config[0].custom_spec", {"cpu": 1, "memory": 1}),
    ),
    "useless custom_spec": (
        service({"custom_spec": {"cpu": 1, "memory": 1}}),
        "remove it",
        ("config[0].custom_spec", REMOVED),
    ),
    "useless custom_spec, kept": (
        service({"custom_spec": {"cpu": 1, "memory": 1}}, pool_name="p"),
        'or choose "custom"',
        ("config[0].specification", "custom"),
    ),
    "two accelerators": (
        service({**CUSTOM, "custom_spec": {**CUSTOM["custom_spec"], "gpu_p4": 1, "ascend_a310": 1}}, pool_name="p"),  # type: ignore[dict-item]
        "remove one of the two",
        ("config[0].custom_spec.gpu_p4", REMOVED),
    ),
    "custom without pool": (service(CUSTOM), "set the service's pool_name", ("pool_name", "p")),
    "custom without old pool": (service(CUSTOM), "(or cluster_id)", ("cluster_id", "c")),
    "pool of a model": (service({"pool_name": "q"}), "set the service's pool_name", ("pool_name", "p")),
    "log volume": (service({"additional_properties": VOLUMES}), "set the service's pool_name", ("pool_name", "p")),
    "log volume, removed": (
        service({"additional_properties": VOLUMES}),
        "remove it",
        ("config[0].additional_properties.log_volume", REMOVED),
    ),
    "two pools": (service(pool_name="p", cluster_id="c"), "remove one of the two", ("cluster_id", REMOVED)),
    "two pools, the other": (service(pool_name="p", cluster_id="c"), "remove one of the two", ("pool_name", REMOVED)),
    "network": (
        service(vpc_id="v", subnet_network_id="s"),
        "is required with vpc_id and subnet_network_id",
        ("security_group_id", "g"),
    ),
    "network in a pool": (service(vpc_id="v", pool_name="p"), "remove it", ("vpc_id", REMOVED)),
    "secret of no model": (
        service(secret_envs={"mx": {"A": "a"}}),
        "its models: m0",
        ("secret_envs", {"m0": {"A": "a"}}),
    ),
    "variable twice": (
        service({"envs": {"A": "a"}}, secret_envs={"m0": {"A": "b"}}),
        "remove one of the two",
        ("config[0].envs.A", REMOVED),
    ),
    "event": (
        service(additional_properties={"smn_notification": {"topic_urn": "u", "events": [4]}}),
        "must be one of 1, 2, 3, 7, 9, 11",
        ("additional_properties.smn_notification.events[0]", 11),
    ),
    "of another kind": (service(BATCH, infer_type="batch", tags={"a": "b"}), "remove it", ("tags", REMOVED)),
    "of another kind, in config": (service({"nodes": ["n"]}), "remove it", ("config[0].nodes", REMOVED)),
    "batch": (
        service({name: value for name, value in BATCH.items() if name != "req_uri"}, infer_type="batch"),
        "is required for a batch service",
        ("config[0].req_uri", "/"),
    ),
    "rule for files": (
        service({**BATCH, "mapping_rule": {"type": "string", "index": 0}}, infer_type="batch"),
        "remove it",
        ("config[0].mapping_rule", REMOVED),
    ),
    "edge": (service(infer_type="edge"), "is required for an edge service", ("config[0].nodes", ["n"])),
    "edge, by a pool": (service(infer_type="edge"), "cluster_id to an edge pool", ("cluster_id", "c")),
    "restart": (
        service(restart_after_schedule=True),
        'without desired_status "running"',
        ("desired_status", "running"),
    ),
    "no time": (service(timeouts={"update": "0s"}), 'such as "20m"', ("timeouts.update", "20m")),
    "ages": (service(timeouts={"update": "99999h"}), 'at most "720h"', ("timeouts.update", "720h")),
    "attempt of no time": (service(smoke_test={"timeout": "0s"}), 'such as "5s"', ("smoke_test.timeout", "5s")),
    "attempt of ages": (service(smoke_test={"timeout": "1000h"}), 'at most "720h"', ("smoke_test.timeout", "720h")),
    "nothing to wait for": (service(smoke_test={}, wait=False), "wait=False", ("wait", True)),
    "reference": (
        service(smoke_test={"expect_schema": {"$ref": "#/$defs/x", "$defs": {"item": {}}}}),
        'as in "#/$defs/item"',
        ("smoke_test.expect_schema.$ref", "#/$defs/item"),
    ),
    "circle": (
        service(smoke_test={"expect_schema": {"$ref": "#"}}),
        "only inside of properties or items may it come back",
        ("smoke_test.expect_schema", {"items": {"$ref": "#"}, "properties": {"a": {"$ref": "#"}}}),
    ),
    "text that is a number": (service(description=8), 'write "8"', ("description", "8")),
    "variable that is a number": (service({"envs": {"A": 8}}), 'as in "8"', ("config[0].envs.A", "8")),
    "key that is a number": (service({"envs": {1: "a"}}), "put it in quotes", ("config[0].envs", {"1": "a"})),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_what_a_rule_says_works(name: str) -> None:
    document, words, (where, value) = MISTAKES[name]
    told = ServiceLifecycle().judge(document)[1]
    assert len(told) == 1, told
    assert all(word in str(told[0]) for word in words.split("; "))
    assert ServiceLifecycle().judge(changed(document, paths.parse(where), value))[1] == []


def test_what_the_rules_of_a_model_say_works() -> None:
    model = {"model_type": "Image", "source_location": "swr.example.com/a/b:1", "version": "1.0.0"}
    for document, words, (where, value) in (
        ({**model, "version": 1.5}, 'such as "1.0.2"', ("version", "1.0.2")),
        ({**model, "timeouts": {"create": 20}}, 'such as "20m"', ("timeouts.create", "20m")),
        ({**model, "model_type": "PyTorch", "source_copy": True}, "remove it", ("source_copy", REMOVED)),
    ):
        told = ModelLifecycle().judge(document)[1]
        assert any(words in str(one) for one in told), told
        mended = ModelLifecycle().judge(changed(document, paths.parse(where), value))[1]
        assert not [one for one in mended if one.path == where]


def changed(document: Any, path: paths.Path, value: Any) -> Any:
    result = copy.deepcopy(document)
    *way, last = path
    inside = result
    for token in way:
        inside = inside[token]
    if value is REMOVED:
        del inside[last]
    else:
        inside[last] = value
    return result
