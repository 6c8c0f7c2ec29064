"""Where the command line takes its settings from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_inference.cli.project import read_settings
from pulumi_inference.core.errors import ConfigurationError
from tests.unit.cli.conftest import Deploy, Run, write_project

STACK_CONFIG = """
case "$*" in
  *--stack\\ other*) region=eu-west-0 ;;
  *) region=cn-north-4 ;;
esac
echo '{"inference:modelartsRegion": {"value": "'$region'", "secret": false},
 "inference:connections": {"value": "{}", "objectValue": {"b": {"region": "x"}}, "secret": false}}'
"""


def test_the_selected_stack_counts(project: Path, fake_pulumi: Callable[[str], Path]) -> None:
    fake_pulumi(STACK_CONFIG)
    settings = read_settings(None)
    assert settings.values == {
        "inference:modelartsRegion": "cn-north-4",
        "inference:connections": {"b": {"region": "x"}},
    }
    assert settings.note is None


def test_a_stack_can_be_named(project: Path, fake_pulumi: Callable[[str], Path]) -> None:
    fake_pulumi(STACK_CONFIG)
    assert read_settings("other").values["inference:modelartsRegion"] == "eu-west-0"


def test_without_a_stack_the_projects_defaults_count(project: Path, fake_pulumi: Callable[[str], Path]) -> None:
    fake_pulumi("echo 'error: no stack selected' >&2; exit 1")
    settings = read_settings(None)
    assert settings.values["inference:modelartsEndpoint"].startswith("emulator:")
    assert settings.note is not None
    assert "no stack selected" in settings.note


def test_a_named_stack_that_cannot_be_read_is_an_error(project: Path, fake_pulumi: Callable[[str], Path]) -> None:
    fake_pulumi("echo 'error: incorrect passphrase' >&2; exit 255")
    with pytest.raises(ConfigurationError, match="incorrect passphrase"):
        read_settings("dev")


def test_a_selected_stack_that_cannot_be_read_is_an_error(project: Path, fake_pulumi: Callable[[str], Path]) -> None:
    """Nobody knows where the program would deploy to."""
    fake_pulumi("case \"$*\" in *show-name*) echo dev;; *) echo 'error: incorrect passphrase' >&2; exit 255;; esac")
    with pytest.raises(ConfigurationError, match="stack dev: incorrect passphrase"):
        read_settings(None)


def test_defaults_in_all_their_forms(project: Path) -> None:
    (project / "Pulumi.yaml").write_text(
        "name: x\nruntime: python\nconfig:\n  inference:a: 1\n  inference:b: {value: two}\n"
        "  inference:c: {default: three, type: string}\n  inference:d: {value: {secure: AAA}}\n  e: {type: string}\n"
    )
    settings = read_settings(None)
    assert settings.values == {"inference:a": 1, "inference:b": "two", "inference:c": "three"}
    assert "inference:d is encrypted" in str(settings.note)


def test_outside_of_a_project(elsewhere: Path) -> None:
    assert read_settings(None).values == {}
    with pytest.raises(ConfigurationError, match=r"no Pulumi\.yaml here or above"):
        read_settings("dev")


@pytest.mark.parametrize("text", ["- 1", "a: [", "\x00"])
def test_a_broken_project_file_is_one_message(project: Path, run: Run, text: str) -> None:
    (project / "Pulumi.yaml").write_text(text)
    result = run("invoke", "modelarts", "x")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "Pulumi.yaml" in result.stderr


def test_cwd_is_where_the_command_runs(project: Path, elsewhere: Path, run: Run, deploy: Deploy) -> None:
    deploy()
    refused = run("invoke", "modelarts", "classifier")
    assert "region is not set" in refused.stderr
    assert run("invoke", "modelarts", "classifier", "--cwd", str(project)).exit_code == 0
    assert Path.cwd() == elsewhere


def test_an_emulator_file_that_is_none(project: Path, run: Run) -> None:
    write_project(project, "emulator:Pulumi.yaml")
    result = run("invoke", "modelarts", "classifier")
    assert result.exit_code == 1
    assert result.stderr.count("\n") < 5
    assert "Pulumi.yaml" in result.stderr
