"""A stack of `pulumi_inference.testing`: the folder of a project on served clouds."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.testing import EmulatedClouds, NewStack, Stack

PROJECT = """
name: fleet
runtime: python
main: infra
config:
  inference:alayaEndpoint: https://api.alayanew.invalid
  replicas: 1
"""
PROGRAM = """
import pulumi
from pulumi_inference import alaya

config = pulumi.Config()
chat = alaya.Deployment(
    "chat",
    vks_id="vc0000000001",
    namespace="default",
    served_name=["chat"],
    model_id="00000000-0000-4000-8000-0000000000aa",
    scale={"min": config.require_int("replicas"), "max": 4, "rps_value": 10, "idle_time": 60},
    quick_start={
        "backend": "vllm",
        "backend_version": "0.9.0.1",
        "resource": {"cpu": 4, "mem": 32, "gpu": {"gpu_type": "nvidia.com/gpu-l40s", "count": 1}},
    },
)
pulumi.export("key", chat.api_key)
pulumi.export("token", config.get_secret("token"))
"""


@pytest.fixture
def on_path(engine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is where a user has it."""
    monkeypatch.setenv("PATH", str(engine), prepend=":")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A user's project."""
    project = tmp_path / "fleet"
    (project / "infra").mkdir(parents=True)
    (project / "Pulumi.yaml").write_text(PROJECT, encoding="utf-8")
    (project / "infra/__main__.py").write_text(PROGRAM, encoding="utf-8")
    return project


@pytest.mark.inference_emulator(served=True)
def texts(folder: Path) -> dict[Path, str]:
    """All files of a project, without what Python compiles beside them wherever it may."""
    return {file: file.read_text() for file in folder.rglob("*.*") if file.is_file() and file.suffix != ".pyc"}


def test_a_project_is_run_where_the_emulator_is(
    on_path: None, folder: Path, new_inference_stack: NewStack, inference_emulator: EmulatedClouds
) -> None:
    before = texts(folder)
    stack = new_inference_stack(folder, secrets={"token": "token-of-mine"})
    done = stack.up()
    assert done.secret == {"key", "token"}
    assert done.outputs["token"] == "token-of-mine"
    [step] = done.steps
    assert (step.op, step.name, step.type) == ("create", "chat", "alaya:Deployment")
    made = stack.resource("chat")
    assert (made.type, made.outputs["api_key"]) == ("alaya:Deployment", done.outputs["key"])
    assert done.outputs["key"] not in done.text

    stack.set_config("replicas", "2")
    plan = stack.preview()
    assert plan.step("chat").paths == {"scale.min"}
    with pytest.raises(LookupError, match="caht has 0 steps; there are: update chat"):
        plan.step("caht")
    inference_emulator.delete(f"alaya/services/{made.id}")
    assert [one.op for one in stack.preview().steps] == ["create"]
    assert texts(folder) == before


def test_what_is_missing_is_said(
    tmp_path: Path, inference_emulator: EmulatedClouds, monkeypatch: pytest.MonkeyPatch, engine: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match="no `pulumi` on the PATH"):
        Stack(print, tmp_path / "stack", inference_emulator)
    monkeypatch.setenv("PATH", str(engine), prepend=":")
    with pytest.raises(ConfigurationError, match=r"has no Pulumi\.yaml"):
        Stack(tmp_path, tmp_path / "stack", inference_emulator)
