"""`pulumi-inference status`, with a state that Pulumi has written and the embedded emulator."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from pulumi_inference.cli.observation import Report, observe
from pulumi_inference.cli.project import context_of, read_settings
from pulumi_inference.cli.stack import Stack, StackResource
from pulumi_inference.cli.status_text import render
from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.lifecycle.status import Wanted
from pulumi_inference.modelarts.client import ModelArtsClient
from tests.support.cloud import Cloud
from tests.support.states import State
from tests.unit.cli.conftest import Deploy, Run, Status

ITEM = {"model_id": "model-a", "specification": "modelarts.vm.cpu.2u", "weight": 100, "instance_count": 2}
HOUR = 3600


def rows(text: str) -> dict[str, list[str]]:
    """The rows of the table by the resource's name: the cells, which stand two blanks apart."""
    table = text.split("\n\n")[1].splitlines()
    cells = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in table]
    return {first: rest for first, *rest in cells}


def document(result: Result) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(result.stdout)
    return parsed


def one_resource(result: Result) -> dict[str, Any]:
    [only] = document(result)["resources"]
    return dict(only)


def test_a_running_service(state: State, status: Status, deploy: Deploy) -> None:
    service_id = deploy()
    state.add("classifier", service_id)
    result = status()
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("trial/dev, 20")
    assert rows(result.stdout) == {
        "RESOURCE": ["KIND", "STATE", "INSTANCES", "CALLS", "FAILED", "PER MIN", "LOAD"],
        "classifier": ["Service", "running", "2 of 2", "0", "0", "0", "cpu 5 %, memory 3 %"],
    }
    assert f"classifier ({service_id})\n" in result.stdout
    last = result.stdout.rstrip().splitlines()[-3:]
    assert [line[23:] for line in last] == [
        "[model-model-a 0.0.1] pull image success",
        "[model-model-a 0.0.1] starting model",
        "start service success",
    ]


def test_the_number_of_events_is_chosen(state: State, status: Status, deploy: Deploy, embedded_cloud: Cloud) -> None:
    state.add("classifier", deploy())
    assert [one["event_info"] for one in one_resource(status("--json", "--events", "1"))["events"]] == [
        "start service success"
    ]
    embedded_cloud.forget_requests()
    assert one_resource(status("--json", "--events", "0"))["events"] == []
    assert not [one for one in embedded_cloud.sent() if one.path.endswith("/events")]


def test_calls_are_counted(state: State, status: Status, deploy: Deploy, embedded_cloud: Cloud) -> None:
    service_id = deploy()
    state.add("classifier", service_id)
    embedded_cloud.admin("PATCH", f"/services/{service_id}", {"invocations": {"model-a": [12, 3]}})
    entry = one_resource(status("--json"))
    assert (entry["invocation_times"], entry["failed_times"]) == (12, 3)
    assert [(one["invocation_times"], one["failed_times"]) for one in entry["monitor"]["models"]] == [(12, 3)]


def test_a_service_under_way(state: State, status: Status, deploy: Deploy, embedded_cloud: Cloud) -> None:
    embedded_cloud.deploy_fault("hang")
    state.add("classifier", deploy(started=False))
    row = rows(status("--events", "0").stdout)["classifier"]
    assert row[1].startswith("deploying ") and row[1].endswith(" %")
    assert row[2] == "0 of 2"


def test_a_failed_service_says_why(state: State, status: Status, deploy: Deploy, embedded_cloud: Cloud) -> None:
    embedded_cloud.deploy_fault("fail")
    state.add("classifier", deploy())
    result = status()
    assert result.exit_code == 0
    assert rows(result.stdout)["classifier"][1] == "failed"
    assert "  error: ModelArts.3976: NO_CAPACITY" in result.stdout
    assert "abnormal: " in result.stdout
    assert "not known" not in result.stdout


def test_a_smoke_test_that_has_not_passed_is_told(state: State, status: Status, deploy: Deploy) -> None:
    state.add("classifier", deploy(), smoke_test_error="the smoke test (POST /) failed after 3 attempts")
    result = status("--events", "0")
    assert rows(result.stdout)["classifier"][1] == "running"
    assert "  error: the smoke test (POST /) failed after 3 attempts" in result.stdout


def test_what_is_gone_says_so(state: State, status: Status, deploy: Deploy) -> None:
    service_id = deploy()
    nobody = "7c1f0f5e-0000-4000-8000-000000000000"
    for kind in ("Service", "Model", "Schedule"):
        state.add(f"old-{kind}", nobody, kind)
    state.add("no-schedule", service_id, "Schedule")
    result = status()
    assert result.exit_code == 0, result.output
    seen = rows(result.stdout)
    assert [seen[name][1] for name in ("old-Service", "old-Model", "old-Schedule", "no-schedule")] == ["gone"] * 4


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        ({"error_code": "ModelArts.3301", "error_msg": "no such image"}, "  error: ModelArts.3301: no such image"),
        ({}, None),
    ],
)
def test_a_failed_model_says_why(
    project: Path, monkeypatch: pytest.MonkeyPatch, reason: dict[str, str], line: str | None
) -> None:
    named = {"model_id": "m-1", "model_name": "resnet", "model_version": "0.0.1", "model_type": "Image"}
    detail = {**named, "model_status": "failed", **reason}
    monkeypatch.setattr(ModelArtsClient, "get_model", lambda *_what, **_how: detail)
    resource = StackResource("urn", "modelarts.Model", "resnet", "m-1", {})
    seen = observe(context_of(read_settings(None)), [resource], Wanted())
    text = render(Report(Stack("dev", "trial", [resource]), 1_700_000_000.0, seen), UTC)
    assert text.splitlines()[3].split() == ["resnet", "Model", "failed"]
    assert text.splitlines()[4:] == (["", "resnet (m-1)", line] if line else [])


def test_models(state: State, status: Status, embedded_cloud: Cloud) -> None:
    body = {"model_name": "m", "model_version": "0.0.1", "model_type": "Image", "source_location": "swr/x:1"}
    model_id = embedded_cloud.api("POST", "/models", body)["model_id"]
    embedded_cloud.pass_time()
    state.add("resnet", model_id, "Model")
    state.begin("next", "Model")
    assert rows(status().stdout) == {
        "RESOURCE": ["KIND", "STATE"],
        "next": ["Model", "creating"],
        "resnet": ["Model", "published"],
    }


def test_due_times_are_local_and_say_what_is_left(
    state: State, status: Status, deploy: Deploy, embedded_cloud: Cloud
) -> None:
    service_id = deploy(schedule=[{"type": "stop", "time_unit": "HOURS", "duration": 10}])
    state.add("classifier", service_id)
    state.add("evening", service_id, "Schedule")
    due = embedded_cloud.service(service_id)["due_time"]
    entries = document(status("--json"))["resources"]
    assert [one["due_time"] for one in entries] == [due, due]
    left = status(obj=ManualClock(now=due / 1000 - HOUR - 60))
    assert left.stdout.count("(in 1 h 1 min)") == 2
    assert status(obj=ManualClock(now=due / 1000)).stdout.count("(due)") == 2


def test_a_service_that_is_being_created_is_found_by_its_name(
    state: State, status: Status, deploy: Deploy, embedded_cloud: Cloud
) -> None:
    embedded_cloud.deploy_fault("hang")
    service_id = deploy("classifier-1a2b3c4", started=False)
    deploy("classifier-1a2b3c4-other", started=False)
    state.begin("classifier", name="classifier-1a2b3c4")
    state.begin("later", name="later-1a2b3c4")
    result = document(status("--json"))
    assert [(one["name"], one["state"], one["id"]) for one in result["resources"]] == [
        ("classifier", "deploying", service_id),
        ("later", "creating", None),
    ]
    assert "(creating)" in rows(status().stdout)["classifier"][1]


def test_a_service_that_is_being_created_is_looked_for_in_its_workspace(
    state: State, status: Status, deploy: Deploy, embedded_cloud: Cloud
) -> None:
    embedded_cloud.admin("POST", "/seed", {"workspaces": [{"workspace_id": "workspace-1"}]})
    service_id = deploy("classifier-1a2b3c4", workspace_id="workspace-1")
    state.begin("classifier", name="classifier-1a2b3c4", workspace_id="workspace-1")
    assert one_resource(status("--json"))["id"] == service_id


def test_one_that_waits_for_its_deletion_is_marked(state: State, status: Status, deploy: Deploy) -> None:
    state.add("classifier", deploy("old"), delete=True)
    assert rows(status().stdout)["classifier"][1] == "running (to be deleted)"


def test_what_fails_for_one_shows_in_its_row_only(
    state: State, status: Status, deploy: Deploy, embedded_cloud: Cloud
) -> None:
    first, second = deploy("first"), deploy("second")
    state.add("first", first)
    state.add("second", second)
    embedded_cloud.fault(path=f".*/services/{second}$", status=400, error_code="ModelArts.0104", count=9)
    embedded_cloud.fault(path=f".*/services/{first}/monitor", status=500, error_code="ModelArts.3508", count=9)
    result = status()
    assert result.exit_code == 1
    seen = rows(result.stdout)
    assert seen["first"][1:3] == ["running", "? of 2"]
    assert seen["second"][1] == "unknown"
    assert result.stdout.count("not known: ") == 2
    assert "ModelArts.3508" in result.stdout and "ModelArts.0104" in result.stdout


def test_a_place_without_credentials_says_what_to_set(state: State, status: Status) -> None:
    state.add("elsewhere", "id-1", endpoint="https://modelarts.example.com")
    result = status()
    assert result.exit_code == 1
    assert "  not known: the ModelArts credentials are not set\n    access key: pulumi config set" in result.stdout


def test_records_say_how_each_roll_out_went(
    state: State, status: Status, deploy: Deploy, embedded_cloud: Cloud
) -> None:
    service_id = deploy(config=[{**ITEM, "envs": {"TOKEN": "t0psecret"}}])
    embedded_cloud.deploy_fault("fail", phase="update")
    embedded_cloud.api("PUT", f"/services/{service_id}", {"config": [{**ITEM, "instance_count": 3}]})
    embedded_cloud.pass_time()
    state.add("classifier", service_id)
    result = status("--records", "--events", "0")
    told = [line[23:] for line in result.stdout.splitlines() if "roll-out" in line]
    assert told == [
        "roll-out SUCCESS: model-model-a 0.0.1 (2 x modelarts.vm.cpu.2u, weight 100)",
        "roll-out FAIL: model-model-a 0.0.1 (3 x modelarts.vm.cpu.2u, weight 100)",
    ]
    as_json = status("--records", "--json")
    assert [one["result"] for one in one_resource(as_json)["update_records"]] == ["SUCCESS", "FAIL"]
    assert "t0psecret" not in as_json.stdout


def test_edge_services(state: State, status: Status, deploy: Deploy) -> None:
    item = {"model_id": "m", "specification": "custom", "custom_spec": {"cpu": 1, "memory": 512}, "instance_count": 1}
    state.add("edge", deploy("edge", infer_type="edge", config=[{**item, "nodes": ["node-1"]}]))
    entry = one_resource(status("--json", "--records"))
    assert [one["node_id"] for one in entry["monitor"]["nodes"]] == ["node-1"]
    [record] = entry["update_records"]
    assert [(one["node_id"], one["result"]) for one in record["result_detail"]] == [("node-1", True)]
    assert "; nodes: 1 done, 0 failed\n    " in status("--records").stdout


def test_resources_are_chosen_by_name_id_or_urn(state: State, status: Status, deploy: Deploy) -> None:
    ids = [deploy("one"), deploy("two"), deploy("three")]
    for name, service_id in zip(("one", "two", "three"), ids, strict=True):
        state.add(name, service_id)
    urn = state.entry("three", "Service")["urn"]
    chosen = document(status("--json", ids[0], urn))["resources"]
    assert [one["name"] for one in chosen] == ["one", "three"]
    wrong = status("thre")
    assert wrong.exit_code == 1
    assert "Error: dev has no resource 'thre'; did you mean `three`?" in wrong.stderr


def test_an_empty_stack(status: Status) -> None:
    result = status()
    assert result.exit_code == 0
    assert result.stdout.startswith("trial/dev, ")
    assert "The stack has no resources of pulumi-inference." in result.stdout


def test_a_stack_without_any_state(project: Path, status: Status) -> None:
    (project / "export.json").write_text('{"version": 3}')
    assert status().stdout.startswith("stack, ")
    assert status("--stack", "dev").stdout.startswith("dev, ")
    assert (document(status("--json"))["project"], document(status("--json"))["resources"]) == (None, [])
    assert "the stack has no resource 'classifier'; there is none" in status("classifier").stderr


def test_a_stack_that_does_not_exist(status: Status) -> None:
    result = status("--stack", "other")
    assert (result.exit_code, result.stderr) == (1, "Error: no stack named 'other' found\n")


def test_without_pulumi(project: Path, run: Run) -> None:
    result = run("status")
    assert result.exit_code == 1
    assert "Error: pulumi is not on PATH" in result.stderr


@pytest.mark.parametrize("words", [("--interval", "0"), ("--events", "-1")])
def test_wrong_usage(project: Path, run: Run, words: tuple[str, ...]) -> None:
    assert run("status", *words).exit_code == 2


def test_edge_roll_outs_say_how_it_went_on_each_node(
    project: Path, deploy: Deploy, embedded_cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = {
        "update_time": 1_700_000_000_000,
        "result": "FAIL",
        "config": [{"model_id": "m", "instance_count": 1, "specification": "custom"}],
        "success_num": 1,
        "failed_num": 1,
        "result_detail": [
            {"node_id": "n-1", "node_name": "gate", "operation": "deploy", "result": True},
            {"node_id": "n-2", "operation": "delete", "result": False},
        ],
    }
    monkeypatch.setattr(ModelArtsClient, "list_update_records", lambda *_what: [record])
    resource = StackResource("urn", "modelarts.Service", "edge", deploy(), {})
    seen = observe(context_of(read_settings(None)), [resource], Wanted(records=True))
    text = render(Report(Stack("dev", "trial", [resource]), 1_700_000_000.0, seen), UTC)
    assert text.splitlines()[0] == "trial/dev, 2023-11-14 22:13:20 UTC"
    assert text.splitlines()[-4:] == [
        f"edge ({resource.id})",
        "  2023-11-14 22:13:20  roll-out FAIL: m (1 x custom); nodes: 1 done, 1 failed",
        "    gate: deploy done",
        "    n-2: delete failed",
    ]
