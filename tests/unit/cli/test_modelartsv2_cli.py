"""`pulumi-inference modelartsv2` and `invoke modelartsv2`; `import` and `validate` of replica schedules."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.cloud import EMBEDDED_PROJECT, OUTSIDER, Cloud
from tests.support.modelartsv2 import POOL
from tests.support.modelartsv2_calls import KEY, KEY_ID, KEYED, OPEN, STOPPED, seeded
from tests.support.modelartsv2_schedules import EVENING, MORNING, wire
from tests.support.states import State
from tests.unit.cli.conftest import Run

CALL = ("invoke", "modelartsv2")
CHAT = ("--path", "/v1/chat/completions")
QUESTION = json.dumps({"model": "demo", "messages": [{"role": "user", "content": "hello"}]})


@pytest.fixture(autouse=True)
def filled(project: Path, embedded_cloud: Cloud) -> None:
    """A project on the emulator, where a service of each kind is, and a replica schedule of one."""
    embedded_cloud.admin("POST", "/seed", seeded())
    body = {
        "type": "CRON_HPA",
        "target_resource_id": "d-open",
        "target_resource_type": "GROUP",
        "hpa_rules": wire(MORNING, {**EVENING, "disabled": True}),
    }
    path = f"/v2/{EMBEDDED_PROJECT}/services/{OPEN}/deployments/d-open/hpa"
    headers = {"X-Auth-Token": embedded_cloud.token(), "User-Agent": OUTSIDER}
    assert embedded_cloud.client.post(path, json=body, headers=headers).is_success


def good(result: Any) -> Any:
    assert result.exit_code == 0, result.output
    return result


def columns(text: str) -> list[str]:
    """The lines without what pads them and what differs between two runs."""
    lines = [re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "MOMENT", " ".join(line.split())) for line in text.splitlines()]
    return [line.replace(KEY_ID, "KEY") for line in lines]


TABLES: dict[str, list[str]] = {
    "services --name open": [
        "NAME ID TYPE STATUS CALLS BY VERSION MADE",
        f"open {OPEN} REAL_TIME RUNNING NONE 1.0.0 MOMENT",
    ],
    "services --status STOPPED --type REAL_TIME": [
        "NAME ID TYPE STATUS CALLS BY VERSION MADE",
        f"stopped {STOPPED} REAL_TIME STOPPED NONE 1.0.0 MOMENT",
    ],
    "services --name nothing": ["No services found."],
    f"deployments --service-id {OPEN}": [
        "NAME ID STATUS VERSION WEIGHT SHARE POOL MADE",
        f"blue d-open RUNNING 1.0.0 100 100.00% {POOL} MOMENT",
    ],
    f"versions --service-id {OPEN} --deployment-id d-open": [
        "VERSION STATUS DESCRIPTION MADE",
        "1.0.0 ACTIVE - MOMENT",
    ],
    "pools": [
        "POOL NAME STATUS FOR NODES",
        f"{POOL} demo Running Train, Infer 2/2 modelarts.vm.cpu.8ud",
    ],
    "api-keys": ["NAME ID SCOPE SERVICES MADE", "for-tests KEY SERVICE keyed MOMENT"],
    "api-keys --scope USER": ["No API keys found."],
    f"replica-schedules --service-id {OPEN}": [
        "DEPLOYMENT ID STATUS RULES",
        "blue d-open ACTIVE morning (0 8 * * 1-5: 4), evening (0 20 * * 1-5: 1, disabled)",
    ],
    f"replica-schedules --service-id {KEYED}": ["No replica schedules found."],
}


@pytest.mark.parametrize(("command", "lines"), TABLES.items(), ids=TABLES)
def test_tables(run: Run, command: str, lines: list[str]) -> None:
    assert columns(good(run("modelartsv2", *command.split())).stdout) == lines


def test_flavours(run: Run) -> None:
    head, *rows = columns(good(run("modelartsv2", "flavours", "--category", "GPU")).stdout)
    assert head == "ID CATEGORY ARCHITECTURE CPU MEMORY ACCELERATOR SOLD OUT FREE"
    assert rows
    assert all(" GPU " in row and " x " in row for row in rows)


def test_keys_are_listed_without_their_values(run: Run) -> None:
    for words in ("api-keys", "api-keys --json"):
        assert KEY not in good(run("modelartsv2", *words.split())).output
    [found] = json.loads(good(run("modelartsv2", "api-keys", "--json")).stdout)
    assert "api_key" not in found


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("deployments", "Missing option '--service-id'"),
        (f"versions --service-id {OPEN}", "Missing option '--deployment-id'"),
        ("services --status LOST", "'LOST' is not one of 'init', 'deploying', 'running'"),
        ("flavours --category TPU", "'TPU' is not one of 'CPU', 'GPU', 'ASCEND'"),
    ],
)
def test_what_cannot_be_asked(run: Run, command: str, text: str) -> None:
    result = run("modelartsv2", *command.split())
    assert (result.exit_code, text in result.stderr) == (2, True), result.output


# calls


@pytest.mark.parametrize("thing", [OPEN, "open", "keyed", KEYED])
def test_a_service_is_called_without_a_copied_key(run: Run, thing: str) -> None:
    answer = json.loads(good(run(*CALL, thing, *CHAT, "--data", QUESTION)).stdout)
    assert (answer["object"], answer["model"]) == ("chat.completion", "demo")


def test_a_service_is_called_by_its_address(run: Run) -> None:
    url = f"http://emulator.localhost/v2/infer/{KEYED}"
    assert json.loads(good(run(*CALL, url, *CHAT, "--data", QUESTION)).stdout)["model"] == "demo"


def test_a_service_is_called_as_the_program_names_it(state: State, run: Run) -> None:
    state.add("chat", KEYED, "Service", cloud="modelartsv2")
    assert json.loads(good(run(*CALL, "chat", *CHAT, "-d", QUESTION)).stdout)["model"] == "demo"


DEPLOYMENT_URN = "urn:pulumi:dev::trial::pulumi-python:dynamic/modelartsv2:Deployment::blue"


@pytest.mark.parametrize("thing", ["blue", DEPLOYMENT_URN, f"{KEYED},d-blue"])
def test_a_deployment_stands_for_its_service(state: State, run: Run, thing: str) -> None:
    state.add("blue", f"{KEYED},d-blue", "Deployment", cloud="modelartsv2")
    result = good(run(*CALL, thing, *CHAT, "-d", QUESTION))
    assert json.loads(result.stdout)["model"] == "demo"
    assert result.stderr.splitlines() == [
        "note: blue has no address of its own: the request goes to its service keyed, whose weights decide which "
        "deployment answers (blue 100)"
    ]


def test_a_deployment_that_its_service_lacks(state: State, run: Run) -> None:
    state.add("blue", f"{KEYED},d-gone", "Deployment", cloud="modelartsv2")
    result = run(*CALL, "blue", "-d", "1")
    assert (result.exit_code, "the service keyed has no deployment d-gone" in result.stderr) == (1, True), result.output


def test_a_key_comes_from_the_environment(run: Run, monkeypatch: pytest.MonkeyPatch, embedded_cloud: Cloud) -> None:
    monkeypatch.setenv("CHAT_KEY", KEY)
    good(run(*CALL, "keyed", *CHAT, "-d", QUESTION, "--api-key-env", "CHAT_KEY"))
    logged = embedded_cloud.admin("GET", "/requests")["requests"]
    assert not [one for one in logged if one["path"].endswith("/temp")]
    monkeypatch.setenv("CHAT_KEY", "a-wrong-value")
    refused = run(*CALL, "keyed", *CHAT, "-d", QUESTION, "--api-key-env", "CHAT_KEY")
    assert (refused.exit_code, "a-wrong-value" in refused.output) == (1, False), refused.output
    missing = run(*CALL, "keyed", "-d", "1", "--api-key-env", "NO_KEY")
    assert "--api-key-env: the environment variable NO_KEY is not set" in missing.stderr


def test_events_are_printed(run: Run) -> None:
    body = json.dumps({**json.loads(QUESTION), "stream": True})
    assert good(run(*CALL, "keyed", *CHAT, "--stream", "-d", body)).stdout.rstrip().endswith("data: [DONE]")


def test_exit_codes_tell_the_model_from_the_platform(run: Run) -> None:
    failed = run(*CALL, "open", "-d", "1", "--header", "x-emulator-status: 404")
    assert (failed.exit_code, "HTTP 404" in failed.stderr) == (3, True), failed.output
    for thing, text in (
        ("stopped", "stopped is stopped"),
        ("tasks", "tasks is an asynchronous service"),
        ("socket", "socket talks WebSocket"),
        ("tokened", "tokened is called with a token"),
        ("nothing", "pulumi-inference modelartsv2 services"),
    ):
        result = run(*CALL, thing, "-d", "1")
        assert (result.exit_code, text in result.stderr) == (1, True), result.output


def test_the_help_of_calls(run: Run) -> None:
    text = " ".join(good(run(*CALL, "--help")).stdout.split())
    assert "SERVICE is a real-time service" in text
    assert "--channel [PUBLIC|INTERNAL|CONSOLE]" in text
    assert "--api-key-env VAR" in text


# import and validate


@pytest.mark.parametrize("words", [(f"{OPEN},d-open",), ("--all",), ("--all", "--filter", f"service_id={OPEN}")])
def test_a_replica_schedule_is_imported(run: Run, words: tuple[str, ...]) -> None:
    program = good(run("import", "modelartsv2", "replicaschedule", *words)).stdout
    assert "d_open_schedule = modelartsv2.ReplicaSchedule(" in program
    assert 'name="morning", schedule="0 8 * * 1-5", target_replicas=4' in " ".join(program.split())
    assert "disabled=True" in program


def test_what_has_no_replica_schedule_is_not_imported(run: Run) -> None:
    result = run("import", "modelartsv2", "replicaschedule", f"{KEYED},d-blue")
    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_specs_are_validated(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "hours.yaml"
    good_text = f"""
service_id: {OPEN}
deployment_id: d-open
rules:
  - {{name: morning, schedule: "0 8 * * 1-5", target_replicas: 4}}
"""
    file.write_text(good_text)
    good(run("validate", str(file), "--kind", "modelartsv2.ReplicaSchedule"))
    file.write_text(good_text.replace("0 8 * * 1-5", "0 25 * * *"))
    result = run("validate", str(file), "--kind", "modelartsv2.ReplicaSchedule")
    assert result.exit_code != 0
    assert "has a wrong hour" in result.output
