"""What users see of ModelArts' lookups: the commands with their help, tables and JSON, and the public names.

All of it is derived, so a change far away could show here. After a change that is wanted, `RENEW_GOLDEN=1` writes the
files anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pulumi_inference import modelarts
from pulumi_inference.cli import cli
from tests.support.cloud import Cloud
from tests.support.projects import FOREIGN

HERE = Path(__file__).parent
MOVING = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "00000000-0000-4000-8000-000000000000"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"), "2026-01-01 00:00 UTC"),
    (re.compile(r"(?<=: )1\d{12}\b"), "1767225600000"),
    (re.compile(r"emulator:\S+"), "emulator:cloud.db"),
)
HELP = ("", "runtimes", "flavours", "services", "pools", "models")
COMMANDS = (
    "runtimes --engine MindSpore",
    "runtimes --architecture aarch64",
    "runtimes --accelerator npu",
    "runtimes --status deleted",
    "runtimes --engine PyTorch --all",
    "runtimes --engine Caffe",
    "runtimes --engine Caffe --json",
    "runtimes --architecture aarch64 --accelerator npu --json",
    "runtimes --accelerator SNT9",
    "flavours",
    "flavours --dedicated-pool --infer-type batch",
    "flavours --infer-type edge --category gpu",
    "flavours --category NPU --json",
    "flavours --category TPU",
    "services",
    "services --sort-by service_name --order asc",
    "services --name classifier",
    "services --name class",
    "services --status deploying",
    "services --model-id model-b --infer-type real-time --cluster-id cluster-1",
    "services --workspace-id 1",
    "services --tags team=a --json",
    "services --order up",
    "services --name classifier --connection europe",
    "services --stack nowhere",
    "pools",
    "pools --json",
    "models --sort-by model_version --order asc",
    "models --name-contains res",
    "models --name res_net --json",
    "models --version 0.0.2 --status published --type Image --workspace-id 0",
    "models --not-type Image",
    "models --description other",
    "models --name a --name-contains b",
    "models --type Image --not-type PyTorch",
    "nothing",
)


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedded_cloud: Cloud) -> Cloud:
    """A project whose cloud has something of everything."""
    for name in [name for name in os.environ if name.startswith((*FOREIGN, "PULUMI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    text = f"name: trial\nruntime: python\nconfig:\n  inference:modelartsEndpoint: {embedded_cloud.endpoint}\n"
    (tmp_path / "Pulumi.yaml").write_text(text)
    pools = [{"pool_name": "pool-1"}, {"pool_name": "pool-2", "workspace_id": "1"}]
    clusters = [{"cluster_id": "cluster-1", "cluster_name": "old-one"}]
    models: list[dict[str, Any]] = [
        {"model_id": "model-a", "model_name": "res_net", "model_version": "0.0.1"},
        {"model_id": "model-b", "model_name": "res-net", "model_version": "0.0.2", "description": "the other one"},
        {"model_id": "model-c", "model_name": "vgg", "model_version": "0.0.3", "model_type": "PyTorch"},
    ]
    embedded_cloud.admin("POST", "/seed", {"pools": pools, "clusters": clusters, "models": models})
    embedded_cloud.admin("PATCH", "/runtimes/PyTorch/python3.7", {"status": "deleted"})
    for name, model_id, changes in (
        ("classifier", "model-a", {"schedule": [{"type": "stop", "time_unit": "HOURS", "duration": 2}]}),
        ("classifier-2", "model-b", {"cluster_id": "cluster-1"}),
    ):
        config = {"model_id": model_id, "specification": "modelarts.vm.cpu.2u", "weight": 100, "instance_count": 1}
        body = {"service_name": name, "infer_type": "real-time", "config": [config], **changes}
        service_id = embedded_cloud.api("POST", "/services", body)["service_id"]
        embedded_cloud.admin("POST", "/clock", {"advance": 200})
    embedded_cloud.api("POST", f"/services/{service_id}/tags/create", {"tags": [{"key": "team", "value": "a"}]})
    return embedded_cloud


def _told(*words: str) -> str:
    """The command and what it says, without what differs between two runs."""
    done = CliRunner().invoke(cli, words, prog_name="pulumi-inference")
    told = done.output if done.exit_code else done.stdout
    text = f"$ pulumi-inference {' '.join(words)}\n{told}[{done.exit_code}]\n"
    for pattern, fixed in MOVING:
        text = pattern.sub(fixed, text)
    return text


def _compare(name: str, text: str) -> None:
    file = HERE / name
    if os.environ.get("RENEW_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def test_the_help_is_the_same() -> None:
    _compare("lookup_help.txt", "\n".join(_told("modelarts", *one.split(), "--help") for one in HELP))


def test_tables_json_and_exit_codes_are_the_same(filled: Cloud) -> None:
    _compare("lookup_answers.txt", "\n".join(_told("modelarts", *one.split()) for one in COMMANDS))


def test_the_public_names_are_the_same() -> None:
    _compare("modelarts_names.txt", "".join(f"{name}\n" for name in sorted(modelarts.__all__)))
