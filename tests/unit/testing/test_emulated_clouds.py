"""The emulated clouds as tests of programs have them, without the engine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pulumi import RunError

from pulumi_inference import alaya, clouds, modelarts, nvcf
from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.testing import EmulatedClouds, EmulatorRefusedError, NewStack
from tests.emulator.alayacloud import expert
from tests.support.patience import PATIENCE

SERVED = pytest.mark.inference_emulator(served=True)


@pytest.fixture(params=["embedded", pytest.param("served", marks=SERVED)])
def emulator(request: pytest.FixtureRequest, inference_emulator: EmulatedClouds) -> Iterator[EmulatedClouds]:
    """The fixture that users have, both ways."""
    yield inference_emulator


def test_every_cloud_is_reached(emulator: EmulatedClouds) -> None:
    assert modelarts.get_services() == []
    assert nvcf.get_functions() == []
    assert alaya.get_deployments() == []
    sent = [str(one) for one in emulator.requests("GET") if one.status == 200]
    assert any(one.endswith("/services") for one in sent)
    assert any("nvcf" in one for one in sent)
    assert {one.partition(" ")[0] for one in map(str, emulator.requests())} <= {"GET", "POST"}
    emulator.forget_requests()
    assert emulator.requests() == []


def test_no_account_of_the_machine_is_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rows = [row for settings in clouds.settings() for row in settings]
    with EmulatedClouds.embedded(tmp_path / "clouds.db") as emulator:
        environment = emulator.environment
    assert environment.keys() == {variable for row in rows for variable in row.env}
    endpoints = {row.env[0] for row in rows if row.field == "endpoint"}
    assert {name for name, value in environment.items() if value} == endpoints
    assert all(environment[name] == f"emulator:{tmp_path / 'clouds.db'}" for name in endpoints)


def test_configuration_says_what_the_environment_says(tmp_path: Path) -> None:
    with EmulatedClouds.embedded(tmp_path / "clouds.db") as emulator:
        keys = {f"inference:{settings.key('endpoint')}" for settings in clouds.settings()}
        assert emulator.config == dict.fromkeys(keys, emulator.endpoint)
    with EmulatedClouds.served(tmp_path / "clouds.db") as served:
        assert served.endpoint.startswith("http://127.0.0.1:")
        assert served.config["inference:alayaEndpoint"] == served.endpoint
        assert served.config["inference:alayaAccessKey"] == served.environment["ALAYA_ACCESS_KEY"] != ""
        assert served.config["inference:nvcfGrpcEndpoint"].startswith("http://127.0.0.1:")
        assert served.environment["HW_SECURITY_TOKEN"] == ""


def test_faults_hit_and_are_used_up(emulator: EmulatedClouds) -> None:
    emulator.fault(path="/services$", status=403, error_code="ModelArts.0203", error_msg="not yours")
    with pytest.raises(RunError, match="not yours"):
        modelarts.get_services()
    assert emulator.faults() == []
    assert modelarts.get_services() == []


def test_things_are_seeded_changed_and_deleted(emulator: EmulatedClouds) -> None:
    emulator.seed(**{"alaya.services": [{"mode": "expert", "serviceId": "s-1", **expert(name="chat")}]})
    [found] = alaya.get_deployments()
    assert (found.service_id, found.status) == ("s-1", "running")
    emulator.patch("alaya/services/s-1", status="failed")
    assert [one.status for one in alaya.get_deployments()] == ["failed"]
    emulator.delete("/alaya/services/s-1")
    assert alaya.get_deployments() == []


def test_reset_forgets_all_but_the_settings(emulator: EmulatedClouds) -> None:
    emulator.set(deploy_seconds=7)
    emulator.seed(**{"alaya.services": [{"mode": "expert", "serviceId": "s-1", **expert(name="chat")}]})
    emulator.fault(status=500)
    emulator.reset()
    assert alaya.get_deployments() == []
    assert emulator.faults() == []
    assert emulator.admin("GET", "/settings")["deploy_seconds"] == 7


def test_time_passes_with_requests_or_on_order(emulator: EmulatedClouds) -> None:
    emulator.move_with_requests(False)
    before = emulator.admin("GET", "")["clock_offset"]
    modelarts.get_services()
    assert emulator.admin("GET", "")["clock_offset"] == before
    emulator.pass_time(90)
    assert emulator.admin("GET", "")["clock_offset"] == before + 90
    emulator.move_with_requests()
    modelarts.get_services()
    assert emulator.admin("GET", "")["clock_offset"] > before + 90


def test_what_makes_no_sense_is_refused_with_the_nearest_name(emulator: EmulatedClouds) -> None:
    with pytest.raises(
        EmulatorRefusedError, match=r"PATCH /settings: no such setting: deploy_second; did you mean deploy_"
    ):
        emulator.set(deploy_second=1)
    with pytest.raises(EmulatorRefusedError, match="DELETE /services/none"):
        emulator.delete("services/none")


@pytest.mark.parametrize(
    ("collections", "why"),
    [
        ({"services": [{}]}, "project_id"),
        ({"nvcf.functions": [{}]}, "name"),
        ({"models": None}, "models is a list"),
        ({"services": {"a": 1}}, "services is a list"),
        ({"nvcf.telemetries": [{"name": 3}]}, "telemetr|name"),
    ],
)
def test_what_cannot_be_seeded_is_refused_in_words(
    emulator: EmulatedClouds, collections: dict[str, Any], why: str
) -> None:
    with pytest.raises(EmulatorRefusedError, match=rf"POST /seed: .*{why}"):
        emulator.seed(**collections)


def test_only_later_requests_are_asked_for(emulator: EmulatedClouds) -> None:
    modelarts.get_services()
    [*_, last] = emulator.admin("GET", "/requests")["requests"]
    modelarts.get_services()
    later = emulator.admin("GET", f"/requests?after={last['id']}")["requests"]
    assert [one["id"] > last["id"] for one in later] != []
    assert all(one["id"] > last["id"] for one in later)


@pytest.mark.inference_emulator(deploy_seconds=5, **{"alaya.check_models": True})
def test_the_mark_sets_settings(inference_emulator: EmulatedClouds) -> None:
    settings = inference_emulator.admin("GET", "/settings")
    assert (settings["deploy_seconds"], settings["alaya.check_models"]) == (5, True)


def test_a_program_is_a_function_or_a_folder(new_inference_stack: NewStack) -> None:
    with pytest.raises(ConfigurationError, match=r"and 'infra' is neither\n.*`Path\(\.\.\.\)`"):
        new_inference_stack("infra")  # type: ignore[arg-type]


def test_pytest_starts_without_loading_anything() -> None:
    """Every run of pytest pays for what the plugin imports, whatever is tested."""
    program = (
        "import sys, pulumi_inference.testing.plugin;"
        "print([name for name in ('pulumi', 'httpx', 'pydantic', 'sqlite3', 'uvicorn') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.stdout == "[]\n"
