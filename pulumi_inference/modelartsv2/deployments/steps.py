"""The steps of a create or an update: what is sent and waited for, in an order that keeps the service answering."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pulumi_inference.core.errors import BadRequestError, InferenceError
from pulumi_inference.core.lifecycle import State
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.modelartsv2 import waits
from pulumi_inference.modelartsv2.deployments import shares, values
from pulumi_inference.modelartsv2.deployments.values import PIN, Plan, reason_of
from pulumi_inference.modelartsv2.specs.states import CONCERNING, ERROR, FAILED, RUNNING, STOPPED

if TYPE_CHECKING:
    from pulumi_inference.modelartsv2.deployments.operation import DeploymentOperation

HANDOVER_GRACE = 120.0
"""Seconds that a deployment keeps its weight until another one of the same program has one."""

HEARING_GRACE = 5.0
"""Seconds until the program has surely said what it wants of the others: it tells one after the other."""

_TASKS = "deployment_task_limit"


def first_deploy(run: DeploymentOperation) -> State:
    """Waits for a new deployment, sends what the create call does not take, stops what is to be stopped, tests it."""
    is_to_stop = run.wanted.get("desired_status") == "stopped"
    if run.waits or is_to_stop or run.wanted.get(_TASKS):
        answer = _roll(run, waits.deployed(reason_of), "run")
        if run.wanted.get(_TASKS):
            live = run.life.live_of(answer, run.inputs)
            answer = _update(run, values.make_plan(run.wanted, run.inputs, answer, live), answer)
        if is_to_stop:
            answer = _set_status(run, "stopped", answer)
        run.test(answer)
    return run.state()


def carry_out(run: DeploymentOperation, plan: Plan, before: Answer) -> State:
    """Sends the plan, waits for what it sets going, and brings the deployment into the wanted status."""
    wanted, answer = _wanted_status(run, before), before
    is_to_stop = "priority" in plan.update and wanted == "stopped" and before.get("status") != STOPPED
    if is_to_stop or (before.get("status") == FAILED and _has_changes(plan, before)):
        answer = _set_status(run, "stopped", answer)  # what has failed takes no change
    if run.recorded.get(PIN) and not run.wanted.get(PIN) and plan.rolls_out:
        answer, plan = _switch_back(run, plan, answer)
    answer = _change(run, plan, answer, wanted)
    if plan.switch or run.wanted.get(PIN) not in (None, answer.get("version")):  # an update may make a version
        answer = _switch(run, str(run.wanted[PIN]), answer)
    if plan.count is not None and answer.get("count") != plan.count:
        answer = _scale(run, plan, answer)
    if _needs_status(answer, wanted):
        answer = _set_status(run, wanted, answer)
    if answer.get("status") == ERROR and run.waits:
        answer = run.wait(waits.healed(reason_of), "be well again")
    run.test(answer)
    return run.state()


def _has_changes(plan: Plan, before: Answer) -> bool:
    """Whether there is something to send besides a start or a switch."""
    return bool(plan.update) or plan.count is not None or plan.weight != before.get("weight")


def _change(run: DeploymentOperation, plan: Plan, before: Answer, wanted: str) -> Answer:
    """Makes the update calls; a larger weight is set when the rest has passed its smoke test."""
    is_weighed = plan.weight != before.get("weight")
    if is_weighed and not plan.weight:
        before = _hand_over(run, before)
    if plan.rolls_out:
        run.smoke.expect()
    if is_weighed and plan.grows and run.wanted.get("smoke_test") and wanted == "running":
        run.smoke.expect()
        # Where nobody has a weight, nobody could answer the test: it comes last then.
        if before.get("weight") or shares.others_weigh(before):
            answer = _update(run, plan, before, weight=int(before.get("weight") or 0)) if plan.update else before
            answer = _set_status(run, wanted, answer) if _needs_status(answer, wanted) else answer
            run.smoke.expect()
            run.test(answer)
            return _update(run, plan, answer, names=())
    if plan.update or is_weighed or (plan.count is not None and before.get("status") not in (RUNNING, CONCERNING)):
        return _update(run, plan, before)
    return before


def _hand_over(run: DeploymentOperation, before: Answer) -> Answer:
    """Before the last weight goes: another deployment that the program gives one takes the requests over."""
    if shares.others_weigh(before):
        return before

    def judge(answer: Answer) -> Verdict:
        if shares.others_weigh(answer):
            return Verdict.done()
        successors = shares.successors(run.context, answer)
        if successors:
            run.context.progress(f"waits for {' or '.join(successors)} to take the requests over")
        return Verdict.settling(HANDOVER_GRACE if successors else HEARING_GRACE)

    answer = run.wait(judge, "be relieved")
    successors = shares.successors(run.context, answer)
    if successors and not shares.others_weigh(answer):
        raise InferenceError(
            f"it keeps its weight of {before.get('weight')}: {' or '.join(successors)} did not take the requests over "
            f"within {HANDOVER_GRACE:.0f} s, and no deployment of the service would get any",
            next_step="Run `pulumi up` again when another deployment has a weight.",
        )
    unheard = shares.unheard(run.context, answer)
    if unheard and not shares.others_weigh(answer):
        run.context.note(
            f"gives up the last weight of the service before the program says which {' and '.join(unheard)} gets; one "
            "that takes over must not depend on this one (depends_on): the other way round, somebody answers all the "
            "time"
        )
    return answer


def _update(
    run: DeploymentOperation,
    plan: Plan,
    before: Answer,
    *,
    names: Sequence[str] | None = None,
    weight: int | None = None,
) -> Answer:
    """Makes one update call, with these members and this weight, and waits until the deployment is just so."""
    members = list(plan.update if names is None else names)
    if plan.count is not None and names is None:
        members.append("count")
    mark = run.life.mark(run.context, run.wanted)
    heavy = plan.weight if weight is None else weight
    body = values.update_body(plan, before, run.wanted, mark, names=members, weight=heavy)
    run.send(
        lambda: run.client.update_deployment(run.service_id, run.deployment_id, body),
        is_waited_for=True,
    )
    if not (run.waits or _has_more_to_do(run, plan)):
        return run.there()
    count = plan.count if "count" in members else None

    def has_all(answer: Answer) -> bool:
        is_counted = count is None or answer.get("count") == count
        return answer.get("weight") == heavy and is_counted and values.has_content(answer, plan.full)

    is_version = plan.rolls_out and bool(members)
    return _roll(run, waits.rolled_out(before, has_all, reason_of, is_version=is_version), "run the change")


def _has_more_to_do(run: DeploymentOperation, plan: Plan) -> bool:
    return plan.switch or run.wanted.get("desired_status") == "stopped"


def _switch_back(run: DeploymentOperation, plan: Plan, before: Answer) -> tuple[Answer, Plan]:
    """Takes a version that is as the program says, where there is one still: nothing new has to be made then."""
    numbers = [str(one["version"]) for one in run.client.list_versions(run.service_id, run.deployment_id)]
    for number in sorted(numbers, key=_number, reverse=True):
        found = run.client.get_version(run.service_id, run.deployment_id, number)
        if number != before.get("version") and values.has_content({**before, **found}, plan.full):
            answer = _switch(run, number, before)
            live = run.life.live_of(answer, run.inputs, run.recorded)
            return answer, values.make_plan(run.wanted, run.recorded, answer, live)
    return before, plan


def _switch(run: DeploymentOperation, version: str, before: Answer) -> Answer:
    """Makes another version work."""
    run.smoke.expect()
    if before.get("status") in (STOPPED, FAILED):
        before = _set_status(run, "running", before)
    run.send(
        lambda: run.client.switch_version(run.service_id, run.deployment_id, version),
        lambda answer: answer.get("version") == version,
    )
    if not run.waits:
        return run.there()
    return _roll(run, waits.switched(before, version, reason_of), f"run version {version}")


def _scale(run: DeploymentOperation, plan: Plan, before: Answer) -> Answer:
    """Sets the number of replicas; an alarm may forbid the call that does only that."""
    name, count = str(before["name"]), int(plan.count or 1)
    try:
        run.send(
            lambda: run.client.scale_deployment(run.service_id, name, count),
            lambda answer: answer.get("count") == count,
        )
    except BadRequestError:
        if before.get("status") != CONCERNING:
            raise
        return _update(run, plan, before, names=("count",))
    if not run.waits:
        return run.there()
    judge = waits.scaled(count, lambda answer: values.group_of(answer).get("running_count"), reason_of)
    return run.wait(judge, f"have {count} replicas")


def _wanted_status(run: DeploymentOperation, before: Answer) -> str:
    wanted = run.wanted.get("desired_status")
    return str(wanted or ("stopped" if before.get("status") == STOPPED else "running"))


def _needs_status(answer: Answer, wanted: str) -> bool:
    status = answer.get("status")
    return (status == STOPPED) != (wanted == "stopped") or (status == FAILED and wanted == "running")


def _set_status(run: DeploymentOperation, wanted: str, before: Answer) -> Answer:
    """Starts or stops it."""
    if wanted == "stopped":
        run.send(lambda: run.client.stop_deployment(run.service_id, run.deployment_id), _is_stopping)
        return run.wait(waits.stopped, "stop") if run.waits else run.there()
    run.smoke.expect()
    run.send(lambda: run.client.start_deployment(run.service_id, run.deployment_id), _is_started)
    return _roll(run, waits.started(before, reason_of), "run again") if run.waits else run.there()


def _roll(run: DeploymentOperation, judge: waits.Judge, goal: str) -> Answer:
    """Waits for what can be interrupted."""
    run.is_rolling = True
    try:
        return run.wait(judge, goal)
    finally:
        run.is_rolling = False


def _is_stopping(answer: Answer) -> bool:
    return answer.get("status") in ("STOPPING", STOPPED)


def _is_started(answer: Answer) -> bool:
    return answer.get("status") not in (STOPPED, FAILED)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
