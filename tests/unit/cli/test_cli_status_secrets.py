"""What `pulumi-inference status` hides of what a cloud quotes: the secrets in the stack's state."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.cli.kinds import kind_names
from pulumi_inference.cli.stack import read_stack
from tests.support.cloud import Cloud
from tests.support.states import State
from tests.unit.cli.conftest import Deploy, Status

TOKEN = "s3cret-token"
REASON = f"the server refused {TOKEN}"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


def decrypted(value: Any) -> dict[str, str]:
    return {**SECRET, "plaintext": json.dumps(value)}


@pytest.fixture
def failing(state: State, deploy: Deploy, embedded_cloud: Cloud) -> State:
    """A stack whose service has failed for a reason that quotes a secret of it."""
    embedded_cloud.deploy_fault("fail", error_msg=REASON)
    state.add("classifier", deploy(), secret_envs=decrypted({"model-a": {"TOKEN": TOKEN}}))
    return state


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_a_secret_that_the_cloud_quotes_is_hidden(failing: State, status: Status, words: tuple[str, ...]) -> None:
    result = status(*words)
    assert result.exit_code == 0, result.output
    assert "the server refused [secret]" in result.stdout
    assert TOKEN not in result.output
    assert result.stderr == ""


def test_without_a_passphrase_it_is_said_that_nothing_can_be_hidden(
    failing: State, status: Status, fake_pulumi: Callable[[str], Path], embedded_cloud: Cloud
) -> None:
    config = json.dumps({"inference:modelartsEndpoint": {"value": embedded_cloud.endpoint}})
    fake_pulumi(
        f"""case "$*" in
        "config --json"*) echo '{config}';;
        *--show-secrets*) echo "error: passphrase must be set" >&2; exit 255;;
        *) cat export.json;;
        esac"""
    )
    result = status()
    assert result.exit_code == 0, result.output
    assert REASON in result.stdout
    assert result.stderr.startswith("note: the secrets of the stack could not be decrypted, so one that the cloud ")


def test_what_is_decrypted_is_kept_apart(failing: State) -> None:
    stack = read_stack(None, kind_names(), decrypt=True)
    assert stack.secrets == {TOKEN}
    assert TOKEN not in repr(stack) + repr([one.values for one in stack.resources])
    assert read_stack(None, kind_names()).secrets is None
