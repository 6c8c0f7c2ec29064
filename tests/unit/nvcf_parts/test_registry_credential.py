"""Registry credentials through the verbs of their lifecycle."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import State
from pulumi_inference.nvcf.registrycredentials import REGISTRY_CREDENTIAL, RegistryCredentialLifecycle
from tests.support.nvcf import Nvcf
from tests.support.nvcf_parts import CREDENTIAL_URN, credential, problems
from tests.support.world import Values, World, edited

NGC = {"registry_hostname": "nvcr.io", "user": None, "password": "nvapi-key"}


@pytest.fixture(autouse=True)
def world(nvcf: Nvcf) -> World:
    """The world of a registry credential."""
    nvcf.world.lifecycle = RegistryCredentialLifecycle()
    return nvcf.world


def live(nvcf: Nvcf) -> list[Values]:
    """The registry credentials that somebody has made."""
    found: list[Values] = nvcf.api("GET", "/registry-credentials?provisionedBy=USER")["registryCredentials"]
    return found


def made(nvcf: Nvcf, **changes: Any) -> State:
    """A new one."""
    return nvcf.world.create(credential(**changes))


def sent(nvcf: Nvcf) -> list[tuple[str, Any]]:
    """The writes of this operation, secrets as the request log shows them."""
    return [(str(one), one.body) for one in nvcf.sent("POST", "PUT", "PATCH", "DELETE")]


def test_a_life(nvcf: Nvcf, world: World) -> None:
    state = made(nvcf, description="Images.", tags=["b", "a"])
    [found] = live(nvcf)
    assert nvcf.writes() == ["POST /registry-credentials"]
    assert state.id == found["registryCredentialId"]
    assert (state.inputs["name"], state.inputs["tags"]) == (found["registryCredentialName"], ["a", "b"])
    assert (state.facts["provisioned_by"], state.facts["created_at"]) == ("USER", found["createdAt"])

    program = credential(description="Images.", tags=["a", "b"])
    assert (world.diff(state, program).changes, world.told, world.warned) == (False, [], [])
    assert world.read(state) == state
    world.delete(state)
    assert live(nvcf) == []
    assert world.read(state) is None


def test_user_and_password_are_sent_in_one_and_shown_nowhere(nvcf: Nvcf, world: World) -> None:
    bodies: list[Any] = []
    post = world.transport.handle_request

    def listen(request: Any) -> Any:
        bodies.append((request.method, request.content))
        return post(request)

    world.transport.handle_request = listen  # type: ignore[method-assign]
    state = made(nvcf)
    [body] = [json.loads(content) for method, content in bodies if method == "POST"]
    assert b64decode(body["secret"]["value"]) == b"alice:pa55-word"
    assert body["secret"]["name"] == state.inputs["name"]
    assert body.keys() == {"registryHostname", "artifactTypes", "secret"}
    told = world.environment.redactor.redact(f"{body['secret']['value']} and pa55-word")
    assert told == "[secret] and [secret]"
    assert "pa55-word" not in json.dumps([live(nvcf), state.facts])


@pytest.mark.parametrize(
    "changes", [{"password": "newer"}, {"user": "bob"}, {"name": "other"}], ids=["password", "user", "name"]
)
def test_a_secret_is_rotated_in_place(nvcf: Nvcf, world: World, changes: Values) -> None:
    state = made(nvcf, name="hub")
    program = credential(**{"name": "hub", **changes})
    difference = world.diff(state, program)
    assert (difference.changes, difference.replaces) == (None, [])
    state = world.update(state, program)
    [(path, body)] = sent(nvcf)
    assert (path, body.keys()) == (f"PATCH /registry-credentials/{state.id}", {"secret"})
    assert live(nvcf)[0]["registryCredentialName"] == program["name"]
    assert world.diff(state, program).changes is False


def test_a_kind_of_artifacts_is_added_in_place_and_its_removal_makes_it_anew(nvcf: Nvcf, world: World) -> None:
    state = made(nvcf)
    more = credential(artifact_types=["HELM", "CONTAINER"])
    assert world.diff(state, more).replaces == []
    state = world.update(state, more)
    [(path, body)] = sent(nvcf)
    assert (path, body) == (f"PATCH /registry-credentials/{state.id}", {"artifactTypeEnums": ["HELM"]})
    assert world.diff(state, more).changes is False

    difference = world.diff(state, credential())
    assert (difference.replaces, difference.delete_before_replace) == (["artifact_types"], True)


def test_a_kind_that_somebody_has_added_is_told_and_makes_it_anew(nvcf: Nvcf, world: World) -> None:
    state = made(nvcf)
    nvcf.api("PATCH", f"/registry-credentials/{state.id}", {"artifactTypeEnums": ["HELM"]})
    assert world.diff(state, credential()).replaces == ["artifact_types"]
    assert world.told[0].startswith("artifact_types: changed outside of the program")


@pytest.mark.parametrize(
    ("field", "value"), [("registry_hostname", "nvcr.io"), ("description", "other"), ("tags", ["other"])]
)
def test_all_else_makes_it_anew(nvcf: Nvcf, world: World, field: str, value: Any) -> None:
    state = made(nvcf, name="hub")
    user = {"user": None} if field == "registry_hostname" else {}
    difference = world.diff(state, credential(**{"name": "hub", field: value, **user}))
    assert difference.replaces == [field]
    assert difference.delete_before_replace is (field != "registry_hostname")


def test_a_name_of_ones_own_bears_a_mark_that_nobody_sees(nvcf: Nvcf, world: World) -> None:
    state = made(nvcf, name="hub", tags=["a"])
    [found] = live(nvcf)
    assert [one for one in found["tags"] if one.startswith("pulumi:")]
    assert state.inputs["tags"] == ["a"]
    again = made(nvcf, name="hub", tags=["a"], password="newer")
    assert (again.id, len(live(nvcf))) == (state.id, 1)
    assert "made by an earlier run of this program" in world.told[0]
    assert nvcf.writes()[1:] == [f"PATCH /registry-credentials/{state.id}"]


@pytest.mark.parametrize("name", [None, "hub"], ids=["automatic name", "own name"])
def test_a_create_whose_answer_is_lost_makes_one(nvcf: Nvcf, world: World, name: str | None) -> None:
    world.cloud.fault(method="POST", path="/registry-credentials$", commit=True, status=502)
    state = made(nvcf, name=name)
    assert [one["registryCredentialId"] for one in live(nvcf)] == [state.id]


def test_one_of_somebody_else_is_told_with_the_way_to_import_it(nvcf: Nvcf, world: World) -> None:
    body = {
        "registryHostname": "docker.io",
        "artifactTypes": ["CONTAINER"],
        "secret": {"name": "hub", "value": "Ym9iOngx"},
    }
    other = nvcf.api("POST", "/registry-credentials", body)["registryCredential"]["registryCredentialId"]
    [found] = problems(nvcf, credential(name="hub"))
    assert found.startswith(f"name: the name for the same registry is taken by the registry credential {other}")
    assert f"pulumi-inference import nvcf registrycredential {other} --name {world.context().label}" in found
    assert problems(nvcf, credential(name="hub", **NGC)) == []  # on another host it is free

    world.configuration.values["nvcfPlanChecks"] = "false"
    with pytest.raises(InferenceError, match="already exists in the account") as caught:
        made(nvcf, name="hub")
    assert f"import nvcf registrycredential {other}" in str(caught.value)


def test_what_came_with_the_account_is_not_imported(nvcf: Nvcf, world: World) -> None:
    answer = {"registryCredentialId": "x", "registryCredentialName": "ngc", "provisionedBy": "SYSTEM"}
    life = RegistryCredentialLifecycle()
    refusal = REGISTRY_CREDENTIAL.refusal(life.live_of(answer))
    assert refusal == "ngc (x) came with the account; NVCF lets nobody delete it"
    assert REGISTRY_CREDENTIAL.refusal(life.live_of({**answer, "provisionedBy": "USER"})) is None


def test_an_imported_one_needs_no_password(nvcf: Nvcf, world: World) -> None:
    state = made(nvcf, name="hub")
    imported = edited(state)
    for name in ("user", "password"):
        del imported.inputs[name]
    assert world.diff(imported, credential(name="hub", user=None, password=None)).changes is False
    world.update(imported, credential(name="hub"))
    assert nvcf.writes() == [f"PATCH /registry-credentials/{state.id}"]


WRONG: dict[str, tuple[Values, str]] = {
    "no password": ({"user": None, "password": None}, "password: is required to make a registry credential"),
    "a user alone": ({"password": None}, "password: is required with user, because they are sent together"),
    "no user": ({"user": None}, "user: is required with password; only on hosts of NGC it can be left out"),
    "a colon": ({"password": "a:b"}, "password: must not contain a colon"),
    "a blank": ({"user": " "}, "user: must not be blank"),
    "a user at NGC": (
        {"registry_hostname": "nvcr.io"},
        'user: must be "$oauthtoken" on hosts of NGC, or left out; the key of NGC is the password',
    ),
    "an address": ({"registry_hostname": "https://docker.io"}, "registry_hostname: must be the name of a host"),
    "a kind twice": (
        {"artifact_types": ["CONTAINER", "CONTAINER"]},
        'artifact_types[1]: "CONTAINER" stands in artifact_types[0] already',
    ),
    "an unknown kind": ({"artifact_types": ["BLOB"]}, 'artifact_types[0]: must be "CONTAINER"'),
    "a tag with a dot": ({"tags": ["a.b"]}, "tags[0]: must be 1 to 128 letters"),
    "a mark": ({"tags": ["pulumi:0123456"]}, "tags[0]: looks like the mark of this library"),
    "an unknown registry": (
        {"registry_hostname": "registry.example.com"},
        'registry_hostname: NVCF knows no registry "registry.example.com" for CONTAINER; CONTAINER: ',
    ),
    "a registry without charts": (
        {"artifact_types": ["CONTAINER", "MODEL"]},
        'registry_hostname: NVCF knows no registry "docker.io" for MODEL; MODEL: ',
    ),
}


@pytest.mark.parametrize(("changes", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_in_the_preview(nvcf: Nvcf, changes: Values, expected: str) -> None:
    found = problems(nvcf, credential(**changes))
    assert found
    assert found[0].startswith(expected)
    assert nvcf.writes() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"registry_hostname": UNKNOWN, "user": None},
        {"artifact_types": UNKNOWN},
        {"user": UNKNOWN},
        {"password": UNKNOWN},
        {"registry_hostname": "123456789012.dkr.ecr.us-east-1.amazonaws.com"},
        {"registry_hostname": "acme.azurecr.io"},
    ],
    ids=["host", "kinds", "user", "password", "a host at Amazon", "a host at Azure"],
)
def test_what_is_not_known_is_not_judged(nvcf: Nvcf, world: World, changes: Values) -> None:
    values = {**credential(), **changes}
    checked = world.lifecycle.check(world.context(CREDENTIAL_URN), None, values)
    assert list(map(str, checked.problems)) == []


def test_a_key_that_may_not_ask_for_registries_is_told_so_once(nvcf: Nvcf, world: World) -> None:
    world.cloud.fault(method="GET", path="/recognized-registries$", status=403, count=None)
    for number in range(2):
        urn = f"{CREDENTIAL_URN}-{number}"
        checked = world.lifecycle.check(world.context(urn), None, credential())
        assert checked.problems == []
    [warning] = world.warned
    assert warning.startswith("the registries that NVCF knows could not be looked up")
    assert "needs the scope manage_registry_credentials" in warning


def test_registries_are_asked_for_once(nvcf: Nvcf, world: World) -> None:
    for number in range(3):
        world.lifecycle.check(world.context(f"{CREDENTIAL_URN}-{number}"), None, credential())
    assert sum(one.path == "/recognized-registries" for one in nvcf.sent("GET")) == 1
