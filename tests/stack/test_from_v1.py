"""The canary example, moved from ModelArts v1 to v2 on the real engine: both run side by side and answer alike."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.projects import STACK, Project

EXAMPLE = Path(__file__).parents[2] / "examples" / "modelarts-canary" / "__main__.py"
STABLE, CANARY = "6f1d2c1e-50b7-4a35-8a55-2b7f0c4d9e01", "6f1d2c1e-50b7-4a35-8a55-2b7f0c4d9e02"
POOL = "pool-demo-01"
CALLS = 100
BODY = {"x": 1}


def image(version: str) -> str:
    return f"swr.example.test/vision/classifier:{version}"


@pytest.fixture
def project(cloud: Cloud, new_project: NewProject) -> Project:
    """The example, deployed with models that v1 knows."""
    models = [
        {
            "model_id": model_id,
            "model_name": "classifier",
            "model_version": version,
            "model_type": "Image",
            "source_location": image(version),
            "cmd": "python serve.py",
        }
        for model_id, version in ((STABLE, "1.0.0"), (CANARY, "1.1.0"))
    ]
    cloud.admin("POST", "/seed", {"models": models})
    found = new_project(EXAMPLE.read_text(encoding="utf-8"))
    made = found.up()
    assert made.ok, made
    return found


def converted(project: Project, cloud: Cloud, *words: str) -> subprocess.CompletedProcess[str]:
    service_id = cloud.only_service()["service_id"]
    options = ("--name", "vision", "--program", "moved.py", "--stack", STACK, *words)
    command = [sys.executable, "-m", "pulumi_inference", "modelartsv2", "from-v1", service_id, *options]
    return subprocess.run(
        command, cwd=project.folder, env=project.environment, capture_output=True, text=True, check=False
    )


def answers(cloud: Cloud, url: str, told: str) -> Counter[str]:
    """How often which model or image answers; each answer is the echo of the request."""
    headers = {"X-Auth-Token": cloud.token()}
    found: Counter[str] = Counter()
    for _ in range(CALLS):
        answer = cloud.client.post(urlsplit(url).path, json=BODY, headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.json()["echo"] == BODY
        found[answer.json()[told]] += 1
    return found


def test_the_canary_example_moves(cloud: Cloud, project: Project) -> None:
    done = converted(project, cloud, "--pool", POOL)
    assert done.returncode == 0, done.stderr
    assert "Wrote moved.py" in done.stderr
    program = project.folder / "__main__.py"
    program.write_text(f"import moved\n{program.read_text(encoding='utf-8')}", encoding="utf-8")
    steps = {step.name: step.op for step in project.planned()}
    new = ("vision", "vision-classifier-1-0-0", "vision-classifier-1-1-0")
    assert steps == dict.fromkeys(new, "create")

    made = project.up()
    assert made.ok, made
    assert project.preview("--expect-no-changes").ok
    outputs = project.outputs()
    # As many calls as make the shares whole.
    assert answers(cloud, outputs["url"], "model_version") == {"1.0.0": 90, "1.1.0": 10}
    assert answers(cloud, outputs["vision_url"], "image") == {image("1.0.0"): 90, image("1.1.0"): 10}
