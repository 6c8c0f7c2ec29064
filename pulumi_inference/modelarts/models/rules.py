"""What makes a model wrong as a whole: the cross-field rules that can be known in a preview."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_inference.core.fields.messages import number
from pulumi_inference.core.fields.problems import Problem, Rule, rule
from pulumi_inference.core.lifecycle.options import timeouts_last

Values = Mapping[str, Any]
Problems = Iterator[Problem]

INSTALL_TYPES = ("real-time", "batch", "edge")
WITHOUT_RUNTIME = ("Image", "Template")
"""Types that bring all they need: a runtime has no meaning for them."""

_NUMBERS = ("int", "float")
_PARAMS = ("input_params", "output_params")


def complete(values: dict[str, Any]) -> dict[str, Any]:
    """The normalised values with the install types, which have no order, in the order of the reference."""
    types = values.get("install_type")
    if not isinstance(types, list) or not all(one in INSTALL_TYPES for one in types) or len(set(types)) < len(types):
        return values
    return {**values, "install_type": sorted(types, key=INSTALL_TYPES.index)}


def has_effect(name: str, model_type: Any) -> bool:
    """Whether a field means anything for models of this type."""
    if name == "source_copy":
        return bool(model_type == "Image")
    if name == "template":
        return bool(model_type == "Template")
    return name != "runtime" or model_type not in WITHOUT_RUNTIME


@rule("model_type", "source_location", "template")
def location_or_template(model: Values) -> Problems:
    """A model comes from a template, or from where its files or its image are."""
    kind = model.get("model_type")
    if kind == "Template" and not model.get("template"):
        yield Problem("template", 'is required when model_type is "Template"')
    if kind not in (None, "Template") and not model.get("source_location"):
        yield Problem("source_location", f'is required when model_type is "{kind}": an OBS folder, or an image in SWR')
    if kind is not None and model.get("template") and not has_effect("template", kind):
        yield Problem("template", f'has no effect when model_type is "{kind}"; remove it, or choose "Template"')


@rule("model_type", "source_copy")
def only_images_are_copied(model: Values) -> Problems:
    """Files in OBS are always copied."""
    kind = model.get("model_type")
    if "source_copy" in model and kind is not None and not has_effect("source_copy", kind):
        yield Problem("source_copy", f'has no effect when model_type is "{kind}"; remove it, or choose "Image"')


@rule("model_type", "runtime")
def runtime_of_an_engine(model: Values) -> Problems:
    """Images and templates bring their own runtime."""
    kind = model.get("model_type")
    if model.get("runtime") and kind is not None and not has_effect("runtime", kind):
        yield Problem("runtime", f'has no effect when model_type is "{kind}"; remove it')


@rule("runtime", "architecture", "accelerator")
def something_to_check(model: Values) -> Problems:
    """What the runtime has to be for cannot be checked without a runtime."""
    for name in ("architecture", "accelerator"):
        if model.get(name) and not model.get("runtime"):
            yield Problem(name, "says what the runtime has to be for; set runtime too, or remove it")


@rule("install_type[*]")
def each_install_type_once(model: Values) -> Problems:
    """Twice the same says nothing more."""
    types = model.get("install_type") or []
    for index, one in enumerate(types):
        if one in types[:index]:
            yield Problem(f"install_type[{index}]", f'"{one}" stands in install_type[{types.index(one)}] already')


@rule("template.template_inputs[*].input_id")
def each_input_once(model: Values) -> Problems:
    """The cloud refuses an input that is given twice (ModelArts.3039)."""
    inputs = [one.get("input_id") for one in (model.get("template") or {}).get("template_inputs") or ()]
    for index, one in enumerate(inputs):
        if one is not None and one in inputs[:index]:
            path = f"template.template_inputs[{index}].input_id"
            yield Problem(path, f'"{one}" stands in template_inputs[{inputs.index(one)}] already')


@rule("dependencies[*].packages[*].package_version", "dependencies[*].packages[*].restraint")
def version_with_restraint(model: Values) -> Problems:
    """A version says nothing without what it restrains, nor the other way round."""
    for index, dependency in enumerate(model.get("dependencies") or ()):
        for place, package in enumerate(dependency.get("packages") or ()):
            path = f"dependencies[{index}].packages[{place}]"
            if package.get("package_version") and not package.get("restraint"):
                yield Problem(f"{path}.restraint", 'is required with package_version: "EXACT", "ATLEAST" or "ATMOST"')
            if package.get("restraint") and not package.get("package_version"):
                yield Problem(f"{path}.package_version", "is required with restraint; set it, or remove restraint")


@rule(*(f"{params}[*].{name}" for params in _PARAMS for name in ("param_type", "min", "max")))
def ranges_of_numbers(model: Values) -> Problems:
    """Only numbers have a least and a greatest value."""
    for params in _PARAMS:
        for index, param in enumerate(model.get(params) or ()):
            path, least, greatest = f"{params}[{index}]", param.get("min"), param.get("max")
            if param.get("param_type") not in (None, *_NUMBERS):
                for name in ("min", "max"):
                    if name in param:
                        yield Problem(f"{path}.{name}", 'has no effect; only an "int" or a "float" has one')
            elif least is not None and greatest is not None and least > greatest:
                yield Problem(f"{path}.max", f"must be at least min, {number(least)}, not {number(greatest)}")


@rule("model_type", "runtime", "initial_config.model_type", "initial_config.runtime")
def configuration_agrees(model: Values) -> Problems:
    """What the configuration repeats must not say anything else."""
    configuration = model.get("initial_config") or {}
    for name in ("model_type", "runtime"):
        mine, theirs = model.get(name), configuration.get(name)
        if mine and theirs and mine != theirs:
            yield Problem(f"initial_config.{name}", f'must be "{mine}" as {name} says, not "{theirs}"; or remove it')


MODEL_RULES: tuple[Rule, ...] = (
    location_or_template,
    only_images_are_copied,
    runtime_of_an_engine,
    something_to_check,
    each_install_type_once,
    each_input_once,
    version_with_restraint,
    ranges_of_numbers,
    configuration_agrees,
    timeouts_last,
)
