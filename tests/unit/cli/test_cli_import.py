"""`pulumi-inference import`."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.dynamic.dynamic import serialize_provider

from pulumi_inference.cli.import_file import SecretChoice
from pulumi_inference.cli.program_text import identifier
from pulumi_inference.cli.project import context_of, read_settings
from pulumi_inference.modelarts.services.lifecycle import ServiceLifecycle
from pulumi_inference.providers import ModelArtsServiceProvider
from tests.support.cloud import Cloud
from tests.support.states import State
from tests.unit.cli.conftest import Deploy, Run

IMPORT = ("import", "modelarts", "service")
ITEM = {"model_id": "model-a", "specification": "modelarts.vm.cpu.2u", "weight": 100, "instance_count": 2}


def entries(folder: Path) -> list[dict[str, Any]]:
    resources: list[dict[str, Any]] = json.loads((folder / "import.json").read_text())["resources"]
    return resources


def test_the_program_declares_the_service(project: Path, run: Run, deploy: Deploy) -> None:
    service_id = deploy("Classifier-3", config=[{**ITEM, "envs": {"BATCH": "8"}}])
    result = run(*IMPORT, service_id, "--name", "classifier")
    assert result.exit_code == 0, result.output
    assert (
        result.stdout
        == """\
from pulumi_inference import modelarts

classifier = modelarts.Service(
    "classifier",
    name="Classifier-3",
    config=[
        modelarts.ServiceConfigArgs(
            model_id="model-a",
            specification="modelarts.vm.cpu.2u",
            weight=100,
            instance_count=2,
            envs={"BATCH": "8"},
        ),
    ],
)
"""
    )
    assert "pulumi import --file import.json --generate-code=false --protect=false" in result.stderr


def test_what_the_rules_forbid_cannot_be_declared(
    project: Path, run: Run, deploy: Deploy, embedded_cloud: Cloud
) -> None:
    service_id = deploy()
    embedded_cloud.change(description="a & b")
    result = run(*IMPORT, service_id)
    assert result.exit_code == 1
    assert f"classifier ({service_id}) cannot be declared by a program\n  description: must not" in result.stderr


def test_the_entry_is_what_a_program_would_have_left_in_the_state(project: Path, run: Run, deploy: Deploy) -> None:
    service_id = deploy()
    assert run(*IMPORT, service_id).exit_code == 0
    [entry] = entries(project)
    assert (entry["type"], entry["name"], entry["id"]) == (
        "pulumi-python:dynamic/modelarts:Service",
        "classifier",
        service_id,
    )
    provider = serialize_provider(ModelArtsServiceProvider())
    assert entry["inputs"]["__provider"] == entry["outputs"]["__provider"] == provider
    assert entry["outputs"]["schema_version"] == 1
    assert entry["outputs"]["service_id"] == service_id
    assert entry["inputs"].items() <= entry["outputs"].items()


def test_secrets_are_marked_and_stay_out_of_program_and_terminal(project: Path, run: Run, deploy: Deploy) -> None:
    envs = {"DB_PASSWORD": "pa55", "MAX_TOKENS": "100", "SORT_KEY": "name", "PIN": "1234"}
    service_id = deploy(config=[{**ITEM, "envs": envs}])
    result = run(*IMPORT, service_id, "--plain-env", "SORT_KEY", "--secret-env", "PIN")
    assert result.exit_code == 0, result.output
    assert 'secret_envs={\n        "model-a": {\n' in result.stdout
    assert '"DB_PASSWORD": config.require_secret("classifier-DB_PASSWORD")' in result.stdout
    assert 'envs={"MAX_TOKENS": "100", "SORT_KEY": "name"}' in result.stdout
    assert "pa55" not in result.output
    assert "1234" not in result.output
    assert "pulumi config set --secret classifier-DB_PASSWORD" in result.stderr
    assert "delete it afterwards" in result.stderr
    [entry] = entries(project)
    for part in ("inputs", "outputs"):
        secret = entry[part]["secret_envs"]
        assert secret["4dabf18193072939515e22adb298388d"] == "1b47061264138c4ac30d75fd1eb44270"
        assert json.loads(secret["plaintext"]) == {"model-a": {"DB_PASSWORD": "pa55", "PIN": "1234"}}
        assert "pa55" not in json.dumps(entry[part]["config"])
    assert stat.S_IMODE((project / "import.json").stat().st_mode) == 0o600


def test_every_secret_has_a_key_of_its_own(project: Path, run: Run, deploy: Deploy) -> None:
    first = {**ITEM, "weight": 60, "envs": {"API:KEY": "1111", "API_KEY": "2222"}}
    second = {**ITEM, "weight": 40, "model_id": "model-b", "envs": {"API_KEY": "3333"}}
    result = run(*IMPORT, deploy(config=[first, second]))
    assert result.exit_code == 0, result.output
    assert sorted(re.findall(r"require_secret\(\"(.*?)\"\)", result.stdout)) == [
        "classifier-1-API_KEY",
        "classifier-1-API_KEY_",
        "classifier-2-API_KEY",
    ]


def test_secrets_go_to_pulumi_by_its_standard_input(
    project: Path, run: Run, deploy: Deploy, fake_pulumi: Callable[[str], Path], embedded_cloud: Cloud
) -> None:
    config = json.dumps({"inference:modelartsEndpoint": {"value": embedded_cloud.endpoint}})
    fake_pulumi(f'if [ "$2" = set ]; then echo "$* $(cat)" >> calls; else echo \'{config}\'; fi')
    service_id = deploy(config=[{**ITEM, "envs": {"API_TOKEN": "t0ken"}}])
    result = run(*IMPORT, service_id, "--set-secrets", "--stack", "dev")
    assert result.exit_code == 0, result.output
    assert (project / "calls").read_text() == "config set --secret classifier-API_TOKEN --stack dev t0ken\n"
    assert "config set" not in result.stderr
    assert "pulumi preview --stack dev" in result.stderr


def test_all_services(project: Path, run: Run, deploy: Deploy, embedded_cloud: Cloud) -> None:
    deploy("a-b")
    deploy("a_b")
    deploy("class")
    wrong = deploy("wrong")
    embedded_cloud.admin("PATCH", f"/services/{wrong}", {"description": "a & b"})
    batch = {"src_path": "/b/in", "dest_path": "/b/out", "req_uri": "/", "mapping_type": "file"}
    item = {name: value for name, value in ITEM.items() if name != "weight"}
    deploy("nightly", infer_type="batch", config=[{**item, **batch}])
    result = run(*IMPORT, "--all", "--program", "services.py")
    assert result.exit_code == 1
    assert sorted(one["name"] for one in entries(project)) == ["a-b", "a_b", "class", "nightly"]
    program = (project / "services.py").read_text()
    assert {line.split()[0] for line in program.splitlines() if " = modelarts.Service(" in line} == {
        "a_b",
        "a_b_2",
        "class_",
        "nightly",
    }
    compile(program, "services.py", "exec")
    assert "skipped: wrong" in result.stderr


def test_filters(project: Path, run: Run, deploy: Deploy) -> None:
    deploy("one")
    deploy("other", config=[{**ITEM, "model_id": "model-b"}])
    assert run(*IMPORT, "--all", "--filter", "model_id=model-b").exit_code == 0
    assert [one["name"] for one in entries(project)] == ["other"]
    nothing = run(*IMPORT, "--all", "--filter", "model_id=model-c", "--force")
    assert (nothing.exit_code, nothing.stderr.splitlines()[-1]) == (1, "Error: there is no service to import")


def test_a_subscribed_service(project: Path, run: Run, deploy: Deploy, embedded_cloud: Cloud) -> None:
    service_id = deploy()
    embedded_cloud.change(is_shared=True)
    result = run(*IMPORT, service_id)
    assert result.exit_code == 1
    assert "is a subscribed service; only its owner can manage it" in result.stderr
    assert not (project / "import.json").exists()


def test_a_service_that_does_not_exist(project: Path, run: Run) -> None:
    result = run(*IMPORT, "7c1f0f5e-0000-4000-8000-000000000000")
    assert result.exit_code == 1
    assert "there is no service 7c1f0f5e" in result.stderr


def test_what_the_stack_has_already(project: Path, state: State, run: Run, deploy: Deploy) -> None:
    managed, read, free = deploy("managed"), deploy("read"), deploy("free")
    state.add("shop", managed)
    state.add("other", read, external=True)
    one = run(*IMPORT, managed, "--name", "classifier")
    assert one.exit_code == 1
    assert f'the service {managed} is in this stack already, as "shop"' in one.stderr
    assert not (project / "import.json").exists()
    every = run(*IMPORT, "--all")
    assert every.exit_code == 0, every.output
    assert f'skipped: the service {managed} is in this stack already, as "shop"\n' in every.stderr
    assert {one["id"] for one in entries(project)} == {read, free}


def test_files_are_not_overwritten_unasked(project: Path, run: Run, deploy: Deploy) -> None:
    service_id = deploy()
    (project / "import.json").write_text("mine")
    refused = run(*IMPORT, service_id)
    assert refused.exit_code == 1
    assert "import.json exists already" in refused.stderr
    assert (project / "import.json").read_text() == "mine"
    assert run(*IMPORT, service_id, "--force").exit_code == 0
    assert stat.S_IMODE((project / "import.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("id", "--all"),
        ("id", "--filter", "status=running"),
        ("--all", "--name", "x"),
        ("--all", "--filter", "colour=red"),
        ("--all", "--filter", "status"),
    ],
)
def test_wrong_usage(project: Path, run: Run, words: tuple[str, ...]) -> None:
    assert run(*IMPORT, *words).exit_code == 2


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("DB_PASSWORD", "x", True),
        ("dbPassword", "x", True),
        ("PASSWORD_1", "x", True),
        ("API_KEY", "x", True),
        ("APIKEY", "x", True),
        ("HF_TOKEN", "x", True),
        ("DATABASE_URL", "postgres://me:pw@host/db", True),
        ("DATABASE_URL", "postgres://host:5432/db", False),
        ("MAX_TOKENS", "x", False),
        ("KEYSPACE", "x", False),
        ("BATCH", "8", False),
    ],
)
def test_what_looks_like_a_secret(name: str, value: str, secret: bool) -> None:
    assert SecretChoice().is_secret(name, value) is secret


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a-b", "a_b"), ("4you", "_4you"), ("class", "class_"), ("--", "service"), ("中文", "中文"), ("taken", "taken_2")],
)
def test_identifiers(name: str, expected: str) -> None:
    found = identifier(name, {"taken"})
    assert found == expected
    assert found.isidentifier()


class Recorder(pulumi.runtime.Mocks):
    """Takes down the inputs of every resource that a program declares."""

    def __init__(self) -> None:
        self.inputs: dict[str, Any] = {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.inputs = {name: value for name, value in args.inputs.items() if value is not None}
        return "id", args.inputs

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        return {}


def test_every_value_survives_the_program(event_loop: None, project: Path, run: Run, deploy: Deploy) -> None:
    custom = {"cpu": 1.5, "memory": 2048, "gpu_p4": 1}
    volume = {"name": "v", "mount_path": "/mnt/data", "storage_type": "sfs_turbo", "source_address": "id"}
    envs = {"QUOTES": "a\"b'c\\d", "LINES": "a\nb\tc", "WORDS": "值 😀", "EMPTY": ""}
    item = {
        **ITEM,
        "specification": "custom",
        "custom_spec": custom,
        "envs": envs,
        "additional_properties": {"persistent_volumes": [volume], "max_surge": 0.5},
    }
    service_id = deploy(
        pool_name="pool-a",
        config=[item],
        schedule=[{"type": "stop", "time_unit": "HOURS", "duration": 10}],
        additional_properties={"smn_notification": {"topic_urn": "urn:smn:x", "events": [1, 3]}},
    )
    result = run(*IMPORT, service_id)
    assert result.exit_code == 0, result.output
    recorder = Recorder()
    pulumi.runtime.set_mocks(recorder)
    pulumi.runtime.test(lambda: exec(result.stdout, {}))()
    declared = {name: value for name, value in recorder.inputs.items() if name != "__provider"}
    assert declared["config"][0]["envs"] == envs
    [entry] = entries(project)
    del entry["inputs"]["__provider"]
    checked = ServiceLifecycle().check(context_of(read_settings(None)), declared, declared)
    assert checked.problems == []
    assert entry["inputs"] == checked.inputs
