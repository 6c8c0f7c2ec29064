"""The package as others have it: from the wheel, with each Python, and beside the oldest SDK that it allows."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pulumi_inference import __version__
from tests.conftest import NewProject
from tests.docs import pages
from tests.support.cloud import Cloud
from tests.support.oldest import oldest_sdk, oldest_version
from tests.support.shell import FOREIGN, shell
from tests.support.wheel import ROOT, Distributions, installed_pythons, run, wheel_environment
from tools.environment import engine_environment

EXAMPLE = "alaya-quick-start"
USES_THE_FIXTURE = """
from pulumi_inference import modelarts


def test_nothing_is_there(inference_emulator):
    assert modelarts.get_services() == []
    assert [one.status for one in inference_emulator.requests("GET")] == [200]
"""
SPEC = """
kind: modelarts.Service
spec:
  config:
    - model_id: m
      specification: modelarts.vm.cpu.2u
"""
SERVED = pytest.mark.parametrize("cloud", ["served"], indirect=True)


@SERVED
def test_the_wheel_alone_deploys(
    cloud: Cloud, new_project: NewProject, tmp_path: Path, distributions: Distributions
) -> None:
    folder = tmp_path / "installed"
    folder.mkdir()
    prefix = wheel_environment(folder, distributions.wheel)
    where = "import pulumi_inference; print(pulumi_inference.__file__)"
    found = subprocess.run([prefix / "bin/python", "-c", where], cwd=folder, capture_output=True, text=True, check=True)
    assert not Path(found.stdout.strip()).is_relative_to(ROOT / "pulumi_inference")
    assert Path(found.stdout.strip()).is_relative_to(prefix)

    started = [prefix / "bin/python", "-m", "pulumi_inference", "init", "modelarts", "started", "--emulator"]
    subprocess.run(started, cwd=folder, capture_output=True, check=True)
    install = [prefix / "bin/python", "-m", "pip", "install", "--no-deps", "--no-index", "--target", folder / "again"]
    subprocess.run([*install, "-r", folder / "started/requirements.txt"], capture_output=True, check=True)
    assert (folder / "again/pulumi_inference").is_dir()

    project = new_project(python=prefix)
    created = project.up()
    assert created.ok, created.text
    service = cloud.only_service()
    cloud.change(config={"model-a": {"instance_count": 5}})
    [step] = project.planned()
    assert step.paths == {"config[0].instance_count"}
    put_back = project.up()
    assert put_back.ok, put_back.text
    assert cloud.only_service()["config"][0]["instance_count"] == 2
    assert project.outputs()["id"] == service["service_id"]


@pytest.mark.parametrize(("version", "python"), list(installed_pythons()), ids=lambda one: str(one)[-4:])
def test_the_wheel_runs_an_example_with_each_python(
    version: str, python: Path | None, tmp_path: Path, engine: Path, distributions: Distributions
) -> None:
    if python is None:
        pytest.skip(f"no Python {version} is installed here, so the wheel was not tried with it")
    prefix = wheel_environment(tmp_path, distributions.wheel, python)
    base = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    base |= {"VIRTUAL_ENV": str(prefix), "PULUMI_SKIP_CONFIRMATIONS": "true", "PULUMI_OPTION_SKIP_PREVIEW": "true"}
    environment = engine_environment(engine, tmp_path / "state", base, prefix)
    program = "import sys, pulumi_inference; print(sys.version_info[:2], pulumi_inference.__file__)"
    told = run(prefix / "bin/python", "-c", program, cwd=tmp_path, env=environment)
    assert told.startswith(f"({version.replace('.', ', ')}) {prefix}/lib/")
    run(prefix / "bin/python", "-m", "pip", "check", env=environment)
    assert __version__ in shell("pulumi-inference --version", tmp_path, environment)

    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    shell("pulumi-inference validate spec.yaml", tmp_path, environment)
    (tmp_path / "test_with_the_fixture.py").write_text(USES_THE_FIXTURE, encoding="utf-8")
    assert "1 passed" in shell("python -m pytest -q test_with_the_fixture.py", tmp_path, environment)

    folder = tmp_path / EXAMPLE
    shutil.copytree(ROOT / "examples" / EXAMPLE, folder, ignore=shutil.ignore_patterns("Pulumi.*.yaml", "*.db"))
    deploy, *_ = pages.blocks((folder / "README.md").read_text(encoding="utf-8"), "console")
    assert "+ 2 created" in shell("\n".join(deploy.commands()), folder, environment)
    assert "Everything is there." in shell("pulumi-inference doctor", folder, environment)
    assert "2 deleted" in shell("pulumi destroy", folder, environment)


def test_the_oldest_sdk_deploys_and_keeps_what_fails(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(environment={"PYTHONPATH": str(oldest_sdk())})
    program = project.folder / "__main__.py"
    version = 'import importlib.metadata\npulumi.export("sdk", importlib.metadata.version("pulumi"))\n'
    program.write_text(program.read_text() + version)

    cloud.deploy_fault("fail")
    failed = project.up()
    assert not failed.ok
    assert failed.lines("did not deploy", "NO_CAPACITY"), failed.text
    assert project.only_resource()["id"] == cloud.only_service()["service_id"]

    mended = project.up()
    assert mended.ok, mended.text
    assert cloud.only_service()["status"] == "running"
    assert project.outputs()["sdk"] == oldest_version()
    assert project.planned() == []
