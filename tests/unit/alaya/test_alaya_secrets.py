"""Pull passwords and secret variables: where they go, and where they stand nowhere."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from pulumi_inference.core.errors import ConfigurationError, InferenceError
from pulumi_inference.core.lifecycle import UnhealthyError
from pulumi_inference.engine.provider import pack
from tests.support.alaya import Alaya, changed, expert, head, quick_start, worker
from tests.support.secrets import Planted
from tests.support.world import Values

PASSWORD, OTHER, TOKEN, SECRET_KEY = "pull-pass-word", "other-pass-word", "s3cret-token-value", "secret-key-of-account"
SECRET = {"registry": "https://registry.example.com", "username": "puller"}
PULLED = expert(
    head(image_pull_secret=SECRET),
    worker(image_pull_secret=SECRET),
    image_pull_passwords={"head": PASSWORD, "worker": OTHER},
)
HIDDEN = expert(head(env={"A": "1"}), worker(), secret_env={"head": {"TOKEN": TOKEN}, "worker": {"TOKEN": TOKEN}})


def test_passwords_go_where_the_pull_secrets_are(alaya: Alaya) -> None:
    state = alaya.create(PULLED)
    service = alaya.service(state)
    assert service["headConfig"]["imagePullSecret"] == {**SECRET, "password": PASSWORD}
    assert service["workerConfig"]["imagePullSecret"] == {**SECRET, "password": OTHER}
    for answered in ("plain", "masked", "missing"):
        alaya.set(password_in_answer=answered)
        assert alaya.world.read(state) == state
        assert alaya.world.diff(state, PULLED).changes is False


def test_an_update_has_the_passwords_in_it(alaya: Alaya) -> None:
    state = alaya.create(PULLED)
    alaya.world.update(state, changed(PULLED, model_id="other", on_offline_change="restart"))
    assert alaya.service(state)["workerConfig"]["imagePullSecret"]["password"] == OTHER
    assert alaya.service(state)["modelId"] == "other"


MISSING: dict[str, tuple[Values, str]] = {
    "no password": (changed(PULLED, image_pull_passwords=None), "image_pull_passwords.head: is required with"),
    "one password": (
        changed(PULLED, image_pull_passwords={"head": PASSWORD}),
        "image_pull_passwords.worker: is required with expert.worker_config.image_pull_secret.username, to make the "
        "deployment and to update it while it is stopped, also by a restart",
    ),
    "no scale": (changed(PULLED, scale=None), "scale: is required to make an Expert deployment"),
}


@pytest.mark.parametrize(("program", "text"), MISSING.values(), ids=MISSING)
def test_what_a_whole_deployment_cannot_do_without(alaya: Alaya, program: Values, text: str) -> None:
    alaya.world.next_operation()
    problems = [str(one) for one in alaya.world.check(program).problems]
    assert any(one.startswith(text) for one in problems)
    state = alaya.create(PULLED)
    for policy in ("restart", "replace"):
        other = {**program, "model_id": "other", "on_offline_change": policy}
        with pytest.raises(ConfigurationError, match="is required"):
            alaya.world.diff(state, other)
    assert alaya.writes() == []
    assert alaya.service(state)["status"] == "running"


def test_secret_variables_go_where_the_others_are(alaya: Alaya) -> None:
    state = alaya.create(HIDDEN)
    service = alaya.service(state)
    assert service["headConfig"]["env"] == {"A": "1", "TOKEN": TOKEN}
    assert service["workerConfig"]["env"] == {"TOKEN": TOKEN}
    assert state.inputs["expert"]["head_config"]["env"] == {"A": "1"}
    assert "env" not in state.inputs["expert"]["worker_config"]
    read = alaya.world.read(state)
    assert read == state


def test_a_variable_that_becomes_a_secret_is_one_in_the_state(alaya: Alaya) -> None:
    state = alaya.create(expert(head(env={"A": "1", "TOKEN": TOKEN}), worker(env={"TOKEN": TOKEN})))
    moved = alaya.world.update(state, HIDDEN)
    assert alaya.writes() == []
    again = alaya.world.update(moved, HIDDEN)
    read = alaya.world.read(again)
    assert read is not None
    assert read.inputs["secret_env"] == HIDDEN["secret_env"]
    assert TOKEN not in json.dumps(read.inputs["expert"])


def test_secrets_of_what_is_taken_over_are_no_change(alaya: Alaya) -> None:
    for program in (HIDDEN, PULLED):
        lost = alaya.create(program)
        state = alaya.create(program)
        assert state.id == lost.id
        assert alaya.writes() == ["PUT ID/scale"]
        assert alaya.world.diff(state, program).changes is False
        alaya.world.delete(state)


def test_another_secret_of_what_is_taken_over_is_a_change(alaya: Alaya) -> None:
    lost = alaya.create(HIDDEN)
    program = changed(HIDDEN, secret_env={"head": {"TOKEN": "new-token-value"}}, on_offline_change="restart")
    state = alaya.create(program)
    assert state.id == lost.id
    assert alaya.writes() == ["POST ID/cancel", "PUT expert/ID"]
    assert alaya.service(state)["headConfig"]["env"]["TOKEN"] == "new-token-value"


def test_secrets_stand_nowhere(alaya: Alaya, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """In the trace of requests, in what is said, in errors, and outside of the fields of the state that are secret."""
    caplog.set_level(logging.DEBUG)
    alaya.seed(accounts=[{"accessKey": "mine", "secretKey": SECRET_KEY, "account": "emulator"}])
    alaya.world.configuration.values |= {"alayaAccessKey": "mine", "alayaSecretKey": SECRET_KEY}
    alaya.world.cloud.admin("PATCH", "/settings", {"alaya.password_in_answer": "plain"})
    trace = tmp_path / "trace.jsonl"
    said: list[str] = []

    def begin() -> None:
        alaya.world.next_operation()
        alaya.world.environment.environ = {"PULUMI_INFERENCE_TRACE": str(trace)}

    program = {**PULLED, "secret_env": {"head": {"TOKEN": TOKEN}}, "name": "chat"}
    begin()
    inputs = alaya.world.known(alaya.world.valid(program))
    state = alaya.world.recorded(alaya.world.lifecycle.create(alaya.world.context(), inputs))
    key = alaya.service(state)["apikey"]
    planted = Planted(password=PASSWORD, other=OTHER, token=TOKEN, secret_key=SECRET_KEY, api_key=key)
    said += [*alaya.world.progress, *alaya.world.told, *alaya.world.warned]
    outputs = pack(state)
    secret = {"image_pull_passwords", "secret_env", "api_key"}
    assert planted.found_in(json.dumps({name: one for name, one in outputs.items() if name not in secret})) == []

    alaya.change(state, headConfig={**alaya.service(state)["headConfig"], "env": {"TOKEN": "their-token-value"}})
    planted.add("theirs", "their-token-value")
    for act in (
        lambda: alaya.world.lifecycle.diff(alaya.world.context(), state.id, state, inputs),
        lambda: alaya.world.lifecycle.update(
            alaya.world.context(), state.id, state, {**inputs, "model_id": "other", "on_offline_change": "restart"}
        ),
    ):
        begin()
        alaya.deploy_fault("fail")
        alaya.world.check(program, state)
        try:
            act()
        except InferenceError as error:
            said.append(str(error))
            if isinstance(error, UnhealthyError):
                kept = pack(error.state)
                said.append(json.dumps({name: one for name, one in kept.items() if name not in secret}))
        said += [*alaya.world.progress, *alaya.world.told, *alaya.world.warned]
    begin()
    alaya.world.lifecycle.delete(alaya.world.context(), state.id, state)

    assert any("changed outside of the program: program [secret], live [secret]" in one for one in said)
    assert trace.read_text(encoding="utf-8").count("\n") > 10
    for text in (*said, caplog.text, trace.read_text(encoding="utf-8")):
        assert planted.found_in(text) == []


def test_a_secret_in_an_error_of_the_cloud_is_not_told(alaya: Alaya) -> None:
    alaya.world.cloud.fault(
        method="POST",
        path="deployment/expert",
        status=400,
        body=json.dumps({"code": -1, "msg": f"bad {PASSWORD} {TOKEN}"}),
    )
    with pytest.raises(InferenceError) as caught:
        alaya.create({**PULLED, "secret_env": {"head": {"TOKEN": TOKEN}}})
    text = str(caught.value.redact(alaya.world.environment.redactor.redact))
    assert "bad" in text
    assert Planted(password=PASSWORD, token=TOKEN).found_in(text) == []


def test_the_key_is_an_output_from_when_it_first_runs(alaya: Alaya) -> None:
    for null in (True, False):
        alaya.set(null_until_running=null)
        state = alaya.create(quick_start(wait=False))
        assert "api_key" not in state.facts
        assert "service_url" not in state.facts
        done = alaya.world.update(state, quick_start())
        assert done.facts["api_key"] == alaya.service(done)["apikey"]
        assert done.facts["service_url"]
        alaya.world.delete(done)
