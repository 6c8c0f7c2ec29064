"""`pulumi-inference import alaya deployment`: all forms, their secrets, and what is still to be done by hand."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.alaya.deployments.lifecycle import DeploymentLifecycle
from tests.support.alaya import BASE_MODEL, GPU, LORA_MODEL, VKS
from tests.support.alaya_calls import ADAPTER, ADAPTER_KEY, BASE, BIG, KEY, SECRET_KEY, deployments
from tests.support.cloud import Cloud
from tests.support.imported import changes, declared, plain
from tests.unit.cli.conftest import Run

IMPORT = ("import", "alaya", "deployment")
PULL = {"registry": "https://r.test:8443", "username": "u", "password": "pl4nted-password"}
RESOURCE = {"cpu": 4, "mem": 32, "gpu": {"gpuType": GPU, "count": 1}}
MOUNT = {"pvcName": "weights", "containerPath": "/models", "readOnly": True}
POD = {
    "image": "example.test/serve:1",
    "imagePullSecret": PULL,
    "env": {"TOKEN": "pl4nted-token", "MODE": "fast"},
    "resource": RESOURCE,
    "pvcMounts": [MOUNT],
}
EXPERT = {
    "serviceId": BIG,
    "vksId": VKS,
    "namespace": "default",
    "name": "big",
    "servedName": ["big"],
    "modelId": BASE_MODEL,
    "headConfig": {**POD, "labels": {"a": "b"}},
    "workerConfig": {**POD, "workers": 2, "args": ["worker"]},
    "scale": {"min": 1, "max": 2, "rpsValue": 5, "idleTime": 60},
    "extensions": {"team": "search"},
}


@pytest.fixture(autouse=True)
def filled(project: Path, embedded_cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project whose account has a base, an adapter on it, and an Expert deployment that run."""
    for name in ("ALAYA_ENDPOINT", "ALAYA_ACCESS_KEY", "ALAYA_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    with (project / "Pulumi.yaml").open("a") as file:
        file.write(f"  inference:alayaEndpoint: {embedded_cloud.endpoint}\n")
    embedded_cloud.admin("POST", "/seed", {"alaya.services": [*deployments()[:2], EXPERT]})


def good(result: Any) -> Any:
    assert result.exit_code == 0, result.output
    assert not [one for one in ("pl4nted", KEY, ADAPTER_KEY, SECRET_KEY) if one in result.output], result.output
    return result


def entries(project: Path, file: str = "import.json") -> list[Any]:
    found: list[Any] = json.loads((project / file).read_text(encoding="utf-8"))["resources"]
    return found


def test_quick_start(project: Path, run: Run, event_loop: None) -> None:
    result = good(run(*IMPORT, BASE))
    assert (
        result.stdout
        == f'''\
from pulumi_inference import alaya

base = alaya.Deployment(
    "base",
    name="base",
    vks_id="{VKS}",
    namespace="default",
    model_id="{BASE_MODEL}",
    served_name=["demo", "demo-2"],
    quick_start=alaya.QuickStartArgs(
        backend="vllm",
        backend_version="0.9.0.1",
        backend_args=["--max-model-len", "8192"],
        resource=alaya.QuickStartResourceArgs(
            cpu=4,
            mem=32,
            gpu=alaya.GpuArgs(gpu_type="{GPU}", count=1),
        ),
    ),
)
'''
    )
    assert "By hand" not in result.stderr
    [entry] = entries(project)
    assert (entry["type"], entry["id"]) == ("pulumi-python:dynamic/alaya:Deployment", BASE)
    assert changes(DeploymentLifecycle(), entry, declared(result.stdout)["base"]) == (False, [])


def test_lora(project: Path, run: Run, event_loop: None) -> None:
    result = good(run(*IMPORT, ADAPTER))
    assert (
        result.stdout
        == f'''\
from pulumi_inference import alaya

style = alaya.Deployment(
    "style",
    name="style",
    model_id="{LORA_MODEL}",
    served_name=["style"],
    lora=alaya.LoraArgs(base_service_id="{BASE}"),
)
'''
    )
    assert "By hand" not in result.stderr
    [entry] = entries(project)
    assert changes(DeploymentLifecycle(), entry, declared(result.stdout)["style"]) == (False, [])


def test_expert_with_secret_variables(project: Path, run: Run, event_loop: None) -> None:
    result = good(run(*IMPORT, BIG))
    for text in (
        "head_config=alaya.HeadConfigArgs(",
        'env={"MODE": "fast"},',
        "workers=2,",
        'container_path="/models"',
    ):
        assert text in result.stdout
    assert '"TOKEN": config.require_secret("big-1-TOKEN")' in result.stdout
    assert "scale=" not in result.stdout
    assert "extensions=" not in result.stdout
    assert "By hand:\n  big: Alaya NeW does not tell its scale. Give it in `scale` to manage it:" in result.stderr
    assert "needs it. Nor does it tell the passwords of its pull secrets (head, worker). Give them" in result.stderr
    assert "pulumi config set --secret big-1-TOKEN" in result.stderr
    assert "It holds secrets in clear text; only you can read it, delete it afterwards." in result.stderr
    file = project / "import.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "pl4nted-password" not in file.read_text()
    [entry] = entries(project)
    program = declared(result.stdout, **{"big-1-TOKEN": "pl4nted-token", "big-2-TOKEN": "pl4nted-token"})["big"]
    assert changes(DeploymentLifecycle(), entry, program) == (False, [])


def test_expert_whose_variables_are_none(project: Path, run: Run, event_loop: None) -> None:
    result = run(*IMPORT, BIG, "--plain-env", "TOKEN")
    assert result.exit_code == 0
    assert '"TOKEN": "pl4nted-token"' in result.stdout
    assert "secret_env" not in result.stdout
    [entry] = entries(project)
    assert changes(DeploymentLifecycle(), entry, declared(result.stdout)["big"]) == (False, [])
    good(run(*IMPORT, BIG, "--secret-env", "MODE", "--force"))
    assert sorted(plain(entries(project)[0]["inputs"]["secret_env"])) == ["head", "worker"]


@pytest.mark.parametrize(
    ("changed", "advice"),
    [
        (
            {"detail_has_scale": True},
            "big: Alaya NeW does not tell the passwords of its pull secrets (head, worker). Give them in "
            "`image_pull_passwords` before a change that stops the deployment",
        ),
        ({"password_in_answer": "plain"}, "Nor does it tell the passwords of its pull secrets (head, worker)"),
    ],
)
def test_what_is_told_by_the_cloud_is_no_advice(
    project: Path, run: Run, embedded_cloud: Cloud, event_loop: None, changed: dict[str, Any], advice: str
) -> None:
    embedded_cloud.admin("PATCH", "/settings", {f"alaya.{name}": one for name, one in changed.items()})
    result = good(run(*IMPORT, BIG))
    assert advice in result.stderr
    assert "pl4nted-password" not in (project / "import.json").read_text()
    assert ("scale=alaya.ScaleArgs(" in result.stdout) == ("detail_has_scale" in changed)
    [entry] = entries(project)
    program = declared(result.stdout, **{"big-1-TOKEN": "pl4nted-token", "big-2-TOKEN": "pl4nted-token"})["big"]
    assert changes(DeploymentLifecycle(), entry, program) == (False, [])


QUIRKS = (
    {"served_name": "text"},
    {"absent_as_null": True},
    {"numbers_as_text": True},
    {"backen_args": True},
    {"old_spelling": True},
    {"detail_without_id": True},
    {"bare_lora_detail": True},
)


@pytest.mark.parametrize("quirk", QUIRKS, ids=str)
def test_however_it_is_answered(
    project: Path, run: Run, embedded_cloud: Cloud, event_loop: None, quirk: dict[str, Any]
) -> None:
    plain = {one: good(run(*IMPORT, one, "--force")).stdout for one in (BASE, ADAPTER, BIG)}
    embedded_cloud.admin("PATCH", "/settings", {f"alaya.{name}": one for name, one in quirk.items()})
    for thing, text in plain.items():
        assert good(run(*IMPORT, thing, "--force")).stdout == text


def test_all_and_some_of_them(project: Path, run: Run, embedded_cloud: Cloud) -> None:
    embedded_cloud.admin("PATCH", f"/alaya/services/{BIG}", {"status": "stopped"})
    result = good(run(*IMPORT, "--all"))
    assert sorted(one["id"] for one in entries(project)) == [BASE, ADAPTER, BIG]
    for line in ("base = alaya.Deployment(", "style = alaya.Deployment(", "big = alaya.Deployment("):
        assert line in result.stdout
    for words, ids in (
        ("name=base", [BASE]),
        ("mode=lora", [ADAPTER]),
        ("mode=expert", [BIG]),
        ("status=stopped", [BIG]),
        (f"vks_id={VKS}", [BASE, ADAPTER, BIG]),
        (f"model_id={LORA_MODEL}", [ADAPTER]),
    ):
        good(run(*IMPORT, "--all", "--filter", words, "--force"))
        assert sorted(one["id"] for one in entries(project)) == ids
    none = run(*IMPORT, "--all", "--filter", "name=bas", "--force")
    assert (none.exit_code, "there is no deployment to import" in none.stderr) == (1, True)
    wrong = run(*IMPORT, "--all", "--filter", "colour=red", "--force")
    assert "name, vks_id, namespace, model_id, aidc_id, mode, status" in wrong.stderr


def test_states_are_chosen_however_they_are_spelt(project: Path, run: Run, embedded_cloud: Cloud) -> None:
    embedded_cloud.admin("PATCH", f"/alaya/services/{BIG}", {"status": "stopped"})
    embedded_cloud.admin("PATCH", "/settings", {"alaya.old_spelling": True})
    good(run(*IMPORT, "--all", "--filter", "status=stopped"))
    assert [one["id"] for one in entries(project)] == [BIG]


def test_several_files(project: Path, run: Run) -> None:
    for name, thing in (("a", BASE), ("b", ADAPTER)):
        good(run(*IMPORT, thing, "--file", f"{name}.json", "--program", f"{name}.py", "--name", name))
    assert [entries(project, f"{name}.json")[0]["name"] for name in "ab"] == ["a", "b"]
    assert 'a = alaya.Deployment(\n    "a",\n    name="base",' in (project / "a.py").read_text()
    again = run(*IMPORT, BASE, "--file", "a.json")
    assert (again.exit_code, "a.json exists already" in again.stderr) == (1, True)


def test_secrets_go_to_the_configuration(
    project: Path, run: Run, fake_pulumi: Callable[[str], Path], embedded_cloud: Cloud
) -> None:
    config = json.dumps({"inference:alayaEndpoint": {"value": embedded_cloud.endpoint}})
    fake_pulumi(
        f"""case "$1 $2" in "config --json") echo '{config}';; "config set") echo "$*" >>set.log; cat >>set.log;;
        *) exit 1;; esac"""
    )
    good(run(*IMPORT, BIG, "--set-secrets"))
    logged = (project / "set.log").read_text()
    assert logged.count("pl4nted-token") == 2
    assert "config set --secret big-1-TOKEN" in logged


def test_what_is_not_there(project: Path, run: Run) -> None:
    result = run(*IMPORT, BASE[:-1] + "9")
    assert result.exit_code == 1
    assert f"there is no deployment {BASE[:-1]}9" in result.stderr
    assert "the account of access key emulator" in result.stderr


def test_help(run: Run) -> None:
    text = " ".join(run(*IMPORT, "--help").output.split())
    assert "All deployments of the account." in text
    assert "Environment variables that look like secrets go to secret_env" in text
