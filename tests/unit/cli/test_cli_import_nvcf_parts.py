"""`pulumi-inference import nvcf`: what a user is told, and telemetries, registry credentials and authorizations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from pulumi_inference.emulator.nvcf.accounts import API_KEY, ORG
from tests.support.cloud import OUTSIDER, Cloud
from tests.unit.cli.conftest import Run

TELEMETRY = {
    "endpoint": "https://otlp.example.com:4318",
    "protocol": "HTTP",
    "provider": "SPLUNK",
    "types": ["METRICS", "LOGS"],
    "secret": {"name": "logs", "value": "t0ken-of-logs"},
}
CREDENTIAL = {
    "registryHostname": "docker.io",
    "artifactTypes": ["HELM", "CONTAINER"],
    "secret": {"name": "hub", "value": "YWxpY2U6cGE1NS13b3Jk"},
    "tags": ["team=search"],
}
FUNCTION = {"name": "echo", "containerImage": "nvcr.io/acme/echo:1", "inferenceUrl": "/echo"}


class Account:
    """What somebody else does in the account."""

    def __init__(self, cloud: Cloud) -> None:
        self._client: httpx.Client = cloud.client

    def post(self, tail: str, body: Any) -> Any:
        """A new thing."""
        headers = {"Authorization": f"Bearer {API_KEY}", "User-Agent": OUTSIDER}
        answer = self._client.post(f"/v2/orgs/{ORG}/nvcf{tail}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return next(iter(answer.json().values()))


@pytest.fixture
def account(project: Path, embedded_cloud: Cloud) -> Account:
    """An account on the project's emulator."""
    settings = project / "Pulumi.yaml"
    text = settings.read_text(encoding="utf-8").replace("modelartsEndpoint", "nvcfEndpoint")
    settings.write_text(text, encoding="utf-8")
    return Account(embedded_cloud)


def entry(folder: Path) -> dict[str, Any]:
    """The one entry of the import file."""
    [found] = json.loads((folder / "import.json").read_text(encoding="utf-8"))["resources"]
    return dict(found)


def test_a_telemetry(project: Path, run: Run, account: Account) -> None:
    thing = account.post("/telemetries", TELEMETRY)["telemetryId"]
    result = run("import", "nvcf", "telemetry", thing)
    assert result.exit_code == 0, result.output
    assert (
        result.stdout
        == """\
from pulumi_inference import nvcf

logs = nvcf.Telemetry(
    "logs",
    name="logs",
    telemetry_endpoint="https://otlp.example.com:4318",
    protocol="HTTP",
    provider="SPLUNK",
    types=["LOGS", "METRICS"],
)
"""
    )
    assert (entry(project)["type"], entry(project)["id"]) == ("pulumi-python:dynamic/nvcf:Telemetry", thing)
    assert "t0ken-of-logs" not in (project / "import.json").read_text(encoding="utf-8")


def test_all_telemetries(project: Path, run: Run, account: Account) -> None:
    for name in ("one", "two"):
        account.post("/telemetries", {**TELEMETRY, "secret": {"name": name, "value": "x"}})
    result = run("import", "nvcf", "telemetry", "--all")
    assert result.exit_code == 0, result.output
    assert 'one = nvcf.Telemetry(\n    "one",' in result.stdout
    assert 'two = nvcf.Telemetry(\n    "two",' in result.stdout
    assert "All telemetries of the account." in run("import", "nvcf", "telemetry", "--help").output


def test_a_registry_credential_and_none_of_nvidias_own(project: Path, run: Run, account: Account) -> None:
    account.post("/registry-credentials", CREDENTIAL)
    result = run("import", "nvcf", "registrycredential", "--all")
    assert result.exit_code == 0, result.output
    assert (
        result.stdout
        == """\
from pulumi_inference import nvcf

hub = nvcf.RegistryCredential(
    "hub",
    name="hub",
    registry_hostname="docker.io",
    artifact_types=["CONTAINER", "HELM"],
    tags=["team=search"],
)
"""
    )


def test_who_may_call_a_function(project: Path, run: Run, account: Account) -> None:
    version = account.post("/functions", FUNCTION)
    body = {"authorizedParties": [{"ncaId": "nca-b"}, {"ncaId": "nca-a"}]}
    account.post(f"/authorizations/functions/{version['id']}", body)
    result = run("import", "nvcf", "authorization", version["id"], "--name", "partners")
    assert result.exit_code == 0, result.output
    assert (
        result.stdout
        == f"""\
from pulumi_inference import nvcf

partners = nvcf.Authorization(
    "partners",
    function_id="{version["id"]}",
    accounts=["nca-a", "nca-b"],
)
"""
    )
    assert entry(project)["outputs"]["owner"] == "nca-emulator"


def test_a_function_that_is_shared_with_nobody_is_skipped(project: Path, run: Run, account: Account) -> None:
    version = account.post("/functions", FUNCTION)
    result = run("import", "nvcf", "authorization", "--all")
    assert result.exit_code == 1
    assert f"skipped: the function {version['id']} is shared with nobody" in result.output


def test_what_is_left_to_be_done_by_hand(project: Path, run: Run, account: Account) -> None:
    secrets = [{"name": "TOKEN", "value": "t0ken"}, {"name": "KEY", "value": "t0ken"}]
    version = account.post("/functions", {**FUNCTION, "secrets": secrets})
    ids = f"{version['id']},{version['versionId']}"
    specification = {"gpu": "L40", "instanceType": "NCP.GPU.L40_1x", "minInstances": 0, "maxInstances": 1}
    account.post(
        f"/deployments/functions/{version['id']}/versions/{version['versionId']}",
        {"deploymentSpecifications": [specification]},
    )
    function = run("import", "nvcf", "function", ids)
    assert "By hand:\n  echo: NVCF does not tell the values of its secrets (KEY, TOKEN). Give them" in function.stderr
    assert 'echo = nvcf.Function(\n    "echo",' in function.stdout
    deployment = run("import", "nvcf", "deployment", ids, "--file", "deployment.json")
    assert "take both ids from it: function_id=FUNCTION.function_id, version_id=FUNCTION" in deployment.stderr
    assert 'echo_deployment = nvcf.Deployment(\n    "echo",' in deployment.stdout


def test_nothing_is_left_to_be_done(project: Path, run: Run, account: Account) -> None:
    version = account.post("/functions", FUNCTION)
    result = run("import", "nvcf", "function", f"{version['id']},{version['versionId']}")
    assert result.exit_code == 0
    assert "By hand" not in result.output


@pytest.mark.parametrize("kind", ["function", "deployment"])
def test_an_id_without_its_version(project: Path, run: Run, account: Account, kind: str) -> None:
    version = account.post("/functions", FUNCTION)
    result = run("import", "nvcf", kind, version["id"])
    assert result.exit_code == 2
    assert f"Error: a {kind} is named by FUNCTION_ID,VERSION_ID, not by '{version['id']}'" in result.output
    assert not (project / "import.json").exists()
