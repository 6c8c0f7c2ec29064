"""`pulumi-inference import modelarts model`, and `validate` for models."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.dynamic.dynamic import serialize_provider

from pulumi_inference.cli.project import context_of, read_settings
from pulumi_inference.core.lifecycle import State
from pulumi_inference.modelarts.models.lifecycle import ModelLifecycle
from pulumi_inference.providers import ModelArtsModelProvider
from tests.support.cloud import Cloud
from tests.support.models import IMAGE, OBS
from tests.unit.cli.conftest import Run

IMPORT = ("import", "modelarts", "model")
APIS = [
    {"url": "/", "method": "post", "protocol": "https", "input_params": {"type": "object", "properties": {"x": {}}}}
]

Register = Callable[..., str]


@pytest.fixture
def register(embedded_cloud: Cloud) -> Register:
    """Makes a model behind everybody's back, and answers its id; by default it is published."""

    def make(name: str = "digits", version: str = "1.0.0", *, published: bool = True, **changes: Any) -> str:
        named = {"model_name": name, "model_version": version}
        body = {**named, "model_type": "Image", "source_location": IMAGE, **changes}
        model_id: str = embedded_cloud.api("POST", "/models", body)["model_id"]
        if published:
            embedded_cloud.pass_time()
        return model_id

    return make


class Recorder(pulumi.runtime.Mocks):
    """Takes down the inputs of the resource that a program declares."""

    def __init__(self) -> None:
        self.inputs: dict[str, Any] = {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.inputs = {name: value for name, value in args.inputs.items() if value is not None}
        return "id", args.inputs

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        return {}


def entries(folder: Path) -> list[dict[str, Any]]:
    resources: list[dict[str, Any]] = json.loads((folder / "import.json").read_text())["resources"]
    return resources


def test_the_program_declares_the_model(project: Path, run: Run, register: Register) -> None:
    configuration = {"apis": APIS, "runtime": "tf1.13-python3.7-cpu", "model_algorithm": "image_classification"}
    model_id = register(
        model_type="TensorFlow",
        source_location=OBS,
        initial_config=json.dumps(configuration),
        install_type=["batch", "real-time"],
        model_docs=[{"doc_name": "guide", "doc_url": "https://example.com"}],
    )
    result = run(*IMPORT, model_id)
    assert result.exit_code == 0, result.output
    assert (
        result.stdout
        == """\
from pulumi_inference import modelarts

digits = modelarts.Model(
    "digits",
    name="digits",
    version="1.0.0",
    model_type="TensorFlow",
    source_location="https://bucket.obs.cn-north-4.myhuaweicloud.com/model/",
    runtime="tf1.13-python3.7-cpu",
    initial_config={
        "apis": [
            {
                "url": "/",
                "method": "post",
                "protocol": "https",
                "input_params": {"type": "object", "properties": {"x": {}}},
            },
        ],
        "model_algorithm": "image_classification",
        "runtime": "tf1.13-python3.7-cpu",
    },
    install_type=["real-time", "batch"],
    model_docs=[
        modelarts.ModelDocArgs(doc_name="guide", doc_url="https://example.com"),
    ],
)
"""
    )


def test_the_entry_is_what_a_program_would_have_left_in_the_state(
    project: Path, run: Run, register: Register, embedded_cloud: Cloud
) -> None:
    model_id = register(source_copy="false")
    assert run(*IMPORT, model_id, "--name", "other").exit_code == 0
    [entry] = entries(project)
    assert (entry["type"], entry["name"], entry["id"]) == (
        "pulumi-python:dynamic/modelarts:Model",
        "other",
        model_id,
    )
    provider = serialize_provider(ModelArtsModelProvider())
    assert entry["inputs"]["__provider"] == entry["outputs"]["__provider"] == provider
    assert entry["outputs"]["model_id"] == model_id
    assert entry["inputs"].items() <= entry["outputs"].items()
    inputs = {name: one for name, one in entry["inputs"].items() if name != "__provider"}
    lifecycle, context = ModelLifecycle(), context_of(read_settings(None))
    found = lifecycle.diff(context, model_id, State(model_id, inputs, {}), inputs)
    assert (found.changes, found.replaces) == (False, [])


def test_the_program_runs(project: Path, run: Run, register: Register) -> None:
    result = run(*IMPORT, register(initial_config=json.dumps({"port": 8080, "metrics": {"f1": 0.5}})))
    assert result.exit_code == 0, result.output
    recorder = Recorder()
    pulumi.runtime.set_mocks(recorder)
    pulumi.runtime.test(lambda: exec(result.stdout, {}))()
    assert recorder.inputs["initial_config"] == {"port": 8080, "metrics": {"f1": 0.5}}


def test_all_models_and_some_of_them(project: Path, run: Run, register: Register, embedded_cloud: Cloud) -> None:
    embedded_cloud.fault(publish={"outcome": "failed", "model_name": "broken"})
    register()
    register(version="1.1.0")
    register("broken")
    result = run(*IMPORT, "--all")
    assert result.exit_code == 0, result.output
    assert "skipped: broken 1.0.0 is failed: no reason given; it could only be made anew" in result.stderr
    assert sorted(one["inputs"]["version"] for one in entries(project)) == ["1.0.0", "1.1.0"]
    assert "digits_2 = modelarts.Model(" in result.stdout
    some = run(*IMPORT, "--all", "--filter", "model_version=1.1.0", "--force")
    assert [one["inputs"]["version"] for one in entries(project)] == ["1.1.0"], some.output


def test_a_model_that_does_not_exist_says_where_was_asked(project: Path, run: Run, embedded_cloud: Cloud) -> None:
    result = run(*IMPORT, "nobody")
    assert result.exit_code == 1
    assert "there is no model nobody" in result.stderr
    assert embedded_cloud.project_id in result.stderr


def test_a_failed_model_is_not_imported(project: Path, run: Run, register: Register, embedded_cloud: Cloud) -> None:
    embedded_cloud.fault(publish={"outcome": "building_failed"})
    result = run(*IMPORT, register())
    assert (result.exit_code, "digits 1.0.0 is building_failed" in result.stderr) == (1, True)


def test_a_runtime_that_is_deleted_by_now_is_no_reason_against_what_exists(
    project: Path, run: Run, register: Register, embedded_cloud: Cloud
) -> None:
    model_id = register(model_type="TensorFlow", source_location=OBS, runtime="tf1.13-python3.7-cpu")
    embedded_cloud.admin("PATCH", "/runtimes/TensorFlow/tf1.13-python3.7-cpu", {"status": "deleted"})
    result = run(*IMPORT, model_id)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "name one model by its ID, or give --all"),
        (("m", "--all"), "name one model by its ID, or give --all"),
        (("m", "--filter", "model_name=a"), "--filter goes with --all"),
        (("--all", "--name", "a"), "--name goes with one model"),
        (("--all", "--filter", "colour=red"), "model_name, model_version, model_status, model_type, workspace_id"),
    ],
)
def test_usage(project: Path, run: Run, words: tuple[str, ...], message: str) -> None:
    result = run(*IMPORT, *words)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_validate_knows_models(elsewhere: Path, run: Run) -> None:
    (elsewhere / "model.yaml").write_text(
        "kind: modelarts.Model\nname: digits\nspec:\n  version: 1.0.0\n  model_type: Image\n  source_location: a/b\n"
        "  install_type: [real-time, batch, real-time]\n"
    )
    result = run("validate", "model.yaml")
    assert result.exit_code == 1
    assert result.stdout == 'model.yaml:7: digits: install_type[2]: "real-time" stands in install_type[0] already\n'
