"""`pulumi-inference alaya`, `invoke alaya`, `status`, `doctor`, `validate` and `init` of Alaya NeW."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.alaya import GPU, LORA_MODEL, VKS
from tests.support.alaya_calls import ADAPTER, ADAPTER_KEY, BASE, BIG, KEY, SECRET_KEY, deployments, models
from tests.support.cloud import Cloud
from tests.support.states import State
from tests.unit.cli.conftest import Run

CALL = ("invoke", "alaya")
CHAT = ("--path", "/v1/chat/completions")
QUESTION = json.dumps({"model": "demo", "messages": [{"role": "user", "content": "hello"}]})


@pytest.fixture(autouse=True)
def filled(project: Path, embedded_cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project that names the emulator for Alaya NeW too, where a base, an adapter and others are."""
    for name in ("ALAYA_ENDPOINT", "ALAYA_ACCESS_KEY", "ALAYA_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    with (project / "Pulumi.yaml").open("a") as file:
        file.write(f"  inference:alayaEndpoint: {embedded_cloud.endpoint}\n")
    embedded_cloud.admin("POST", "/seed", {"alaya.services": deployments(), "alaya.models": models()})


def good(result: Any) -> Any:
    assert result.exit_code == 0, result.output
    return result


# lists


def columns(text: str) -> list[str]:
    """The lines without what pads them and what differs between two runs."""
    return [re.sub(r"\d{4}-\d\d-\d\dT\S+Z", "MOMENT", " ".join(line.split())) for line in text.splitlines()]


URL = "http://emulator.localhost/svc"

TABLES: dict[str, list[str]] = {
    "deployments": [
        "NAME ID STATUS TYPE SERVES CLUSTER NAMESPACE URL",
        f"big {BIG} stopped base big {VKS} default {URL}/{BIG}",
        f"style {ADAPTER} running lora style {VKS} default {URL}/{ADAPTER}",
        f"base {BASE} running base demo, demo-2 {VKS} default {URL}/{BASE}",
    ],
    "deployments --status stopped": [
        "NAME ID STATUS TYPE SERVES CLUSTER NAMESPACE URL",
        f"big {BIG} stopped base big {VKS} default {URL}/{BIG}",
    ],
    "deployments --mode lora": [
        "NAME ID STATUS TYPE SERVES CLUSTER NAMESPACE URL",
        f"style {ADAPTER} running lora style {VKS} default {URL}/{ADAPTER}",
    ],
    "deployments --extensions team=search,tier=gold": [
        "NAME ID STATUS TYPE SERVES CLUSTER NAMESPACE URL",
        f"big {BIG} stopped base big {VKS} default {URL}/{BIG}",
    ],
    "deployments --name nothing": ["No deployments found."],
    "models --aidc-id 1 --model-type lora": [
        "NAME ID TYPE CREATED",
        f"qwen-style {LORA_MODEL} lora MOMENT",
    ],
    "models --aidc-id 2": ["No models found."],
    "data-centers": [
        "NAME ID CODE COUNTRY ADDRESS",
        "Emulated data centre 1 emulator CN 127.0.0.1",
    ],
    f"gpus --vks-id {VKS}": [
        "TYPE NAME QUOTA USED FREE",
        f"{GPU} NVIDIA L40S 512 1 511",
        "nvidia.com/gpu-h800 NVIDIA H800 1024 0 1024",
        "nvidia.com/gpu-h800-80gb-hbm3 NVIDIA H800 80GB HBM3 1024 0 1024",
        "nvidia.com/gpu-h800-pcie NVIDIA H800 PCIe 512 0 512",
    ],
    f"served-models --service-id {BASE}": [
        "NAME PARENT ROOT OWNER",
        "demo - - alaya",
        "demo-2 - - alaya",
        "style - - alaya",
    ],
}


@pytest.mark.parametrize(("command", "lines"), TABLES.items(), ids=TABLES)
def test_tables(run: Run, command: str, lines: list[str]) -> None:
    assert columns(good(run("alaya", *command.split())).stdout) == lines


def test_lists_show_no_secret(run: Run) -> None:
    for words in ("deployments", "deployments --json", f"served-models --service-id {BASE} --json"):
        output = good(run("alaya", *words.split())).output
        assert not [one for one in (KEY, ADAPTER_KEY, SECRET_KEY, "hush") if one in output], output
    found = json.loads(good(run("alaya", "deployments", "--json", "--name", "base")).stdout)
    assert [(one["service_id"], one["served_name"], one["api_key"]) for one in found] == [
        (BASE, ["demo", "demo-2"], "[secret]")
    ]


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("deployments --extensions team", "extensions must be written as key=value, with commas between several."),
        ("models --aidc-id 1 --extensions =x", "extensions must be written as key=value"),
        ("models", "Missing option '--aidc-id'"),
        ("gpus", "Missing option '--vks-id'"),
        ("served-models", "Missing option '--service-id'"),
        ("deployments --status lost", "'lost' is not one of 'starting', 'running', 'stopping', 'stopped', 'failed'"),
        ("deployments --mode big", "'big' is not one of 'expert', 'quickstart', 'lora'"),
    ],
)
def test_what_cannot_be_asked(run: Run, command: str, text: str) -> None:
    result = run("alaya", *command.split())
    assert (result.exit_code, text in result.stderr) == (2, True), result.output


def set_wrong_keys(project: Path) -> None:
    with (project / "Pulumi.yaml").open("a") as file:
        file.write("  inference:alayaAccessKey: ak\n  inference:alayaSecretKey: very-secret\n")


def test_errors_say_what_to_do(run: Run, project: Path) -> None:
    result = run("alaya", "served-models", "--service-id", BIG)
    assert (result.exit_code, "big is stopped" in result.stderr) == (1, True)
    nothing = run("alaya", "gpus", "--vks-id", "nowhere")
    assert (nothing.exit_code, "cluster nowhere does not exist" in nothing.stderr) == (1, True)
    set_wrong_keys(project)
    wrong = run("alaya", "deployments")
    assert (wrong.exit_code, "the access key or the secret key is wrong" in wrong.stderr) == (1, True)
    assert "`pulumi-inference doctor`" in wrong.stderr
    assert "very-secret" not in wrong.output


def test_help(run: Run) -> None:
    text = " ".join(good(run("alaya", "--help")).stdout.split())
    for command in (
        "data-centers List the data centres (AIDC).",
        "deployments List the deployments of the account.",
        "gpus List the GPUs of a cluster by type: quota and use.",
        "models List the models of the registry in a data centre.",
        "served-models List the models that a deployment serves",
    ):
        assert command in text
    text = " ".join(good(run("alaya", "deployments", "--help")).stdout.split())
    assert "--mode [expert|quickstart|lora]" in text
    assert "--extensions TEXT Only those with these extensions." in text


# calls


@pytest.mark.parametrize("thing", [BASE, "base"])
def test_a_deployment_is_called(run: Run, thing: str) -> None:
    answer = json.loads(good(run(*CALL, thing, *CHAT, "--data", QUESTION)).stdout)
    assert (answer["object"], answer["model"]) == ("chat.completion", "demo")


def test_a_deployment_is_called_by_its_address(run: Run) -> None:
    [found] = json.loads(good(run("alaya", "deployments", "--name", "base", "--json")).stdout)
    good(run(*CALL, found["service_url"], *CHAT, "--data", QUESTION))


def test_a_deployment_is_called_as_the_program_names_it(
    state: State, run: Run, embedded_cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALAYA_ENDPOINT", embedded_cloud.endpoint)
    state.add("mine", BASE, "Deployment", cloud="alaya")
    state.add("adapter", ADAPTER, "Deployment", cloud="alaya")
    assert json.loads(good(run(*CALL, "mine", *CHAT, "-d", QUESTION)).stdout)["model"] == "demo"
    body = QUESTION.replace("demo", "style")
    for thing in ("adapter", "mine"):
        assert json.loads(good(run(*CALL, thing, *CHAT, "-d", body)).stdout)["model"] == "style"


def test_other_paths(run: Run) -> None:
    listed = json.loads(good(run(*CALL, "base", "--path", "/v1/models", "-X", "GET")).stdout)
    assert [one["id"] for one in listed["data"]] == ["demo", "demo-2", "style"]
    body = json.dumps({"model": "demo", "prompt": "x"})
    assert json.loads(good(run(*CALL, "base", "--path", "/v1/completions", "-d", body)).stdout)["choices"]


def test_events_are_printed(run: Run) -> None:
    body = json.dumps({**json.loads(QUESTION), "stream": True})
    assert good(run(*CALL, "base", *CHAT, "--stream", "-d", body)).stdout.rstrip().endswith("data: [DONE]")


def test_exit_codes_tell_the_model_from_the_platform(run: Run) -> None:
    failed = run(*CALL, "base", *CHAT, "-d", QUESTION.replace("demo", "huge"))
    assert (failed.exit_code, "HTTP 404" in failed.stderr) == (3, True)
    stopped = run(*CALL, "big", *CHAT, "-d", QUESTION)
    assert (stopped.exit_code, "big is stopped" in stopped.stderr) == (1, True)
    unknown = run(*CALL, "nothing", "-d", "1")
    assert (unknown.exit_code, "pulumi-inference alaya deployments" in unknown.stderr) == (1, True)
    for result in (failed, stopped, unknown):
        assert KEY not in result.output


def test_the_help_of_calls(run: Run) -> None:
    text = " ".join(good(run(*CALL, "--help")).stdout.split())
    assert "DEPLOYMENT is the name that the program of the stack gives it" in text
    assert "The request carries the deployment's own key." in text


# status, doctor, validate, init


def test_status(state: State, run: Run, embedded_cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALAYA_ENDPOINT", embedded_cloud.endpoint)
    where = {"endpoint": embedded_cloud.endpoint}
    state.add("base", BASE, "Deployment", cloud="alaya", mode="quickStart", **where)
    state.add("style", ADAPTER, "Deployment", cloud="alaya", mode="lora", **where)
    state.add("big", BIG, "Deployment", cloud="alaya", mode="expert", scale={"min": 2}, **where)
    state.add("gone", BASE[:-1] + "9", "Deployment", cloud="alaya", **where)
    result = run("status", "--json")
    rows = {one["name"]: one for one in json.loads(result.stdout)["resources"]}
    assert {name: one["state"] for name, one in rows.items()} == {
        "base": "running",
        "style": "running",
        "big": "stopped",
        "gone": "gone",
    }, rows
    assert {name: (one["instances"]["running"], one["instances"]["wanted"]) for name, one in rows.items()} == {
        "base": (1, 1),
        "style": (None, None),
        "big": (None, 2),
        "gone": (None, None),
    }
    text = json.dumps(rows)
    for secret in (KEY, ADAPTER_KEY, SECRET_KEY, "hush"):
        assert secret not in text
    table = columns(run("status").stdout)
    assert any("quickStart" in line and "style" in line for line in table), table


def test_doctor_asks_alaya(run: Run, project: Path) -> None:
    checks = {one["name"]: one for one in json.loads(run("doctor", "--json").stdout)["checks"]}
    assert checks["alaya request"]["status"] == "ok", checks
    assert "listed deployments" in checks["alaya request"]["detail"]
    assert checks["alaya credentials"]["status"] == "ok"
    assert SECRET_KEY not in json.dumps(checks)
    set_wrong_keys(project)
    text = run("doctor").output
    assert "the access key or the secret key is wrong" in text
    assert "very-secret" not in text


SPEC = """\
kind: alaya.Deployment
name: chat
spec:
  vks_id: vc0000000001
  namespace: default
  model_id: m
  served_name: [demo, demo]
  expert:
    head_config:
      image: example.test/serve:1
      args: [--tp, "2"]
      resource: {cpu: 4, mem: 32, gpu: {gpu_type: vidia.com/gpu-l40s, count: 1}}
  scale: {min: 4, max: 3, rps_value: 1, idle_time: 1}
---
kind: alaya.Deployment
name: style
spec:
  lora: {base_service_id: b}
  model_id: m
  served_name: [style]
"""


def test_specs_are_validated(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    file.write_text(SPEC)
    result = run("validate", str(file))
    assert result.exit_code == 1
    for text in (
        'chat: served_name[1]: is "demo" a second time; remove it',
        "chat: scale.max: is 3, less than min, 4",
        'gpu_type: there is no GPU type "vidia.com/gpu-l40s"; did you mean "nvidia.com/gpu-l40s"?',
        "chat: expert.head_config.args: spreads the model over 2 GPUs, and an instance has 1; lower it, or add GPUs",
    ):
        assert text in result.stdout
    assert "style: " not in result.stdout
    file.write_text(SPEC.partition("---\n")[2])
    good(run("validate", str(file)))


def test_init_writes_a_project_that_stands(run: Run, project: Path) -> None:
    good(run("init", "alaya", "new", "--emulator"))
    program = (project / "new" / "__main__.py").read_text()
    compile(program, "__main__.py", "exec")
    assert f'config.get("cluster") or "{VKS}"' in program
    assert yaml.safe_load((project / "new" / "Pulumi.yaml").read_text())["config"] == {
        "inference:alayaEndpoint": {"value": "emulator:emulator.db"}
    }
    result = good(run("init", "alaya", "real"))
    for words in ("inference:alayaAccessKey KEY", "--secret inference:alayaSecretKey", "set cluster VKS_ID"):
        assert words in result.stdout
    assert 'config.require("cluster")' in (project / "real" / "__main__.py").read_text()
