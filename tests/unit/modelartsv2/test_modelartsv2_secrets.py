"""Secret variables, mounted secrets, keys and passwords: where they go, and where they stand nowhere."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle import UnhealthyError
from pulumi_inference.emulator.huaweicloud import accounts
from pulumi_inference.engine.provider import pack
from tests.support.cloud import EMBEDDED_PROJECT
from tests.support.modelartsv2 import BLUE_URN, ModelArtsV2, deployment, inline, invoke, runtime, service, unit
from tests.support.secrets import Planted
from tests.support.world import Values

TOKEN, THEIRS, MOUNTED, KEY = "s3cret-token-value", "their-token-value", "mounted-secret-value", "key-of-the-smoke-test"
ENCODED = base64.b64encode(MOUNTED.encode()).decode()
VOLUME = {"mount_path": "/secrets/", "secret_name": "own", "secret_key": "key", "secret_value": ENCODED}
SECRETS: Values = {
    "secret_envs": {"main": {"TOKEN": TOKEN}},
    "service_secret": {"secret_enable": True, "secret_type": "custom", "secret_volumes": [VOLUME]},
}
TEST: Values = {"path": "/v1/score", "headers": {"Authorization": f"Bearer {KEY}"}, "attempts": 1}
HIDDEN = {"secret_envs", "service_secret", "smoke_tested"}
PLANTED = {"token": TOKEN, "mounted": MOUNTED, "encoded": ENCODED, "key": KEY, "secret_key": accounts.SECRET_KEY}


def plain(outputs: Values) -> str:
    """The state without the fields that the engine keeps encrypted."""
    return json.dumps({name: one for name, one in outputs.items() if name not in HIDDEN})


def program_of(cloud: ModelArtsV2, kind: str) -> Values:
    """A program with secrets; the world's resource is what it is of."""
    called = runtime(invoke(auth_type="NONE"))
    if kind == "service":
        cloud.serving()
        return inline(unit(envs={"A": "1"}), runtime_config=called, **SECRETS)
    parent = cloud.service(service(runtime_config=called))
    cloud.deploying(BLUE_URN)
    return deployment(parent, unit(envs={"A": "1"}), **SECRETS)


@pytest.mark.parametrize("in_answer", ["plain", "missing"])
@pytest.mark.parametrize("kind", ["service", "deployment"])
def test_secrets_go_where_they_belong_and_are_no_change(cloud: ModelArtsV2, kind: str, in_answer: str) -> None:
    cloud.set(secret_in_answer=in_answer)
    program = program_of(cloud, kind)
    state = cloud.world.create(program)
    [made] = [one for each in cloud.services() for one in each["deployments"]]
    content: Any = made["versions"][-1]["content"]
    assert content["unit_configs"][0]["envs"] == {"A": "1", "TOKEN": TOKEN}
    assert TOKEN not in plain(pack(state))
    assert cloud.world.read(state) == state
    assert cloud.world.diff(state, program).changes is False


@pytest.mark.parametrize("kind", ["service", "deployment"])
def test_secrets_stand_nowhere(cloud: ModelArtsV2, kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """In the trace of requests, in what is said, in errors, and outside of the fields of the state that are secret."""
    caplog.set_level(logging.DEBUG)
    cloud.world.configuration.values |= {
        "modelartsAccessKey": accounts.ACCESS_KEY,
        "modelartsSecretKey": accounts.SECRET_KEY,
        "modelartsProjectId": EMBEDDED_PROJECT,
    }
    cloud.set(secret_in_answer="plain")
    planted, trace, said = Planted(**PLANTED, theirs=THEIRS), tmp_path / "trace.jsonl", list[str]()
    program = program_of(cloud, kind)
    state = cloud.world.create(program)
    said.append(plain(pack(state)))
    other = unit(envs={"A": "1"}, image={"swr_path": "swr.example.test/demo/echo:2"})
    group = {"unit_configs": [other]}
    changes = {"deployment": {**program["deployment"], **group}} if kind == "service" else group
    [parent] = cloud.services()
    [made] = parent["deployments"]
    content = made["versions"][-1]["content"]["unit_configs"]
    content[0]["envs"] = {"A": "1", "TOKEN": THEIRS}
    path = f"/modelartsv2/services/{parent['id']}/deployments/{made['id']}"
    cloud.world.cloud.admin("PATCH", path, {"unit_configs": content})

    def run(act: Callable[[Values], object], values: Values, outcome: str = "") -> None:
        cloud.world.next_operation()
        cloud.world.environment.environ = {"PULUMI_INFERENCE_TRACE": str(trace)}
        if outcome:
            cloud.deploy_fault(outcome)
        try:
            act(cloud.world.known(cloud.world.valid(values, state)))
        except InferenceError as error:
            said.append(str(error.redact(cloud.world.environment.redactor.redact)))
            if isinstance(error, UnhealthyError):
                said.append(plain(pack(error.state)))
        said.extend([*cloud.world.progress, *cloud.world.told, *cloud.world.warned])

    life = cloud.world.lifecycle
    run(lambda inputs: life.diff(cloud.world.context(), state.id, state, inputs), program)
    assert any("changed outside of the program: program [secret], live [secret]" in one for one in said), said
    for values, outcome in (({**program, **changes}, "rollback"), ({**program, **changes, "smoke_test": TEST}, "")):
        run(lambda inputs: life.update(cloud.world.context(), state.id, state, inputs), values, outcome)
    run(lambda _inputs: life.delete(cloud.world.context(), state.id, state), program)

    assert trace.read_text(encoding="utf-8").count("\n") > 10
    for text in (*said, caplog.text, trace.read_text(encoding="utf-8")):
        assert planted.found_in(text) == []


@pytest.mark.parametrize("kind", ["service", "deployment"])
def test_a_secret_in_an_error_of_the_cloud_is_not_told(cloud: ModelArtsV2, kind: str) -> None:
    program = program_of(cloud, kind)
    body = json.dumps({"error_code": "ModelArts.3500", "error_msg": f"bad {TOKEN} {ENCODED} {MOUNTED}"})
    path = "/services$" if kind == "service" else "/deployments$"
    cloud.world.cloud.fault(method="POST", path=path, status=400, body=body)
    with pytest.raises(InferenceError) as caught:
        cloud.world.create(program)
    text = str(caught.value.redact(cloud.world.environment.redactor.redact))
    assert "bad" in text
    assert Planted(token=TOKEN, encoded=ENCODED, mounted=MOUNTED).found_in(text) == []
