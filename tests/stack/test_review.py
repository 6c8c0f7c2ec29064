"""One comment on a stack with things of every cloud, by the real engine: each change is there, and named rightly."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.patience import PATIENCE
from tests.support.projects import STACK, Project
from tests.support.secrets import Planted

MODEL, ADAPTER = "00000000-0000-4000-8000-0000000000aa", "00000000-0000-4000-8000-0000000000bb"
OLD_SECRET, NEW_SECRET = "old-s3cret-of-the-fleet", "new-s3cret-of-the-fleet"
FLEET = f"""
    import os
    import pulumi
    from pulumi_inference import alaya, modelarts, nvcf

    after = os.environ.get("AFTER") == "1"
    spec = modelarts.CustomSpecArgs(cpu=4, memory=8192, gpu_p4=1)
    l40s = alaya.GpuArgs(gpu_type="nvidia.com/gpu-l40s", count=1)

    modelarts.Service(
        "classifier",
        infer_type="real-time",
        pool_name="pool-a",
        description="new" if after else "old",
        config=[
            modelarts.ServiceConfigArgs(
                model_id="m-a", weight=30 if after else 70, instance_count=2, specification="custom", custom_spec=spec
            ),
            modelarts.ServiceConfigArgs(
                model_id="m-b", weight=70 if after else 30, instance_count=2, specification="custom", custom_spec=spec
            ),
        ],
        secret_envs={{"m-a": {{"TOKEN": pulumi.Output.secret("{NEW_SECRET}" if after else "{OLD_SECRET}")}}}},
    )
    function = nvcf.Function(
        "echo",
        container_image="nvcr.io/acme/echo:2" if after else "nvcr.io/acme/echo:1",
        inference_url="/echo",
        inference_port=8000,
    )
    if not after:
        alaya.Deployment(
            "old",
            vks_id="vc0000000001",
            namespace="default",
            model_id="{MODEL}",
            served_name=["old"],
            quick_start=alaya.QuickStartArgs(
                backend="vllm",
                backend_version="0.9.0.1",
                resource=alaya.QuickStartResourceArgs(cpu=4, mem=32, gpu=l40s),
            ),
        )
    alaya.Deployment(
        "chat",
        vks_id="vc0000000001",
        namespace="default",
        model_id="{MODEL}",
        served_name=["chat"],
        expert=alaya.ExpertArgs(
            head_config=alaya.HeadConfigArgs(
                image="e.test/vllm:1",
                env={{"A": "2" if after else "1"}},
                resource=alaya.ResourceArgs(cpu=4, mem=32, gpu=l40s),
            )
        ),
        scale=alaya.ScaleArgs(min=1, max=2, rps_value=5, idle_time=60),
        on_offline_change="restart",
    )
"""
ENDPOINTS = [f"inference:{cloud}Endpoint" for cloud in ("modelarts", "nvcf", "alaya")]


@pytest.fixture
def fleet(cloud: Cloud, new_project: NewProject) -> Project:
    """The stack after an `up`, and after somebody has been at it."""
    project = new_project(FLEET, config=dict.fromkeys(ENDPOINTS, cloud.endpoint))
    done = project.up()
    assert done.ok, done.text
    cloud.change(
        description="by hand",
        config={"m-a": {"instance_count": 5}},
    )
    services = cloud.admin("GET", "/alaya/services")["services"]
    [chat] = [one for one in services if one["name"].startswith("chat-")]
    head = {**chat["headConfig"], "env": {"A": "9"}}
    cloud.admin("PATCH", f"/alaya/services/{chat['serviceId']}", {"headConfig": head})
    project.environment["AFTER"] = "1"
    return project


def review(project: Project, *words: str, command: str = "review") -> subprocess.CompletedProcess[str]:
    """The command in the project."""
    return subprocess.run(
        [sys.executable, "-m", "pulumi_inference", command, *words],
        cwd=project.folder,
        env=project.environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


def of(stack: dict[str, Any]) -> dict[str, Any]:
    """The resources by kind and name."""
    return {f"{one['kind']} {one['name']}": one for one in stack["resources"]}


def test_every_change_is_in_one_comment_and_named_rightly(fleet: Project, cloud: Cloud, tmp_path: Path) -> None:
    state = fleet.export()
    before = len(cloud.admin("GET", "/requests")["requests"])
    done = review(fleet, "--stack", STACK, "--format", "json")
    assert done.returncode == 3, done.stderr
    [stack] = json.loads(done.stdout)["stacks"]
    found = of(stack)
    assert {name: one["op"] for name, one in found.items()} == {
        "modelarts.Service classifier": "update",
        "nvcf.Function echo": "replace",
        "alaya.Deployment old": "delete",
        "alaya.Deployment chat": "update",
    }
    fields = {name: {one["path"]: one for one in thing["fields"]} for name, thing in found.items()}
    service, chat = fields["modelarts.Service classifier"], fields["alaya.Deployment chat"]
    assert {path: one["verdict"] for path, one in service.items()} == {
        "config.m-a.instance_count": "drift undone",
        "config.m-a.weight": "change",
        "config.m-b.weight": "change",
        "description": "conflict",
        "secret_envs": "change",
    }
    count = service["config.m-a.instance_count"]
    assert [count[side]["value"] for side in ("program", "recorded", "live")] == [2, 2, 5]
    assert service["secret_envs"]["secret"]
    assert chat["expert.head_config.env.A"]["verdict"] == "conflict"
    assert [path for path, one in fields["nvcf.Function echo"].items() if one["forces_replacement"]] == [
        "container_image"
    ]
    assert [one["kind"] for one in stack["dangers"]][:2] == ["delete", "replace"]
    assert stack["drift"] == {"fields": 3, "resources": 2}
    assert "nothing answers in between" in found["alaya.Deployment chat"]["consequences"]

    # Nothing was written: not to the cloud, and not to the state.
    requests = cloud.admin("GET", "/requests")["requests"][before:]
    assert requests
    assert {one["method"] for one in requests} <= {"GET", "HEAD"}
    assert fleet.export() == state

    # What the engine has written tells the same, in whatever form.
    preview, log = tmp_path / "preview.json", tmp_path / "events.json"
    preview.write_text(fleet.preview("--json", "--show-sames").stdout, encoding="utf-8")
    fleet.environment["PULUMI_DEBUG_COMMANDS"] = "true"
    fleet.preview("--show-sames", "--event-log", str(log))
    planted = Planted(old=OLD_SECRET, new=NEW_SECRET)
    for form in ("markdown", "text", "html"):
        texts = [
            review(fleet, *words, "--format", form).stdout
            for words in (["--stack", STACK], ["--preview", str(preview)], ["--events", str(log)])
        ]
        assert texts[0] == texts[1] == texts[2], form
        assert planted.found_in(texts[0]) == [], form
        assert "[secret]" in texts[0]
    assert planted.found_in(done.stdout) == []


def test_drift_alone_is_told_without_the_program(fleet: Project) -> None:
    fleet.write("raise SystemExit('nobody asks me')")
    done = review(fleet, "--stack", STACK, "--format", "json", command="drift")
    assert done.returncode == 4, done.stderr
    [stack] = json.loads(done.stdout)["stacks"]
    assert (stack["verdict"], stack["drift"]) == ("no change", {"fields": 3, "resources": 2})


def test_a_raising_read_does_not_hide_the_rest_and_a_crash_is_no_silence(fleet: Project, cloud: Cloud) -> None:
    fault = {"method": "GET", "path": "/v1/[^/]+/services/[^/]+$", "status": 403, "count": 1000}
    cloud.admin("POST", "/faults", fault)
    done = review(fleet, "--stack", STACK)
    assert done.returncode == 3, done.stderr
    assert "not read: classifier" in done.stdout
    assert "HTTP 403" in done.stdout
    assert "old (alaya.Deployment) is deleted" in done.stdout
    assert "live state read, no drift" not in done.stdout
    cloud.admin("DELETE", "/faults")

    fleet.write("x = (")
    failed = review(fleet, "--stack", STACK)
    assert failed.returncode == 1
    assert "trial/test: the preview failed" in failed.stdout
    assert "SyntaxError" in failed.stdout
    assert "no change" not in failed.stdout
    missing = review(fleet, "--stack", "nobody")
    assert missing.returncode == 1
    assert "trial/nobody: the preview failed: no stack named" in missing.stdout
