"""What an account of NVCF has beside functions: telemetries, registry credentials, tokens, capacity; and NGC."""

from base64 import b64encode
from typing import Any

import pytest

from .nvcfcloud import ACCOUNT, UNKNOWN, Nvcf, function_body, jwt, model, path_of, problem, spec


def telemetry(name: str = "t", **changes: Any) -> dict[str, Any]:
    body = {"endpoint": "https://t.example.com", "protocol": "http", "provider": "datadog", "types": ["logs", "LOGS"]}
    return {**body, "secret": {"name": name, "value": "s3cret"}, **changes}


def password(user: str = "$oauthtoken", word: str = "nvapi-x") -> str:
    return b64encode(f"{user}:{word}".encode()).decode()


def credential(host: str = "nvcr.io", name: str = "c", **changes: Any) -> dict[str, Any]:
    body = {"registryHostname": host, "secret": {"name": name, "value": password()}, "artifactTypes": ["container"]}
    return {**body, **changes}


def test_telemetries(nvcf: Nvcf) -> None:
    made = nvcf.ok("POST", "/telemetries", telemetry())["telemetry"]
    assert made == {
        "telemetryId": made["telemetryId"],
        "name": "t",
        "endpoint": "https://t.example.com",
        "protocol": "HTTP",
        "provider": "DATADOG",
        "types": ["LOGS"],
        "createdAt": "2024-03-21T00:00:00.000Z",
    }
    path = f"/telemetries/{made['telemetryId']}"
    assert nvcf.ok("GET", path) == {"telemetry": made}
    assert nvcf.ok("GET", "/telemetries") == {"telemetries": [made]}
    new = {"secret": {"name": "other", "value": "n"}}
    assert nvcf.call("PUT", f"/secrets{path}", new).status_code == 204
    assert nvcf.ok("GET", path) == {"telemetry": made}
    assert nvcf.call("DELETE", path).status_code == 204
    for method in ("GET", "DELETE"):
        detail = problem(nvcf.call(method, path), 404)
        assert detail == f"Account '{ACCOUNT}' Telemetry '{made['telemetryId']}': Not found"


def test_telemetries_have_names_of_their_own_and_a_limit(nvcf: Nvcf) -> None:
    nvcf.ok("POST", "/telemetries", telemetry())
    assert "name 't' already exists in the account" in problem(nvcf.call("POST", "/telemetries", telemetry()), 400)
    nvcf.settings(max_telemetries=1)
    assert "maximum allowed telemetries (1) exceeded" in problem(nvcf.call("POST", "/telemetries", telemetry("u")), 400)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"endpoint": " "}, "field=endpoint, rejected= , message=must not be blank"),
        ({"types": []}, "field=types, rejected=[], message=must not be empty"),
        ({"secret": None}, "field=secret, rejected=null, message=must not be null"),
        ({"protocol": "x"}, "Failed to read request"),
        ({"types": ["x"]}, "Failed to read request"),
    ],
)
def test_wrong_telemetries(nvcf: Nvcf, changes: dict[str, Any], text: str) -> None:
    assert text in problem(nvcf.call("POST", "/telemetries", telemetry(**changes)), 400)


def test_telemetries_of_a_function(nvcf: Nvcf) -> None:
    made = nvcf.ok("POST", "/telemetries", telemetry())["telemetry"]["telemetryId"]
    function = nvcf.create(telemetries={"logsTelemetryId": made})
    assert function["telemetries"] == {"logsTelemetryId": made}
    answer = nvcf.call("POST", "/functions", function_body(telemetries={"tracesTelemetryId": made}))
    assert problem(answer, 400) == "Invalid telemetry type"
    answer = nvcf.call("POST", "/functions", function_body(telemetries={"logsTelemetryId": UNKNOWN}))
    assert problem(answer, 404).endswith(f"Telemetry '{UNKNOWN}': Not found")
    assert "it is in use by Function id" in problem(nvcf.call("DELETE", f"/telemetries/{made}"), 400)
    nvcf.ok("DELETE", path_of(function))
    nvcf.ok("DELETE", f"/telemetries/{made}")


def test_registry_credentials(nvcf: Nvcf) -> None:
    made = nvcf.ok("POST", "/registry-credentials", credential(tags=["a"], description="d"))["registryCredential"]
    assert made == {
        "registryCredentialId": made["registryCredentialId"],
        "ncaId": ACCOUNT,
        "registryCredentialName": "c",
        "registryName": "NGC Private Registry",
        "registryHostname": "nvcr.io",
        "artifactTypes": ["CONTAINER"],
        "tags": ["a"],
        "description": "d",
        "provisionedBy": "USER",
        "createdAt": "2024-03-21T00:00:00.000Z",
        "lastUpdatedAt": "2024-03-21T00:00:00.000Z",
    }
    path = f"/registry-credentials/{made['registryCredentialId']}"
    nvcf.clock.advance(1)
    new = {"secret": {"name": "d", "value": password(word="old-key")}}
    changed = nvcf.ok("PATCH", path, new)["registryCredential"]
    differences = {name for name in changed if changed[name] != made.get(name)}
    assert differences == {"registryCredentialName", "lastUpdatedAt", "keyType"}
    assert changed["keyType"] == "LEGACY"
    assert nvcf.ok("GET", path) == {"registryCredential": changed}
    assert nvcf.call("DELETE", path).status_code == 204
    assert problem(nvcf.call("GET", path), 404).endswith(f"': Not found in account '{ACCOUNT}'")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"registryHostname": "x.example.com"}, "CONTAINER registry with hostname x.example.com is not yet recognized"),
        ({"registryHostname": "helm.ngc.nvidia.com"}, "CONTAINER registry with hostname helm.ngc.nvidia.com is not"),
        ({"registryHostname": "a/b"}, "Invalid hostname: Must conform to regex "),
        ({"secret": {"name": "c", "value": "no base64"}}, "must be base64 encoded username:password format"),
        ({"secret": {"name": "c", "value": {"a": 1}}}, "must be base64 encoded username:password format"),
        ({"secret": {"name": "c", "value": password("")}}, "must be base64 encoded username:password format"),
        ({"secret": {"name": "c", "value": password("me")}}, "Missing $oauthtoken username in NGC registry credential"),
        ({"artifactTypes": []}, "field=artifactTypes, rejected=[], message=must not be empty"),
    ],
)
def test_wrong_credentials(nvcf: Nvcf, changes: dict[str, Any], text: str) -> None:
    assert text in problem(nvcf.call("POST", "/registry-credentials", credential(**changes)), 400)


def test_credentials_that_cannot_be_twice_or_too_many(nvcf: Nvcf) -> None:
    nvcf.ok("POST", "/registry-credentials", credential())
    assert "already exists in the account" in problem(nvcf.call("POST", "/registry-credentials", credential()), 409)
    other = nvcf.ok("POST", "/registry-credentials", credential(name="d"))["registryCredential"]
    path = f"/registry-credentials/{other['registryCredentialId']}"
    renamed = {"secret": {"name": "c", "value": password()}}
    assert "with name 'c' for hostname 'nvcr.io' exists" in problem(nvcf.call("PATCH", path, renamed), 409)
    assert problem(nvcf.call("PATCH", path, {}), 400).endswith("Either secret or artifact types must be specified")
    assert "for artifact type 'HELM'" in problem(nvcf.call("PATCH", path, {"artifactTypeEnums": ["HELM"]}), 400)
    nvcf.settings(max_registry_credentials=2)
    answer = nvcf.call("POST", "/registry-credentials", credential(name="e"))
    assert "maximum allowed registry credentials (2) exceeded. Current count: 2" in problem(answer, 400)


def test_kinds_of_artifacts_are_only_added(nvcf: Nvcf) -> None:
    made = nvcf.ok("POST", "/registry-credentials", credential("api.ngc.nvidia.com", artifactTypes=["MODEL"]))
    path = f"/registry-credentials/{made['registryCredential']['registryCredentialId']}"
    found = nvcf.ok("PATCH", path, {"artifactTypeEnums": ["resource"]})["registryCredential"]
    assert sorted(found["artifactTypes"]) == ["MODEL", "RESOURCE"]


def test_credentials_by_kind_and_by_maker(nvcf: Nvcf) -> None:
    system = {**credential(name="s"), "provisionedBy": "SYSTEM"}
    models = credential("api.ngc.nvidia.com", "m", artifactTypes=["MODEL"])
    nvcf.admin("POST", "/seed", {"nvcf.registry_credentials": [system, models]})

    def names(**query: str) -> list[str]:
        found = nvcf.ok("GET", "/registry-credentials", params=query)["registryCredentials"]
        return [one["registryCredentialName"] for one in found]

    assert names() == ["s", "m"]
    assert names(provisionedBy="system") == ["s"]
    assert names(artifactType="MODEL,HELM") == ["m"]
    assert "artifactType" in problem(nvcf.call("GET", "/registry-credentials?artifactType=X"), 400)
    [found] = nvcf.ok("GET", "/registry-credentials?provisionedBy=SYSTEM")["registryCredentials"]
    path = f"/registry-credentials/{found['registryCredentialId']}"
    assert "Cannot delete system provisioned" in problem(nvcf.call("DELETE", path), 400)


def test_a_registry_looks_at_the_credential(nvcf: Nvcf) -> None:
    nvcf.admin("POST", "/faults", {"nvcf.registry": {"verdict": 401, "call": "credential", "artifact": "nvcr"}})
    problem(nvcf.call("POST", "/registry-credentials", credential()), 401)
    nvcf.ok("POST", "/registry-credentials", credential())


def test_recognized_registries(nvcf: Nvcf) -> None:
    found = nvcf.ok("GET", "/recognized-registries")["recognizedRegistries"]
    assert found["MODEL"] == [{"name": "NGC Private Registry", "hostname": "api.ngc.nvidia.com"}]
    hosts = [one["hostname"] for one in found["CONTAINER"]]
    assert {"nvcr.io", "docker.io"} <= set(hosts)
    nvcf.ok("POST", "/registry-credentials", credential("me.azurecr.io", secret={"name": "a", "value": password("me")}))


def test_strict_artifacts(nvcf: Nvcf) -> None:
    nvcf.settings(strict_artifacts=True)
    answer = nvcf.call("POST", "/functions", function_body())
    assert problem(answer, 400) == "Missing CONTAINER registry credential for hostname 'nvcr.io'"
    made = nvcf.ok("POST", "/registry-credentials", credential())["registryCredential"]
    function = nvcf.create()
    path = f"/registry-credentials/{made['registryCredentialId']}"
    assert "it is in use by Function id" in problem(nvcf.call("DELETE", path), 400)
    nvcf.ok("DELETE", path_of(function))
    body = function_body(containerImage="nvcr.io/a/b:1@sha256:0")
    assert "is not a valid artifact" in problem(nvcf.call("POST", "/functions", body), 400)
    nvcf.ok("POST", "/registry-credentials", credential("api.ngc.nvidia.com", artifactTypes=["MODEL"]))
    for uri in ("/v2/org/a/models/m/1/files", "https://api.ngc.nvidia.com/v2/org/a/models/versions/1/zip"):
        answer = nvcf.call("POST", "/functions", function_body(models=[model(uri=uri)]))
        assert "is not a valid artifact" in problem(answer, 400)
    nvcf.create(models=[model()])


def test_uris_without_a_host_may_be_completed(nvcf: Nvcf) -> None:
    uri = "/v2/org/a/models/m/1/files"
    assert nvcf.create(models=[model(uri=uri)])["models"][0]["uri"] == uri
    nvcf.settings(complete_artifact_uris=True)
    made = nvcf.create(models=[model(uri=uri)], resources=[model(uri=uri)])
    assert made["models"][0]["uri"] == made["resources"][0]["uri"] == f"https://api.ngc.nvidia.com{uri}"


def test_tokens(nvcf: Nvcf) -> None:
    function = nvcf.create()
    body = {"clientId": "me"}
    for path in (f"/tokens{path_of(function)}", f"/tokens/functions/{function['id']}"):
        answer = nvcf.ok("POST", path, body)
        assert answer["expires_in"] == 900
        assert answer["access_token"].count(".") == 2
    other = nvcf.create()
    several = {**body, "functions": [{"functionId": function["id"], "functionVersionId": function["versionId"]}]}
    token = nvcf.ok("POST", "/tokens/functions", several)["access_token"]
    too_many = {**body, "functions": several["functions"] * 5}
    assert "Maximum number of functions to invoke 4" in problem(nvcf.call("POST", "/tokens/functions", too_many), 400)
    assert "field=clientId" in problem(nvcf.call("POST", f"/tokens{path_of(function)}", {}), 400)
    assert "Not found" in problem(nvcf.call("POST", f"/tokens/functions/{UNKNOWN}", body), 404)
    nvcf.sign_in(token)
    problem(nvcf.call("GET", "/functions"), 403)
    assert nvcf.ok("POST", f"/tokens{path_of(function)}", body)
    assert "Forbidden to invoke" in problem(nvcf.call("POST", f"/tokens{path_of(other)}", body), 403)
    nvcf.clock.advance(900)
    assert nvcf.call("GET", "/functions").status_code == 401


def test_cluster_groups(nvcf: Nvcf) -> None:
    nvcf.sign_in(jwt())
    groups = {group["name"]: group for group in nvcf.ok("GET", "/clusterGroups")["clusterGroups"]}
    assert {"GFN", "DGX-CLOUD", "NCP", "ON-PREM"} <= set(groups)
    assert groups["NCP"]["authorizedNcaIds"] == ["*"]
    gpus = {gpu["name"]: gpu["instanceTypes"] for gpu in groups["NCP"]["gpus"]}
    assert {"L40", "H100", "A100"} <= set(gpus)
    assert "NCP.GPU.H100_8x.x2" in [kind["name"] for kind in gpus["H100"]]
    assert [kind["default"] for kind in gpus["H100"]][:2] == [True, False]
    assert set(groups["NCP"]["clusters"][0]) == {"id", "name", "k8sVersion"}


def test_groups_of_others_and_seeded_ones(nvcf: Nvcf) -> None:
    own = {"name": "OWN", "ncaId": ACCOUNT, "authorizedNcaIds": []}
    kinds = [{"name": "OWN.GPU.X_1x", "default": True}]
    mine = {**own, "gpus": [{"name": "X", "instanceTypes": kinds}]}
    foreign = {"name": "GFN", "ncaId": "other", "authorizedNcaIds": ["other"]}
    nvcf.admin("POST", "/seed", {"nvcf.cluster_groups": [mine, foreign]})
    nvcf.sign_in(jwt())
    names = [group["name"] for group in nvcf.ok("GET", "/clusterGroups")["clusterGroups"]]
    assert "OWN" in names
    assert "GFN" not in names
    made = nvcf.deploy(nvcf.create(), spec(gpu="X", instanceType="OWN.GPU.X_1x"))
    assert "gpuMemory" not in made["deploymentSpecifications"][0]


def test_older_lists_and_those_for_administrators(nvcf: Nvcf) -> None:
    function = nvcf.create()
    deployment = nvcf.deploy(function, spec(maxInstances=3))
    problem(nvcf.call("GET", "/supportedGpus"), 403)
    problem(nvcf.call("GET", f"/accounts/{ACCOUNT}/deployments"), 403)
    nvcf.sign_in(jwt())
    assert {"gpu": "L40", "backend": "GFN"} in nvcf.ok("GET", "/supportedGpus")
    problem(nvcf.call("GET", f"/accounts/{ACCOUNT}/usage/gpus"), 403)
    nvcf.sign_in(jwt(scope="admin:deploy_function list_functions"))
    assert nvcf.ok("GET", f"/accounts/{ACCOUNT}/deployments") == {"deployments": [deployment]}
    [usage] = nvcf.ok("GET", f"/accounts/{ACCOUNT}/usage/gpus")["gpus"]
    assert (usage["gpu"], usage["currentMinUsage"], usage["currentMaxUsage"]) == ("L40", 1, 3)


@pytest.mark.parametrize("team", ["", "/teams/t"])
def test_capacity_as_the_sdk_asks_for_it(nvcf: Nvcf, team: str) -> None:
    kinds = f"/v3/orgs/emulator{team}/ngc/nvcf/deployments"
    found = nvcf.http.get(f"{kinds}/available/instanceTypes").json()
    [first] = [kind for kind in found["L40"] if kind["name"] == "NCP.GPU.L40_1x"]
    assert (first["gpuName"], first["gpuMemory"], first["gpuCount"]) == ("L40", "48G", 1)
    some = nvcf.http.get(f"{kinds}/instanceTypes?gpus=l40,T10&regions=us-east-1").json()
    assert {gpu: [kind["name"] for kind in kinds] for gpu, kinds in some.items()} == {"L40": ["NCP.GPU.L40_1x"]}
    nvcf.deploy(nvcf.create(), spec(maxInstances=3))
    rules = nvcf.http.get(f"/v2/orgs/emulator{team}/ngc/nvcf/gpu/quota/rules").json()["rules"]
    [rule] = [one for one in rules if one["instanceType"] == "NCP.GPU.L40_1x"]
    assert (rule["currentUsage"], rule["maxInstances"]) == (3, 64)
    clusters = nvcf.http.get(f"/v2/orgs/emulator{team}/sis/clusters").json()
    assert {"clusterId", "clusterName", "status", "gpus"} <= set(clusters[0])
    versions = nvcf.http.get(f"/v2/orgs/emulator{team}/sis/clusterVersions").json()
    assert set(versions["nvcaVersions"][0]) == {"version", "operatorVersion"}
    assert nvcf.http.get(f"{kinds}/instanceTypes", headers={"Authorization": ""}).status_code == 401


def test_what_else_the_sdk_asks(nvcf: Nvcf) -> None:
    def info(key: str) -> Any:
        return nvcf.http.post("/v3/keys/get-caller-info", data={"credentials": key}, headers={"Authorization": ""})

    answer = info("nvapi-emulator").json()
    assert (answer["type"], answer["orgName"]) == ("PERSONAL_KEY", "emulator")
    assert answer["user"]["roles"][0]["org"]["name"] == "emulator"
    assert info(nvcf.key(scopes=["list_functions"])).json()["type"] == "SERVICE_KEY"
    assert info("nvapi-other").json()["requestStatus"]["statusCode"] == "UNAUTHORIZED"
    found = nvcf.http.get("/v2/orgs?page-size=500").json()["organizations"]
    assert [one["name"] for one in found] == ["emulator"]
    for team in ("", "/team/t"):
        assert nvcf.http.get(f"/v2/org/emulator{team}/repos/echo/images/1").status_code == 403


def test_what_the_sdk_sends_to_restart(nvcf: Nvcf) -> None:
    nvcf.http.headers.update(
        {"nv-ngc-org": "emulator", "nv-ngc-team": "t", "User-Agent": "ngcsdk/4.37.0  linux-x86_64"}
    )
    function = nvcf.create()
    nvcf.deployed(function, spec(), spec(gpu="H100", instanceType="NCP.GPU.H100_1x"))
    path = f"/v2/orgs/emulator/teams/t/nvcf/deployments{path_of(function)}"
    specs = nvcf.http.get(path).json()["deployment"]["deploymentSpecifications"]
    assert nvcf.http.delete(path, params={"graceful": "false"}).is_success
    again = nvcf.http.post(path, json={"deploymentSpecifications": specs}).json()["deployment"]
    ids = [one["gpuSpecificationId"] for one in (*specs, *again["deploymentSpecifications"])]
    assert len(set(ids)) == 4
    by_index = [
        {"gpuSpecificationId": one["gpuSpecificationId"], "gpu": one["gpu"], "minInstances": 0, "maxInstances": 9}
        for one in again["deploymentSpecifications"]
    ]
    assert nvcf.http.put(path, json={"deploymentSpecifications": by_index}).is_success
    assert nvcf.http.put(path.replace("deployments/", ""), json={"rateLimit": None}).status_code == 400
