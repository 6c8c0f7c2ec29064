"""Programs of ModelArts models, and a world that has one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from pulumi_inference.core.normalise import normalise
from pulumi_inference.core.validate import validate
from pulumi_inference.modelarts.models.lifecycle import ModelLifecycle
from pulumi_inference.modelarts.models.rules import INSTALL_TYPES, MODEL_RULES
from pulumi_inference.modelarts.specs import ModelSpec
from tests.support.specs import WORDS, Values, documents
from tests.support.world import World, new_world

IMAGE = "swr.cn-north-4.myhuaweicloud.com/team/digits:1"
OBS = "https://bucket.obs.cn-north-4.myhuaweicloud.com/model/"
ENGINES = {"TensorFlow": "tf1.13-python3.7-cpu", "PyTorch": "python3.7", "MindSpore": None}
"""Engines with a runtime that the emulator has; None is for none."""

_APART = frozenset({"model_type", "source_location", "template", "runtime", "architecture", "accelerator"})
_OURS = frozenset({"wait", "timeouts", "connection", "source_copy"})
_JSON = st.recursive(
    st.booleans() | st.integers(-9, 9) | st.sampled_from((0.5, -1.25)) | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=6,
)
_overrides: dict[str, st.SearchStrategy[Any]] = {
    "install_type": st.lists(st.sampled_from(INSTALL_TYPES), min_size=1, max_size=3, unique=True),
    "workspace_id": st.just("0"),
    "restraint": st.just("EXACT"),
    "package_version": st.just("1.17.0"),
    "initial_config": st.dictionaries(WORDS, _JSON, max_size=3),
    "input_id": WORDS,
    "param_type": st.sampled_from(("int", "float")),
    "min": st.just(0.5),
    "max": st.just(3),
}


def model(**changes: Any) -> Values:
    """What a program says of a model of an image; None takes a field away."""
    values = {"version": "1.0.0", "model_type": "Image", "source_location": IMAGE, **changes}
    return {name: value for name, value in values.items() if value is not None}


def engine_model(**changes: Any) -> Values:
    """What a program says of a model of files and a runtime."""
    values = {"model_type": "TensorFlow", "source_location": OBS, "runtime": "tf1.13-python3.7-cpu"}
    return model(**{**values, **changes})


@st.composite
def models(draw: st.DrawFn) -> Values:
    """A valid program: any type, any fields that mean something for it."""
    kept = documents(ModelSpec, _overrides, keep=lambda facts: facts.name not in _APART | _OURS and not facts.resolved)
    values = draw(kept.filter(lambda one: not any(_is_wrong(one))))
    kind = draw(st.sampled_from(("Image", "Custom", "Template", *ENGINES)))
    values["model_type"] = kind
    if kind == "Template":
        values["template"] = {"template_id": "t", "template_inputs": [{"input_id": "model_folder", "input": OBS}]}
        return values
    values["source_location"] = IMAGE if kind == "Image" else OBS
    if kind == "Image" and draw(st.booleans()):
        values["source_copy"] = draw(st.booleans())
    if ENGINES.get(kind) and draw(st.booleans()):
        values["runtime"] = ENGINES[kind]
    return values


def _is_wrong(values: Values) -> Iterator[object]:
    """The problems of values that lack a type yet."""
    return iter(validate(ModelSpec, normalise(ModelSpec, {**model(), **values}), MODEL_RULES))


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
