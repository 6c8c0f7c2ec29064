"""A model's life on the emulator: made, waited for, read, replaced, taken over, deleted, and what fails on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_inference.core.errors import (
    InferenceError,
)
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import State, UnhealthyError
from pulumi_inference.core.lifecycle.ownership import out_of_text
from pulumi_inference.modelarts.models.values import live_of
from pulumi_inference.modelarts.services.lifecycle import ServiceLifecycle
from tests.support.models import IMAGE, OBS, engine_model, live_models, model, new_model_world
from tests.support.world import URN, Values, World, item, program

CREATES = "/models$"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty cloud and the lifecycle of a model, both on one manual clock."""
    with new_model_world(tmp_path) as world:
        yield world


def only(world: World) -> Values:
    (found,) = live_models(world)
    return found


def deploy(world: World, model_id: str, name: str = "digits", **more: str) -> str:
    """A service of the model, made by somebody else; its id."""
    body = {"service_name": name, "infer_type": "real-time", "config": [item(model_id, weight=100)], **more}
    answer: str = world.cloud.api("POST", "/services", body)["service_id"]
    return answer


def test_everything_is_sent_under_its_wire_name(world: World) -> None:
    configuration = {"port": 8080, "health": {"url": "/h", "period_seconds": "1"}, "metrics": {"f1": 0.5}}
    state = world.create(
        model(
            name="digits",
            description="Sorts.",
            initial_config=configuration,
            source_copy=False,
            install_type=["edge", "batch"],
        )
    )
    (sent,) = world.wrote()
    assert out_of_text(sent.pop("description")) == "Sorts."
    assert json.loads(sent.pop("initial_config")) == configuration
    assert sent == {
        "model_name": "digits",
        "model_version": "1.0.0",
        "model_type": "Image",
        "source_location": IMAGE,
        "source_copy": "false",
        "install_type": ["batch", "edge"],
    }
    assert state.inputs["initial_config"] == configuration
    assert isinstance(state.inputs["initial_config"]["port"], int)
    assert state.inputs["source_copy"] is False


def test_what_is_only_for_the_preview_is_never_sent(world: World) -> None:
    state = world.create(engine_model(architecture="x86_64", accelerator="none"))
    assert {"architecture", "accelerator", "wait"}.isdisjoint(world.wrote()[0])
    assert state.inputs["architecture"] == "x86_64"


def test_create_waits_until_published_and_tells_how_far_it_is(world: World) -> None:
    world.cloud.admin("PATCH", "/settings", {"build_seconds": 30})
    state = world.create(model())
    assert state.facts["model_status"] == "published"
    assert {"building", "publishing", "published"} <= set(world.progress)
    assert (state.facts["model_id"], only(world)["model_status"]) == (state.id, "published")


def test_without_waiting_the_preview_says_that_it_goes_on(world: World) -> None:
    state = world.create(model(name="digits", wait=False))
    assert state.facts["model_status"] == "publishing"
    assert world.diff(state, model(name="digits", wait=False)).changes is False
    assert world.diff(state, model(name="digits")).changes is True
    assert world.told == ["digits 1.0.0 is publishing; `pulumi up` waits for it"]
    assert world.update(state, model(name="digits")).facts["model_status"] == "published"
    assert world.writes() == []


NO_REASON = "the cloud gives no reason; the console has the model's events"


@pytest.mark.parametrize("outcome", ["failed", "building_failed"])
def test_a_model_that_fails_is_kept_and_made_anew(world: World, outcome: str) -> None:
    world.cloud.fault(publish={"outcome": outcome})
    world.next_operation()
    inputs = world.known(world.valid(model(name="digits")))
    with pytest.raises(UnhealthyError) as caught:
        world.lifecycle.create(world.context(), inputs)
    state = world.recorded(caught.value.state)
    first, *_, last = str(caught.value).splitlines()
    assert first == f"digits 1.0.0 was not published: it is {outcome}, {NO_REASON} (after 3 s)"
    assert (
        last == "  the model is kept in the state; correct the program and run `pulumi up` again: it is then made anew"
    )
    assert (state.id, state.facts["model_status"]) == (only(world)["model_id"], outcome)

    found = world.diff(state, model(name="digits"))
    assert (found.changes, found.replaces, found.delete_before_replace) == (True, ["model_id"], True)
    with pytest.raises(UnhealthyError, match=f"digits 1.0.0 is {outcome}"):
        world.read(state)
    world.delete(state)
    assert world.create(model(name="digits")).facts["model_status"] == "published"


def test_the_clouds_reason_is_told_where_it_gives_one() -> None:
    detail = {"model_name": "m", "model_version": "1.0.0", "model_status": "failed", "error_msg": "no such folder"}
    assert live_of(detail, {}).problem == "m 1.0.0 is failed: no such folder"


def test_a_wait_that_takes_too_long_keeps_the_model(world: World) -> None:
    world.cloud.fault(publish={"outcome": "hang"})
    with pytest.raises(UnhealthyError, match=r"was not published within 40 s; it is publishing") as caught:
        world.create(model(timeouts={"create": "40s"}))
    assert caught.value.state.id == only(world)["model_id"]
    assert 'with more time by timeouts={"create": "1h"}' in str(caught.value)


def test_an_interrupted_wait_keeps_the_model(world: World) -> None:
    world.next_operation()
    inputs = world.known(world.valid(model()))
    world.environment.clock.wait = lambda *_: bool(world.cancelled.set()) or True  # type: ignore[method-assign, attr-defined]
    with pytest.raises(UnhealthyError, match="no longer waited for, as asked; it is publishing") as caught:
        world.lifecycle.create(world.context(), inputs)
    assert caught.value.state.id == only(world)["model_id"]


def test_a_refused_create_makes_nothing(world: World) -> None:
    world.cloud.fault(method="POST", path=CREATES, status=400, error_code="ModelArts.3017", error_msg="bad source")
    with pytest.raises(InferenceError, match=r"was not created: .*ModelArts\.3017") as caught:
        world.create(model())
    assert not isinstance(caught.value, UnhealthyError)
    assert live_models(world) == []


def test_the_automatic_name_belongs_to_all_versions(world: World) -> None:
    state = world.create(model())
    checked = world.valid(model(version="1.0.1", source_location=f"{IMAGE}1"), state)
    assert checked["name"] == state.inputs["name"]
    fresh = world.valid(model(version="2.0.0", description="other"))
    assert fresh["name"] == state.inputs["name"]


def test_naming_what_the_cloud_has_anyway_sends_nothing(world: World) -> None:
    state = world.create(model())
    named = model(source_copy=True, install_type=["edge", "batch", "real-time"])
    stored = world.update(state, named)
    assert world.writes() == []
    assert world.diff(stored, named).changes is False


def test_an_unknown_source_is_a_replacement(world: World) -> None:
    state = world.create(model())
    world.next_operation()
    checked = world.lifecycle.check(world.context(), state.inputs, model(source_location=UNKNOWN))
    assert checked.problems == []
    assert world.lifecycle.diff(world.context(), state.id, state, checked.inputs).replaces == ["source_location"]


def test_answers_as_in_the_documented_samples_are_no_change(world: World) -> None:
    apis = [{"url": "/", "method": "post", "protocol": "http", "input_params": {"type": "object"}}]
    said = engine_model(apis=apis, install_type=["real-time"])
    state = world.create(said)
    world.cloud.admin("PATCH", "/settings", {"models_as_in_samples": True})
    assert only(world)["install_type"] == ["realtime"]
    assert world.diff(state, said).changes is False
    read = world.read(state)
    assert read is not None
    assert (read.inputs["install_type"], read.inputs["apis"]) == (["real-time"], apis)


def test_a_read_without_inputs_answers_all_there_is(world: World) -> None:
    created = world.create(engine_model(name="digits", description="Sorts.", initial_config={"port": 80}))
    read = world.read(State(created.id, {}, {}))
    assert read is not None
    assert {"source_copy", "template"}.isdisjoint(read.inputs)
    assert read.inputs["project_id"] == world.cloud.project_id
    assert {name: read.inputs[name] for name in ("name", "version", "source_location", "initial_config")} == {
        "name": "digits",
        "version": "1.0.0",
        "source_location": OBS,
        "initial_config": {"port": 80},
    }
    assert read.facts["image_address"]
    assert read.facts["labels_map"] == {"labels": []}


def test_what_means_nothing_for_such_a_model_is_not_read() -> None:
    detail = {
        "model_name": "m",
        "runtime": "r",
        "source_copy": "true",
        "execution_code": "",
        "template": {"template_id": "t"},
    }
    told = {kind: live_of({**detail, "model_type": kind}, {}).values for kind in ("Image", "TensorFlow", "Template")}
    assert {kind: set(values) - {"name", "model_type"} for kind, values in told.items()} == {
        "Image": {"source_copy"},
        "TensorFlow": {"runtime"},
        "Template": {"template"},
    }


def test_one_get_of_the_detail_per_operation(world: World) -> None:
    state = world.create(model())
    world.next_operation()
    world.lifecycle.read(world.context(), state.id, state)
    world.lifecycle.diff(world.context(), state.id, state, world.known(world.valid(model(), state)))
    assert [str(one) for one in world.cloud.sent("GET")] == [f"GET /models/{state.id}"]


def test_a_gateways_404_is_an_error_and_no_model_that_is_gone(world: World) -> None:
    state = world.create(model())
    world.next_operation()
    world.cloud.fault(method="GET", path="/models/", status=404, error_code="APIG.0101", error_msg="no such API")
    with pytest.raises(InferenceError, match=r"APIG\.0101"):
        world.lifecycle.read(world.context(), state.id, state)
    assert world.lifecycle.read(world.context(), state.id, state) is not None


def test_delete_twice_is_a_success(world: World) -> None:
    state = world.create(model())
    world.delete(state)
    assert live_models(world) == []
    world.delete(state)
    assert world.read(state) is None


def test_a_model_in_use_is_kept_and_its_services_are_named(world: World) -> None:
    state = world.create(model(name="digits"))
    first, second = deploy(world, state.id, "one"), deploy(world, state.id, "two")
    with pytest.raises(InferenceError) as caught:
        world.delete(state)
    text = str(caught.value)
    assert text.startswith("digits 1.0.0 was not deleted: the model is used by ")
    assert {f"one ({first})", f"two ({second})"} == set(text.split("used by ")[1].splitlines()[0].split(", "))
    assert "raise its version: the new one is made first" in text
    assert "\n  request id " in text
    assert only(world)["model_id"] == state.id


def test_lookups_are_made_in_the_models_own_workspace(world: World) -> None:
    world.cloud.admin("POST", "/seed", {"workspaces": [{"workspace_id": "workspace-1"}]})
    world.cloud.fault(method="POST", path=CREATES, reset=True, commit=True)
    state = world.create(model(workspace_id="workspace-1"))
    assert len(world.cloud.sent("POST")) == 1
    service = deploy(world, state.id, workspace_id="workspace-1")
    with pytest.raises(InferenceError, match=rf"the model is used by digits \({service}\)\n"):
        world.delete(state)


@pytest.mark.parametrize("change", [{"description": "new"}, {"source_location": f"{IMAGE}1"}])
def test_the_preview_says_that_a_model_in_use_cannot_go_first(world: World, change: Values) -> None:
    state = world.create(model(name="digits"))
    assert world.diff(state, model(name="digits", **change)).delete_before_replace is True
    assert world.warned == []
    service = deploy(world, state.id, "one")
    assert world.diff(state, model(name="digits", **change)).delete_before_replace is True
    assert world.warned == [
        f"digits 1.0.0 has to be deleted before it can be made anew with the same version, and the cloud keeps it as "
        f"long as services use it: one ({service}); raise version"
    ]
    for values in (model(name="digits"), model(name="digits", version="1.0.1", **change)):
        world.diff(state, values)
        assert world.warned == []


def test_users_that_cannot_be_listed_do_not_stop_the_preview(world: World) -> None:
    state = world.create(model(name="digits"))
    world.cloud.fault(method="GET", path=".*/services", status=500, count=None)
    assert world.diff(state, model(name="digits", description="new")).changes is None
    assert not [text for text in world.warned if "as long as services use it" in text]


def test_a_replacement_with_a_raised_version_leads_a_service_over(world: World) -> None:
    former = world.create(model())
    services = ServiceLifecycle()
    models, world.lifecycle = world.lifecycle, services
    service = world.create(program(item(former.id)), urn=f"{URN}-service")
    world.lifecycle = models
    inputs = world.known(world.valid(model(version="1.1.0"), former))
    newer = world.recorded(world.lifecycle.create(world.context(), inputs))
    world.lifecycle = services
    world.update(service, program(item(newer.id)))
    world.lifecycle = models
    world.delete(former)
    assert [one["model_version"] for one in live_models(world)] == ["1.1.0"]


def test_what_the_cloud_adds_to_the_configuration_is_no_change(world: World) -> None:
    values = model(initial_config={"port": 8080, "health": {"url": "/h"}})
    state = world.create(values)
    answered = {"port": 8080, "protocol": "http", "health": {"url": "/h", "protocol": "http"}}
    world.cloud.admin("PATCH", f"/models/{state.id}", {"initial_config": json.dumps(answered)})
    assert json.loads(only(world)["config"]) == answered
    assert world.diff(state, values).changes is False
    read = world.read(state)
    assert read is not None
    assert read.inputs == state.inputs
