"""Who may come in to NVCF, by which path, and what is said to who may not."""

import pytest

from .nvcfcloud import ACCOUNT, Nvcf, function_body, jwt, path_of, problem, spec

FAMILIES = ("/v2/nvcf", "/v2/orgs/emulator/nvcf", "/v2/orgs/emulator/teams/a-team/nvcf")


@pytest.mark.parametrize("family", FAMILIES)
def test_both_families_lead_to_one_store(nvcf: Nvcf, family: str) -> None:
    made = nvcf.http.post(f"{family}/functions", json=function_body()).json()["function"]
    for other in FAMILIES:
        assert nvcf.http.get(f"{other}{path_of(made)}").json()["function"]["ncaId"] == ACCOUNT
        assert [one["id"] for one in nvcf.http.get(f"{other}/functions").json()["functions"]] == [made["id"]]


@pytest.mark.parametrize("authorization", [None, "", "Basic eDp5", "Bearer ", "Bearer no-jwt", "Bearer a.b.c"])
def test_no_token_is_401_without_a_body(nvcf: Nvcf, authorization: str | None) -> None:
    del nvcf.http.headers["Authorization"]
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = nvcf.call("GET", "/functions", headers=headers)
    assert (answer.status_code, answer.content, answer.headers["WWW-Authenticate"]) == (401, b"", "Bearer")


def test_a_jwt_is_good_until_it_expires(nvcf: Nvcf) -> None:
    nvcf.sign_in(jwt(exp=nvcf.clock.now() + 10))
    assert nvcf.call("GET", "/functions").status_code == 200
    nvcf.clock.advance(10)
    assert nvcf.call("GET", "/functions").status_code == 401
    nvcf.sign_in(jwt(sub="me"))
    assert nvcf.call("GET", "/functions").status_code == 200
    for malformed in ({"exp": "soon"}, {"scopes": 1}, {"resources": [1]}):
        nvcf.sign_in(jwt(**malformed))
        assert nvcf.call("GET", "/functions").status_code == 401


def test_a_jwt_without_an_account(nvcf: Nvcf) -> None:
    nvcf.sign_in(jwt(sub="client-1", org="acme"))
    assert problem(nvcf.call("GET", "/functions"), 404) == "Unknown client_id 'client-1' when finding account id"


def test_an_unknown_key_is_403(nvcf: Nvcf) -> None:
    nvcf.sign_in("nvapi-other")
    answer = nvcf.call("GET", "/functions")
    assert problem(answer, 403) == "Authorization failed"
    assert answer.json()["type"] == "urn:nv-boot:problem-details:forbidden"


def test_cluster_groups_are_for_jwts_only(nvcf: Nvcf) -> None:
    problem(nvcf.call("GET", "/clusterGroups"), 403)
    nvcf.sign_in(nvcf.key(scopes=["list_cluster_groups"]))
    problem(nvcf.call("GET", "/clusterGroups"), 403)
    nvcf.sign_in(jwt())
    assert nvcf.ok("GET", "/clusterGroups")["clusterGroups"]


@pytest.mark.parametrize("make", [lambda nvcf, scopes: nvcf.key(scopes=scopes), lambda _, scopes: jwt(scopes=scopes)])
def test_each_call_needs_its_scope(nvcf: Nvcf, make: object) -> None:
    function = nvcf.create(secrets=[{"name": "S", "value": "v"}])
    version = path_of(function)
    calls = {
        "register_function": [("POST", "/functions"), ("POST", f"/functions/{function['id']}/versions")],
        "list_functions": [("GET", "/functions"), ("GET", "/functions/ids"), ("GET", version)],
        "update_function": [("PUT", version), ("PUT", f"/metadata{version}"), ("DELETE", f"/ratelimit{version}")],
        "deploy_function": [("GET", f"/deployments{version}"), ("POST", f"/deployments{version}")],
        "update_secrets": [("PUT", f"/secrets{version}")],
        "authorize_clients": [("GET", f"/authorizations{version}"), ("DELETE", f"/authorizations{version}")],
        "manage_telemetries": [("GET", "/telemetries")],
        "manage_registry_credentials": [("GET", "/registry-credentials"), ("GET", "/recognized-registries")],
        "invoke_function": [("POST", f"/tokens{version}")],
        "delete_function": [("DELETE", version)],
    }
    for scope, paths in calls.items():
        for method, path in paths:
            nvcf.sign_in(make(nvcf, [one for one in calls if one != scope]))  # type: ignore[operator]
            assert problem(nvcf.call(method, path, {}), 403) == "Access Denied"
            nvcf.sign_in(make(nvcf, [scope]))  # type: ignore[operator]
            assert nvcf.call(method, path, {}).status_code != 403


def test_details_need_their_own_scope(nvcf: Nvcf) -> None:
    function = nvcf.create(secrets=[{"name": "S", "value": "v"}])
    assert nvcf.read(function)["secrets"] == ["S"]
    assert nvcf.read(function)["activeInstances"] == []
    assert "secrets" not in nvcf.read(function, params={"includeSecrets": "false"})
    nvcf.sign_in(nvcf.key(scopes=["list_functions"]))
    assert not {"secrets", "activeInstances"} & set(nvcf.read(function))
    nvcf.sign_in(nvcf.key(scopes=["list_functions_details"]))
    assert nvcf.read(function)["secrets"] == ["S"]


def test_a_key_without_the_resource(nvcf: Nvcf) -> None:
    one, other = nvcf.create(), nvcf.create()
    nvcf.sign_in(nvcf.key(resources=[f"function:{one['id']}/*"]))
    assert [found["id"] for found in nvcf.ok("GET", "/functions")["functions"]] == [one["id"]]
    where = f"Function id '{other['id']}', version '{other['versionId']}'"
    assert problem(nvcf.call("POST", "/functions", function_body()), 403) == "Forbidden to create function"
    for method, path, body, detail in (
        ("GET", path_of(other), None, f"{where}: Forbidden to retrieve function details"),
        (
            "GET",
            f"/functions/{other['id']}/versions",
            None,
            f"Function id '{other['id']}': Forbidden to retrieve versions",
        ),
        ("PUT", path_of(other), {"tags": []}, f"{where}: Forbidden to update"),
        ("DELETE", path_of(other), None, f"{where}: Forbidden to delete"),
        ("DELETE", f"/deployments{path_of(other)}", None, f"{where}: Forbidden to 'delete' deployment"),
    ):
        assert problem(nvcf.call(method, path, body), 403) == detail
    body = {"deploymentSpecifications": [spec()]}
    assert problem(nvcf.call("POST", f"/deployments{path_of(other)}", body), 403).endswith(
        "Forbidden to 'create' deployment"
    )
    newer = nvcf.create_version(one)
    nvcf.sign_in(nvcf.key(resources=[f"function:{one['id']}/{newer['versionId']}"]))
    assert nvcf.read(newer)
    problem(nvcf.call("GET", path_of(one)), 403)
    answer = nvcf.call("POST", f"/functions/{one['id']}/versions", function_body())
    assert problem(answer, 403) == f"Function id '{one['id']}': Forbidden to create function version"


def test_another_organisation_is_answered_by_the_proxy(nvcf: Nvcf) -> None:
    answer = nvcf.http.get("/v2/orgs/acme/nvcf/functions")
    status = answer.json()["requestStatus"]
    assert (answer.status_code, status["statusCode"]) == (404, "NOT_FOUND")
    nvcf.admin("POST", "/seed", {"nvcf.accounts": [{"org": "acme", "ncaId": "acme-1"}]})
    assert nvcf.http.get("/v2/orgs/acme/nvcf/functions").json()["requestStatus"]["statusCode"] == "FORBIDDEN"
    nvcf.sign_in(nvcf.key(org="acme"))
    made = nvcf.http.post("/v2/orgs/acme/nvcf/functions", json=function_body()).json()["function"]
    assert made["ncaId"] == "acme-1"
    assert nvcf.read(made)["id"] == made["id"]
    nvcf.sign_in("nvapi-emulator")
    assert problem(nvcf.call("GET", path_of(made)), 404).endswith(f"Not found in account '{ACCOUNT}'")


def test_errors_in_the_envelope_of_the_proxy(nvcf: Nvcf) -> None:
    nvcf.settings(ngc_errors=True)
    nvcf.sign_in("nvapi-other")
    status = nvcf.http.get("/v2/orgs/emulator/nvcf/functions").json()["requestStatus"]
    assert (status["statusCode"], status["statusDescription"]) == ("FORBIDDEN", "Authorization failed")
    assert problem(nvcf.call("GET", "/functions"), 403) == "Authorization failed"
    nvcf.sign_in("nvapi-emulator")
    answer = nvcf.http.post("/v2/orgs/emulator/nvcf/functions", json={"name": "a"})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("application/json")
    assert "must be specified" in answer.json()["requestStatus"]["statusDescription"]


def test_an_id_that_is_none(nvcf: Nvcf) -> None:
    assert problem(nvcf.call("GET", "/functions/a/versions"), 400) == "Failed to convert 'functionId' with value: 'a'"
