"""`import`, `status`, `doctor` and `validate` of services and deployments of ModelArts v2."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.emulator.huaweicloud import accounts
from pulumi_inference.modelartsv2.deployments.lifecycle import DeploymentLifecycle
from pulumi_inference.modelartsv2.services.lifecycle import ServiceLifecycle
from tests.support.cloud import Cloud
from tests.support.imported import changes, declared
from tests.support.modelartsv2 import POOL
from tests.support.modelartsv2_calls import EMPTY, KEY, KEYED, OPEN, STOPPED, seeded
from tests.support.states import State
from tests.unit.cli.conftest import Run

SERVICE, DEPLOYMENT = ("import", "modelartsv2", "service"), ("import", "modelartsv2", "deployment")
TOKEN = "pl4nted-token"
ENVS = {"TOKEN": TOKEN, "MODE": "fast"}


@pytest.fixture(autouse=True)
def filled(project: Path, embedded_cloud: Cloud) -> None:
    """A project where a service of each kind is; "open" has variables, and "keyed" is on the public pool."""
    found = seeded()
    by_id = {one["id"]: one for one in found["modelartsv2.services"]}
    by_id[OPEN]["deployments"][0]["unit_configs"][0]["envs"] = ENVS
    [inline] = by_id[KEYED]["deployments"]
    inline["pool_id"] = ""
    inline["unit_configs"][0]["envs"] = ENVS
    embedded_cloud.admin("POST", "/seed", found)


def good(result: Any) -> Any:
    assert result.exit_code == 0, result.output
    assert not [one for one in (TOKEN, KEY) if one in result.output], result.output
    return result


def entries(project: Path, file: str = "import.json") -> list[Any]:
    found: list[Any] = json.loads((project / file).read_text(encoding="utf-8"))["resources"]
    return found


def test_a_deployment_with_secret_variables(project: Path, run: Run, event_loop: None) -> None:
    result = good(run(*DEPLOYMENT, f"{OPEN},d-open"))
    for text in (
        "blue_deployment = modelartsv2.Deployment(",
        f'service_id="{OPEN}"',
        f'pool_id="{POOL}"',
        'envs={"MODE": "fast"}',
        '"TOKEN": config.require_secret("blue-deployment-TOKEN")',
    ):
        assert text in result.stdout, result.stdout
    assert "pulumi config set --secret blue-deployment-TOKEN" in result.stderr
    file = project / "import.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    [entry] = entries(project)
    assert (entry["type"], entry["id"]) == ("pulumi-python:dynamic/modelartsv2:Deployment", f"{OPEN},d-open")
    program = declared(result.stdout, **{"blue-deployment-TOKEN": TOKEN})["blue"]
    assert changes(DeploymentLifecycle(), entry, program) == (False, [])


def test_a_deployment_whose_variables_are_none(project: Path, run: Run, event_loop: None) -> None:
    result = run(*DEPLOYMENT, f"{OPEN},d-open", "--plain-env", "TOKEN")
    assert result.exit_code == 0
    assert f'"TOKEN": "{TOKEN}"' in result.stdout
    assert "secret_envs" not in result.stdout
    [entry] = entries(project)
    assert changes(DeploymentLifecycle(), entry, declared(result.stdout)["blue"]) == (False, [])


def test_what_is_on_the_public_pool_belongs_to_its_service(project: Path, run: Run, event_loop: None) -> None:
    refused = run(*DEPLOYMENT, f"{KEYED},d-blue")
    assert refused.exit_code == 1
    assert "it is on the public pool, and stands in its service: import that one" in refused.stderr
    result = good(run(*SERVICE, KEYED))
    assert "deployment=modelartsv2.InlineDeploymentArgs(" in result.stdout
    assert '"TOKEN": config.require_secret("keyed-TOKEN")' in result.stdout
    [entry] = entries(project)
    program = declared(result.stdout, **{"keyed-TOKEN": TOKEN})["keyed"]
    assert changes(ServiceLifecycle(), entry, program) == (False, [])


@pytest.mark.parametrize(("thing", "name"), [(OPEN, "open"), (STOPPED, "stopped"), (EMPTY, "empty")])
def test_a_service_without_what_has_a_life_of_its_own(
    project: Path, run: Run, event_loop: None, thing: str, name: str
) -> None:
    result = good(run(*SERVICE, thing))
    assert f"{name} = modelartsv2.Service(" in result.stdout
    for text in ("deployment=", "desired_status", "unit_configs"):
        assert text not in result.stdout
    [entry] = entries(project)
    assert changes(ServiceLifecycle(), entry, declared(result.stdout)[name]) == (False, [])


def test_all_and_some_of_them(project: Path, run: Run) -> None:
    good(run(*SERVICE, "--all"))
    assert len(entries(project)) == 8
    for words, ids in (("name=open", [OPEN]), ("status=STOPPED", [STOPPED])):
        good(run(*SERVICE, "--all", "--filter", words, "--force"))
        assert [one["id"] for one in entries(project)] == ids
    good(run(*DEPLOYMENT, "--all", "--force"))
    found = {one["id"] for one in entries(project)}
    assert f"{OPEN},d-open" in found
    assert f"{KEYED},d-blue" not in found
    good(run(*DEPLOYMENT, "--all", "--filter", f"service_id={OPEN}", "--force"))
    assert [one["id"] for one in entries(project)] == [f"{OPEN},d-open"]
    wrong = run(*DEPLOYMENT, "--all", "--filter", "colour=red", "--force")
    assert "service_id, name, status, pool_id" in wrong.stderr


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ((*SERVICE, f"{OPEN[:-1]}9"), f"there is no service {OPEN[:-1]}9"),
        ((*DEPLOYMENT, f"{OPEN},d-none"), f"there is no deployment {OPEN},d-none"),
        ((*DEPLOYMENT, OPEN), "SERVICE_ID,DEPLOYMENT_ID"),
    ],
)
def test_what_is_not_there(project: Path, run: Run, words: tuple[str, ...], text: str) -> None:
    result = run(*words)
    assert result.exit_code != 0
    assert text in result.stderr
    assert "Traceback" not in result.output


# status, doctor, validate


def test_status(state: State, run: Run) -> None:
    state.add("open", OPEN, cloud="modelartsv2")
    state.add("keyed", KEYED, cloud="modelartsv2", secret_envs={"main": {"TOKEN": TOKEN}})
    state.add("stopped", STOPPED, cloud="modelartsv2")
    deployed = {"service_id": OPEN, "count": 1, "secret_envs": {"main": {"TOKEN": TOKEN}}}
    state.add("blue", f"{OPEN},d-open", "Deployment", cloud="modelartsv2", **deployed)
    state.add("lost", f"{OPEN},d-none", "Deployment", cloud="modelartsv2", service_id=OPEN)
    result = run("status", "--json")
    rows = {one["name"]: one for one in json.loads(result.stdout)["resources"]}
    assert {name: one["state"] for name, one in rows.items()} == {
        "open": "RUNNING",
        "keyed": "RUNNING",
        "stopped": "STOPPED",
        "blue": "RUNNING",
        "lost": "gone",
    }, rows
    assert rows["blue"]["instances"] == {"running": 1, "wanted": 1}
    assert [one["status"] for one in rows["blue"]["replicas"]] == ["RUNNING"]
    assert not [one for one in (TOKEN, KEY) if one in result.output]
    assert TOKEN not in run("status").output


def test_doctor_asks(run: Run, project: Path) -> None:
    result = run("doctor", "--json")
    checks = {one["name"]: one for one in json.loads(result.stdout)["checks"]}
    [asked] = [one for name, one in checks.items() if name.startswith("modelartsv2") and "request" in name]
    assert asked["status"] == "ok", checks
    assert accounts.SECRET_KEY not in result.output


SPEC = f"""\
kind: modelartsv2.Deployment
name: blue
spec:
  service_id: {OPEN}
  pool_id: {POOL}
  unit_configs:
    - image: {{swr_path: "swr.example.test/demo/echo:1"}}
      custom_spec: {{cpu: 2, memory: 4096}}
      envs: {{TOKEN: a}}
  secret_envs: {{other: {{TOKEN: {TOKEN}}}}}
  advanced_config: {{port: 8080}}
  weight: 101
---
kind: modelartsv2.Service
name: chat
spec:
  runtime_config:
    service_invoke: {{port: 8080, auth_type: API_KEY}}
    service_limit: {{rate_limit: {{num: 50}}, request_size_limit: 10, request_timeout: 90}}
"""


def test_specs_are_validated(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    file.write_text(SPEC)
    result = run("validate", str(file))
    assert result.exit_code == 1
    for text in ("blue: weight: ", "blue: secret_envs"):
        assert text in result.stdout, result.stdout
    assert "chat: " not in result.stdout
    assert TOKEN not in result.output
    file.write_text(SPEC.partition("---\n")[2])
    good(run("validate", str(file)))


def test_what_modelarts_fills_in_is_not_said(project: Path, run: Run, event_loop: None) -> None:
    """The program leaves out what the cloud gives by itself, and says all that differs from it."""
    result = good(run(*DEPLOYMENT, f"{OPEN},d-open"))
    usual = ("role=", "group_count=", "high_avail_switch=", "schedule_strategy=", "mirror_traffic", "upgrade_config=")
    for text in (*usual, "system_log_dump_enable=", 'flavor="custom"', 'name="main"', "category="):
        assert text not in result.stdout, result.stdout
    result = good(run(*SERVICE, OPEN, "--force"))
    for text in ("lts_strategy", "upgrade_config"):
        assert text not in result.stdout, result.stdout
    result = good(run(*SERVICE, KEYED, "--force"))
    for text in (*usual, "lts_strategy"):
        assert text not in result.stdout, result.stdout


def test_what_differs_from_that_is_said(project: Path, run: Run, event_loop: None, embedded_cloud: Cloud) -> None:
    changed = {
        "unit_configs": [{"image": {"category": "GPU"}}],
        "mirror_traffic_enable": True,
        "advanced_config": {"upgrade_config": {"rolling_update": {"max_surge": "25%"}}},
    }
    embedded_cloud.admin("PATCH", f"/modelartsv2/services/{OPEN}/deployments/d-open", changed)
    result = good(run(*DEPLOYMENT, f"{OPEN},d-open"))
    for text in ('category="GPU"', "mirror_traffic_enable=True", 'max_surge="25%"'):
        assert text in result.stdout, result.stdout
    assert "max_unavailable" not in result.stdout
    [entry] = entries(project)
    program = declared(result.stdout, **{"blue-deployment-TOKEN": TOKEN})["blue"]
    assert changes(DeploymentLifecycle(), entry, program) == (False, [])
