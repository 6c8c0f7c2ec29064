"""The service as the engine asks for it: compared, read, checked; secrets, ignored paths, outages, unknown values."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import State, UnhealthyError
from tests.support.world import URN, Values, World, item, program

SECRET = "s3cret-value"
DETAIL = "/services/[^/]+$"
WITH_SECRET = program(item("m1", envs={"A": "1"}), secret_envs={"m1": {"PASS": SECRET}})


def outage(world: World, status: int = 503) -> None:
    world.cloud.fault(method="GET", path=DETAIL, count=None, status=status)


def compare_in_outage(world: World, state: State, values: Values, status: int = 503) -> Any:
    world.next_operation()
    inputs = world.known(world.valid(values, state))
    outage(world, status)
    return world.lifecycle.diff(world.context(), state.id, state, inputs)


def test_one_get_of_the_detail_per_operation(world: World) -> None:
    state = world.create(program())
    world.next_operation()
    world.lifecycle.read(world.context(), state.id, state)
    inputs = world.known(world.valid(program(desired_status="running"), state))
    world.lifecycle.diff(world.context(), state.id, state, inputs)
    world.lifecycle.update(world.context(), state.id, state, inputs)
    assert world.writes() == []
    assert world.details_read(state) == 1


def test_after_a_write_the_detail_is_asked_for_again(world: World) -> None:
    state = world.create(program())
    stored = world.update(state, program(description="new"))
    assert stored.inputs["description"] == "new"
    assert world.details_read(state) == 2


def test_drift_is_told_on_the_row_once(world: World) -> None:
    state = world.create(program())
    world.cloud.change(config={"model-a": {"instance_count": 5}})
    world.diff(state, program())
    line = "config[0].instance_count: changed outside of the program: program 2, live 5; `pulumi up` puts it back"
    assert world.told == [line]
    world.lifecycle.diff(world.context(), state.id, state, world.known(world.valid(program(), state)))
    assert world.told == [line]


def test_after_a_refresh_the_same_drift_is_an_ordinary_change(world: World) -> None:
    state = world.create(program())
    world.cloud.change(config={"model-a": {"instance_count": 5}})
    read = world.read(state)
    assert read is not None
    assert read.inputs["config"][0]["instance_count"] == 5
    assert world.diff(read, program()).changes is None
    assert world.update(read, program()).inputs["config"][0]["instance_count"] == 2


def test_drift_is_undone_by_the_smallest_call(world: World) -> None:
    state = world.create(program(item(envs={"A": "1"})))
    world.cloud.change(config={"model-a": {"instance_count": 5}})
    world.update(state, program(item(envs={"A": "1"})))
    assert [one.path for one in world.writes()] == [f"/services/{state.id}/property"]


@pytest.mark.parametrize("status", [403, 500, 503])
def test_in_an_outage_the_record_is_compared_and_that_is_said(world: World, status: int) -> None:
    state = world.create(program())
    assert compare_in_outage(world, state, program(), status).changes is False
    assert len(world.warned) == 1
    assert world.warned[0].startswith("compared with the record only")


def test_in_an_outage_changes_and_replacements_still_show(world: World) -> None:
    state = world.create(program(name="demo"))
    assert compare_in_outage(world, state, program(name="demo", description="new")).changes is None
    found = compare_in_outage(world, state, program(name="demo", pool_name="p"))
    assert (found.changes, found.replaces, found.delete_before_replace) == (None, ["pool_name"], True)


def test_a_read_in_an_outage_raises_and_a_gateways_404_is_one(world: World) -> None:
    state = world.create(program())
    world.next_operation()
    world.cloud.fault(method="GET", path=DETAIL, status=404, error_code="APIG.0101", error_msg="no such API")
    with pytest.raises(InferenceError, match=r"APIG\.0101"):
        world.lifecycle.read(world.context(), state.id, state)
    assert world.lifecycle.read(world.context(), state.id, state) is not None


def test_a_failed_service_reads_as_unhealthy_with_its_state(world: World) -> None:
    state = world.create(program(name="demo"))
    world.cloud.change(status="failed", error_msg="ModelArts.3976: NO_CAPACITY")
    with pytest.raises(UnhealthyError, match=r"demo has failed: ModelArts.3976: NO_CAPACITY") as caught:
        world.read(state)
    assert caught.value.state.facts["status"] == "failed"
    assert caught.value.state.inputs["config"] == state.inputs["config"]


def test_a_read_without_inputs_answers_all_there_is(world: World) -> None:
    created = world.create(program(item(envs={"A": "1"}), name="demo", description="hi", priority=2))
    read = world.read(State(created.id, {}, {}))
    assert read is not None
    shown = {name: read.inputs[name] for name in ("name", "description", "priority", "project_id", "desired_status")}
    assert shown == {
        "name": "demo",
        "description": "hi",
        "priority": 2,
        "project_id": world.cloud.project_id,
        "desired_status": "running",
    }
    assert read.inputs["config"][0]["envs"] == {"A": "1"}
    assert read.facts["access_address"].endswith(created.id)


def test_a_thing_is_read_where_it_was_made(world: World) -> None:
    state = world.create(program())
    world.configuration.values["modelartsProjectId"] = "f" * 32
    assert world.read(state) is not None


def test_another_project_is_a_replacement_without_a_clash_of_names(world: World) -> None:
    state = world.create(program(name="demo"))
    world.configuration.values["modelartsProjectId"] = "f" * 32
    found = world.diff(state, program(name="demo"))
    assert (found.changes, found.replaces, found.delete_before_replace) == (None, ["project_id"], False)


@pytest.mark.parametrize(("name", "clash"), [("demo", True), (None, False)], ids=["own name", "automatic name"])
def test_a_replacement_deletes_first_only_where_names_clash(world: World, name: str | None, clash: bool) -> None:
    named = {"name": name} if name else {}
    state = world.create(program(**named))
    found = world.diff(state, program(pool_name="pool-b", **named))
    assert "pool_name" in found.replaces
    assert found.delete_before_replace is clash


def test_who_asks_never_is_a_change(world: World) -> None:
    state = world.create(program())
    world.configuration.values.update(modelartsAccessKey="emulator", modelartsSecretKey="emulator-secret")
    assert world.diff(state, program()).changes is False


def test_what_nobody_manages_survives_a_call_that_replaces_the_array(world: World) -> None:
    state = world.create(program())
    kept = {"envs": {"CONSOLE": "1"}, "additional_properties": {"max_surge": 2}}
    world.cloud.change(config={"model-a": kept})
    world.update(state, program(item(specification="modelarts.vm.gpu.p4")))
    live = world.cloud.only_service()["config"][0]
    assert {name: live[name] for name in kept} == kept
    assert live["specification"] == "modelarts.vm.gpu.p4"


IGNORED: dict[str, tuple[tuple[str, ...], Values, Values]] = {
    "a number": (("config[0].instance_count",), {"instance_count": 7}, {"instance_count": 7}),
    "of every model": (("config[*].instance_count",), {"instance_count": 7}, {"instance_count": 7}),
    "a variable": (('config[0].envs["A"]',), {"envs": {"A": "x", "B": "y"}}, {"envs": {"A": "x", "B": "2"}}),
    "an added variable": (("config[0].envs.C",), {"envs": {"C": "1"}}, {"envs": {"A": "1", "B": "2", "C": "1"}}),
    "all variables": (("config[0].envs",), {"envs": {"C": "1"}}, {"envs": {"C": "1"}}),
    "a whole model": (("config[0]",), {"envs": {"C": "1"}, "instance_count": 7}, {"envs": {"C": "1"}}),
}


@pytest.mark.parametrize(("paths", "behind", "expected"), IGNORED.values(), ids=IGNORED)
def test_ignored_paths_keep_their_live_values(
    world: World, paths: tuple[str, ...], behind: Values, expected: Values
) -> None:
    first = item("model-a", weight=60, envs={"A": "1", "B": "2"})
    state = world.create(program(first, item("model-b", weight=40)))
    world.cloud.change(config={"model-a": behind})
    world.update(state, program(first, item("model-b", weight=40, envs={"N": "1"})), ignore=paths)
    live = world.cloud.only_service()["config"]
    assert {name: live[0][name] for name in expected} == expected
    assert live[1]["envs"] == {"N": "1"}


def test_drift_of_an_ignored_path_is_none(world: World) -> None:
    state = world.create(program(item(envs={"A": "1", "B": "2"})))
    world.cloud.change(config={"model-a": {"envs": {"A": "x", "C": "y", "D": "z", "B": "2"}}})
    paths = ('config[0].envs["A"]', "config[0].envs.C", "config[0].envs.D")
    assert world.diff(state, program(item(envs={"A": "1", "B": "2"})), ignore=paths).changes is False
    assert world.told == []
    assert world.diff(state, program(item(envs={"A": "1", "B": "2"})), ignore=paths[:2]).changes is True


def seen_by_people(world: World, *more: Any) -> str:
    return repr((world.told, world.warned, world.progress, *more))


def outside_of_secrets(state: State) -> str:
    return repr({name: value for name, value in state.inputs.items() if name != "secret_envs"}) + repr(state.facts)


def test_secret_variables_are_merged_for_the_cloud_and_split_again(world: World) -> None:
    state = world.create(WITH_SECRET)
    assert world.cloud.only_service()["config"][0]["envs"] == {"A": "1", "PASS": SECRET}
    read = world.read(state)
    assert read is not None
    for one in (state, read):
        assert one.inputs["config"][0]["envs"] == {"A": "1"}
        assert one.inputs["secret_envs"] == {"m1": {"PASS": SECRET}}


def test_drift_of_a_secret_is_told_without_it(world: World) -> None:
    state = world.create(WITH_SECRET)
    world.cloud.change(config={"m1": {"envs": {"A": "1", "PASS": "stolen"}}})
    assert world.diff(state, WITH_SECRET).changes is True
    assert len(world.told) == 1
    assert SECRET not in seen_by_people(world)
    assert "stolen" not in seen_by_people(world)


def test_a_model_swapped_in_the_console_shows_no_secret(world: World) -> None:
    state = world.create(WITH_SECRET)
    world.cloud.change(config={"m1": {"model_id": "m2"}})
    assert world.diff(state, WITH_SECRET).changes is True
    read = world.read(state)
    assert read is not None
    assert SECRET not in seen_by_people(world) + outside_of_secrets(read)


def test_a_rolled_back_new_model_shows_no_secret(world: World) -> None:
    state = world.create(WITH_SECRET)
    world.cloud.deploy_fault("fail", phase="update")
    with pytest.raises(UnhealthyError) as caught:
        world.update(state, program(item("m2", envs={"A": "1"}), secret_envs={"m2": {"PASS": SECRET}}))
    assert SECRET not in str(caught.value) + seen_by_people(world) + outside_of_secrets(caught.value.state)


def test_a_removed_secret_whose_removal_fails_shows_nowhere(world: World) -> None:
    state = world.create(WITH_SECRET)
    world.cloud.deploy_fault("fail", phase="update")
    with pytest.raises(UnhealthyError) as caught:
        world.update(state, program(item("m1", envs={"A": "1"})))
    assert SECRET not in str(caught.value) + seen_by_people(world) + outside_of_secrets(caught.value.state)


UNKNOWNS: dict[str, Values] = {
    "config": {"config": UNKNOWN},
    "a model": {"config": [UNKNOWN]},
    "a model's id": {"config": [item(UNKNOWN, weight=40), item("b", weight=60)]},  # type: ignore[arg-type]
    "variables": program(item("a", weight=40, envs=UNKNOWN), item("b", weight=60)),
    "a variable": program(item("a", weight=40, envs={"X": UNKNOWN}), item("b", weight=60)),
    "secrets": {"secret_envs": UNKNOWN},
    "secrets of a model": {"secret_envs": {"a": UNKNOWN}},
    "a list's item": {"schedule": [UNKNOWN]},
    "nearly all": {"additional_properties": UNKNOWN, "description": UNKNOWN, "desired_status": UNKNOWN},
}


@pytest.mark.parametrize("changes", UNKNOWNS.values(), ids=UNKNOWNS)
def test_unknown_values_are_changes_and_never_drift(world: World, changes: Values) -> None:
    before = program(item("a", weight=40, envs={"X": "1"}), item("b", weight=60))
    state = world.create(before)
    world.next_operation()
    checked = world.lifecycle.check(world.context(), state.inputs, {**before, **changes})
    assert checked.problems == []
    assert world.lifecycle.diff(world.context(), state.id, state, checked.inputs).changes is None
    assert world.told == []


@pytest.mark.parametrize(
    "changes",
    [{"desired_status": "stopped"}, {"priority": 2}, {"config": [item(envs={"A": "2"})]}],
    ids=lambda c: next(iter(c)),
)
def test_what_the_program_begins_to_manage_was_not_changed_outside_of_it(world: World, changes: Values) -> None:
    state = world.create(program())
    world.cloud.change(priority=3, config={"model-a": {"envs": {"A": "1"}}})
    assert world.diff(state, {**program(), **changes}).changes is None
    left = [] if "config" in changes else ["not managed, because the program says nothing of it: config[0].envs"]
    assert world.told == left


def test_variables_that_somebody_has_added_are_named_without_their_values(world: World) -> None:
    values = program(item(envs={"BATCH": "8"}))
    state = world.create(values)
    added = {**item("model-b"), "envs": {"KEY": "swordfish"}}
    mine = {**item(), "envs": {"BATCH": "16", "TOKEN": "swordfish"}}
    world.cloud.change(config=[{**mine, "weight": 50}, {**added, "weight": 50}])
    world.diff(state, values)
    told = "\n".join(world.told)
    assert "config[0].envs.BATCH: changed outside of the program: program '8', live '16'" in told
    assert "config[0].envs.TOKEN: changed outside of the program: program not set, live [secret]" in told
    assert "'envs': {'KEY': '[secret]'}" in told
    assert "swordfish" not in told


def test_what_stands_in_the_place_of_a_secret_is_one(world: World) -> None:
    """A secret of the program in plain variables: the provider has learnt its text, and the new one is like it."""
    values = program(item(envs={"KEY": "swordfish", "MODE": "fast"}))
    state = world.create(values)
    world.cloud.change(config={"model-a": {"envs": {"KEY": "sunfish", "MODE": "slow"}}})
    world.next_operation()
    world.environment.redactor.add("swordfish")
    world.lifecycle.diff(world.context(), state.id, state, world.known(world.valid(values, state)))
    told = "\n".join(world.told)
    assert "config[0].envs.KEY: changed outside of the program: program [secret], live [secret]" in told
    assert "program 'fast', live 'slow'" in told


def test_what_the_engine_hands_back_when_all_changes_are_ignored_is_the_record(world: World) -> None:
    state = world.create(program())
    world.next_operation()
    checked = world.check(dict(state.inputs), state)
    assert checked.problems == []
    assert checked.inputs == state.inputs
    assert world.diff(state, dict(state.inputs), ("*",)).changes is False


def test_an_unknown_immutable_value_is_a_replacement_with_an_unknown_name(world: World) -> None:
    state = world.create(program())
    world.next_operation()
    checked = world.lifecycle.check(world.context(), state.inputs, {**program(), "pool_name": UNKNOWN})
    assert checked.inputs["name"] is UNKNOWN
    found = world.lifecycle.diff(world.context(), state.id, state, checked.inputs)
    assert found.replaces == ["name", "pool_name"]


def test_a_service_that_somebody_is_deleting_is_not_unchanged(world: World) -> None:
    state = world.create(program())
    world.cloud.api("DELETE", f"/services/{state.id}")
    assert world.diff(state, program()).changes is True
    assert world.told != []


def test_zero_accelerators_are_none(world: World) -> None:
    def values(**changes: Any) -> Values:
        spec = {"cpu": 1.005, "memory": 100, "gpu_p4": 0, "ascend_a310": 0}
        return program(item(specification="custom", custom_spec=spec, **changes), pool_name="pool-a")

    state = world.create(values())
    assert world.diff(state, values()).changes is False
    assert world.update(state, values(envs={"A": "1"})).inputs["config"][0]["envs"] == {"A": "1"}


def test_a_cloud_that_cannot_be_asked_is_one_warning_for_all_new_services(world: World) -> None:
    world.cloud.fault(method="GET", path="/services$", status=503, count=None)
    for urn in (URN, f"{URN}-2", f"{URN}-3"):
        assert world.check(program(), urn=urn).problems == []
    assert len(world.warned) == 1
    assert "ModelArts could not be asked" in world.warned[0]
