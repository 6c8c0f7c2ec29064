"""`pulumi-inference init`."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.unit.cli.conftest import Run


def test_a_project_on_the_emulator(elsewhere: Path, run: Run) -> None:
    result = run("init", "modelarts", "my project", "--emulator")
    assert result.exit_code == 0, result.output
    folder = elsewhere / "my project"
    assert sorted(file.name for file in folder.iterdir()) == [
        ".gitignore",
        "Pulumi.yaml",
        "README.md",
        "__main__.py",
        "requirements.txt",
    ]
    project = yaml.safe_load((folder / "Pulumi.yaml").read_text())
    assert project["name"] == "my-project"
    assert project["options"] == {"refresh": "always"}
    assert project["config"] == {"inference:modelartsEndpoint": {"value": "emulator:emulator.db"}}
    compile((folder / "__main__.py").read_text(), "__main__.py", "exec")


def test_a_project_in_a_region(elsewhere: Path, run: Run) -> None:
    result = run("init", "modelarts", "--region", "cn-north-4", "--name", "serving")
    assert result.exit_code == 0, result.output
    project = yaml.safe_load((elsewhere / "Pulumi.yaml").read_text())
    assert project["name"] == "serving"
    assert project["config"] == {"inference:modelartsRegion": {"value": "cn-north-4"}}
    assert 'config.require("modelId")' in (elsewhere / "__main__.py").read_text()
    assert "pulumi config set --secret inference:modelartsSecretKey" in result.stdout


@pytest.mark.parametrize("taken", ["Pulumi.yaml", "Pulumi.yml", "README.md", "__main__.py"])
def test_nothing_is_overwritten(elsewhere: Path, run: Run, taken: str) -> None:
    (elsewhere / taken).write_text("mine")
    result = run("init", "modelarts", "--emulator")
    assert result.exit_code == 1
    assert f"{taken} exists already, and nothing is overwritten" in result.stderr
    assert [file.name for file in elsewhere.iterdir()] == [taken]
    assert (elsewhere / taken).read_text() == "mine"


@pytest.mark.parametrize("cloud", ["nowhere", "ModelArts", "huaweicloud"])
def test_only_clouds_that_there_are_can_be_started_with(elsewhere: Path, run: Run, cloud: str) -> None:
    result = run("init", cloud, "--emulator")
    assert (result.exit_code, list(elsewhere.iterdir())) == (2, [])
    assert f"'{cloud}' is not " in result.stderr
    assert "'modelarts'" in result.stderr


@pytest.mark.parametrize(
    "words",
    [(), ("--emulator", "--region", "cn-north-4"), ("--region", "cn north: 4"), ("--emulator", "--name", "a/b")],
)
def test_wrong_usage(elsewhere: Path, run: Run, words: tuple[str, ...]) -> None:
    assert run("init", "modelarts", *words).exit_code == 2
    assert list(elsewhere.iterdir()) == []


def test_a_file_where_the_folder_should_be(elsewhere: Path, run: Run) -> None:
    (elsewhere / "file").write_text("")
    result = run("init", "modelarts", "file/inside", "--emulator")
    assert result.exit_code == 1
    assert "Not a directory" in result.stderr
