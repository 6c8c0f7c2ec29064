"""Programs of ModelArts models, and a world that has one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from pulumi_inference.core.fields.facts import FieldFacts, facts_of
from pulumi_inference.modelarts.models.lifecycle import ModelLifecycle
from pulumi_inference.modelarts.models.rules import INSTALL_TYPES, MODEL_RULES, complete
from pulumi_inference.modelarts.specs.model import ModelSpec
from tests.support.changes import Subject
from tests.support.services import DURATIONS, WORKSPACES
from tests.support.specs import JSON, WORDS, Values, documents, values_of
from tests.support.world import World, new_world

IMAGE = "swr.cn-north-4.myhuaweicloud.com/team/digits:1"
OBS = "https://bucket.obs.cn-north-4.myhuaweicloud.com/model/"
RUNTIMES = {
    "TensorFlow": (
        {"runtime": "tf1.13-python3.7-cpu", "architecture": "x86_64", "accelerator": "none"},
        {"runtime": "tf1.13-python3.6-cpu", "architecture": "x86_64", "accelerator": "none"},
        {"runtime": "tf1.13-python3.7-gpu", "architecture": "x86_64", "accelerator": "gpu"},
    ),
    "PyTorch": (
        {
            "runtime": "pytorch_1.11.0-cann_7.0.1-py_3.9-euler_2.10.7-aarch64-snt9b",
            "architecture": "aarch64",
            "accelerator": "npu",
        },
    ),
    "MindSpore": (),
}
"""Engines, and some of the runtimes that the emulator has, with what they are for."""

_REQUIREMENTS = ("architecture", "accelerator")
_APART = frozenset({"model_type", "source_location", "template", "runtime", "source_copy", *_REQUIREMENTS})
_OVERRIDES: dict[str, st.SearchStrategy[Any]] = {
    "install_type": st.lists(st.sampled_from(INSTALL_TYPES), min_size=1, max_size=3, unique=True),
    "workspace_id": st.sampled_from(WORKSPACES),
    "package_version": st.sampled_from(("1.17.0", "2.8.0")),
    "doc_url": st.sampled_from(("https://example.com/guide", "http://example.com/?page=2")),
    "initial_config": st.dictionaries(WORDS, JSON, max_size=3),
    "param_type": st.sampled_from(("int", "float", "file")),
    "min": st.sampled_from((-1, 0, 0.5)),
    "max": st.sampled_from((3, 9.25)),
    **dict.fromkeys(("create", "delete"), DURATIONS),
}
_TEMPLATES = values_of(facts_of(ModelSpec)["template"], _OVERRIDES)


def model(**changes: Any) -> Values:
    """What a program says of a model of an image; None takes a field away."""
    values = {"version": "1.0.0", "model_type": "Image", "source_location": IMAGE, **changes}
    return {name: value for name, value in values.items() if value is not None}


def engine_model(**changes: Any) -> Values:
    """What a program says of a model of files and a runtime."""
    values = {"model_type": "TensorFlow", "source_location": OBS, "runtime": "tf1.13-python3.7-cpu"}
    return model(**{**values, **changes})


def _is_free(facts: FieldFacts) -> bool:
    return not facts.resolved and facts.name not in {*_APART, "connection"}


_PARTS = documents(ModelSpec, _OVERRIDES, _is_free)


@st.composite
def models(draw: st.DrawFn) -> Values:
    """A valid program: any type, any fields that mean something for it."""
    kind = draw(st.sampled_from(("Template", *RUNTIMES, "Image", "Custom")))
    values = {**draw(_PARTS.map(_in_range)), "model_type": kind}
    if kind == "Template":
        return {**values, "template": draw(_TEMPLATES.filter(_has_each_input_once))}
    values["source_location"] = draw(_sources(kind))
    copied = draw(st.sampled_from((False, True, None)))
    if kind == "Image" and copied is not None:
        values["source_copy"] = copied
    runtime = draw(st.sampled_from((*RUNTIMES.get(kind, ()), None)))
    if runtime:
        said = draw(st.sampled_from(((), ("architecture",), ("accelerator",), _REQUIREMENTS)))
        values |= {name: runtime[name] for name in ("runtime", *said)}
    return values


def _sources(kind: str) -> st.SearchStrategy[str]:
    return st.sampled_from((IMAGE, f"{IMAGE}1") if kind == "Image" else (OBS, f"{OBS}1/"))


def _in_range(values: Values) -> Values:
    """The values as packages and parameters may have them: a restraint of a version, a range of a number."""
    for dependency in values.get("dependencies", ()):
        for package in dependency["packages"]:
            if not ("package_version" in package and "restraint" in package):
                package.pop("package_version", None)
                package.pop("restraint", None)
    for param in (*values.get("input_params", ()), *values.get("output_params", ())):
        if param["param_type"] == "file" and ("min" in param or "max" in param):
            param["param_type"] = "float"
    return values


def _has_each_input_once(template: Values) -> bool:
    inputs = [one["input_id"] for one in template["template_inputs"]]
    return len(set(inputs)) == len(inputs)


def _overrides(program: Mapping[str, Any]) -> dict[str, st.SearchStrategy[Any]]:
    """Strategies by name, with those of fields that depend on this model; an empty text changes nothing."""
    known = RUNTIMES.get(program["model_type"], ())
    chosen = [one for one in known if one["runtime"] == program.get("runtime")]
    fitting = [one["runtime"] for one in known if all(program.get(name) in (None, one[name]) for name in _REQUIREMENTS)]
    return {
        **_OVERRIDES,
        "source_location": _sources(program["model_type"]),
        "runtime": st.sampled_from(fitting or [""]),
        **{name: st.sampled_from([one[name] for one in chosen] or [""]) for name in _REQUIREMENTS},
    }


MODEL = Subject(ModelSpec, complete, MODEL_RULES, WORDS, _overrides)


@contextmanager
def new_model_world(folder: Path) -> Iterator[World]:
    """A world whose resource is a model."""
    with new_world(folder) as world:
        world.lifecycle = ModelLifecycle()
        yield world


def live_models(world: World) -> list[Values]:
    """The details of all models of the project."""
    listed = world.cloud.api("GET", "/models?limit=1000")["models"]
    return [world.cloud.api("GET", f"/models/{one['model_id']}") for one in listed]


def problems_of(world: World, values: Values, old: Values | None = None) -> list[str]:
    """What the preview of a model finds wrong."""
    world.lifecycle = ModelLifecycle()
    return [str(one) for one in world.lifecycle.check(world.context(), old, values).problems]
