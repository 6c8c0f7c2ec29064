"""What is generated from the specs: up to date, usable by itself, and light."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given

import pulumi_inference
from pulumi_inference import modelarts
from pulumi_inference.clouds import CLOUDS
from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.modelarts import inputs
from pulumi_inference.modelarts.specs.service import ServiceSpec
from tests.support.specs import documents
from tools.generators import contracts

ROOT = Path(__file__).resolve().parents[3]
SCHEMA: dict[str, Any] = json.loads((ROOT / "schemas" / "modelarts.Service.json").read_text("utf-8"))


def _generate(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "tools" / "generate.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_the_committed_files_are_up_to_date() -> None:
    done = _generate(ROOT, "--check")
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_a_stale_file_is_named_and_then_written(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    shutil.copytree(ROOT / "tools" / "generators", tools / "generators")
    shutil.copy(ROOT / "tools" / "generate.py", tools)
    shutil.copy(ROOT / "README.md", tmp_path)
    shutil.copytree(ROOT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("tasks.md", "clouds"))
    checked = _generate(tmp_path, "--check")
    assert checked.returncode == 1
    named = (
        "schemas/modelarts.Service.json",
        "pulumi_inference/modelarts/lookups.py",
        ".importlinter",
        "docs/tasks.md",
    )
    for name in named:
        assert f"stale: {name}\n" in checked.stdout
    assert not (tmp_path / "schemas").exists()
    assert _generate(tmp_path).returncode == 0
    assert (tmp_path / "schemas" / "modelarts.Service.json").read_bytes() == (
        ROOT / "schemas" / "modelarts.Service.json"
    ).read_bytes()
    assert _generate(tmp_path, "--check").returncode == 0


def test_a_new_cloud_has_its_contracts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    room = tmp_path / "toyland"
    (room / "toys").mkdir(parents=True)
    for name in ("__init__", "client", "lookups", "resources", "toys/__init__"):
        (room / f"{name}.py").touch()
    (room / "__pycache__").mkdir()
    monkeypatch.setattr(contracts, "CLOUDS", ("modelarts", "toyland"))
    monkeypatch.setattr(pulumi_inference, "__path__", [str(tmp_path)])
    template = (ROOT / "tools" / "generators" / "importlinter.ini").read_text("utf-8")
    found = ConfigParser()
    found.read_string(contracts.contracts_file(template))

    def modules(contract: str, option: str) -> list[str]:
        return found[f"importlinter:contract:{contract}"][option].strip().splitlines()

    assert "pulumi_inference.modelarts | pulumi_inference.toyland" in modules("direction", "layers")
    assert "pulumi_inference.toyland" in modules("emulator", "forbidden_modules")
    assert "pulumi_inference.toyland" in modules("no-emulator", "source_modules")
    without_pulumi = [name for name in modules("core", "source_modules") if ".toyland." in name]
    assert without_pulumi == ["pulumi_inference.toyland.client", "pulumi_inference.toyland.toys"]


def test_the_schema_is_a_schema_that_forbids_unknown_names() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["title"] == "modelarts.Service"
    assert SCHEMA["required"] == ["config"]
    assert SCHEMA["additionalProperties"] is False
    assert SCHEMA["properties"]["config"]["items"]["additionalProperties"] is False


def test_the_schema_carries_the_facts() -> None:
    item = SCHEMA["properties"]["config"]["items"]["properties"]
    assert item["custom_spec"]["properties"]["memory"]["x-unit"] == "MB"
    assert item["weight"]["maximum"] == 100
    assert item["deploy_timeout_in_seconds"]["writeOnly"] is True
    assert SCHEMA["properties"]["name"]["x-immutable"] is True
    assert SCHEMA["properties"]["project_id"]["readOnly"] is True
    assert SCHEMA["properties"]["secret_envs"]["x-secret"] is True


@given(documents(ServiceSpec))
def test_any_validator_accepts_what_fits(document: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(document)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"config": []},
        {"config": [{"model_id": "m", "specification": "s", "weight": 101}]},
        {"config": [{"model_id": "m", "specification": "s"}], "colour": "red"},
        {"config": [{"model_id": "m", "specification": "s"}], "description": "a<b"},
    ],
)
def test_any_validator_refuses_what_does_not(document: dict[str, Any]) -> None:
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(document)


def test_every_typed_argument_is_public() -> None:
    assert set(inputs.__all__) | {"Service"} <= set(modelarts.__all__)
    assert all(getattr(modelarts, name).__doc__ for name in modelarts.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Sevice'"):
        modelarts.Sevice  # noqa: B018
    assert dir(modelarts) == modelarts.__all__


def test_a_cloud_is_found_in_the_package_too() -> None:
    program = "import pulumi_inference; print(pulumi_inference.modelarts.Service.__name__)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "Service\n"
    with pytest.raises(AttributeError, match="no attribute 'modelart'"):
        pulumi_inference.modelart  # noqa: B018
    assert dir(pulumi_inference) == sorted(["__version__", *CLOUDS])
    loaded = "import pulumi_inference, sys; dir(pulumi_inference); print('pulumi_inference.modelarts' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_reference_page_names_every_argument() -> None:
    page = (ROOT / "docs" / "reference" / "modelarts-service.md").read_text("utf-8")
    given_by_programs = [facts.name for facts in facts_of(ServiceSpec).values() if not facts.resolved]
    assert all(f"| `{name}` |" in page for name in [*given_by_programs, "service_id", "access_address"])


def test_declaring_resources_needs_nothing_heavy() -> None:
    program = (
        "import sys, pulumi; before = set(sys.modules); from pulumi_inference import modelarts; "
        "modelarts.Service; modelarts.ServiceConfigArgs(model_id='m', specification='s'); "
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "pulumi_inference" in done.stdout.split()
    heavy = {"pydantic", "httpx", "jsonschema", "deepdiff", "stamina", "starlette", "click"}
    assert heavy.isdisjoint(done.stdout.split())
