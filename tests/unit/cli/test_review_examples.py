"""The workflows of examples/review say what there is: commands, options, variables, actions by commit or version."""

from __future__ import annotations

import datetime as dt
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from pulumi_inference import clouds
from pulumi_inference.cli import cli
from pulumi_inference.core.fields import paths
from pulumi_inference.review.settings import read_settings

FOLDER = Path(__file__).resolve().parents[3] / "examples/review"
WORKFLOWS = ("github-review.yml", "github-drift.yml", "gitlab-ci.yml")
PULUMI = {"PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN"}
OURS = {"GITHUB_TOKEN", "GITLAB_TOKEN"}
VARIABLE = re.compile(r"\b(?:HW|NGC|NVCF|ALAYA|PULUMI|GITHUB|GITLAB)_[A-Z_]+\b")


def read(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def commands(document: Any) -> Iterator[str]:
    """Everything that a document runs."""
    if isinstance(document, dict):
        for name, value in document.items():
            if name == "run":
                yield value
            elif name == "script":
                yield from value
            else:
                yield from commands(value)
    elif isinstance(document, list):
        for one in document:
            yield from commands(one)


def ours(name: str) -> list[list[str]]:
    """The words of each of our commands."""
    lines = "\n".join(commands(read(name))).replace("\\\n", " ").splitlines()
    found = [line.partition(" || ")[0] for line in lines if line.lstrip().startswith("pulumi-inference ")]
    return [shlex.split(line, comments=True)[1:] for line in found]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_their_commands_and_options_exist(name: str) -> None:
    told = ours(name)
    assert told
    for command, *words in told:
        context = cli.commands[command].make_context(command, words, parent=click.Context(cli))
        assert context.params["stacks"] == ("dev", "prod")


def test_each_posts_on_its_own_server() -> None:
    posts = {
        name: [words[words.index("--post") + 1] for words in ours(name) if "--post" in words] for name in WORKFLOWS
    }
    assert posts == {"github-review.yml": ["github"], "github-drift.yml": [], "gitlab-ci.yml": ["gitlab"]}


@pytest.mark.parametrize("name", [*WORKFLOWS, "README.md"])
def test_their_variables_are_read_by_somebody(name: str) -> None:
    settings = [clouds.load(clouds.cloud(one).settings) for one in clouds.CLOUDS]
    known = {variable for one in settings for setting in one for variable in setting.env} | PULUMI | OURS
    known |= {"GITHUB_STEP_SUMMARY"}
    assert set(VARIABLE.findall((FOLDER / name).read_text(encoding="utf-8"))) - known == set()


@pytest.mark.parametrize("name", WORKFLOWS)
def test_each_cloud_has_its_keys(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    for cloud in clouds.CLOUDS:
        secrets = [one for one in clouds.load(clouds.cloud(cloud).settings) if one.secret and one.credential]
        assert any(variable in text for one in secrets for variable in one.env), cloud


@pytest.mark.parametrize("name", ["github-review.yml", "github-drift.yml"])
def test_actions_are_pinned(name: str) -> None:
    """By their commit; where that is not known, by the whole version, with a word to whoever copies it."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    used = re.findall(r"^(.*)\n.*uses: ([\w/-]+)@(\S+)(.*)$", text, re.MULTILINE)
    assert len(used) >= 3
    for before, _, version, after in used:
        is_commit = re.fullmatch(r"[0-9a-f]{40}", version) and re.fullmatch(r" # v\d+\.\d+\.\d+", after)
        assert is_commit or (re.fullmatch(r"v\d+\.\d+\.\d+", version) and "put the commit" in before)


def test_the_review_may_comment_and_nothing_else() -> None:
    review, drift = read("github-review.yml"), read("github-drift.yml")
    assert review["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert drift["permissions"] == {"contents": "read"}
    # YAML 1.1 takes `on` for true. A pull_request_target would run a fork's program with the secrets.
    assert review[True] == "pull_request"
    # Neither a fork nor Dependabot gets secrets.
    assert "github.repository" in review["jobs"]["review"]["if"]
    assert "github.actor != 'dependabot[bot]'" in review["jobs"]["review"]["if"]


def test_what_changes_is_no_failure_and_what_is_destroyed_is() -> None:
    [script] = [one for one in commands(read("github-review.yml")) if "review --stack" in one]
    script = script.replace("pulumi-inference", "answer")
    ends = {}
    for code in range(5):
        told = f"answer() {{ return {code}; }}\n{script}"
        done = subprocess.run(["bash", "-e", "-c", told], env={"GITHUB_STEP_SUMMARY": "x"}, check=False)
        ends[code] = done.returncode
    assert ends == {0: 0, 1: 1, 2: 0, 3: 3, 4: 4}
    assert read("gitlab-ci.yml")["review"]["allow_failure"] == {"exit_codes": [2]}


def test_the_settings_are_understood() -> None:
    settings = read_settings(FOLDER / "review.yaml")
    dcu, money = settings.prices
    assert (dcu.unit, dcu.unit_price, dcu.of("nvidia.com/gpu-h800")) == ("DCU", 18, 2.56)
    assert money.currency == "USD" and money.of("modelarts.vm.cpu.2u")
    [noise] = settings.noise
    assert noise.expires == dt.date(2027, 3, 31)
    urn = "urn:pulumi:dev::fleet::pulumi-python:dynamic/modelarts:Service::classifier"
    assert noise.covers(urn, paths.parse("config.bert-1.instance_count"))
    assert settings.time_zone == "Europe/Berlin"
