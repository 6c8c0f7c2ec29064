"""`pulumi-inference doctor`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.clouds import CLOUDS
from tests.support.cloud import Cloud
from tests.unit.cli.conftest import Run

NewEngine = Callable[[str], Path]


def engine(version: str, config: str = "{}") -> str:
    """A script that answers as pulumi does."""
    return f"case \"$1\" in version) echo {version} ;; stack) echo dev ;; *) echo '{config}' ;; esac"


def checks(run: Run, *words: str) -> dict[str, dict[str, Any]]:
    result = run("doctor", "--json", *words)
    answer = json.loads(result.stdout)
    assert answer["ok"] == (result.exit_code == 0)
    return {one["name"]: one for one in answer["checks"]}


def complete(fake_pulumi: NewEngine, config: str = "{}") -> None:
    folder = fake_pulumi(engine("v3.259.0", config))
    (folder / "pulumi-language-python").symlink_to(folder / "pulumi")


def embedded(cloud: Cloud) -> str:
    return json.dumps({"inference:modelartsEndpoint": {"value": cloud.endpoint, "secret": False}})


def test_all_is_well(project: Path, run: Run, fake_pulumi: NewEngine, embedded_cloud: Cloud) -> None:
    complete(fake_pulumi, embedded(embedded_cloud))
    result = run("doctor")
    assert result.exit_code == 0, result.output
    assert "ok       engine: pulumi v3.259.0" in result.stdout
    assert "ok       modelarts request: listed services" in result.stdout
    assert "endpoint from stack configuration modelartsEndpoint" in result.stdout
    assert "ok       modelartsv2 request: listed services" in result.stdout
    sent = [(one.method, one.path.rpartition("/")[2]) for one in embedded_cloud.sent()]
    assert sent == [("GET", "services")] * 2, "each version of the API is asked once"


def test_nothing_is_there(elsewhere: Path, run: Run) -> None:
    found = checks(run)
    assert {name: one["status"] for name, one in found.items() if one["status"] != "ok"} == {
        "engine": "failed",
        "language host": "failed",
        "project": "skipped",
        " or ".join(CLOUDS): "failed",
    }
    assert all(one["fix"] for one in found.values() if one["status"] == "failed")


@pytest.mark.parametrize(("version", "status"), [("v3.258.9", "failed"), ("v3.259.0", "ok"), ("v4.0.0", "ok")])
def test_the_engines_version(elsewhere: Path, run: Run, fake_pulumi: NewEngine, version: str, status: str) -> None:
    fake_pulumi(engine(version))
    assert checks(run)["engine"]["status"] == status


def test_an_engine_that_does_not_run(elsewhere: Path, run: Run, fake_pulumi: NewEngine) -> None:
    fake_pulumi("exit 1")
    assert "does not tell its version" in checks(run)["engine"]["detail"]


def test_a_project_that_does_not_refresh_is_no_failure(
    project: Path, run: Run, fake_pulumi: NewEngine, embedded_cloud: Cloud
) -> None:
    complete(fake_pulumi, embedded(embedded_cloud))
    file = project / "Pulumi.yaml"
    file.write_text(file.read_text().replace("refresh: always", "refresh: never"))
    found = checks(run)["project"]
    assert found["status"] == "note"
    assert found["fix"] == "add `options: {refresh: always}` to it"
    assert run("doctor").exit_code == 0


def test_a_broken_project_file_is_a_failed_check(project: Path, run: Run) -> None:
    (project / "Pulumi.yaml").write_text("a: [")
    found = checks(run)["project"]
    assert found["status"] == "failed"
    assert "Pulumi.yaml cannot be read" in found["detail"]


SELECTED = """case "$*" in
    version*) echo v3.259.0 ;;
    "stack --show-name"*) echo dev ;;
    "config --json"*) {config} ;;
    "config set --secret"*) {encrypt} ;;
    *) echo "unexpected: $*" >&2; exit 1 ;;
esac"""


def test_a_stack_whose_configuration_cannot_be_read_is_a_failure(
    project: Path, run: Run, fake_pulumi: NewEngine
) -> None:
    fake_pulumi(SELECTED.format(config="echo 'error: invalid YAML file: line 1' >&2; exit 1", encrypt="exit 1"))
    found = checks(run)
    assert found["settings"]["status"] == "failed"
    assert found["settings"]["detail"] == "stack dev: invalid YAML file: line 1"
    assert "Pulumi.dev.yaml" in found["settings"]["fix"]
    assert "modelarts request" not in found


def test_a_stack_that_cannot_encrypt_is_a_failure(
    project: Path, run: Run, fake_pulumi: NewEngine, embedded_cloud: Cloud
) -> None:
    """`pulumi config` reads a file without secrets under any salt; `pulumi up` does not."""
    (project / "Pulumi.dev.yaml").write_text("encryptionsalt: v1:of:another\n")
    fake_pulumi(
        SELECTED.format(
            config=f"echo '{embedded(embedded_cloud)}'", encrypt="echo 'error: incorrect passphrase' >&2; exit 1"
        )
    )
    found = checks(run)
    assert found["stack"]["status"] == "failed"
    assert found["stack"]["detail"] == "dev: incorrect passphrase"
    assert "PULUMI_CONFIG_PASSPHRASE" in found["stack"]["fix"]
    assert (project / "Pulumi.dev.yaml").read_text() == "encryptionsalt: v1:of:another\n"


def test_a_virtual_environment_that_is_not_made_yet(project: Path, run: Run) -> None:
    file = project / "Pulumi.yaml"
    file.write_text(file.read_text().replace("python", "{name: python, options: {virtualenv: .venv}}"))
    found = checks(run)["python"]
    assert found["status"] == "failed"
    assert "pulumi install" in found["fix"]


def test_a_virtual_environment_with_other_packages(project: Path, run: Run) -> None:
    file = project / "Pulumi.yaml"
    file.write_text(file.read_text().replace("python", "{name: python, options: {virtualenv: venv}}"))
    python = project / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho \'{"pulumi": "3.267.0"}\'\n')
    python.chmod(0o755)
    found = checks(run)
    assert found["pulumi-inference"]["status"] == "failed"
    assert found["pulumi SDK"]["detail"] == "3.267.0 is not supported"


def test_credentials_are_named_but_never_shown(elsewhere: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"HW_ACCESS_KEY": "AK123456", "HW_SECRET_KEY": "SK123456", "HW_PROJECT_ID": "p", "HW_REGION_NAME": "x y"}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    assert checks(run)["modelarts credentials"]["status"] == "failed"
    monkeypatch.delenv("HW_REGION_NAME")
    monkeypatch.setenv("HW_MODELARTS_ENDPOINT", "emulator:none/cloud.db")
    result = run("doctor")
    assert result.exit_code == 1
    assert "123456" not in result.output


def test_incomplete_credentials(elsewhere: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HW_ACCESS_KEY", "AK123456")
    monkeypatch.setenv("HW_REGION_NAME", "cn-north-4")
    found = checks(run)["modelarts credentials"]
    assert "there is only access_key (environment variable HW_ACCESS_KEY)" in found["detail"]
    assert "HW_SECRET_KEY" in found["fix"]


def test_a_refused_request(project: Path, run: Run, embedded_cloud: Cloud) -> None:
    embedded_cloud.fault(status=403, error_code="ModelArts.0203", error_msg="No permission.", method="GET")
    found = checks(run)["modelarts request"]
    assert found["status"] == "failed"
    assert "HTTP 403, ModelArts.0203" in found["detail"]
    assert found["seconds"] >= 0


def test_every_named_connection_is_tried(
    project: Path, run: Run, fake_pulumi: NewEngine, embedded_cloud: Cloud
) -> None:
    sections = {"second": {"endpoint": embedded_cloud.endpoint}, "broken": {"regin": "x"}}
    complete(fake_pulumi, json.dumps({"inference:connections": {"objectValue": sections}}))
    found = checks(run)
    assert found["modelarts second request"]["status"] == "ok"
    assert found["modelarts broken credentials"]["status"] == "failed"
    assert "modelarts credentials" not in found


@pytest.mark.parametrize("name", ["http_proxy", "https_proxy", "grpc_proxy"])
@pytest.mark.parametrize(
    ("excepted", "status"),
    [
        ("", "failed"),
        ("example.com,::1", "failed"),
        ("localhost", "failed"),
        ("example.com,127.0.0.1", "ok"),
        ("127.0.0.0/8", "ok"),
    ],
)
def test_a_proxy_between_pulumis_own_processes(
    elsewhere: Path, run: Run, monkeypatch: pytest.MonkeyPatch, name: str, excepted: str, status: str
) -> None:
    for variable in ("http_proxy", "https_proxy", "grpc_proxy", "no_proxy", "no_grpc_proxy"):
        monkeypatch.delenv(variable, raising=False)
    assert "proxy" not in checks(run)
    monkeypatch.setenv(name, "http://proxy.example.com:3128")
    monkeypatch.setenv("no_proxy", excepted)
    found = checks(run)["proxy"]
    assert found["status"] == status
    if status == "failed":
        assert name in found["detail"]
        assert found["fix"].endswith("127.0.0.1")


def test_a_key_that_means_nothing_is_told(
    project: Path, run: Run, fake_pulumi: NewEngine, embedded_cloud: Cloud
) -> None:
    config = {
        "inference:modelartsEndpoint": {"value": embedded_cloud.endpoint},
        "inference:modelartsRegoin": {"value": "cn-east-3"},
    }
    complete(fake_pulumi, json.dumps(config))
    found = checks(run)
    assert found["keys"] == {
        "name": "keys",
        "status": "failed",
        "detail": "there is no setting inference:modelartsRegoin; did you mean `modelartsRegion`?",
        "fix": "Remove it: pulumi config rm --path 'inference:modelartsRegoin'",
    }
    assert found["modelarts request"]["status"] == "ok"
    told = run("modelarts", "services")
    assert told.exit_code == 1
    assert "there is no setting inference:modelartsRegoin" in told.output
