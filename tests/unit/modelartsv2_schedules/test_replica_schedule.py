"""A replica schedule through the verbs of its lifecycle: its life, foreign changes, and what it is refused."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle import State
from pulumi_inference.modelartsv2.deployments.lifecycle import DeploymentLifecycle
from pulumi_inference.modelartsv2.schedules.values import active_rules
from tests.support.failures import failed
from tests.support.modelartsv2 import BLUE_URN, deployment, inline
from tests.support.modelartsv2_schedules import EVENING, MORNING, OTHER_URN, URN, Schedules, outside, scheduling, wire

NIGHT = {"name": "night", "schedule": "0 23 * * *", "target_replicas": 2}
METRIC = {"name": "load", "type": "METRIC_HPA", "schedule": "0 0 * * *", "target_replicas": 9}


def plain(*rules: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Rules as the cloud shows them."""
    names = ("name", "schedule", "target_replicas", "disable")
    return [tuple({**one, "disable": str(one["disable"]).lower()}[name] for name in names) for one in wire(*rules)]


def test_a_life(schedules: Schedules) -> None:
    world = schedules.world
    state = schedules.made()
    [body] = world.wrote()
    assert body == {
        "type": "CRON_HPA",
        "target_resource_id": schedules.deployment_id,
        "target_resource_type": "GROUP",
        "hpa_rules": wire(MORNING, EVENING),
    }
    assert state.id == f"{schedules.service_id},{schedules.deployment_id}"
    assert state.facts["status"] == "ACTIVE"

    assert world.diff(state, schedules.program()).changes is False
    assert world.told == []
    later = {**MORNING, "target_replicas": 6}
    changed = schedules.program(NIGHT, later)
    assert world.diff(state, changed).changes is None
    state = world.update(state, changed)
    assert schedules.orders() == [[("UPDATE", "morning"), ("DELETE", "evening"), ("ADD", "night")]]
    assert schedules.rules() == plain(later, NIGHT)
    assert world.diff(state, changed).changes is False
    assert world.read(state) == state

    world.delete(state)
    assert schedules.orders() == [[("DELETE", "morning"), ("DELETE", "night")]]
    assert schedules.sent() == ["PUT", "DELETE"], "the last one is refused, which is fine"
    assert schedules.rules() == []
    assert world.read(state) is None
    world.delete(state)
    assert schedules.sent() == []
    assert world.warned == [f"{name_of(schedules)} was gone already; nothing was deleted"]


def name_of(schedules: Schedules) -> str:
    """What the schedule is called."""
    return f"the replica schedule of the deployment {schedules.deployment_id}"


def test_one_edit_sends_just_that_rule(schedules: Schedules) -> None:
    state = schedules.made(MORNING, EVENING, NIGHT)
    for edit in ({"schedule": "30 8 * * 1-5"}, {"target_replicas": 9}, {"disabled": True}):
        state = schedules.world.update(state, schedules.program({**MORNING, **edit}, EVENING, NIGHT))
        assert schedules.orders() == [[("UPDATE", "morning")]]
        [body] = schedules.world.wrote()
        assert {name: body["hpa_rules"][0][name] for name in ("name", "schedule", "target_replicas", "disable")} == {
            name: one for name, one in wire({**MORNING, **edit})[0].items() if name != "type"
        }


def test_blanks_and_order_are_no_difference(schedules: Schedules) -> None:
    state = schedules.made({**MORNING, "schedule": "  0  8 *\t* 1-5 "}, EVENING)
    assert schedules.rules()[0][1] == "0 8 * * 1-5"
    assert schedules.world.diff(state, schedules.program(EVENING, MORNING)).changes is False


def test_the_policy_goes_where_the_account_may_remove_it(schedules: Schedules) -> None:
    schedules.room.set(hpa_delete=True)
    state = schedules.made()
    schedules.world.delete(state)
    with pytest.raises(Exception, match="404"):
        schedules.policy()
    assert schedules.made().id == state.id
    assert schedules.sent() == ["POST"]


def test_an_empty_policy_gets_its_rules_by_a_change(schedules: Schedules) -> None:
    schedules.world.delete(schedules.made())
    state = schedules.made()
    assert schedules.orders() == [[("ADD", "morning"), ("ADD", "evening")]]
    assert schedules.sent() == ["PUT"]
    assert schedules.world.diff(state, schedules.program()).changes is False


@pytest.mark.parametrize("wanted", ["deployment", "any"])
def test_the_policy_is_named_as_the_cloud_wants_it(schedules: Schedules, wanted: str) -> None:
    schedules.room.set(hpa_update_id=wanted)
    state = schedules.world.update(schedules.made(), schedules.program(MORNING))
    assert [one.status for one in schedules.world.writes()] == ([400, 200] if wanted == "deployment" else [200])
    schedules.world.delete(state)
    assert schedules.rules() == []


def test_a_refused_change_is_told_once(schedules: Schedules) -> None:
    state = schedules.made()
    schedules.world.cloud.fault(method="PUT", path="/hpa$", count=2, status=400, error_msg="not like that")
    with pytest.raises(InferenceError, match=f"{name_of(schedules)} was not changed") as caught:
        schedules.world.update(state, schedules.program(MORNING))
    assert "not like that" in str(caught.value)
    assert schedules.rules() == plain(MORNING, EVENING)


@pytest.mark.parametrize("missing_as_400", [True, False])
def test_a_deployment_without_one_is_told_in_both_ways(schedules: Schedules, missing_as_400: bool) -> None:
    schedules.room.set(not_found_as_400=missing_as_400)
    state = schedules.made()
    outside(schedules.world, "DELETE", f"/services/{schedules.service_id}/deployments/{schedules.deployment_id}")
    schedules.world.clock.advance(60)
    assert schedules.world.read(state) is None
    assert schedules.world.told == [f"{name_of(schedules)} is gone from the cloud"]
    schedules.world.delete(state)
    checked = schedules.world.check(schedules.program())
    assert [one.path for one in checked.problems] == ["deployment_id"]
    assert checked.problems[0].message.startswith(f"there is no deployment {schedules.deployment_id} of the service")


def test_an_equal_one_is_taken_over_with_a_note(schedules: Schedules) -> None:
    schedules.made()
    schedules.world.next_operation()
    state = schedules.made()
    assert schedules.sent() == []
    assert schedules.world.told[-1] == (
        f"keeps the replica schedule that the deployment {schedules.deployment_id} has already, morning (0 8 * * 1-5: "
        "4), evening (0 20 * * 1-5: 1); if it was set elsewhere, it must not be managed there too"
    )
    schedules.world.delete(state)
    assert schedules.rules() == []


def test_another_one_is_refused_in_the_preview_and_in_up(schedules: Schedules) -> None:
    schedules.made(MORNING)
    schedules.world.next_operation()
    told = "has another replica schedule already, morning (0 8 * * 1-5: 4); remove that one first"
    [problem] = schedules.world.check(schedules.program()).problems
    assert (problem.path, problem.message.partition(", or begin")[0]) == ("deployment_id", told)
    schedules.world.next_operation()
    inputs = {**schedules.made(MORNING).inputs, "rules": [NIGHT]}
    schedules.world.next_operation()
    with pytest.raises(InferenceError, match="was not set") as caught:
        schedules.world.lifecycle.create(schedules.world.context(), inputs)
    assert told in str(caught.value)
    assert schedules.world.writes() == []


def test_a_foreign_change_is_drift_of_just_that_field(schedules: Schedules) -> None:
    state = schedules.made()
    schedules.change({**MORNING, "target_replicas": 7, "operate": "UPDATE"})
    assert schedules.world.diff(state, schedules.program()).changes is True
    assert schedules.world.told == [
        "rules[0].target_replicas: changed outside of the program: program 4, live 7; `pulumi up` puts it back"
    ]
    schedules.world.update(state, schedules.program())
    assert schedules.orders() == [[("UPDATE", "morning")]]


def test_a_rule_that_somebody_added_or_removed_is_put_right(schedules: Schedules) -> None:
    state = schedules.made()
    schedules.change({**NIGHT, "operate": "ADD"}, {**EVENING, "operate": "DELETE"})
    assert schedules.world.diff(state, schedules.program()).changes is True
    schedules.world.update(state, schedules.program())
    assert schedules.orders() == [[("DELETE", "night"), ("ADD", "evening")]]
    assert sorted(schedules.rules()) == sorted(plain(MORNING, EVENING))


def test_what_is_ignored_stays(schedules: Schedules) -> None:
    state = schedules.made()
    schedules.change({**MORNING, "target_replicas": 7, "operate": "UPDATE"})
    ignore = ("rules[0].target_replicas",)
    assert schedules.world.diff(state, schedules.program(), ignore=ignore).changes is False
    schedules.world.update(state, schedules.program(MORNING, {**EVENING, "target_replicas": 2}), ignore=ignore)
    assert schedules.orders() == [[("UPDATE", "evening")]]
    assert schedules.rules()[0] == plain({**MORNING, "target_replicas": 7})[0]


def test_without_a_rule_it_is_gone_and_made_anew(schedules: Schedules) -> None:
    state = schedules.made()
    schedules.change(*({**one, "operate": "DELETE"} for one in (MORNING, EVENING)))
    found = schedules.world.diff(state, schedules.program())
    assert (found.changes, found.replaces, found.delete_before_replace) == (True, ["deployment_id"], False)
    # The engine makes the new one first, and then deletes the old one, which is the same.
    inputs = schedules.world.known(schedules.world.valid(schedules.program(), state))
    again = schedules.world.lifecycle.create(schedules.world.context(), inputs)
    schedules.world.lifecycle.delete(schedules.world.context(), state.id, state)
    assert again.id == state.id
    assert schedules.rules() == plain(MORNING, EVENING)


def test_a_replacement_of_itself_is_no_news_and_may_change(schedules: Schedules) -> None:
    state = schedules.made()
    for program in (schedules.program(), schedules.program(NIGHT)):
        schedules.world.next_operation()
        # `pulumi up --replace` after a refresh: it is read, checked without what it was, and made once more.
        schedules.world.lifecycle.read(schedules.world.context(), state.id, state)
        values = schedules.world.known(schedules.world.valid(program, urn=URN))
        assert schedules.world.lifecycle.create(schedules.world.context(), values).id == state.id
        assert not [one for one in schedules.world.told if "keeps" in one]
    assert schedules.rules() == plain(NIGHT)


def test_another_deployment_replaces_it_new_one_first(schedules: Schedules) -> None:
    state = schedules.made()
    schedules.world.next_operation()
    other = {**state.inputs, "deployment_id": "d-other"}
    found = schedules.world.lifecycle.diff(schedules.world.context(), state.id, state, other)
    assert (found.changes, found.replaces, found.delete_before_replace) == (None, ["deployment_id"], False)


def test_two_for_one_deployment_are_refused(schedules: Schedules) -> None:
    assert schedules.world.check(schedules.program()).problems == []
    [problem] = schedules.world.check(schedules.program(NIGHT), urn=OTHER_URN).problems
    assert str(problem) == (
        'deployment_id: the ReplicaSchedule "hours" is for the same deployment; put all rules into one of the two'
    )


def test_the_public_pool_has_none(schedules: Schedules) -> None:
    service = schedules.room.service(inline(name="public"))
    [group] = outside(schedules.world, "GET", f"/services/{service.id}")["version"]["instance_groups"]
    scheduling(schedules.world)
    [problem] = schedules.world.check(
        {**schedules.program(), "service_id": service.id, "deployment_id": group["id"]}
    ).problems
    assert str(problem) == (
        "deployment_id: is in the public pool, where a deployment cannot be scaled by itself; use a dedicated pool"
    )


def test_a_cloud_that_cannot_be_looked_at_is_a_warning(schedules: Schedules) -> None:
    schedules.world.cloud.fault(method="GET", path="/deployments/", count=None, status=503)
    assert schedules.world.check(schedules.program()).problems == []
    [warning] = schedules.world.warned
    assert warning.startswith(f"the deployment {schedules.deployment_id} could not be looked at: ")


# What goes by a metric.


def with_a_metric(schedules: Schedules) -> None:
    """Somebody has given the deployment a rule by a metric."""
    schedules.change({**METRIC, "operate": "ADD"})


def test_rules_by_a_metric_are_refused_and_left_alone(schedules: Schedules) -> None:
    state = schedules.made()
    with_a_metric(schedules)
    told = "the deployment has rules that go by a metric (load), which the API does not describe"
    schedules.world.next_operation()
    [problem] = schedules.world.check(schedules.program(NIGHT), state).problems
    assert (problem.path, problem.message.startswith(told)) == ("rules", True)
    schedules.world.next_operation()
    with pytest.raises(InferenceError, match="was not changed") as caught:
        schedules.world.lifecycle.update(schedules.world.context(), state.id, state, {**state.inputs, "rules": [NIGHT]})
    assert told in str(caught.value)
    found = schedules.world.read(state)
    assert found is not None
    assert found.inputs == state.inputs, "they are nobody's drift"
    schedules.world.delete(state)
    assert [one[0] for one in schedules.rules()] == ["load"]
    assert schedules.sent() == ["PUT"], "the policy stays"


def test_a_policy_by_a_metric_alone_is_refused(schedules: Schedules) -> None:
    schedules.api(
        "POST",
        {
            "type": "METRIC_HPA",
            "target_resource_id": schedules.deployment_id,
            "target_resource_type": "GROUP",
            "hpa_rules": [METRIC],
        },
    )
    [problem] = schedules.world.check(schedules.program()).problems
    assert problem.path == "rules"
    state = State("", schedules.program(), {})
    schedules.world.next_operation()
    inputs = {**state.inputs, **schedules.world.lifecycle.locate(schedules.world.context(), {})}
    with pytest.raises(InferenceError, match="go by a metric"):
        schedules.world.lifecycle.create(schedules.world.context(), inputs)
    assert schedules.world.writes() == []


# What a rule does, and how it fails.


def test_a_rule_that_has_run_is_no_drift_and_without_the_schedule_count_is_the_programs(schedules: Schedules) -> None:
    world, deployed = schedules.world, schedules.deployed
    program = deployment(schedules.service_id)
    state = schedules.made({**MORNING, "schedule": "*/5 * * * *"})
    world.clock.advance(600)
    assert schedules.api("GET", path="")["count"] == 4
    assert active_rules(schedules.policy())
    world.lifecycle, world.urn = DeploymentLifecycle(), BLUE_URN
    assert world.diff(deployed, program).changes is False
    assert world.told == [f"{deployed.inputs['name']} has 4 replicas, as its replica schedule says"]

    scheduling(world)
    world.delete(state)
    world.lifecycle, world.urn = DeploymentLifecycle(), BLUE_URN
    assert world.diff(deployed, program).changes is True
    assert world.told == ["count: changed outside of the program: program 1, live 4; `pulumi up` puts it back"]


def stopped(schedules: Schedules) -> None:
    """The deployment is stopped, and a rule has tried to run."""
    schedules.api("POST", path="/stop")
    schedules.world.clock.advance(600)
    assert {one["status"] for one in schedules.policy()["hpa_rules"]} == {"FAILED"}


def test_a_rule_that_has_failed_is_a_problem_and_sent_again(schedules: Schedules) -> None:
    program = schedules.program({**MORNING, "schedule": "*/5 * * * *"})
    state = schedules.world.create(program)
    stopped(schedules)
    told = "morning is FAILED, as ModelArts says: the number of replicas is not set by it"
    found = schedules.world.diff(state, program)
    assert (found.changes, found.replaces) == (True, [])
    assert schedules.world.told == [told]
    schedules.world.update(state, program)
    assert schedules.orders() == [[("UPDATE", "morning")]]
    assert [one["status"] for one in schedules.policy()["hpa_rules"]] == ["CONFIG_SUCCESS"]


def test_one_that_stays_failed_is_an_error_with_the_clouds_words(schedules: Schedules) -> None:
    program = schedules.program({**MORNING, "schedule": "*/5 * * * *"})
    state = schedules.world.create(program)
    stopped(schedules)
    schedules.world.cloud.fault(method="PUT", path="/hpa$", count=None, status=200, body="{}")
    _, text = failed(schedules.world, program, state)
    assert text.startswith(f"{name_of(schedules)} was not set as asked: morning is FAILED")
    assert "last event: " in text
    assert "morning: the deployment is STOPPED" in text
    assert text.endswith("the replica schedule is kept in the state; run `pulumi up` again")
    assert len(schedules.world.writes()) == 3


def test_a_policy_that_is_idle_is_said_to_be(schedules: Schedules) -> None:
    off = {**MORNING, "disabled": True}
    state = schedules.made(off)
    assert state.facts["status"] == "INACTIVE"
    assert schedules.world.diff(state, schedules.program(off)).changes is False
    assert schedules.world.told == []
    assert active_rules(schedules.policy()) == []
    answer = schedules.policy()
    answer["hpa_rules"][0]["disable"] = "false"
    live = schedules.world.lifecycle.live_of({**answer, "service_id": schedules.service_id})  # type: ignore[attr-defined]
    assert live.remark == "the scaling policy is INACTIVE, as ModelArts says: none of its rules runs"


def test_the_rules_in_force(schedules: Schedules) -> None:
    schedules.made(MORNING, {**EVENING, "disabled": True})
    [rule] = active_rules(schedules.policy())
    assert {name: rule[name] for name in MORNING} == MORNING
    assert active_rules(None) == []
    for status in ("DELETED", "INACTIVE"):
        assert active_rules({**schedules.policy(), "status": status}) == []


# Answers that do not come.


@pytest.mark.parametrize(
    "fault",
    [
        {"reset": True},
        {"reset": True, "commit": True},
        {"status": 500, "commit": True},
        {"status": 200, "body": "<html>", "commit": True},
    ],
)
@pytest.mark.parametrize("verb", ["create", "again", "update", "delete"])
def test_a_lost_answer_makes_no_rule_twice(schedules: Schedules, verb: str, fault: dict[str, Any]) -> None:
    world = schedules.world
    state = schedules.made() if verb != "create" else None
    if verb == "again":
        world.delete(state)  # type: ignore[arg-type]
    world.cloud.fault(method="POST" if verb == "create" else "PUT", path="/hpa$", **fault)
    wanted = {"update": (NIGHT, MORNING), "delete": ()}.get(verb, (MORNING, EVENING))
    if verb in ("create", "again"):
        made = schedules.made()
        assert world.diff(made, schedules.program()).changes is False
    elif verb == "update":
        made = world.update(state, schedules.program(*wanted))  # type: ignore[arg-type]
        assert world.diff(made, schedules.program(*wanted)).changes is False
    else:
        world.delete(state)  # type: ignore[arg-type]
    assert sorted(schedules.rules()) == sorted(plain(*wanted))


def test_a_cloud_that_shows_it_late_is_waited_for(schedules: Schedules) -> None:
    state = schedules.made()
    schedules.world.diff(state, schedules.program(MORNING))
    schedules.world.cloud.fault(method="GET", path="/hpa$", skip=1, count=3, stale="former")
    schedules.world.update(state, schedules.program(MORNING))
    assert len(schedules.world.writes()) == 1
    assert schedules.rules() == plain(MORNING)


def test_a_cloud_that_ignores_it_is_told(schedules: Schedules) -> None:
    state = schedules.made()
    schedules.world.cloud.fault(method="PUT", path="/hpa$", count=None, status=200, body="{}")
    _, text = failed(schedules.world, schedules.program(MORNING), state)
    assert "ModelArts still shows morning (0 8 * * 1-5: 4), evening (0 20 * * 1-5: 1)" in text
    with pytest.raises(InferenceError, match="was not removed"):
        schedules.world.delete(state)


# What is looked at.


def test_the_status_shows_rules_and_the_next_run(schedules: Schedules) -> None:
    from pulumi_inference.core.lifecycle.status import Wanted

    state = schedules.made(MORNING, {**EVENING, "disabled": True})
    world = schedules.world
    world.next_operation()
    seen = world.lifecycle.observe(world.context(), state.id, state.inputs, Wanted())
    assert (seen.state, seen.error) == ("ACTIVE", None)
    assert seen.columns["rules"] == "morning (0 8 * * 1-5: 4), evening (0 20 * * 1-5: 1, disabled)"
    assert seen.columns["next run"].time == 1_700_035_200_000  # type: ignore[attr-defined]
    world.delete(state)
    assert world.lifecycle.observe(world.context(), state.id, state.inputs, Wanted()).state == "gone"


def test_one_that_exists_is_read_by_its_id(schedules: Schedules) -> None:
    state = schedules.made()
    found = schedules.world.read(State(state.id, {}, {}))
    assert found is not None
    assert (found.inputs, found.facts["status"]) == (state.inputs, "ACTIVE")
