"""The steps of a create or an update of a service: what is sent and waited for, in an order that loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pulumi_inference.core.errors import BadRequestError, ConflictError
from pulumi_inference.core.lifecycle import State
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.modelartsv2 import waits
from pulumi_inference.modelartsv2.conditions import NO_REASON, reason_in
from pulumi_inference.modelartsv2.services import values
from pulumi_inference.modelartsv2.services.values import Plan, stopped_by_schedule
from pulumi_inference.modelartsv2.specs.states import AT_REST, BROKEN, ERROR, FAILED, INIT, STOPPED

if TYPE_CHECKING:
    from pulumi_inference.modelartsv2.services.operation import ServiceOperation

NUMBERS = 5
"""How many numbers are tried at most for a version: nobody can ask which ones are taken."""


def first_deploy(run: ServiceOperation) -> State:
    """Waits for a new service, stops what is to be stopped, and tests it."""
    is_to_stop = run.has_inline and run.wanted.get("desired_status") == "stopped"
    if run.has_inline and (run.waits or is_to_stop):
        answer = run.wait(waits.deployed(reason_in), "run")
        if is_to_stop:
            answer = _set_status(run, "stopped", answer)
        run.test(answer)
    elif run.waits:
        run.wait(_made, "be there")
    return run.state()


def carry_out(run: ServiceOperation, plan: Plan, before: Answer) -> State:
    """Sends the plan, waits for what it sets going, and brings the service into the wanted status."""
    wanted, answer = _wanted_status(run, before), before
    _set_tags(run, plan)
    live = run.life.live_of(before, run.inputs, run.recorded)
    if wanted == "stopped" and values.moves_priority(run.wanted, live) and before.get("status") != STOPPED:
        answer = _set_status(run, wanted, answer)
    if plan.service:
        answer = _change(run, plan, answer)
    elif plan.description:
        body = {
            "version": before["version"]["version"],
            "description": values.description_of(plan, run.life.mark(run.context, run.wanted)),
        }
        answer = _settings(run, plan, answer, body, ("description",))
    if plan.schedule:
        body = {"version": values.next_version(answer), "schedule": values.schedule_body(run.wanted)}
        answer = _settings(run, plan, answer, body, ("schedule",))
    if _needs_status(run, answer, wanted):
        answer = _set_status(run, wanted, answer)
    if run.has_inline and answer.get("status") == ERROR and run.waits:
        answer = run.wait(waits.healed(reason_in), "be well again")
    run.test(answer)
    return run.state()


def _change(run: ServiceOperation, plan: Plan, before: Answer) -> Answer:
    """Makes a new version of the settings, and with it a new deployment where one stands in the service."""
    mark = run.life.mark(run.context, run.wanted)
    body = values.service_body(plan, before, run.wanted, mark)
    run.smoke.expect()
    names = (*plan.service, *(("description",) if plan.description else ()))
    return _settings(run, plan, before, body, names)


def _settings(
    run: ServiceOperation, plan: Plan, before: Answer, body: dict[str, object], names: tuple[str, ...]
) -> Answer:
    """Makes an update call, and waits until the service shows just that."""
    _send(run, body)

    def has_all(answer: Answer) -> bool:
        return values.has_all(answer, plan.full, names)

    if not run.waits:
        return run.there()
    if run.has_inline:
        return run.wait(waits.rolled_out(before, has_all, reason_in, is_version=False), "have the change")
    return run.wait(_shows(before, has_all), "have the change")


def _send(run: ServiceOperation, body: dict[str, object]) -> None:
    """Makes an update call; a number that is refused may be that of a version which could not be rolled out."""
    for _ in range(NUMBERS - 1):
        try:
            run.send(lambda: run.client.update_service(run.thing, body), is_waited_for=True)
        except (BadRequestError, ConflictError) as error:
            if "version" not in error.message.lower():
                raise
            body["version"] = values.number_behind(str(body["version"]))
        else:
            return
    run.send(lambda: run.client.update_service(run.thing, body), is_waited_for=True)


def _shows(before: Answer, has_all: Callable[[Answer], bool]) -> waits.Judge:
    """After a change of the settings alone: how its deployments are is for them to say.

    What the change itself sets going is given a moment to end, so that the outputs are those that stay.
    """
    was_at_rest = before.get("status") in AT_REST

    def judge(answer: Answer) -> Verdict:
        if has_all(answer):
            is_moving = was_at_rest and answer.get("status") not in AT_REST
            return Verdict.settling(waits.UNMOVED_GRACE) if is_moving else Verdict.done()
        return Verdict.settling(waits.UNMOVED_GRACE, "ModelArts took the change, and does not show it")

    return judge


def _made(answer: Answer) -> Verdict:
    """After the create call of a service without a deployment: nobody says in which state such a one is."""
    status = answer.get("status")
    if status in BROKEN:
        return Verdict.failed(reason_in(answer) or NO_REASON)
    return waits.settled(answer)


def _set_tags(run: ServiceOperation, plan: Plan) -> None:
    if plan.removed:
        run.send(lambda: run.client.remove_tags(run.thing, plan.removed))
    if plan.added:
        run.send(lambda: run.client.add_tags(run.thing, plan.added))


def _wanted_status(run: ServiceOperation, before: Answer) -> str:
    wanted = run.wanted.get("desired_status")
    if stopped_by_schedule(before):
        return "running" if values.restarts(run.wanted, before) else "stopped"
    return str(wanted or ("stopped" if before.get("status") == STOPPED else "running"))


def _needs_status(run: ServiceOperation, answer: Answer, wanted: str) -> bool:
    status = answer.get("status")
    is_said = run.wanted.get("desired_status") is not None or values.restarts(run.wanted, answer)
    if status == INIT or not (run.has_inline or is_said):
        return False
    return (status == STOPPED) != (wanted == "stopped") or (status == FAILED and wanted == "running")


def _set_status(run: ServiceOperation, wanted: str, before: Answer) -> Answer:
    """Starts or stops it with all its deployments, whose answers are old then."""
    if wanted == "stopped":
        run.send(
            lambda: run.client.stop_service(run.thing), lambda answer: answer.get("status") in ("STOPPING", STOPPED)
        )
        return run.wait(waits.stopped, "stop") if run.waits else run.there()
    run.smoke.expect()
    run.send(lambda: run.client.start_service(run.thing), lambda answer: answer.get("status") not in (STOPPED, FAILED))
    return run.wait(waits.started(before, reason_in), "run again") if run.waits else run.there()
