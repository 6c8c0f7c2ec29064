"""`pulumi-inference nvcf`, `invoke nvcf`, `init nvcf`, and what `doctor` says of NVCF."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.cloud import Cloud
from tests.support.nvcf_calls import FUNCTION, VERSION
from tests.support.states import State
from tests.unit.cli.conftest import Run

CALL = ("invoke", "nvcf")
SPECIFICATION = {"gpu": "L40", "instanceType": "NCP.GPU.L40_1x", "minInstances": 1, "maxInstances": 1}


@pytest.fixture(autouse=True)
def function(project: Path, embedded_cloud: Cloud) -> None:
    """A project that names the emulator for NVCF too, and a function that is deployed there."""
    with (project / "Pulumi.yaml").open("a") as file:
        file.write(f"  inference:nvcfEndpoint: {embedded_cloud.endpoint}\n")
    seeded = {
        "name": "echo",
        "id": FUNCTION,
        "versionId": VERSION,
        "inferenceUrl": "/echo",
        "containerImage": "nvcr.io/acme/echo:1",
        "containerEnvironment": [{"key": "TOKEN", "value": "hush"}],
        "status": "ACTIVE",
        "deployment": {"deploymentSpecifications": [SPECIFICATION]},
    }
    embedded_cloud.admin("POST", "/seed", {"nvcf.functions": [seeded]})
    embedded_cloud.admin("PATCH", "/settings", {"nvcf.hold_seconds": 0, "seconds_per_request": 2})


def good(result: Any) -> Any:
    assert result.exit_code == 0, result.output
    return result


# lists


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("functions", FUNCTION),
        ("functions --name echo --status ACTIVE", VERSION),
        ("functions --all", "echo"),
        ("deployments", "NCP.GPU.L40_1x 1-1"),
        ("gpus", "L40"),
        ("instance-types --gpu L40", "NCP.GPU.L40_1x"),
        ("quota", "NCP.GPU.L40_1x"),
        (f"queues --function-id {FUNCTION}", "echo"),
        (f"authorizations --function-id {FUNCTION}", FUNCTION),
        ("telemetries", "No telemetries found."),
        ("registry-credentials --artifact-type MODEL", "No registry credentials found."),
        ("assets", "No assets found."),
    ],
)
def test_lists(run: Run, command: str, shown: str) -> None:
    assert shown in good(run("nvcf", *command.split())).stdout


def test_lists_show_no_secret(run: Run) -> None:
    [found] = json.loads(good(run("nvcf", "functions", "--json")).stdout)
    assert found["function_id"] == FUNCTION
    assert "hush" not in json.dumps(found)


def test_what_a_key_may_not_list_says_which_scope_it_needs(run: Run) -> None:
    result = run("nvcf", "clusters")
    assert result.exit_code == 1
    assert "list_cluster_groups" in result.stderr


# calls


def test_a_function_is_called_by_id_and_name(run: Run) -> None:
    for thing in (FUNCTION, f"{FUNCTION},{VERSION}", "echo"):
        answer = json.loads(good(run(*CALL, thing, "--data", '{"x": 1}')).stdout)
        assert (answer["echo"], answer["version_id"]) == ({"x": 1}, VERSION)


@pytest.mark.parametrize("kind", ["Function", "Deployment"])
def test_a_function_is_called_as_the_program_names_it(
    state: State, run: Run, kind: str, embedded_cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NVCF_ENDPOINT", embedded_cloud.endpoint)
    state.add("mine", f"{FUNCTION},{VERSION}", kind, cloud="nvcf")
    assert json.loads(good(run(*CALL, "mine", "-d", "1")).stdout)["version_id"] == VERSION


def test_the_ways(run: Run) -> None:
    answer = json.loads(good(run(*CALL, "echo", "--path", "/v1/x?a=1", "-X", "PUT", "-d", "1")).stdout)
    assert (answer["method"], answer["path"], answer["query"]) == ("PUT", "/v1/x", "a=1")
    assert json.loads(good(run(*CALL, "echo", "--via", "exec", "-d", "1")).stdout)["echo"] == 1
    assert run(*CALL, "echo", "--via", "pigeon").exit_code == 2
    assert run(*CALL, "echo", "--poll-seconds", "0").exit_code == 2


def test_progress_goes_to_stderr(run: Run) -> None:
    result = good(run(*CALL, "echo", "-d", "1", "-H", "X-Emulator-Seconds:9", "-H", "X-Emulator-Progress:2"))
    assert json.loads(result.stdout)["echo"] == 1
    assert "% done" in result.stderr


def test_events_are_printed(run: Run) -> None:
    assert good(run(*CALL, "echo", "--stream", "-d", "1")).stdout.rstrip().endswith("data: [DONE]")


def test_an_answer_goes_to_a_file_with_what_comes_with_it(run: Run, project: Path) -> None:
    words = ("-H", "X-Emulator-Bytes:6000000", "-H", "X-Emulator-Files:a.txt", "-o", "out.json")
    result = good(run(*CALL, "echo", "-d", "1", *words))
    assert result.stdout == ""
    assert (project / "out.json").stat().st_size == 6_000_000
    assert (project / "out.json.files" / "a.txt").is_file()
    assert "written: out.json" in result.stderr
    assert run(*CALL, "echo", "--stream", "-o", "x").exit_code == 2


def test_files_are_assets(run: Run, project: Path) -> None:
    for name in ("a.png", "b.txt"):
        (project / name).write_text(name)
    answer = json.loads(good(run(*CALL, "echo", "-d", "1", "--asset", "a.png", "--asset", "b.txt")).stdout)
    assert [one["contentType"] for one in answer["assets"]] == ["image/png", "text/plain"]


def test_exit_codes_tell_the_container_from_the_platform(run: Run) -> None:
    failed = run(*CALL, "echo", "-d", "1", "-H", "X-Emulator-Status:422", "-o", "x")
    assert (failed.exit_code, "HTTP 422" in failed.stderr) == (3, True)
    assert not Path("x").exists()
    nobody = run(*CALL, "echo", "-d", "1", "-H", "X-Emulator-Silent:request")
    assert (nobody.exit_code, "in time" in nobody.stderr) == (1, True)
    unknown = run(*CALL, "nothing", "-d", "1")
    assert (unknown.exit_code, "pulumi-inference nvcf functions" in unknown.stderr) == (1, True)


def test_the_help_names_what_a_caller_may_say(run: Run) -> None:
    text = " ".join(good(run(*CALL, "--help")).stdout.split())
    for words in ("--via [pexec|host|exec|llm]", "--asset TEXT", "--poll-seconds INTEGER RANGE", "--grpc TEXT"):
        assert words in text


# projects


def test_init_writes_a_project_that_stands(run: Run, project: Path) -> None:
    good(run("init", "nvcf", "new", "--emulator"))
    program = (project / "new" / "__main__.py").read_text()
    compile(program, "__main__.py", "exec")
    assert 'config.get("image") or' in program
    assert yaml.safe_load((project / "new" / "Pulumi.yaml").read_text())["config"] == {
        "inference:nvcfEndpoint": {"value": "emulator:emulator.db"}
    }
    result = good(run("init", "nvcf", "real"))
    assert "pulumi config set --secret inference:nvcfApiKey" in result.stdout
    assert 'config.require("image")' in (project / "real" / "__main__.py").read_text()


def test_doctor_asks_nvcf(run: Run) -> None:
    checks = {one["name"]: one for one in json.loads(run("doctor", "--json").stdout)["checks"]}
    assert checks["nvcf request"]["status"] == "ok", checks
    assert "listed functions" in checks["nvcf request"]["detail"]
    assert checks["nvcf credentials"]["status"] == "ok"
    assert "nvapi-emulator" not in json.dumps(checks)
