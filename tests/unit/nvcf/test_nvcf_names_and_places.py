"""What a function version was called before, and where it was: whose function a further version is made of."""

from __future__ import annotations

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle import ownership
from pulumi_inference.nvcf.client import ids_of
from tests.support.nvcf import FUNCTION_URN, Nvcf, deployment, function

RENAMED = FUNCTION_URN.replace("::echo", "::renamed")
LOGS_ID = "6f1f6a52-7d39-4b54-8f6c-0c4d7e2f9a10"
LOGS = {
    "endpoint": "https://logs.example.com",
    "protocol": "HTTP",
    "provider": "GRAFANA_CLOUD",
    "types": ["LOGS"],
    "secret": {"name": "logs", "value": "x"},
}
MARK, NEW_MARK = ownership.mark(FUNCTION_URN), ownership.mark(RENAMED)


@pytest.mark.parametrize("image", ["nvcr.io/acme/echo:1", "nvcr.io/acme/other:1"])
def test_a_name_that_was_given_up_and_taken_again_makes_a_function_of_its_own(nvcf: Nvcf, image: str) -> None:
    """The renamed version still bears the mark of its former name."""
    renamed = nvcf.function()
    world = nvcf.world
    world.urn = RENAMED
    assert world.diff(renamed, function()).changes is False
    inputs = world.known(world.valid(function(container_image=image), urn=FUNCTION_URN))
    other = world.lifecycle.create(world.context(FUNCTION_URN), inputs)
    assert ids_of(other.id)[0] != ids_of(renamed.id)[0]


def test_the_mark_comes_along_with_what_is_sent_to_a_renamed_version(nvcf: Nvcf) -> None:
    state = nvcf.function(function(tags=["a"]))
    nvcf.change_version(state, tags=["a", "theirs", MARK])
    nvcf.world.urn = RENAMED
    rate = {"rate_limit": "5-S"}
    nvcf.world.update(state, function(rate_limit=rate, tags=["a", "theirs"]))
    assert nvcf.writes() == ["PUT /functions/f/versions/v1"]
    assert sorted(nvcf.version(state)["tags"]) == ["a", NEW_MARK, "theirs"]


def test_tags_that_are_not_in_the_program_stay_when_the_mark_comes_along(nvcf: Nvcf) -> None:
    state = nvcf.function()
    nvcf.change_version(state, tags=["theirs"])
    nvcf.world.update(state, function(rate_limit={"rate_limit": "5-S"}))
    assert sorted(nvcf.version(state)["tags"]) == [MARK, "theirs"]


def test_a_version_with_all_the_tags_that_there_can_be_is_left_without_mark(nvcf: Nvcf) -> None:
    state = nvcf.function()
    theirs = [f"t{number}" for number in range(64)]
    nvcf.change_version(state, tags=theirs)
    nvcf.world.update(state, function(rate_limit={"rate_limit": "5-S"}))
    assert sorted(nvcf.version(state)["tags"]) == sorted(theirs)


def test_a_function_that_moves_to_an_account_that_may_call_it_is_made_anew_there(nvcf: Nvcf) -> None:
    nvcf.seed(accounts=[{"org": "second"}], keys=[{"key": "nvapi-second", "org": "second"}])
    state = nvcf.function()
    function_id, _ = ids_of(state.id)
    shared = {"authorizedParties": [{"ncaId": "nca-second"}]}
    nvcf.api("POST", f"/authorizations/functions/{function_id}", shared)
    nvcf.world.configuration.values |= {"nvcfOrg": "second", "nvcfApiKey": "nvapi-second"}
    moved = nvcf.replaced(state, function(container_image="nvcr.io/acme/echo:2"))
    assert ids_of(moved.id)[0] != function_id
    assert moved.facts["nca_id"] == "nca-second"


def test_another_organisation_is_another_function_and_said_to_be(nvcf: Nvcf) -> None:
    nvcf.seed(accounts=[{"org": "second"}])
    state = nvcf.function()
    nvcf.world.configuration.values["nvcfOrg"] = "second"
    found = nvcf.world.diff(state, function())
    assert found.replaces == ["org"]
    assert "function_id" not in found.stable
    assert [nvcf.short(text) for text in nvcf.world.told] == [
        "makes another function than f, with another id for its callers: org is another"
    ]


def test_a_version_that_goes_first_takes_its_function_with_it_and_the_preview_says_so(nvcf: Nvcf) -> None:
    state = nvcf.function()
    world = nvcf.world
    world.next_operation()
    world.context().course.deletes_first = True
    inputs = world.known(world.valid(function(container_image="nvcr.io/acme/echo:2"), state))
    found = world.lifecycle.diff(world.context(), state.id, state, inputs)
    assert found.replaces == ["container_image"]
    assert found.stable == {}
    assert [nvcf.short(text) for text in world.told] == [
        "makes another function than f, with another id for its callers: delete_before_replace takes the old version "
        "away first, and a function goes with its last one"
    ]


def test_a_deployment_that_the_engine_was_told_to_replace_says_how(nvcf: Nvcf) -> None:
    """As with `pulumi up --replace`: after a refresh, and checked as if there were nothing before it."""
    program = deployment(nvcf.function())
    nvcf.be_deployment()
    state = nvcf.world.create(program)
    nvcf.world.read(state)
    inputs = nvcf.world.known(nvcf.world.valid(program))
    with pytest.raises(InferenceError, match="still has the version") as caught:
        nvcf.world.lifecycle.create(nvcf.world.context(), inputs)
    assert "Set delete_before_replace=True in the resource's options" in str(caught.value)


def test_ids_in_capitals_are_the_same_ids(nvcf: Nvcf) -> None:
    """An answer with the id in lower case would pass for another function's: a twin was made with each try."""
    nvcf.seed(telemetries=[{**LOGS, "telemetryId": LOGS_ID}])
    first = nvcf.function()
    function_id, version_id = ids_of(first.id)
    nvcf.world.urn = RENAMED
    program = function(function_id=function_id.upper(), telemetries={"logs_telemetry_id": LOGS_ID.upper()})
    second = nvcf.world.create(program)
    assert nvcf.world.diff(second, program).changes is False
    assert len(nvcf.versions()) == 2
    nvcf.be_deployment()
    place = {**deployment(first), "function_id": function_id.upper(), "version_id": version_id.upper()}
    deployed = nvcf.world.create(place)
    assert deployed.id == first.id
    assert nvcf.world.diff(deployed, place).changes is False
