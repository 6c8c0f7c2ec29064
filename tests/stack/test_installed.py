"""The package as others have it: from the wheel, and beside the oldest SDK that it allows."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.oldest import oldest_sdk, oldest_version
from tests.support.wheel import ROOT, wheel_environment

SERVED = pytest.mark.parametrize("cloud", ["served"], indirect=True)


@SERVED
def test_the_wheel_alone_deploys(cloud: Cloud, new_project: NewProject, tmp_path: Path) -> None:
    folder = tmp_path / "installed"
    folder.mkdir()
    prefix = wheel_environment(folder)
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
