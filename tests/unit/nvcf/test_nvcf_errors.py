"""Whose error it is: each cause with its own message and next step, and no secret in any of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_inference.core.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    InferenceError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)
from pulumi_inference.core.http.exchange import Response
from pulumi_inference.emulator.nvcf.accounts import API_KEY
from pulumi_inference.nvcf.errors import parse_error, scope_of, without_values
from tests.support.nvcf import Nvcf, deployment, function, specification

SECRET = "pl4nted-secret-value"
OF_ARTIFACT = "Account 'a', Function id 'f', version 'v': "
RESOURCE = "Function id 'f', version 'v': Forbidden to update"
CREDENTIAL = "Check the image, chart or model in the program, and the account's registry credential for it."
KEY = "Check the key (`pulumi-inference doctor` says where it comes from). A new or revoked key acts a minute late."
SCOPE = "Give the key that scope (in NGC: edit the key; it may take up to 15 minutes to act), or use another key."
LATER = "Try again later; if it stays, ask NVIDIA's support."
PATH = "/v2/orgs/o/nvcf/functions/f/versions/v"


def problem(status: int, detail: str | None, kind: str = "") -> tuple[int, Any]:
    body = {"type": f"urn:nv-boot:problem-details:{kind}" if kind else None, "title": "T", "status": status}
    return status, {name: one for name, one in {**body, "detail": detail}.items() if one is not None}


def ngc(status: int, text: str) -> tuple[int, Any]:
    envelope = {"statusCode": "INVALID_REQUEST", "statusDescription": text, "requestId": "ngc-1"}
    return status, {"requestStatus": envelope}


ERRORS: dict[str, tuple[tuple[int, Any], type[ApiError], str, str | None, bool]] = {
    "no key": ((401, None), AuthenticationError, "no key was sent, or the token has expired", KEY, False),
    "an unknown key": (
        problem(403, "Authorization failed", "forbidden"),
        AuthenticationError,
        "the key is unknown, has expired or was revoked: Authorization failed",
        KEY,
        False,
    ),
    "a missing scope": (
        problem(403, "Access Denied", "forbidden"),
        PermissionDeniedError,
        "Access Denied: PUT /functions/f/versions/v needs the scope update_function",
        SCOPE,
        False,
    ),
    "a missing scope without a word": (
        (403, None),
        PermissionDeniedError,
        "not allowed: PUT /functions/f/versions/v needs the scope update_function",
        SCOPE,
        False,
    ),
    "another's function": (
        problem(403, RESOURCE, "forbidden"),
        PermissionDeniedError,
        RESOURCE,
        "The key may do this, but not with this function: add the function to the key's resources.",
        False,
    ),
    "the registry's 401": (
        problem(401, f"{OF_ARTIFACT}denied", "unauthorized"),
        BadRequestError,
        f"the registry does not accept the stored credential: {OF_ARTIFACT}denied",
        CREDENTIAL,
        False,
    ),
    "the registry's 403": (
        problem(403, f"{OF_ARTIFACT}denied", "forbidden"),
        BadRequestError,
        f"the registry does not accept the stored credential: {OF_ARTIFACT}denied",
        CREDENTIAL,
        False,
    ),
    "the registry's 404": (
        problem(404, f"{OF_ARTIFACT}Not found", "not-found"),
        BadRequestError,
        f"the registry has no such artifact: {OF_ARTIFACT}Not found",
        CREDENTIAL,
        False,
    ),
    "the registry's 429": (
        problem(429, f"{OF_ARTIFACT}slow down", "too-many-requests"),
        RateLimitError,
        f"the registry is asked too often: {OF_ARTIFACT}slow down",
        CREDENTIAL,
        False,
    ),
    "the registry's 400": (
        problem(400, f"{OF_ARTIFACT}what is that", "bad-request"),
        BadRequestError,
        f"the registry refuses the artifact: {OF_ARTIFACT}what is that",
        CREDENTIAL,
        False,
    ),
    "gone": (
        problem(404, "Function id 'f', version 'v': Not found in account 'a'", "not-found"),
        NotFoundError,
        "Function id 'f', version 'v': Not found in account 'a'",
        None,
        True,
    ),
    "no such address": (
        (404, None),
        NotFoundError,
        "not found",
        "Check endpoint (https, no further path), org and team.",
        False,
    ),
    "a deployment in the way": (
        problem(400, "Function id 'f', version 'v': Status ACTIVE, use PATCH endpoint to update gpu-specification"),
        ConflictError,
        "Function id 'f', version 'v': Status ACTIVE, use PATCH endpoint to update gpu-specification",
        None,
        False,
    ),
    "a deployment that ends": (
        problem(400, "Function id 'f', version 'v': Wait for current deployment to be gracefully completed"),
        ConflictError,
        "Function id 'f', version 'v': Wait for current deployment to be gracefully completed",
        None,
        False,
    ),
    "a rule of NVCF": (
        problem(400, "Invalid request: Only LLM functions support llmInvocationConfig", "bad-request"),
        BadRequestError,
        "Invalid request: Only LLM functions support llmInvocationConfig",
        None,
        False,
    ),
    "validation": (
        problem(
            400,
            "Validation failed: [object=dto, field=name, rejected=-x, message=Invalid function name], "
            f"[object=dto, field=secrets[0].value, rejected={SECRET}, message=too long]",
        ),
        BadRequestError,
        "Validation failed: name: too long",
        None,
        False,
    ),
    "NGC's own words": (
        ngc(400, "Organization is not enabled"),
        BadRequestError,
        "Organization is not enabled",
        None,
        False,
    ),
    "NGC's scope": (
        ngc(403, "User is not authorized"),
        PermissionDeniedError,
        "User is not authorized: PUT /functions/f/versions/v needs the scope update_function",
        SCOPE,
        False,
    ),
    "too many": (
        problem(429, None),
        RateLimitError,
        "T",
        "Try again later, or with a smaller --parallel.",
        False,
    ),
    "a server's error": (problem(500, "boom"), ServerError, "boom", LATER, False),
    "a server without words": ((502, None), ServerError, "the server failed", LATER, False),
    "a page": ((500, "<html>sign in</html>"), ServerError, "the server failed", LATER, False),
    "a redirection": (
        (302, None),
        ApiError,
        "the server redirects",
        "Check endpoint (https, no further path), org and team.",
        False,
    ),
}


@pytest.mark.parametrize(("answer", "kind", "message", "next_step", "is_gone"), ERRORS.values(), ids=ERRORS)
def test_each_cause_has_its_own_message(
    answer: tuple[int, Any], kind: type[ApiError], message: str, next_step: str | None, is_gone: bool
) -> None:
    status, body = answer
    raw = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    headers = {"content-type": "text/html" if isinstance(body, str) else "application/json"}
    error = parse_error(Response(status=status, headers=headers, body=raw), "PUT", PATH)
    assert isinstance(error, kind)
    assert (error.message, error.next_step, error.is_gone) == (message, next_step, is_gone)
    assert SECRET not in str(error)


DETAILS = {
    "one": (
        "Validation failed: [object=d, field=name, rejected=-x, message=bad name]",
        "Validation failed: name: bad name",
    ),
    "several": (
        "Validation failed: [object=d, field=name, rejected=-x, message=bad], [object=d, field=tags[0], rejected=., "
        "message=worse]",
        "Validation failed: name: bad; tags[0]: worse",
    ),
    "a value that looks like the next part": (
        f"Validation failed: [object=d, field=secrets[0].value, rejected=], [object=x, field={SECRET}, message=y, "
        "message=too long]",
        "Validation failed: secrets[0].value: too long",
    ),
    "no message": ("Validation failed: [object=d, field=name, rejected=-x]", "Validation failed: name: not valid"),
    "nothing rejected": ("Invalid request: no", "Invalid request: no"),
}


@pytest.mark.parametrize(("detail", "told"), DETAILS.values(), ids=DETAILS)
def test_what_was_rejected_is_not_told(detail: str, told: str) -> None:
    assert without_values(detail) == told


SCOPES = {
    ("POST", "/functions"): "register_function",
    ("POST", "/functions/f/versions"): "register_function",
    ("GET", "/functions"): "list_functions",
    ("GET", "/functions/ids"): "list_functions",
    ("GET", "/functions/f/versions/v"): "list_functions",
    ("PUT", "/functions/f/versions/v"): "update_function",
    ("PUT", "/metadata/functions/f/versions/v"): "update_function",
    ("DELETE", "/ratelimit/functions/f/versions/v"): "update_function",
    ("DELETE", "/functions/f/versions/v"): "delete_function",
    ("PUT", "/secrets/functions/f/versions/v"): "update_secrets",
    ("PUT", "/secrets/telemetries/t"): "update_secrets",
    ("GET", "/deployments/functions/f/versions/v"): "deploy_function",
    ("POST", "/deployments/functions/f/versions/v"): "deploy_function",
    ("DELETE", "/deployments/functions/f/versions/v"): "deploy_function",
    ("PATCH", "/deployments/d/gpu-specifications/s"): "deploy_function",
    ("POST", "/authorizations/functions/f"): "authorize_clients",
    ("PATCH", "/authorizations/functions/f/versions/v/add"): "authorize_clients",
    ("POST", "/telemetries"): "manage_telemetries",
    ("DELETE", "/telemetries/t"): "manage_telemetries",
    ("PATCH", "/registry-credentials/r"): "manage_registry_credentials",
    ("GET", "/recognized-registries"): "manage_registry_credentials",
    ("GET", "/clusterGroups"): "list_cluster_groups",
    ("GET", "/queues/functions/f"): "queue_details",
    ("POST", "/assets"): "invoke_function",
    ("POST", "/pexec/functions/f"): "invoke_function",
    ("POST", "/tokens/functions/f"): "invoke_function",
}


@pytest.mark.parametrize("root", ["/v2/nvcf", "/v2/orgs/o/teams/t/nvcf"])
@pytest.mark.parametrize(("call", "scope"), SCOPES.items(), ids=map(" ".join, SCOPES))
def test_the_scope_of_each_call_is_named(root: str, call: tuple[str, str], scope: str) -> None:
    method, tail = call
    assert scope_of(method, f"{root}{tail}") == scope


def fails(act: Callable[[], Any]) -> str:
    with pytest.raises((InferenceError, AssertionError)) as caught:
        act()
    return str(caught.value)


ALL_SCOPES = ("register_function", "list_functions", "update_function", "delete_function", "deploy_function")


def with_scopes(nvcf: Nvcf, *without: str, resources: list[str] | None = None) -> None:
    """The program goes on with a key that lacks something."""
    scopes = [one for one in ALL_SCOPES if one not in without]
    nvcf.seed(keys=[{"key": "nvapi-less", "scopes": scopes, **({} if resources is None else {"resources": resources})}])
    nvcf.world.configuration.values |= {"nvcfApiKey": "nvapi-less", "nvcfPlanChecks": "off"}


def create(nvcf: Nvcf, _state: Any) -> Any:
    nvcf.world.urn += "-new"
    return nvcf.world.create(function())


def change(nvcf: Nvcf, state: Any) -> Any:
    return nvcf.world.update(state, function(tags=["x"]))


def rotate(nvcf: Nvcf, state: Any) -> Any:
    return nvcf.world.update(state, function(secrets={"A": SECRET}))


def remove(nvcf: Nvcf, state: Any) -> Any:
    return nvcf.world.delete(state)


def deploy(nvcf: Nvcf, state: Any) -> Any:
    return nvcf.deployment(state)


MISSING: dict[str, tuple[Callable[[Nvcf, Any], Any], str, str]] = {
    "create": (create, "register_function", "POST /functions needs the scope register_function"),
    "change": (change, "update_function", "PUT /functions/f/versions/v1 needs the scope update_function"),
    "secret": (rotate, "update_secrets", "PUT /secrets/functions/f/versions/v1 needs the scope update_secrets"),
    "delete": (remove, "delete_function", "DELETE /functions/f/versions/v1 needs the scope delete_function"),
    "deploy": (deploy, "deploy_function", "POST /deployments/functions/f/versions/v1 needs the scope deploy_function"),
}


@pytest.mark.parametrize(("act", "scope", "told"), MISSING.values(), ids=MISSING)
def test_a_missing_scope_is_named_with_its_call(
    nvcf: Nvcf, act: Callable[[Nvcf, Any], Any], scope: str, told: str
) -> None:
    state = nvcf.function()
    with_scopes(nvcf, scope)
    text = nvcf.short(fails(lambda: act(nvcf, state)))
    assert told in text
    assert "it may take up to 15 minutes to act" in text
    assert SECRET not in text


def test_a_key_without_the_function(nvcf: Nvcf) -> None:
    state = nvcf.function()
    with_scopes(nvcf, resources=["function:00000000-0000-4000-8000-000000000000/*"])
    nvcf.world.next_operation()
    nvcf.world.diff(state, function())
    assert "Forbidden to retrieve" in nvcf.world.warned[0]
    assert "add the function to the key's resources" in nvcf.world.warned[0]


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("nvapi-unknown", "the key is unknown, has expired or was revoked: Authorization failed"),
        ("a.bad.jwt", "no key was sent, or the token has expired"),
    ],
)
def test_a_key_that_is_none_is_told_in_the_preview(nvcf: Nvcf, key: str, told: str) -> None:
    nvcf.world.configuration.values["nvcfApiKey"] = key
    [message] = [str(one) for one in nvcf.world.check(function()).problems]
    assert told in message
    assert "`pulumi-inference doctor`" in message
    assert key not in message


def test_a_key_that_is_not_set_is_told(nvcf: Nvcf) -> None:
    del nvcf.world.configuration.values["nvcfApiKey"]
    nvcf.world.configuration.values["nvcfEndpoint"] = "https://nvcf.example"
    [message] = [str(one) for one in nvcf.world.check(function()).problems]
    assert message.startswith("the API key of NVCF is not set")
    assert "pulumi config set --secret inference:nvcfApiKey KEY (or set NGC_API_KEY)" in message


@pytest.mark.parametrize("verdict", [400, 401, 403, 404, 429])
@pytest.mark.parametrize("call", ["create", "deploy"])
def test_what_a_registry_refuses_is_the_registrys(nvcf: Nvcf, verdict: int, call: str) -> None:
    nvcf.registry_fault(verdict, count=None, call=call)
    if call == "create":
        text = fails(nvcf.function)
        assert nvcf.versions() == []
    else:
        version = nvcf.function()
        text = fails(lambda: nvcf.deployment(version))
        assert nvcf.versions()[0]["status"] == "INACTIVE"
    assert "the registry" in text
    assert "the account's registry credential for it" in text
    assert "doctor" not in text


@pytest.mark.parametrize("proxied", [False, True])
def test_a_validation_error_quotes_no_secret(nvcf: Nvcf, proxied: bool) -> None:
    """The emulator quotes what it rejects, as NVCF does."""
    nvcf.set(ngc_errors=proxied)
    nvcf.world.cloud.fault(
        method="POST",
        path="/functions$",
        status=400,
        body=json.dumps({"detail": f"Validation failed: [object=d, field=secrets, rejected={SECRET}, message=bad]"}),
    )
    text = fails(lambda: nvcf.function(function(secrets={"A": SECRET})))
    assert "secrets: bad" in text
    assert SECRET not in text


@pytest.mark.parametrize("proxied", [False, True])
def test_the_proxys_envelope_changes_nothing(nvcf: Nvcf, proxied: bool) -> None:
    nvcf.set(ngc_errors=proxied)
    state = nvcf.function()
    deployed = nvcf.deployment(state)
    nvcf.lose_version(state)
    assert nvcf.world.read(deployed) is None
    nvcf.be_function()
    assert nvcf.world.read(state) is None
    version = nvcf.function()
    nvcf.deployment(version, specification(max_instances=3))
    again = nvcf.deployment(version, specification(max_instances=4))
    assert nvcf.live(again)["deploymentSpecifications"][0]["maxInstances"] == 4


def test_secrets_are_in_no_message_state_or_log(nvcf: Nvcf) -> None:
    program = function(secrets={"A": SECRET, "B": {"deep": [SECRET]}})
    state = nvcf.function(program)
    rotated = nvcf.world.update(state, function(secrets={"A": f"{SECRET}-2", "B": {"deep": [SECRET]}}))
    assert nvcf.world.diff(rotated, function(secrets={"A": SECRET, "B": {"deep": [SECRET]}})).changes is None
    said = [*nvcf.world.told, *nvcf.world.warned, *nvcf.world.progress, str(rotated.facts)]
    logged = json.dumps(nvcf.world.cloud.admin("GET", "/requests"))
    assert SECRET not in f"{said}{logged}"
    assert SECRET not in json.dumps(nvcf.version(state))


def test_a_refused_change_of_secrets_is_tried_again(nvcf: Nvcf) -> None:
    """The record keeps the values of before when the call did not come through."""
    state = nvcf.function(function(secrets={"A": "one"}, tags=["a"]))
    nvcf.world.cloud.fault(method="PUT", path="/functions/[^/]+/versions/[^/]+$", skip=1, status=400, error_msg="no")
    program = function(secrets={"A": "two"}, tags=["b"])
    text = fails(lambda: nvcf.world.update(state, program))
    assert "no" in text
    stored = nvcf.world.update(state, program)
    assert nvcf.world.diff(stored, program).changes is False


def test_the_key_is_in_no_message(nvcf: Nvcf) -> None:
    nvcf.world.configuration.values["nvcfApiKey"] = API_KEY
    version = nvcf.function()
    nvcf.world.cloud.fault(path="/deployments/", status=400, body=json.dumps({"detail": f"bad key {API_KEY}"}))
    text = fails(lambda: nvcf.deployment(version))
    assert API_KEY not in text


def test_a_deployment_that_is_refused_says_why(nvcf: Nvcf) -> None:
    nvcf.world.configuration.values["nvcfPlanChecks"] = "off"
    version = nvcf.function()
    nvcf.be_deployment()
    text = fails(lambda: nvcf.world.create(deployment(version, specification(gpu="Quadro"))))
    assert "Invalid GPU 'Quadro' specified" in text
    assert "Traceback" not in text
