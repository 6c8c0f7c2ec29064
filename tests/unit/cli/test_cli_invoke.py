"""`pulumi-inference invoke`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pulumi_inference import clouds
from pulumi_inference.core.cloud import Cloud as Descriptor
from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.invocation.endpoint import Calling, Endpoint
from pulumi_inference.core.lifecycle.context import Context
from tests.support.cloud import Cloud
from tests.support.states import State
from tests.support.toy_calls import ToyEndpoint, ToyServer, answered, working
from tests.unit.cli.conftest import Deploy, Run

CALL = ("invoke", "modelarts")


def test_the_models_answer_is_printed(project: Path, run: Run, deploy: Deploy) -> None:
    deploy()
    result = run(*CALL, "classifier", "--data", '{"x": 1}', "--path", "v1/score?k=a b", "--method", "PUT")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert answer["echo"] == {"x": 1}
    assert (answer["method"], answer["path"]) == ("PUT", "/v1/score")


def test_a_service_is_named_by_id_too(project: Path, run: Run, deploy: Deploy) -> None:
    service_id = deploy()
    assert run(*CALL, service_id, "-d", "hello").exit_code == 0


def test_a_service_is_named_as_in_the_program(state: State, run: Run, deploy: Deploy) -> None:
    """As `status` takes it; the cloud's own name ends in a hash."""
    service_id, replaced = deploy("classifier-4c9516f"), deploy("classifier-99803db")
    state.add("classifier", replaced, delete=True)
    state.add("classifier", service_id)
    state.add("classifier", "another", "Schedule")
    result = run(*CALL, "classifier", "-d", "1")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["echo"] == 1
    assert run(*CALL, "classifier-4c9516f", "-d", "1").exit_code == 0


def test_a_service_of_the_program_is_called_with_its_own_connection(
    state: State, run: Run, deploy: Deploy, embedded_cloud: Cloud
) -> None:
    state.add("classifier", deploy("classifier-4c9516f"), connection="second")
    result = run(*CALL, "classifier")
    assert result.exit_code == 1
    assert "there is no connection 'second'" in result.stderr


def test_a_stack_that_cannot_be_read_is_told(state: State, run: Run) -> None:
    result = run(*CALL, "classifier", "--stack", "other")
    assert result.exit_code == 1
    assert result.stderr == "Error: no stack named 'other' found\n"


def test_only_the_exact_name_counts(project: Path, run: Run, deploy: Deploy) -> None:
    deploy("classifier-2")
    result = run(*CALL, "classifier")
    assert result.exit_code == 1
    assert "no service with the id or name 'classifier'" in result.stderr


@pytest.mark.parametrize(
    ("words", "stdin", "content_type"),
    [
        (("-d", "@body.bin"), None, "application/octet-stream"),
        (("-d", "-"), '{"x": 1}', "application/json"),
        (("-d", "plain"), None, "text/plain; charset=utf-8"),
        (("-d", "plain", "-H", "Content-Type: text/csv"), None, "text/csv"),
        (("--text", '{"x": 1}'), None, "text/plain; charset=utf-8"),
        (("--file", "image.jpg"), None, "image/jpeg"),
        (("--file", "body"), None, "application/octet-stream"),
    ],
)
def test_bodies(
    project: Path,
    run: Run,
    deploy: Deploy,
    embedded_cloud: Cloud,
    words: tuple[str, ...],
    stdin: str | None,
    content_type: str,
) -> None:
    for name in ("body.bin", "image.jpg", "body"):
        (project / name).write_bytes(b"\xff\x00")
    deploy()
    assert run(*CALL, "classifier", *words, input=stdin).exit_code == 0
    last = embedded_cloud.admin("GET", "/requests")["requests"][-1]
    assert "/v1/infers/" in last["path"]
    assert last["headers"]["content-type"] == content_type
    assert "authorization" in last["headers"]


def test_an_error_of_the_model_is_told_apart(project: Path, run: Run, deploy: Deploy) -> None:
    deploy()
    result = run(*CALL, "classifier", "-H", "x-emulator-status: 503")
    assert result.exit_code == 3
    assert "the model failed with status 503" in result.stdout
    assert result.stderr.endswith("Error: the model answered with HTTP 503\n")


def test_an_answer_is_streamed(project: Path, run: Run, deploy: Deploy) -> None:
    deploy()
    result = run(*CALL, "classifier", "--stream", "-d", '{"stream": true}')
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("data: {")
    assert result.stdout.endswith("data: [DONE]\n\n")
    short = run(*CALL, "classifier", "--stream", "-d", "1")
    assert json.loads(short.stdout)["echo"] == 1
    assert short.stdout.endswith("}\n")


def test_an_error_of_the_model_is_told_apart_in_a_stream_too(project: Path, run: Run, deploy: Deploy) -> None:
    deploy()
    result = run(*CALL, "classifier", "--stream", "-H", "x-emulator-status: 400")
    assert result.exit_code == 3
    assert "the model failed with status 400" in result.stdout
    assert result.stderr.endswith("Error: the model answered with HTTP 400\n")


def test_a_stream_that_breaks_off(project: Path, run: Run, deploy: Deploy, embedded_cloud: Cloud) -> None:
    service_id = deploy()
    embedded_cloud.fault(method="POST", path=f"/v1/infers/{service_id}", truncate_bytes=7)
    result = run(*CALL, "classifier", "--stream", "-d", '{"stream": true}')
    assert result.exit_code == 1
    assert result.stdout == "data: {"
    assert "broke" in result.stderr


def test_an_access_address_is_a_service_too(project: Path, run: Run, deploy: Deploy, embedded_cloud: Cloud) -> None:
    address = embedded_cloud.service(deploy())["access_address"]
    assert run(*CALL, address, "-d", "1").exit_code == 0


def test_an_app_code_comes_from_the_environment(
    elsewhere: Path, run: Run, served_cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{served_cloud.endpoint}/v1/infers/none"
    unset = run(*CALL, url, "--app-code-env", "CODE")
    assert unset.exit_code == 1
    assert "--app-code-env: the environment variable CODE is not set" in unset.stderr
    monkeypatch.setenv("CODE", "the-app-code")
    named = run(*CALL, "classifier", "--app-code-env", "CODE")
    assert named.exit_code == 1
    assert "app_code needs the URL of the service's API for applications" in named.stderr
    refused = run(*CALL, url, "--app-code-env", "CODE")
    assert refused.exit_code == 1
    assert "the-app-code" not in refused.output
    assert "x-apig-appcode" in served_cloud.admin("GET", "/requests")["requests"][-1]["headers"]


def test_an_error_of_the_platform_is_told_apart(project: Path, run: Run, deploy: Deploy, embedded_cloud: Cloud) -> None:
    service_id = deploy()
    busy = {"status": 503, "error_code": "ModelArts.4503", "error_msg": "busy"}
    embedded_cloud.fault(method="POST", path=f"/v1/infers/{service_id}", **busy)
    result = run(*CALL, "classifier")
    assert result.exit_code == 1
    assert "classifier (running) gave no answer" in result.stderr
    assert "ModelArts.4503" in result.stderr


def test_a_stopped_service(project: Path, run: Run, deploy: Deploy, embedded_cloud: Cloud) -> None:
    service_id = deploy()
    embedded_cloud.api("PUT", f"/services/{service_id}", {"status": "stopped"})
    embedded_cloud.pass_time()
    result = run(*CALL, "classifier")
    assert result.exit_code == 1
    assert "classifier is stopped\n  Start it, and wait until it is running." in result.stderr


def test_a_service_that_is_not_there_yet(project: Path, run: Run, deploy: Deploy) -> None:
    deploy(started=False)
    result = run(*CALL, "classifier")
    assert result.exit_code == 1
    assert "has no access address yet; its status is deploying" in result.stderr


def test_wrong_usage(project: Path, run: Run, deploy: Deploy) -> None:
    assert run(*CALL, "x", "-H", "no colon").exit_code == 2
    assert run(*CALL, "x", "-H", "ä: b").exit_code == 2
    assert run(*CALL, "x", "--timeout", "0").exit_code == 2
    both = run(*CALL, "x", "-d", "1", "--text", "1")
    assert both.exit_code == 2
    assert "Give one of --data, --text and --file." in both.stderr
    assert run(*CALL, "x", "--file", "missing").exit_code == 1
    missing = run(*CALL, "x", "-d", "@missing")
    assert missing.exit_code == 1
    assert "missing cannot be read: No such file or directory" in missing.stderr


class ToyOptions(Spec):
    """What the caller of a toy may say besides."""

    toy_version: str | None = field(None, description="Version of the toy.", source="tests")
    pass_key: str | None = field(None, description="key of a friend.", source="tests", secret=True)
    loud: bool = field(False, description="Louder.", source="tests")


class ToyCalling(Calling):
    """Calls toys; keeps what it was asked for."""

    thing = "toy"
    about = "TOY is the name of a toy."
    options = ToyOptions

    def __init__(self, server: ToyServer) -> None:
        self.server = server
        self.asked: list[Any] = []

    def endpoint(
        self, context: Context, thing: str, options: Mapping[str, Any], connection: str | None, *, path: str = ""
    ) -> Endpoint:
        """The toy."""
        self.asked.append((thing, dict(options), connection))
        return ToyEndpoint(self.server, context.environment, thing)


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch, elsewhere: Path) -> ToyCalling:
    """A second cloud, and a third one in which nothing can be called."""
    calling = ToyCalling(ToyServer(working(50), answered("brm")))
    for name, reference in (("toys", "pulumi_inference.toys.invocation:CALLING"), ("deaf", "")):
        module = ModuleType("cloud")
        vars(module)["CLOUD"] = Descriptor(
            name=name,
            title=name,
            short=name,
            documented_at="",
            kinds=(),
            settings="",
            connections="",
            calling=reference,
        )
        monkeypatch.setitem(sys.modules, f"pulumi_inference.{name}.cloud", module)
    room = ModuleType("invocation")
    vars(room)["CALLING"] = calling
    monkeypatch.setitem(sys.modules, "pulumi_inference.toys.invocation", room)
    monkeypatch.setattr(clouds, "CLOUDS", ("modelarts", "toys", "deaf"))
    return calling


def test_each_cloud_that_can_be_called_is_a_command(toys: ToyCalling, run: Run) -> None:
    listed = run("invoke", "--help").stdout.partition("Commands:")[2]
    assert [line.split(maxsplit=1) for line in listed.splitlines() if line] == [
        ["modelarts", "Call SERVICE and print its answer."],
        ["toys", "Call TOY and print its answer."],
    ]
    assert run("invoke", "deaf", "x").exit_code == 2


def test_what_a_caller_may_say_besides_are_options(toys: ToyCalling, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    text = run("invoke", "toys", "--help").stdout
    assert "TOY is the name of a toy." in text
    assert "--toy-version TEXT       Version of the toy." in text
    assert "--pass-key-env VAR       Environment variable with the key of a friend." in text
    assert "--loud                   Louder." in text
    assert "app-code" not in text
    assert "--toy-version" not in run("invoke", "modelarts", "--help").stdout
    monkeypatch.setenv("FRIEND", "friends-key")
    plain = run("invoke", "toys", "car", "-d", "go")
    assert (plain.exit_code, plain.stdout, plain.stderr) == (0, "brm\n", "50 %\n")
    words = ("--toy-version", "2", "--pass-key-env", "FRIEND", "--loud", "--connection", "second")
    assert run("invoke", "toys", "car", *words).exit_code == 0
    assert toys.asked == [
        ("car", {}, None),
        ("car", {"toy_version": "2", "pass_key": "friends-key", "loud": True}, "second"),
    ]
    unset = run("invoke", "toys", "car", "--pass-key-env", "NOBODY")
    assert unset.exit_code == 1
    assert "--pass-key-env: the environment variable NOBODY is not set" in unset.stderr


def test_a_variable_without_a_name_is_no_reason_to_call_as_somebody_else(
    elsewhere: Path, run: Run, served_cloud: Cloud
) -> None:
    result = run(*CALL, f"{served_cloud.endpoint}/v1/infers/none", "--app-code-env", "")
    assert result.exit_code == 1
    assert "--app-code-env: the environment variable  is not set" in result.stderr
