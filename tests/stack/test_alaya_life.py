"""Deployments of Alaya NeW on the real engine: all three forms in one program, from `up` to `destroy`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import openai
import pytest

from pulumi_inference.emulator.alaya.accounts import ACCESS_KEY, SECRET_KEY
from tests.conftest import NewProject
from tests.support.alaya import BASE_MODEL, GPU, INFERENCE, LORA_MODEL, VKS
from tests.support.alaya_calls import deployments
from tests.support.cloud import Cloud
from tests.support.programs import NO_SERVICE
from tests.support.projects import STACK, Project

ENDPOINT = "inference:alayaEndpoint"
SECRET, PASSWORD = "hunter2/token", "hunter2/password"

PROGRAM = f"""
    import os

    import pulumi
    from pulumi_inference import alaya

    PLACE = {{"vks_id": "{VKS}", "namespace": "default", "model_id": "{BASE_MODEL}"}}
    gpu = alaya.GpuArgs(gpu_type="{GPU}", count=1)

    big = alaya.Deployment(
        "big",
        **PLACE,
        served_name=["big"],
        expert=alaya.ExpertArgs(
            head_config=alaya.HeadConfigArgs(
                image="example.test/serve:1",
                image_pull_secret=alaya.ImagePullSecretArgs(registry="https://r.test", username="u"),
                env={{"VLLM_ALLOW_RUNTIME_LORA_UPDATING": "true"}},
                resource=alaya.ResourceArgs(cpu=4, mem=32, gpu=gpu),
            ),
        ),
        scale=alaya.ScaleArgs(min=1, max=2, rps_value=5, idle_time=60),
        secret_env={{"head": {{"TOKEN": os.environ["TOKEN_OF_THE_TEST"]}}}},
        image_pull_passwords={{"head": os.environ["PASSWORD_OF_THE_TEST"]}},
    )
    base = alaya.Deployment(
        "base",
        **PLACE,
        served_name=["demo"],
        quick_start=alaya.QuickStartArgs(
            backend="vllm",
            backend_version="0.9.0.1",
            backend_args=[],
            resource=alaya.QuickStartResourceArgs(cpu=4, mem=32, gpu=gpu),
        ),
        on_offline_change="error",
    )
    style = alaya.Deployment(
        "style",
        model_id="{LORA_MODEL}",
        served_name=["style"],
        lora=alaya.LoraArgs(base_service_id=base.service_id),
    )
    pulumi.export("service_url", base.service_url)
    pulumi.export("api_key", base.api_key)
"""


def services(cloud: Cloud) -> dict[str, Any]:
    """All deployments with everything about them, by the names without their hashes."""
    found = cloud.admin("GET", "/alaya/services")["services"]
    return {one["name"].rpartition("-")[0] or one["name"]: one for one in found}


def writes(cloud: Cloud) -> list[str]:
    """The program's writes so far, with the names of what they are about."""
    names = {one["serviceId"]: name for name, one in services(cloud).items()}
    found = []
    for one in cloud.sent("POST", "PUT", "PATCH", "DELETE"):
        parts = one.path.removeprefix(INFERENCE).strip("/").split("/")
        found.append(" ".join([one.method, "/".join(names.get(part, part) for part in parts)]).strip())
    return found


@pytest.fixture
def project(cloud: Cloud, new_project: NewProject) -> Project:
    """A stack that has not been deployed."""
    secrets = {"TOKEN_OF_THE_TEST": SECRET, "PASSWORD_OF_THE_TEST": PASSWORD}
    served = cloud.endpoint.startswith("http")
    keys = {"ALAYA_ACCESS_KEY": ACCESS_KEY, "ALAYA_SECRET_KEY": SECRET_KEY} if served else {}
    return new_project(PROGRAM, config={ENDPOINT: cloud.endpoint}, environment={**secrets, **keys})


def test_a_program_with_all_three_forms(cloud: Cloud, project: Project, tmp_path: Path) -> None:
    shown = project.up()
    assert shown.ok, shown
    made = services(cloud)
    assert {name: one["status"] for name, one in made.items()} == dict.fromkeys(("big", "base", "style"), "running")
    assert made["style"]["baseServiceId"] == made["base"]["serviceId"]
    assert made["big"]["headConfig"]["env"]["TOKEN"] == SECRET

    cloud.forget_requests()
    assert project.up("--expect-no-changes").ok
    assert writes(cloud) == []

    # One online call.
    project.edit("max=2", "max=3")
    cloud.forget_requests()
    scaled = project.up()
    assert scaled.ok, scaled
    assert writes(cloud) == ["PUT big/scale"]

    # An offline change is refused in the preview.
    project.edit("backend_args=[]", 'backend_args=["--max-model-len", "8192"]')
    cloud.forget_requests()
    refused = project.preview()
    assert not refused.ok
    assert refused.lines("quick_start.backend_args", "cannot change while the deployment runs"), refused
    assert 'Set on_offline_change="restart"' in refused.text
    assert "Traceback" not in refused.text
    assert writes(cloud) == []

    # It restarts the base, and its adapter comes back with the same `up`.
    project.edit('on_offline_change="error"', 'on_offline_change="restart"')
    preview = project.preview()
    assert preview.ok, preview
    assert preview.lines("stops, is updated and started again, offline in between: quick_start.backend_args"), preview
    assert preview.lines("the LoRA deployments on it stop with it: style-"), preview
    cloud.forget_requests()
    restarted = project.up()
    assert restarted.ok, restarted
    assert writes(cloud) == ["POST base/cancel", "PUT base", "PUT lora/style"]
    after = services(cloud)
    assert {name: one["status"] for name, one in after.items()} == dict.fromkeys(("big", "base", "style"), "running")
    assert {name: one["serviceId"] for name, one in after.items()} == {
        name: one["serviceId"] for name, one in made.items()
    }
    assert project.planned() == []

    # Drift is shown.
    cloud.admin("PATCH", f"/alaya/services/{after['style']['serviceId']}", {"servedName": ["other"]})
    drifted = project.preview()
    assert not drifted.ok, drifted
    assert drifted.lines("served_name", "cannot change while the deployment runs"), drifted

    texts = [one.text for one in (shown, scaled, refused, preview, restarted)]
    texts += [file.read_text(encoding="utf-8") for file in (tmp_path / "state" / "stacks").rglob("*.json*")]
    keys = [one["apikey"] for one in after.values()]
    assert not [one for one in (SECRET, PASSWORD, SECRET_KEY, *keys) if any(one in text for text in texts)]

    cloud.forget_requests()
    gone = project.destroy()
    assert gone.ok, gone.text
    assert services(cloud) == {}
    order = [one.path.removeprefix(f"{INFERENCE}/") for one in cloud.sent("DELETE")]
    ids = {name: one["serviceId"] for name, one in after.items()}
    assert order.index(ids["style"]) < order.index(ids["base"])


def test_what_was_there_is_imported_and_a_preview_shows_nothing(cloud: Cloud, new_project: NewProject) -> None:
    cloud.admin("POST", "/seed", {"alaya.services": deployments()[:2]})
    project = new_project(NO_SERVICE, config={ENDPOINT: cloud.endpoint})
    command = [sys.executable, "-m", "pulumi_inference", "import", "alaya", "deployment", "--all", "--stack", STACK]
    done = subprocess.run(
        command, cwd=project.folder, env=project.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    imported = project.import_(project.folder / "import.json")
    assert imported.ok, imported
    project.write(done.stdout)
    cloud.forget_requests()
    shown = project.preview("--expect-no-changes", "--diff")
    assert shown.ok, shown
    assert project.up("--expect-no-changes").ok
    assert writes(cloud) == []


@pytest.mark.parametrize("cloud", ["served"], indirect=True)
def test_the_openai_package_talks_to_a_deployment(cloud: Cloud, project: Project) -> None:
    """With the outputs of the stack, as a user would: plain, streamed, and the adapter by its name on the base."""
    done = project.up()
    assert done.ok, done
    outputs = project.outputs()
    cloud.move_with_requests(False)
    client = openai.OpenAI(
        base_url=f"{outputs['service_url']}/v1",
        api_key="x",
        default_headers={"apiKey": outputs["api_key"]},
        max_retries=0,
    )
    messages: Any = [{"role": "user", "content": "hello"}]
    for model in ("demo", "style"):
        answer = client.chat.completions.create(model=model, messages=messages)
        assert (answer.model, "hello" in str(answer.choices[0].message.content)) == (model, True)
        chunks = list(client.chat.completions.create(model=model, messages=messages, stream=True))
        assert "hello" in "".join(one.choices[0].delta.content or "" for one in chunks if one.choices)
    assert client.completions.create(model="demo", prompt="hello").choices[0].text
    assert sorted(one.id for one in client.models.list()) == ["demo", "style"]
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="huge", messages=messages)
    other = openai.OpenAI(base_url=client.base_url, api_key=outputs["api_key"], max_retries=0)
    with pytest.raises(openai.AuthenticationError):
        other.models.list()
    logged = json.dumps(cloud.admin("GET", "/requests"))
    assert outputs["api_key"] not in logged


def test_the_program_of_init_runs_and_is_called_as_it_says(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(NO_SERVICE, config={ENDPOINT: cloud.endpoint})

    def inference(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "pulumi_inference", *words],
            cwd=project.folder,
            env=project.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    inference("init", "alaya", "begun", "--emulator")
    project.write((project.folder / "begun" / "__main__.py").read_text(encoding="utf-8"))
    made = project.up()
    assert made.ok, made
    assert project.planned() == []
    question = json.dumps({"model": "chat", "messages": [{"role": "user", "content": "Hello"}]})
    words = ("invoke", "alaya", "chat", "--path", "/v1/chat/completions", "--data", question, "--stack", STACK)
    assert "Hello" in json.loads(inference(*words))["choices"][0]["message"]["content"]
    shown = inference("status", "--stack", STACK)
    assert "running" in shown
    assert project.outputs()["api_key"] not in shown
