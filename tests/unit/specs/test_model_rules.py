"""The rules of a ModelArts model: what each refuses, what it lets pass, and when it cannot know."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.fields.normalise import normalise
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.fields.validate import validate
from pulumi_inference.modelarts.models.rules import MODEL_RULES, complete
from pulumi_inference.modelarts.specs.model import ModelSpec

Values = dict[str, Any]

OBS = "https://bucket.obs.cn-north-4.myhuaweicloud.com/model/"
TEMPLATE: Values = {"template_id": "t", "template_inputs": [{"input_id": "model_folder", "input": OBS}]}
PARAM: Values = {"url": "/", "method": "post", "protocol": "https", "param_name": "x", "param_type": "int"}


def _told(values: Values) -> list[str]:
    normal = complete(normalise(ModelSpec, values))
    return [str(problem) for problem in validate(ModelSpec, normal, MODEL_RULES)]


def _model(**changes: Any) -> Values:
    """A model of an image; None takes a field away."""
    values = {"version": "1.0.0", "model_type": "Image", "source_location": "swr.example.com/a/b:1", **changes}
    return {name: value for name, value in values.items() if value is not None}


def _engine(**changes: Any) -> Values:
    return _model(**{"model_type": "TensorFlow", "source_location": OBS, **changes})


def _packages(**package: Any) -> list[Values]:
    return [{"packages": [{"package_name": "numpy"}, {"package_name": "h5py", **package}]}]


@pytest.mark.parametrize(
    "values",
    [
        _model(),
        _model(source_copy=False),
        _model(model_type="Custom"),
        _model(model_type="Template", source_location=None, template=TEMPLATE),
        _engine(runtime="python3.6", architecture="x86_64", accelerator="gpu"),
        _engine(),
        _model(install_type=["batch", "real-time", "edge"]),
        _model(version="0.0.1"),
        _model(version="99.10.0"),
        _model(dependencies=_packages(package_version="1.0", restraint="ATMOST")),
        _model(input_params=[{**PARAM, "min": 1, "max": 1}], output_params=[{**PARAM, "param_type": "file"}]),
        _model(model_docs=[{"doc_name": f"guide-{n}", "doc_url": "https://example.com"} for n in "abc"]),
        _model(initial_config={"model_type": "Image", "port": 8080, "health": {"url": "/h"}}),
        _model(timeouts={"create": "1h", "delete": "30s"}),
        _model(description="Sorts pictures + more."),
    ],
)
def test_good_models(values: Values) -> None:
    assert _told(values) == []


VERSION = 'must be three numbers from 0 to 99 without leading zeros, such as "1.0.2"'

BAD: dict[str, tuple[Values, list[str]]] = {
    "no location": (
        _model(source_location=None),
        ['source_location: is required when model_type is "Image": an OBS folder, or an image in SWR'],
    ),
    "template without one": (
        _model(model_type="Template"),
        ['template: is required when model_type is "Template"'],
    ),
    "template for an image": (
        _model(template=TEMPLATE),
        ['template: has no effect when model_type is "Image"; remove it, or choose "Template"'],
    ),
    "copy of files": (
        _engine(source_copy=False),
        ['source_copy: has no effect when model_type is "TensorFlow"; remove it, or choose "Image"'],
    ),
    "runtime of an image": (
        _model(runtime="python3.6"),
        ['runtime: has no effect when model_type is "Image"; remove it'],
    ),
    "nothing to check": (
        _engine(architecture="x86_64", accelerator="none"),
        [
            f"{name}: says what the runtime has to be for; set runtime too, or remove it"
            for name in ("architecture", "accelerator")
        ],
    ),
    "install type twice": (
        _model(install_type=["batch", "real-time", "batch"]),
        ['install_type[2]: "batch" stands in install_type[0] already'],
    ),
    "input twice": (
        _model(model_type="Template", template={**TEMPLATE, "template_inputs": TEMPLATE["template_inputs"] * 2}),
        ['template.template_inputs[1].input_id: "model_folder" stands in template_inputs[0] already'],
    ),
    "no install type": (_model(install_type=[]), ["install_type: must have at least 1 item, not 0"]),
    "unknown install type": (
        _model(install_type=["realtime"]),
        ['install_type[0]: must be "real-time", "batch" or "edge", not the text "realtime"; did you mean `real-time`?'],
    ),
    "version without restraint": (
        _model(dependencies=_packages(package_version="1.0")),
        ['dependencies[0].packages[1].restraint: is required with package_version: "EXACT", "ATLEAST" or "ATMOST"'],
    ),
    "restraint without version": (
        _model(dependencies=_packages(restraint="EXACT")),
        ["dependencies[0].packages[1].package_version: is required with restraint; set it, or remove restraint"],
    ),
    "range of a file": (
        _model(input_params=[{**PARAM, "param_type": "file", "max": 5}]),
        ['input_params[0].max: has no effect; only an "int" or a "float" has one'],
    ),
    "range upside down": (
        _model(output_params=[PARAM, {**PARAM, "min": 2, "max": 1.5}]),
        ["output_params[1].max: must be at least min, 2, not 1.5"],
    ),
    "another type in the configuration": (
        _engine(initial_config={"model_type": "PyTorch"}),
        ['initial_config.model_type: must be "TensorFlow" as model_type says, not "PyTorch"; or remove it'],
    ),
    "another runtime in the configuration": (
        _engine(runtime="python3.6", initial_config={"runtime": "python3.7"}),
        ['initial_config.runtime: must be "python3.6" as runtime says, not "python3.7"; or remove it'],
    ),
    "leading zero": (_model(version="01.0.0"), [f'version: {VERSION}, not the text "01.0.0"']),
    "three digits": (_model(version="1.0.100"), [f'version: {VERSION}, not the text "1.0.100"']),
    "two numbers": (_model(version="1.0"), [f'version: {VERSION}, not the text "1.0"']),
    "version as a number": (_model(version=1.5), [f"version: {VERSION}, not 1.5"]),
    "description": (
        _model(description="a < b"),
        ['description: must not contain any of & ! \' " < > =, not the text "a < b"'],
    ),
    "long description": (
        _model(description="x" * 101),
        ["description: must have at most 100 characters, not 101"],
    ),
    "four documents": (
        _model(model_docs=[{"doc_name": f"d{n}", "doc_url": "https://example.com"} for n in range(4)]),
        ["model_docs: must have at most 3 items, not 4"],
    ),
    "document's name": (
        _model(model_docs=[{"doc_name": "1st", "doc_url": "https://example.com"}]),
        [
            'model_docs[0].doc_name: must be 1 to 48 letters, digits, "-" or "_", and start with a letter, '
            'not the text "1st"'
        ],
    ),
    "name": (_model(name="my model"), ['name: must be 1 to 64 letters, digits, "-" or "_", not the text "my model"']),
    "no time": (_model(timeouts={"create": "0m"}), ['timeouts.create: must be longer than nothing, such as "20m"']),
    "unknown type": (
        _model(model_type="Tensorflow"),
        [
            'model_type: must be "TensorFlow", "PyTorch", "MindSpore", "Image", "Custom", "Template", "MXNet", '
            '"Caffe", "Spark_MLlib", "Scikit_Learn" or "XGBoost", not the text "Tensorflow"; '
            "did you mean `TensorFlow`?"
        ],
    ),
}


@pytest.mark.parametrize(("values", "messages"), BAD.values(), ids=BAD)
def test_bad_models(values: Values, messages: list[str]) -> None:
    assert _told(values) == messages


UNKNOWNS: dict[str, Values] = {
    "location": _model(source_location=UNKNOWN),
    "template": _model(model_type="Template", template=UNKNOWN),
    "type": _model(model_type=UNKNOWN, runtime="r", source_copy=True, template=TEMPLATE, source_location=None),
    "runtime": _engine(runtime=UNKNOWN, architecture="x86_64"),
    "install types": _model(install_type=UNKNOWN),
    "an install type": _model(install_type=["batch", UNKNOWN, "batch"]),
    "packages": _model(dependencies=[{"packages": UNKNOWN}]),
    "restraint": _model(dependencies=_packages(package_version="1", restraint=UNKNOWN)),
    "least value": _model(input_params=[{**PARAM, "min": UNKNOWN, "max": 1}]),
    "type of a parameter": _model(input_params=[{**PARAM, "param_type": UNKNOWN, "max": 1}]),
    "configuration": _engine(initial_config=UNKNOWN),
    "part of the configuration": _engine(initial_config={"model_type": UNKNOWN}),
}


@pytest.mark.parametrize("values", UNKNOWNS.values(), ids=UNKNOWNS)
def test_what_is_not_known_yet_is_no_mistake(values: Values) -> None:
    assert _told(values) == []


def test_install_types_have_no_order() -> None:
    assert complete({"install_type": ["edge", "real-time", "batch"]}) == {
        "install_type": ["real-time", "batch", "edge"]
    }


@pytest.mark.parametrize(
    "types", [UNKNOWN, "batch", [UNKNOWN, "batch"], ["other", "batch"], [["batch"]], ["edge", "batch", "edge"]]
)
def test_completing_leaves_what_it_cannot_complete(types: Any) -> None:
    assert complete({"install_type": types}) == {"install_type": types}
