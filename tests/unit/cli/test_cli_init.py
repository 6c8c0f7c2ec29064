"""`pulumi-inference init`."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from typing import Any

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


class Installed:
    """A distribution that was installed as its `direct_url.json` says."""

    def __init__(self, recorded: str | None) -> None:
        self._recorded = recorded

    def read_text(self, _name: str) -> str | None:
        """The file."""
        return self._recorded


HERE = Path(__file__).parent.as_uri()
COMMIT = "4f2a9c1d"


@pytest.mark.parametrize(
    ("recorded", "line"),
    [
        ({"url": f"{HERE}/conftest.py", "archive_info": {}}, f"pulumi-inference @ {HERE}/conftest.py"),
        ({"url": HERE, "dir_info": {"editable": True}}, f"pulumi-inference @ {HERE}"),
        (
            {"url": "https://git.example/x", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
            f"pulumi-inference @ git+https://git.example/x@{COMMIT}",
        ),
        (
            {"url": "https://host.example/x.tar.gz", "archive_info": {}, "subdirectory": "python"},
            "pulumi-inference @ https://host.example/x.tar.gz#subdirectory=python",
        ),
    ],
)
def test_requirements_name_what_was_installed(
    elsewhere: Path, run: Run, monkeypatch: pytest.MonkeyPatch, recorded: dict[str, Any], line: str
) -> None:
    monkeypatch.setattr(metadata, "distribution", lambda _name: Installed(json.dumps(recorded)))
    assert run("init", "modelarts", "--emulator").exit_code == 0
    assert _lines(elsewhere / "requirements.txt") == [line]
    assert "run `pulumi install`" in (elsewhere / "README.md").read_text()


@pytest.mark.parametrize("recorded", [None, '{"url": "file:///gone/x.whl", "archive_info": {}}'])
def test_nobody_is_told_to_install_a_name_that_no_index_has(
    elsewhere: Path, run: Run, monkeypatch: pytest.MonkeyPatch, recorded: str | None
) -> None:
    monkeypatch.setattr(metadata, "distribution", lambda _name: Installed(recorded))
    assert run("init", "modelarts", "--emulator").exit_code == 0
    assert _lines(elsewhere / "requirements.txt") == []
    assert "pulumi install" not in (elsewhere / "README.md").read_text()


def _lines(file: Path) -> list[str]:
    """The lines that pip reads."""
    return [line for line in file.read_text().splitlines() if line and not line.startswith("#")]


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
