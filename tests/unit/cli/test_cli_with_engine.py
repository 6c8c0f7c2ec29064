"""The command line and the real engine together."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.programs import NO_SERVICE
from tests.support.projects import FOREIGN, STACK
from tools.environment import engine_environment

pytestmark = pytest.mark.stack

SECRET = "pa55word-of-the-database"


def inference(folder: Path, environment: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Runs `pulumi-inference` as a program of its own."""
    command = [sys.executable, "-m", "pulumi_inference", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def make_service(cloud: Cloud) -> str:
    item = {
        "model_id": "model-a",
        "specification": "custom",
        "custom_spec": {"cpu": 1.5, "memory": 2048, "gpu_p4": 1},
        "weight": 100,
        "instance_count": 2,
        "envs": {"BATCH": "8", "DB_PASSWORD": SECRET},
        "additional_properties": {"max_surge": 0.5},
    }
    body = {
        "service_name": "classifier",
        "infer_type": "real-time",
        "description": "made by hand",
        "pool_name": "pool-a",
        "config": [item],
        "schedule": [{"type": "stop", "time_unit": "HOURS", "duration": 10}],
    }
    service_id: str = cloud.api("POST", "/services", body)["service_id"]
    cloud.pass_time()
    return service_id


@pytest.mark.parametrize(("cloud", "refresh"), [("embedded", True), ("served", False)], indirect=["cloud"])
def test_after_an_import_a_preview_shows_no_change(cloud: Cloud, new_project: NewProject, refresh: bool) -> None:
    service_id = make_service(cloud)
    project = new_project(NO_SERVICE, refresh=refresh)
    options = ("--stack", STACK, "--program", "__main__.py", "--force", "--set-secrets")
    written = inference(project.folder, project.environment, "import", "modelarts", "service", service_id, *options)
    assert written.returncode == 0, written.stderr
    program = (project.folder / "__main__.py").read_text()
    assert "require_secret" in program

    imported = project.import_(project.folder / "import.json")
    assert imported.ok, imported
    cloud.forget_requests()
    preview = project.preview("--expect-no-changes", "--diff")
    assert preview.ok, preview
    up = project.up("--expect-no-changes")
    assert up.ok, up
    assert cloud.sent("POST", "PUT", "DELETE") == []
    assert project.only_resource()["id"] == service_id
    seen = [program, json.dumps(project.export()), written.stdout, written.stderr, imported.text, preview.text]
    assert not any(SECRET in text for text in seen)


def test_an_imported_service_can_be_changed_and_deleted(cloud: Cloud, new_project: NewProject) -> None:
    service_id = make_service(cloud)
    project = new_project(NO_SERVICE)
    options = ("--stack", STACK, "--program", "__main__.py", "--force", "--set-secrets")
    inference(project.folder, project.environment, "import", "modelarts", "service", service_id, *options)
    assert project.import_(project.folder / "import.json").ok
    project.edit("instance_count=2", "instance_count=3")
    [step] = project.planned()
    assert (step.op, step.paths) == ("update", {"config[0].instance_count"})
    assert project.up().ok
    [item] = cloud.only_service()["config"]
    assert (item["instance_count"], item["envs"]["DB_PASSWORD"]) == (3, SECRET)
    assert project.destroy().ok
    assert cloud.services() == []


@pytest.mark.parametrize("cloud_name", ["modelarts", "modelartsv2"])
def test_a_new_project_works_right_away(tmp_path: Path, engine: Path, cloud_name: str) -> None:
    base = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    environment = engine_environment(engine, tmp_path / "state", base)
    folder = tmp_path / "serving"

    def pulumi(*words: str) -> str:
        command = ["pulumi", "--non-interactive", *words]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    made = inference(tmp_path, environment, "init", cloud_name, "serving", "--emulator")
    assert made.returncode == 0, made.stderr
    pulumi("stack", "init", "dev")
    pulumi("up", "--yes", "--skip-preview")
    assert "unchanged" in pulumi("preview", "--expect-no-changes")

    doctor = inference(folder, environment, "doctor")
    assert doctor.returncode == 0, doctor.stdout
    service_id = pulumi("stack", "output", "service_id").strip()
    answer = inference(folder, environment, "invoke", cloud_name, service_id, "--data", '{"x": 1}')
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["echo"] == {"x": 1}
    pulumi("destroy", "--yes", "--skip-preview")
