"""The admin door of NVCF: seeds, faults, changes behind the program's back, and what the log does not tell."""

import threading
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx
import pytest

from pulumi_inference.emulator import app
from pulumi_inference.emulator.nvcf import CLOUD
from pulumi_inference.emulator.nvcf.settings import NvcfSettings
from pulumi_inference.emulator.shell import Emulator
from pulumi_inference.emulator.store import Store
from tests.support.patience import PATIENCE

from .cloud import Cloud
from .nvcfcloud import ACCOUNT, PERIOD, UNKNOWN, Nvcf, chart_body, function_body, llm_body, path_of, problem, spec

SPECS = {"deploymentSpecifications": [spec(minInstances=2), spec(gpu="H100", instanceType="NCP.GPU.H100_1x")]}


def complaint(nvcf: Nvcf, method: str, path: str, json: Any) -> str:
    answer = nvcf.http.request(method, f"/_emulator{path}", json=json)
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"])


def seed(nvcf: Nvcf, **items: Any) -> Any:
    return nvcf.admin("POST", "/seed", {f"nvcf.{name}": item for name, item in items.items()})


def test_seeded_functions(nvcf: Nvcf) -> None:
    plain = {**function_body(secrets=[{"name": "S", "value": "v"}]), "id": UNKNOWN, "versionId": UNKNOWN}
    [made, other] = seed(nvcf, functions=[plain, {**chart_body(), "deployment": SPECS, "deploymentId": UNKNOWN}])[
        "nvcf.functions"
    ]
    assert made == {"id": UNKNOWN, "versionId": UNKNOWN}
    read = nvcf.read(made)
    assert (read["name"], read["status"], read["secrets"]) == ("echo", "INACTIVE", ["S"])
    assert other["deploymentId"] == UNKNOWN
    assert nvcf.status(other) == "ACTIVE"
    assert [one["instanceStatus"] for one in nvcf.read(other)["activeInstances"]] == ["RUNNING"] * 3
    nvcf.clock.advance(100)
    assert nvcf.status(other) == "ACTIVE"


def test_a_seeded_function_in_a_state_and_of_another_account(nvcf: Nvcf) -> None:
    accounts = [{"org": "acme", "ncaId": "acme-1", "maxFunctionsAllowed": 1}]
    item = {**function_body(), "org": "acme", "functionParties": [ACCOUNT], "deployment": SPECS, "status": "DEGRADED"}
    [made] = seed(nvcf, accounts=accounts, functions=[item])["nvcf.functions"]
    read = nvcf.read(made)
    assert (read["ncaId"], read["ownedByDifferentAccount"], read["status"]) == ("acme-1", True, "DEGRADED")
    nvcf.sign_in(nvcf.key(org="acme"))
    assert "allowed: 1." in problem(nvcf.call("POST", "/functions", function_body()), 400)


def test_seeded_versions_of_one_function(nvcf: Nvcf) -> None:
    items = [
        {**llm_body(), "id": UNKNOWN},
        {**llm_body(llmInvocationConfig={"priority": {"defaultPriority": 1}}), "id": UNKNOWN},
    ]
    made = seed(nvcf, functions=items)["nvcf.functions"]
    assert [nvcf.read(one)["llmInvocationConfig"] for one in made] == [{"priority": {"defaultPriority": 1}}] * 2


def test_a_seeded_telemetry(nvcf: Nvcf) -> None:
    item = {"endpoint": "e", "protocol": "HTTP", "provider": "SPLUNK", "types": ["LOGS"], "telemetryId": UNKNOWN}
    seed(nvcf, telemetries=[{**item, "secret": {"name": "t", "value": "v"}}])
    assert nvcf.ok("GET", f"/telemetries/{UNKNOWN}")["telemetry"]["name"] == "t"


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ({"functions": [1]}, "the items of functions are objects"),
        ({"functions": [{"name": "a"}]}, "must be specified in the payload"),
        ({"functions": [{**function_body(), "status": "x"}]}, "no such state: x; there are INACTIVE, "),
        ({"functions": [{**function_body(), "org": "x"}]}, "there is no organisation x; seed it "),
        ({"keys": [{"key": "nvapi-a", "scope": []}]}, "no such field of a key: scope; did you mean scopes?"),
        ({"keys": [{"key": "nvapi-a", "scopes": "a"}]}, "scopes of a key are strings, not 'a'"),
        ({"keys": [{"key": "a"}]}, "a key begins with nvapi-"),
        ({"keys": [{}]}, "an item lacks 'key'"),
        ({"accounts": [{"org": "a", "limit": 1}]}, "no such field of an account: limit"),
        ({"cluster_groups": [{"name": "a", "gpu": []}]}, "no such field of a cluster group: gpu; did you mean gpus?"),
    ],
)
def test_wrong_seeds(nvcf: Nvcf, items: Any, message: str) -> None:
    answer = nvcf.http.post("/_emulator/seed", json={f"nvcf.{name}": item for name, item in items.items()})
    assert answer.status_code == 400
    assert message in answer.text


def test_the_overview(nvcf: Nvcf) -> None:
    function = nvcf.create()
    made = nvcf.deploy(function)
    found = nvcf.admin("GET", "")
    version = {name: function[name] for name in ("ncaId", "id", "versionId", "name")}
    assert found["nvcf.functions"] == [{**version, "status": "DEPLOYING"}]
    assert [one["deploymentId"] for one in found["nvcf.deployments"]] == [made["deploymentId"]]
    assert found["settings"]["nvcf.period_seconds"] == PERIOD


def test_a_function_changed_behind_the_back(nvcf: Nvcf) -> None:
    function = nvcf.create(tags=["a"])
    path = f"/nvcf{path_of(function)}"
    nvcf.admin("PATCH", path, {"tags": None, "containerImage": "other:1", "secrets": {"X": "y"}, "status": "ERROR"})
    read = nvcf.read(function)
    assert "tags" not in read
    assert (read["containerImage"], read["secrets"], read["status"]) == ("other:1", ["X"], "ERROR")
    assert complaint(nvcf, "PATCH", path, {"tag": []}) == "no such field: tag; did you mean tags?"
    assert "no such state: x" in complaint(nvcf, "PATCH", path, {"status": "x"})
    assert complaint(nvcf, "PATCH", path, {"secrets": []}) == "secrets are a map of names to values"
    nvcf.admin("DELETE", path)
    problem(nvcf.call("GET", path_of(function)), 404)
    assert "there is no version " in complaint(nvcf, "DELETE", path, None)


def test_a_deployment_changed_behind_the_back(nvcf: Nvcf) -> None:
    function = nvcf.create()
    made = nvcf.deploy(function)
    path = f"/nvcf/deployments/{made['deploymentId']}"
    health = [{"gpu": "g", "backend": "b", "error": "e"}]
    nvcf.admin("PATCH", path, {"status": "DEGRADED", "healthInfo": health})
    nvcf.clock.advance(1000)
    assert nvcf.status(function) == "DEGRADED"
    assert nvcf.deployment(function)["healthInfo"] == health
    spec_path = f"{path}/gpu-specifications/{made['deploymentSpecifications'][0]['gpuSpecificationId']}"
    nvcf.admin("PATCH", spec_path, {"maxInstances": 9, "attributes": ["a"]})
    found = nvcf.deployment(function)["deploymentSpecifications"][0]
    assert (found["maxInstances"], found["attributes"]) == (9, ["a"])
    nvcf.admin("PATCH", spec_path, {"attributes": None, "running": 2, "starting": 0})
    assert "attributes" not in nvcf.deployment(function)["deploymentSpecifications"][0]
    assert len(nvcf.read(function)["activeInstances"]) == 2
    assert "running cannot be -1" in complaint(nvcf, "PATCH", spec_path, {"running": -1})
    assert "no such field: minInstance; did you mean " in complaint(nvcf, "PATCH", spec_path, {"minInstance": 1})
    other = f"{path}/gpu-specifications/{UNKNOWN}"
    assert complaint(nvcf, "PATCH", other, {}) == f"the deployment has no specification {UNKNOWN}"
    assert "runningRequests cannot be" in complaint(nvcf, "PATCH", path, {"runningRequests": "1"})
    nvcf.admin("DELETE", path)
    assert nvcf.read(function)["status"] == "INACTIVE"
    problem(nvcf.call("GET", f"/deployments{path_of(function)}"), 404)
    assert complaint(nvcf, "PATCH", path, {}) == f"there is no deployment {made['deploymentId']}"


def test_sharing_behind_the_back(nvcf: Nvcf) -> None:
    function = nvcf.create()
    nvcf.admin("PUT", f"/nvcf/authorizations/functions/{function['id']}", {"accounts": ["a"]})
    nvcf.admin("PUT", f"/nvcf/authorizations{path_of(function)}", {"accounts": ["b"]})
    found = nvcf.ok("GET", f"/authorizations{path_of(function)}")["function"]["authorizedParties"]
    assert found == [{"ncaId": "a"}, {"ncaId": "b"}]
    path = f"/nvcf/authorizations/functions/{UNKNOWN}"
    assert "there is no function " in complaint(nvcf, "PUT", path, {"accounts": []})
    assert "accounts is a list" in complaint(nvcf, "PUT", path, {"accounts": "a"})
    assert complaint(nvcf, "PUT", path, {}) == "an item lacks 'accounts'"


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"nvcf.deploy": {"outcome": "fail"}}, "outcome cannot be 'fail'; there are error, check_error, "),
        ({"nvcf.deploy": {"outcome": "error", "gpu": "("}}, "not a nvcf.deploy fault: "),
        ({"nvcf.deploy": {"outcome": "refused", "status": 200}}, "status is from 400 to 599"),
        ({"nvcf.registry": {"verdict": 500}}, "verdict cannot be 500"),
        ({"nvcf.registry": {"verdict": 404, "artifact": "("}}, "not a nvcf.registry fault: "),
    ],
)
def test_wrong_faults(nvcf: Nvcf, fault: Any, message: str) -> None:
    assert message in complaint(nvcf, "POST", "/faults", fault)


def test_faults_of_requests_come_as_problems(nvcf: Nvcf) -> None:
    nvcf.admin("POST", "/faults", {"status": 503, "headers": {"Retry-After": "1"}, "error_msg": "busy"})
    answer = nvcf.call("GET", "/functions")
    assert (answer.status_code, answer.json()["detail"], answer.headers["Retry-After"]) == (503, "busy", "1")
    assert nvcf.call("PUT", "/functions").status_code == 405
    assert "there is no such path" in nvcf.call("GET", "/zzz").json()["detail"]


def test_reads_of_the_past(nvcf: Nvcf) -> None:
    function = nvcf.create(tags=["a"])
    made = nvcf.deployed(function)
    nvcf.ok("PUT", path_of(function), {"tags": ["b"]})
    nvcf.patch(made, maxInstances=5)

    def stale(kind: str) -> None:
        nvcf.admin("POST", "/faults", {"method": "GET", "stale": kind})

    stale("former")
    assert nvcf.ok("GET", path_of(function))["function"]["tags"] == ["a"]
    stale("former")
    assert nvcf.deployment(function)["deploymentSpecifications"][0]["maxInstances"] == 2
    for path in (path_of(function), f"/functions/{function['id']}/versions", f"/deployments{path_of(function)}"):
        stale("missing")
        problem(nvcf.call("GET", path), 404)
    stale("missing")
    assert nvcf.ok("GET", "/functions") == {"functions": []}
    nvcf.ok("DELETE", path_of(function))
    stale("former")
    assert nvcf.ok("GET", path_of(function))["function"]["tags"] == ["b"]


def test_no_secret_in_the_log(nvcf: Nvcf) -> None:
    secrets = [{"name": "S", "value": "hush-1"}, {"name": "J", "value": {"deep": "hush-2"}}]
    body = llm_body(secrets=secrets, containerEnvironment=[{"key": "A", "value": "plain"}])
    function = nvcf.create(body)
    nvcf.ok("PUT", f"/secrets{path_of(function)}", {"secrets": [{"name": "S", "value": "hush-3"}]})
    telemetry = {"endpoint": "e", "protocol": "HTTP", "provider": "SPLUNK", "types": ["LOGS"]}
    nvcf.ok("POST", "/telemetries", {**telemetry, "secret": {"name": "t", "value": "hush-4"}})
    nvcf.http.post("/v3/keys/get-caller-info", data={"credentials": "nvapi-hush", "more": "x"})
    log = nvcf.http.get("/_emulator/requests")
    assert "hush" not in log.text
    assert "nvapi" not in log.text
    [create, _, _, form] = log.json()["requests"]
    assert create["body"]["secrets"] == [{"name": "S", "value": "[redacted]"}, {"name": "J", "value": "[redacted]"}]
    assert create["body"]["containerEnvironment"] == body["containerEnvironment"]
    assert create["body"]["models"] == body["models"]
    assert form["body"] == {"credentials": "[redacted]", "more": "x"}


def test_a_field_called_value_is_secret_with_nvcf_only(cloud: Cloud) -> None:
    cloud.call("POST", "/services", json={"secrets": [{"value": "seen"}], "token": "hidden", "tokens": "seen"})
    body = cloud.admin("GET", "/requests")["requests"][-1]["body"]
    assert body == {"secrets": [{"value": "seen"}], "token": "[redacted]", "tokens": "seen"}


def test_the_documentation_has_each_setting_seed_and_fault() -> None:
    text = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text(encoding="utf-8")
    names = [f"nvcf.{one.name}" for one in fields(NvcfSettings)]
    names += [f"nvcf.{name}" for name in CLOUD.seeds]
    names += [one.name for kind in CLOUD.faults.values() for one in fields(kind)]
    assert [name for name in names if name not in text] == []


def test_served(tmp_path: Path) -> None:
    emulator = Emulator(Store(tmp_path / "emulator.db"), deploy_seconds=0)
    server, listener = app.create_server(emulator, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    base = f"http://127.0.0.1:{listener.getsockname()[1]}/v2/nvcf"
    with httpx.Client(trust_env=False, timeout=PATIENCE) as http:
        refused = http.get(f"{base}/functions")
        http.headers["Authorization"] = "Bearer nvapi-emulator"
        function = http.post(f"{base}/functions", json=function_body()).json()["function"]
        deployed = http.post(f"{base}/deployments{path_of(function)}", json=SPECS)
        read = http.get(f"{base}/deployments{path_of(function)}").json()["deployment"]
        gone = http.delete(f"{base}{path_of(function)}")
    server.should_exit = True
    thread.join(timeout=PATIENCE)
    assert (refused.status_code, refused.content, refused.headers["www-authenticate"]) == (401, b"", "Bearer")
    assert deployed.json()["deployment"]["functionStatus"] == "DEPLOYING"
    assert read["functionStatus"] == "ACTIVE"
    assert (gone.status_code, gone.content) == (204, b"")
