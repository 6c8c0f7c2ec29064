"""The steps of a create or an update: what is sent and waited for, in an order that loses nothing."""

from __future__ import annotations

from typing import Any

from pulumi_inference.core.compare import differences
from pulumi_inference.core.errors import BadRequestError
from pulumi_inference.core.lifecycle import State
from pulumi_inference.modelarts.api.errors import STATE_FORBIDS_UPDATE
from pulumi_inference.modelarts.places import connection_for
from pulumi_inference.modelarts.services import waits
from pulumi_inference.modelarts.services.plan import Plan, config_equals
from pulumi_inference.modelarts.services.run import Run, SmokeTestFailedError
from pulumi_inference.modelarts.services.values import (
    FINISHED,
    SERVING,
    STOPPED,
    Detail,
    node_status,
    stopped_by_schedule,
)
from pulumi_inference.modelarts.specs import ServiceSpec

UNANSWERED = ("tags", "rerun_triggers")
"""Fields that say what to do and that the cloud never answers."""


def first_deploy(run: Run) -> State:
    """Tags a new service, waits for it, stops what is to be stopped, and tests it."""
    _begin(run)
    _set_tags(run)
    run.pending.discard("rerun_triggers")
    nodes = "stopped" in (run.inputs.get("desired_node_status") or {}).values()
    is_to_stop = run.inputs.get("desired_status") == "stopped"
    if run.waits or is_to_stop or nodes:
        detail = run.wait(waits.deployed, "run")
        if is_to_stop and detail.get("status") != FINISHED:
            detail = _set_status(run, "stopped", detail)
        _set_nodes(run, detail)
        _smoke_test(run, detail, is_due=True)
    return run.state()


def apply(run: Run, plan: Plan, before: Detail) -> State:
    """Sends the plan, waits for what it sets going, and brings the service into the wanted status."""
    _begin(run)
    run.since = before.get("operation_time")
    wanted = _wanted_status(run, {**before, **plan.fields})
    _set_tags(run)
    _send(run, plan)
    after = before
    if plan.rolls_out and (run.waits or wanted == "stopped" or before.get("status") in STOPPED):
        after = run.wait(waits.rolled_out(before, plan.config_values), "run the new configuration")
    elif plan.rolls_out:
        run.pending.discard("rerun_triggers")
        return run.state()
    starts = plan.rolls_out
    if _needs_status(after, wanted):
        after, starts = _set_status(run, wanted, after), wanted == "running"
    elif "rerun_triggers" in run.pending and not starts:
        after = _run_again(run, wanted, after)
    run.pending.discard("rerun_triggers")
    _set_nodes(run, after)
    _smoke_test(run, after, is_due=starts or _smoke_test_is_open(run))
    return run.state()


def _begin(run: Run) -> None:
    run.pending = {name for name in UNANSWERED if run.inputs.get(name) != run.recorded.get(name)}
    if run.inputs.get("smoke_test"):
        run.smoke_test_error = run.facts.get("smoke_test_error")


def _wanted_status(run: Run, detail: Detail) -> str:
    is_stopped = detail.get("status") in STOPPED
    wanted = run.inputs.get("desired_status")
    if wanted == "running" and stopped_by_schedule(detail) and not run.inputs.get("restart_after_schedule"):
        return "stopped"
    return str(wanted or ("stopped" if is_stopped else "running"))


def _needs_status(detail: Detail, wanted: str) -> bool:
    status = detail.get("status")
    if status == FINISHED:
        return False
    return (status in STOPPED) != (wanted == "stopped") or status == "failed"


def _send(run: Run, plan: Plan) -> None:
    update = run.client.update_service
    if plan.fields and not plan.config:
        run.send(lambda: update(run.thing, plan.fields))
    if plan.config:
        run.send(lambda: update(run.thing, {**plan.fields, "config": plan.config}))
    elif plan.scale:
        run.send(lambda: _scale(run, plan))


def _scale(run: Run, plan: Plan) -> str | None:
    """Sets the counts; the cloud refuses counts that it has already, as after an answer that was lost."""
    try:
        return run.client.scale_service(run.thing, plan.scale)
    except BadRequestError as error:
        if error.code == STATE_FORBIDS_UPDATE or not config_equals(run.there(), plan.config_values):
            raise
        return error.request_id


def _set_status(run: Run, wanted: str, before: Detail) -> Detail:
    run.send(lambda: run.client.update_service(run.thing, {"status": wanted}))
    if not run.waits:
        return before
    judge = waits.stopped if wanted == "stopped" else waits.started(before)
    return run.wait(judge, "stop" if wanted == "stopped" else "run")


def _run_again(run: Run, wanted: str, detail: Detail) -> Detail:
    """Runs a batch service once more; a run under way is given up for it."""
    if wanted == "stopped":
        return detail
    if detail.get("status") in SERVING:
        run.send(lambda: run.client.update_service(run.thing, {"status": "stopped"}))
        detail = run.wait(waits.stopped, "stop")
    return _set_status(run, "running", detail)


def _set_tags(run: Run) -> None:
    if "tags" not in run.pending:
        return
    wanted: dict[str, str] = run.inputs.get("tags") or {}
    known: dict[str, str] = run.recorded.get("tags") or {}
    gone = [key for key in known if key not in wanted]
    changed = {key: value for key, value in wanted.items() if known.get(key) != value}
    if gone:
        run.client.remove_tags(run.thing, gone)
        run.wrote = True
    if changed:
        run.client.add_tags(run.thing, changed)
        run.wrote = True
    run.pending.discard("tags")


def _set_nodes(run: Run, detail: Detail) -> None:
    """Starts and stops edge nodes; the cloud refuses a status that a node has already."""
    wanted: dict[str, str] = run.inputs.get("desired_node_status") or {}
    if detail.get("status") not in SERVING:
        return
    found = node_status(detail)
    for node, status in wanted.items():
        if found.get(node, status) != status:
            _set_node(run, node, status)


def _set_node(run: Run, node: str, status: str) -> None:
    run.send(lambda: run.client.set_node_status(run.thing, node, status))
    if run.waits:
        run.wait(waits.node_is(node, status), f"{'run' if status == 'running' else 'stop'} on node {node}")


def _smoke_test_is_open(run: Run) -> bool:
    """Whether the test is new, has not passed yet, or was cut off together with the roll-out before it."""

    def of_config(values: Any) -> dict[str, Any]:
        return {"config": values["config"]} if "config" in values else {}

    if run.smoke_test_error or run.inputs.get("smoke_test") != run.recorded.get("smoke_test"):
        return True
    return bool(differences(ServiceSpec, of_config(run.recorded), of_config(run.inputs)))


def _smoke_test(run: Run, detail: Detail, *, is_due: bool) -> None:
    """Asks the service the program's question, and fails when it is not answered as it has to be."""
    test = run.inputs.get("smoke_test")
    if not test or not is_due or detail.get("status") not in SERVING:
        return
    from pulumi_inference.modelarts.services.smoke import run_smoke_test  # not loaded for services without a test

    run.wrote = True
    environment = run.context.environment
    run.smoke_test_error = "it was not finished"
    reason = run_smoke_test(
        connection_for(run.context, run.inputs),
        detail,
        test,
        clock=run.clock,
        cancelled=environment.cancelled,
        progress=run.context.progress,
    )
    if reason is not None:
        reason = environment.redactor.redact(reason)
        run.smoke_test_error = reason.splitlines()[0]
        raise SmokeTestFailedError(reason)
    run.smoke_test_error = None
