"""A provider that is killed at one write after the other, with each resource of each cloud on the real engine."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pulumi_inference.emulator.alaya.accounts import ACCESS_KEY, SECRET_KEY
from pulumi_inference.emulator.messages import Request
from tests.conftest import NewProject
from tests.support.alaya import BASE_MODEL, GPU, LORA_MODEL, VKS
from tests.support.cloud import Cloud
from tests.support.functions import ROOT, ask, functions, key_of
from tests.support.modelartsv2 import ONE_DEPLOYMENT
from tests.support.modelartsv2_keys import SUBNET, VPC
from tests.support.projects import STACK, Project, Result, Running

MODELARTS = """
    from pulumi_inference import modelarts

    model = modelarts.Model(
        "digits",
        version="1.0.0",
        model_type="TensorFlow",
        source_location="https://bucket.obs.cn-north-4.myhuaweicloud.com/digits/",
        runtime="tf1.13-python3.7-cpu",
        install_type=["real-time"],
    )
    service = modelarts.Service(
        "digits",
        config=[modelarts.ServiceConfigArgs(model_id=model.model_id, specification="modelarts.vm.cpu.2u")],
    )
    modelarts.Schedule("evening", service_id=service.service_id, time_unit="HOURS", duration=10)
"""

MODELARTSV2 = f"""
{ONE_DEPLOYMENT}
    ma.ReplicaSchedule(
        "hours",
        service_id=blue.service_id,
        deployment_id=blue.deployment_id,
        rules=[ma.ReplicaRuleArgs(name="morning", schedule="0 8 * * 1-5", target_replicas=4)],
    )
    key = ma.ApiKey("clients", scope="SERVICE")
    ma.ApiKeyBinding("clients", service_id=chat.service_id, key_id=key.key_id)
    ma.IntranetConnection(
        "office", scene="VPC", vpc_id="{VPC}", subnet_id="{SUBNET}", service_id=chat.service_id
    )
"""

NVCF = """
    from pulumi_inference import nvcf

    logs = nvcf.Telemetry(
        "logs",
        telemetry_endpoint="https://otlp.example.com:4318",
        protocol="HTTP",
        provider="SPLUNK",
        types=["LOGS"],
        secret="of-the-receiver",
    )
    nvcf.RegistryCredential(
        "hub", registry_hostname="docker.io", user="alice", password="pa55-word", artifact_types=["CONTAINER"]
    )
    nvcf.Asset("bridge", content_type="text/plain", content="a bridge")
    echo = nvcf.Function(
        "echo",
        container_image="nvcr.io/acme/echo:1",
        inference_url="/echo",
        inference_port=8000,
        telemetries=nvcf.FunctionTelemetriesArgs(logs_telemetry_id=logs.telemetry_id),
    )
    nvcf.Deployment(
        "echo",
        function_id=echo.function_id,
        version_id=echo.version_id,
        specifications=[
            nvcf.DeploymentSpecificationArgs(
                gpu="L40", instance_type="NCP.GPU.L40_1x", min_instances=1, max_instances=1
            )
        ],
    )
    nvcf.Authorization("partners", function_id=echo.function_id, accounts=["partner-a"])
"""

ALAYA = f"""
    from pulumi_inference import alaya

    gpu = alaya.GpuArgs(gpu_type="{GPU}", count=1)
    place = {{"vks_id": "{VKS}", "namespace": "default", "model_id": "{BASE_MODEL}"}}
    alaya.Deployment(
        "big",
        **place,
        served_name=["big"],
        expert=alaya.ExpertArgs(
            head_config=alaya.HeadConfigArgs(
                image="example.test/serve:1", resource=alaya.ResourceArgs(cpu=4, mem=32, gpu=gpu)
            )
        ),
        scale=alaya.ScaleArgs(min=1, max=2, rps_value=5, idle_time=60),
    )
    base = alaya.Deployment(
        "base",
        **place,
        served_name=["base"],
        quick_start=alaya.QuickStartArgs(
            backend="vllm",
            backend_version="0.9.0.1",
            resource=alaya.QuickStartResourceArgs(cpu=4, mem=32, gpu=gpu),
        ),
    )
    alaya.Deployment(
        "style",
        model_id="{LORA_MODEL}",
        served_name=["style"],
        lora=alaya.LoraArgs(base_service_id=base.service_id),
    )
"""


def schedules(cloud: Cloud) -> int:
    """How many schedules the one service of ModelArts has."""
    return len(cloud.only_service()["schedule"])


def rules(cloud: Cloud) -> int:
    """How many rules the one deployment of ModelArts v2 has."""
    [service] = cloud.admin("GET", "/modelartsv2/services")["services"]
    [deployment] = service["deployments"]
    return len(deployment["hpa"]["rules"])


def partners(cloud: Cloud) -> int:
    """How many accounts may call the one function of NVCF."""
    [(version, _)] = functions(cloud)
    [shared] = ask(cloud, "GET", f"{ROOT}/authorizations/functions/{version['id']}")["functions"]
    return len(shared["authorizedParties"])


def adapters(cloud: Cloud) -> int:
    """How many adapters are on all deployments of Alaya NeW."""
    return sum(len(one["loraServices"]) for one in cloud.admin("GET", "/alaya/services")["services"])


PROGRAMS: dict[str, tuple[str, Counter[str], Callable[[Cloud], int]]] = {
    "modelarts": (MODELARTS, Counter({"modelarts.models": 1, "modelarts.service": 1}), schedules),
    "modelartsv2": (
        MODELARTSV2,
        Counter({"modelartsv2.service": 1, "modelartsv2.key": 1, "modelartsv2.intranet": 1}),
        rules,
    ),
    "nvcf": (
        NVCF,
        Counter(
            {
                "nvcf.version": 1,
                "nvcf.deployment": 1,
                "nvcf.telemetry": 1,
                "nvcf.registry_credential": 1,
                "nvcf.asset": 1,
            }
        ),
        partners,
    ),
    "alaya": (ALAYA, Counter({"alaya.service": 3}), adapters),
}
"""For each cloud a program with each of its resources, what there is then, and what stands in others, once."""

_MOST_RUNS = 30
_NO_THINGS = ("clock", "iam.token")
_ID = re.compile(r"[0-9a-f-]{20,}|\w+-[0-9a-f]{7}\b")


class Killer:
    """Kills the provider after the first write of a run that is of a kind at which it has not been killed yet."""

    def __init__(self, cloud: Cloud, project: Project) -> None:
        self._cloud, self._project = cloud, project
        self.writes: list[str] = []

    def run(self, *command: str) -> Result:
        """The command, again and again until nothing more of it can be killed; how the last one ended."""
        self._cloud.after = self._done
        try:
            for _ in range(_MOST_RUNS):
                self._has_struck, self._has_begun = False, threading.Event()
                self._running: Running = self._project.start(*command)
                self._has_begun.set()
                result = self._running.wait()
                self._cloud.pass_time()
                if not self._has_struck:
                    return result
                assert not result.ok, result.text
        finally:
            self._cloud.after = None
        raise AssertionError(f"it never ends: {self.writes}")

    def _done(self, request: Request) -> None:
        write = f"{request.method} {_ID.sub('ID', request.path)}"
        if request.method == "GET" or "/auth/" in request.path or write in self.writes or self._has_struck:
            return
        self._has_struck = True
        self.writes.append(write)
        self._has_begun.wait()
        self._running.kill_provider()


def there(folder: Path) -> Counter[str]:
    """How many things of each kind the cloud has; the address that an asset is to be uploaded to is none."""
    asked = "SELECT kind, COUNT(*) FROM documents WHERE kind != 'nvcf.asset' OR body LIKE '%\"content\":%'"
    with closing(sqlite3.connect(folder / "cloud.db")) as connection:
        found = dict(connection.execute(f"{asked} GROUP BY kind"))
    return Counter({kind: found[kind] for kind in found if kind not in _NO_THINGS and not kind.endswith(".former")})


@pytest.mark.parametrize("cloud", ["served"], indirect=True)
@pytest.mark.parametrize("name", PROGRAMS)
def test_nothing_is_lost_or_made_twice(cloud: Cloud, new_project: NewProject, tmp_path: Path, name: str) -> None:
    program, things, of_things = PROGRAMS[name]
    keys = {"ALAYA_ACCESS_KEY": ACCESS_KEY, "ALAYA_SECRET_KEY": SECRET_KEY, **key_of(cloud)}
    endpoints = {f"inference:{one}Endpoint": cloud.endpoint for one in ("modelarts", "nvcf", "alaya")}
    project = new_project(program, config=endpoints, environment=keys)
    before = there(tmp_path)
    killer = Killer(cloud, project)

    made = killer.run("up", "--yes", "--skip-preview", "--parallel", "1", "--stack", STACK)
    assert made.ok, made.text
    assert len(killer.writes) >= len(project.resources())
    assert there(tmp_path) - before == things
    assert of_things(cloud) == 1
    assert project.planned() == []

    gone = killer.run("destroy", "--yes", "--skip-preview", "--parallel", "1", "--stack", STACK)
    assert gone.ok, gone.text
    assert project.resources() == []
    assert there(tmp_path) == before
