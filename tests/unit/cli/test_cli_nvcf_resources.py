"""`import`, `status`, `validate` and `doctor` for functions and deployments of NVCF."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.cli.project import context_of, read_settings
from pulumi_inference.core.lifecycle import Lifecycle
from pulumi_inference.emulator.nvcf.accounts import API_KEY
from pulumi_inference.engine.provider import unpack
from pulumi_inference.nvcf.deployments.lifecycle import DeploymentLifecycle
from pulumi_inference.nvcf.functions.lifecycle import FunctionLifecycle
from tests.support.cloud import OUTSIDER, Cloud
from tests.support.states import State
from tests.unit.cli.conftest import Run, alone

ROOT = "/v2/orgs/emulator/nvcf"
BODY = {
    "name": "echo",
    "inferenceUrl": "/echo",
    "inferencePort": 8000,
    "containerImage": "nvcr.io/acme/echo:1",
    "containerEnvironment": [{"key": "A", "value": "1"}],
    "tags": ["mine"],
    "secrets": [{"name": "TOKEN", "value": "pl4nted-secret"}],
}
SPECIFICATION = {"gpu": "L40", "instanceType": "NCP.GPU.L40_1x", "minInstances": 1, "maxInstances": 2}


def api(cloud: Cloud, method: str, tail: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {API_KEY}", "User-Agent": OUTSIDER}
    answer = cloud.client.request(method, ROOT + tail, json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer.json()


@pytest.fixture
def nvcf_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedded_cloud: Cloud) -> Path:
    """A project with NVCF on the emulator."""
    folder = tmp_path / "project"
    folder.mkdir()
    text = "name: trial\nruntime: python\noptions:\n  refresh: always\nconfig:\n"
    (folder / "Pulumi.yaml").write_text(f"{text}  inference:nvcfEndpoint: {embedded_cloud.endpoint}\n")
    alone(monkeypatch, folder)
    return folder


@pytest.fixture
def echo(embedded_cloud: Cloud) -> str:
    """A deployed function that somebody has made; its id."""
    made = api(embedded_cloud, "POST", "/functions", BODY)["function"]
    path = f"/deployments/functions/{made['id']}/versions/{made['versionId']}"
    api(embedded_cloud, "POST", path, {"deploymentSpecifications": [SPECIFICATION]})
    embedded_cloud.pass_time(200)
    return f"{made['id']},{made['versionId']}"


KINDS: dict[str, tuple[str, Lifecycle, dict[str, Any], list[str]]] = {
    "function": (
        "Function",
        FunctionLifecycle(),
        {
            "name": "echo",
            "inference_url": "/echo",
            "inference_port": 8000,
            "container_image": "nvcr.io/acme/echo:1",
            "container_environment": {"A": "1"},
            "tags": ["mine"],
            "health": {
                "protocol": "HTTP",
                "uri": "/v2/health/ready",
                "port": 8000,
                "timeout": "PT10S",
                "expected_status_code": 200,
            },
        },
        ['name="echo"', 'container_image="nvcr.io/acme/echo:1"', 'tags=["mine"]'],
    ),
    "deployment": (
        "Deployment",
        DeploymentLifecycle(),
        {
            "specifications": [
                {
                    "gpu": "L40",
                    "instance_type": "NCP.GPU.L40_1x",
                    "min_instances": 1,
                    "max_instances": 2,
                    "max_request_concurrency": 1,
                    "preferred_order": 1,
                },
            ]
        },
        ['gpu="L40"', "min_instances=1", "max_instances=2"],
    ),
}


@pytest.mark.parametrize(("kind", "lifecycle", "program", "lines"), KINDS.values(), ids=KINDS)
def test_what_was_imported_is_previewed_without_a_change(
    nvcf_project: Path,
    run: Run,
    echo: str,
    kind: str,
    lifecycle: Lifecycle,
    program: dict[str, Any],
    lines: list[str],
) -> None:
    result = run("import", "nvcf", kind.lower(), echo, "--name", "echo")
    assert result.exit_code == 0, result.output
    variable = "echo_deployment" if kind == "Deployment" else "echo"  # a function and its deployment have one name
    assert f"{variable} = nvcf.{kind}(" in result.stdout
    assert [line for line in lines if line not in result.stdout] == []
    assert "pl4nted-secret" not in result.output
    assert "pulumi:" not in result.stdout, "no mark is the program's"
    [entry] = json.loads((nvcf_project / "import.json").read_text())["resources"]
    assert (entry["type"], entry["id"]) == (f"pulumi-python:dynamic/nvcf:{kind}", echo)

    context = context_of(read_settings(None))
    inputs = {name: one for name, one in entry["inputs"].items() if name != "__provider"}
    state = unpack(lifecycle, entry["outputs"], echo)
    if kind == "Deployment":
        program = {**program, **dict(zip(("function_id", "version_id"), echo.split(","), strict=True))}
    checked = lifecycle.check(context, inputs, program)
    assert checked.problems == []
    found = lifecycle.diff(context, echo, state, checked.inputs)
    assert (found.changes, found.replaces) == (False, [])


def test_all_are_listed(nvcf_project: Path, run: Run, echo: str) -> None:
    result = run("import", "nvcf", "function", "--all")
    assert result.exit_code == 0, result.output
    assert "nvcf.Function(" in result.stdout


def test_status_shows_both(
    nvcf_project: Path, run: Run, echo: str, embedded_cloud: Cloud, fake_pulumi: Callable[[str], Path]
) -> None:
    config = json.dumps({"inference:nvcfEndpoint": {"value": embedded_cloud.endpoint}})
    fake_pulumi(
        f"""case "$1 $2" in "config --json") echo '{config}';; "stack export") cat export.json;; *) exit 1;; esac"""
    )
    state = State(nvcf_project, embedded_cloud.endpoint)
    function_id, version_id = echo.split(",")
    where = {"org": "emulator", "function_id": function_id, "version_id": version_id}
    state.add("echo", echo, "Function", cloud="nvcf", **where)
    state.add("echo-deployment", echo, "Deployment", cloud="nvcf", **where)
    result = run("status", "--json")
    assert result.exit_code == 0, result.output
    rows = {one["name"]: one for one in json.loads(result.stdout)["resources"]}
    assert rows["echo"]["state"] == rows["echo-deployment"]["state"] == "ACTIVE"
    assert "pl4nted-secret" not in result.output


SPEC = """\
kind: nvcf.Function
name: echo
spec:
  inference_url: /echo
  container_image: nvcr.io/acme/echo:1
  inference_port: 8080
---
kind: nvcf.Deployment
name: echo
spec:
  function_id: 6f1f6a52-7d39-4b54-8f6c-0c4d7e2f9a10
  version_id: 6f1f6a52-7d39-4b54-8f6c-0c4d7e2f9a10
  specifications:
    - {gpu: L40, instance_type: NCP.GPU.L40_1x, min_instances: 3, max_instances: 2}
"""


def test_specs_are_validated(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    file.write_text(SPEC)
    result = run("validate", str(file))
    assert result.exit_code == 1
    assert "echo: inference_port: is one of NVCF's own, 8080 and 8010" in result.stdout
    assert "echo: specifications[0].max_instances: is 2, less than min_instances, 3" in result.stdout


def test_doctor_asks_as_the_key(nvcf_project: Path, run: Run, echo: str) -> None:
    result = run("doctor", "--json")
    told = [one for one in json.loads(result.stdout)["checks"] if "nvcf" in json.dumps(one).lower()]
    assert told, result.stdout
    assert any("listed functions" in json.dumps(one) for one in told), told
    assert API_KEY not in result.stdout
