"""Functions on the real engine: secrets, a failed deployment, a killed engine, and what was there before."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pulumi_inference.emulator.messages import Request
from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.functions import ECHO, ENDPOINT, ROOT, ask, functions, key_of, sent
from tests.support.patience import PATIENCE
from tests.support.processes import wait_for_end
from tests.support.programs import NO_SERVICE
from tests.support.projects import STACK, Project

SERVED = pytest.mark.parametrize("cloud", ["served"], indirect=True)
FIRST, SECOND = "hunter2/first", "hunter3/second"


@pytest.fixture
def project(cloud: Cloud, new_project: NewProject) -> Project:
    """A stack that has not been deployed."""
    environment = {**key_of(cloud), "TOKEN_OF_THE_TEST": FIRST}
    return new_project(ECHO, config={ENDPOINT: cloud.endpoint}, environment=environment)


def test_another_secret_is_sent_and_shown_nowhere(cloud: Cloud, project: Project, tmp_path: Path) -> None:
    shown = [project.up().text]
    project.environment["TOKEN_OF_THE_TEST"] = SECOND
    [step] = project.planned()
    assert (step.op, step.name) == ("update", "echo")
    assert {path.partition("[")[0].partition(".")[0] for path in step.paths} == {"secrets"}
    cloud.forget_requests()
    shown += [project.preview("--diff").text, project.up("--diff").text]
    assert sent(cloud, "POST", "PUT", "PATCH", "DELETE") == ["PUT secrets/functions/F/versions/V1"]
    assert project.planned() == []
    shown += [file.read_text(encoding="utf-8") for file in (tmp_path / "state" / "stacks").rglob("*.json*")]
    resources = json.dumps(project.resources())
    assert not any(secret in text for secret in (FIRST, SECOND) for text in [*shown, resources])


def test_a_failed_deployment_says_why_and_the_next_up_ends_well(cloud: Cloud, project: Project) -> None:
    cloud.fault(**{"nvcf.deploy": {"outcome": "error"}})
    failed = project.up()
    assert not failed.ok
    assert failed.lines("did not deploy", "Inference container exited with code 1"), failed.text
    assert "Traceback" not in failed.text
    [(version, _)] = functions(cloud)
    assert {one["id"] for one in project.resources()} == {f"{version['id']},{version['versionId']}"}

    shown = project.preview()
    assert shown.lines("undeploys it and deploys it anew"), shown.text
    again = project.up()
    assert again.ok, again.text
    [(after, deployed)] = functions(cloud)
    assert (after["versionId"], after["status"]) == (version["versionId"], "ACTIVE") and deployed is not None
    assert project.planned() == []


@SERVED
@pytest.mark.parametrize("after", ["/functions", "/versions", "/deployments/"])
def test_a_killed_engine_leaves_nothing_twice(cloud: Cloud, project: Project, after: str) -> None:
    """`kill -9` when the cloud has carried out a call of create or replace, and nobody has heard of it."""
    if after == "/versions":
        assert project.up().ok
        project.edit("echo:1", "echo:2")
    reached, killed = threading.Event(), threading.Event()

    def strike(request: Request) -> None:
        is_it = after in request.path if after.endswith("/") else request.path.endswith(after)
        if request.method == "POST" and is_it and not reached.is_set():
            reached.set()
            killed.wait(PATIENCE)

    cloud.after = strike
    running = project.start_up()
    assert reached.wait(PATIENCE)
    left = running.kill()
    for pid in left:  # a provider that Pulumi has started and not called yet does not notice the end of the engine
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    killed.set()
    cloud.after = None
    wait_for_end(left)
    assert not running.wait().ok

    assert project.run("cancel", "--yes", "--stack", STACK).ok
    again = project.up()
    assert again.ok, again.text
    [(version, deployed)] = functions(cloud)
    assert deployed is not None and version["status"] == "ACTIVE"
    assert {one["id"] for one in project.resources()} == {f"{version['id']},{version['versionId']}"}


def test_what_was_there_is_imported_and_a_preview_shows_nothing(cloud: Cloud, new_project: NewProject) -> None:
    body = {"name": "old", "inferenceUrl": "/echo", "containerImage": "nvcr.io/acme/echo:1", "tags": ["team:speech"]}
    made = ask(cloud, "POST", f"{ROOT}/functions", body)["function"]
    specification = {"gpu": "L40", "instanceType": "NCP.GPU.L40_1x", "minInstances": 1, "maxInstances": 2}
    path = f"{ROOT}/deployments/functions/{made['id']}/versions/{made['versionId']}"
    ask(cloud, "POST", path, {"deploymentSpecifications": [specification]})
    cloud.pass_time()

    project = new_project(NO_SERVICE, config={ENDPOINT: cloud.endpoint})
    thing, program = f"{made['id']},{made['versionId']}", ""
    for kind in ("function", "deployment"):
        options = ["--stack", STACK, "--name", kind, "--program", f"{kind}.py", "--force"]
        command = [sys.executable, "-m", "pulumi_inference", "import", "nvcf", kind, thing, *options]
        done = subprocess.run(
            command, cwd=project.folder, env=project.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert project.import_(project.folder / "import.json").ok
        program += (project.folder / f"{kind}.py").read_text(encoding="utf-8")
    project.write(program)
    cloud.forget_requests()
    shown = project.preview("--expect-no-changes", "--diff")
    assert shown.ok, shown.text
    assert project.up("--expect-no-changes").ok
    assert sent(cloud, "POST", "PUT", "PATCH", "DELETE") == []
