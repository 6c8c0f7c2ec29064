"""The steps of a create or an update: what is sent and waited for, in an order that loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_inference.core.lifecycle import State
from pulumi_inference.modelarts.services import waits
from pulumi_inference.modelarts.services.values import (
    FINISHED,
    ON_THE_WAY,
    SERVING,
    STOPPED,
    Detail,
    Plan,
    config_equals,
    node_status,
    stopped_by_schedule,
)

if TYPE_CHECKING:
    from pulumi_inference.modelarts.services.lifecycle import ServiceOperation


def first_deploy(run: ServiceOperation) -> State:
    """Tags a new service, waits for it, stops what is to be stopped, and tests it."""
    _set_tags(run)
    run.pending.discard("rerun_triggers")
    is_to_stop = run.wanted.get("desired_status") == "stopped"
    if run.waits or is_to_stop or _has_nodes_to_stop(run):
        detail = run.wait(waits.deployed, "run")
        if is_to_stop and detail.get("status") != FINISHED:
            detail = _set_status(run, "stopped", detail)
        _set_nodes(run, detail)
        run.test(detail)
    return run.state()


def carry_out(run: ServiceOperation, plan: Plan, before: Detail) -> State:
    """Sends the plan, waits for what it sets going, and brings the service into the wanted status."""
    run.since = before.get("operation_time")
    wanted = _wanted_status(run, {**before, **plan.fields})
    _set_tags(run)
    if plan.rolls_out:
        run.smoke.expect()
    _send(run, plan)
    after = before
    has_more_to_do = wanted == "stopped" or before.get("status") in STOPPED or run.wanted.get("desired_node_status")
    if plan.rolls_out and (run.waits or has_more_to_do):
        after = run.wait(waits.rolled_out(before, plan.config_values), "run the new configuration")
    elif plan.rolls_out:
        run.pending.discard("rerun_triggers")
        return run.state()
    if _needs_status(after, wanted):
        after = _set_status(run, wanted, after)
    elif "rerun_triggers" in run.pending and not plan.rolls_out:
        after = _run_again(run, wanted, after)
    run.pending.discard("rerun_triggers")
    _set_nodes(run, after)
    run.test(after)
    return run.state()


def _wanted_status(run: ServiceOperation, detail: Detail) -> str:
    is_stopped = detail.get("status") in STOPPED
    wanted = run.wanted.get("desired_status")
    if wanted == "running" and stopped_by_schedule(detail) and not run.inputs.get("restart_after_schedule"):
        return "stopped"
    if wanted is None and "rerun_triggers" in run.pending:
        return "running"
    return str(wanted or ("stopped" if is_stopped else "running"))


def _needs_status(detail: Detail, wanted: str) -> bool:
    status = detail.get("status")
    if status == FINISHED:
        return False
    return (status in STOPPED) != (wanted == "stopped") or status == "failed"


def _send(run: ServiceOperation, plan: Plan) -> None:
    update = run.client.update_service
    if plan.fields and not plan.config:
        run.send(lambda: update(run.thing, plan.fields))
    if plan.config:
        run.send(lambda: update(run.thing, {**plan.fields, "config": plan.config}), is_waited_for=True)
    elif plan.scale:
        run.send(
            lambda: run.client.scale_service(run.thing, plan.scale),
            is_done=lambda detail: config_equals(detail, plan.config_values),
            is_waited_for=True,
        )


def _send_status(run: ServiceOperation, wanted: str) -> None:
    states = (*STOPPED, FINISHED) if wanted == "stopped" else (*SERVING, *ON_THE_WAY)
    run.send(
        lambda: run.client.update_service(run.thing, {"status": wanted}),
        is_done=lambda detail: detail.get("status") in states,
        is_waited_for=True,
    )


def _set_status(run: ServiceOperation, wanted: str, before: Detail) -> Detail:
    if wanted == "running":
        run.smoke.expect()
    _send_status(run, wanted)
    if not run.waits and (wanted == "stopped" or not _has_nodes_to_stop(run)):
        return before
    judge = waits.stopped if wanted == "stopped" else waits.started(before)
    return run.wait(judge, "stop" if wanted == "stopped" else "run")


def _run_again(run: ServiceOperation, wanted: str, detail: Detail) -> Detail:
    """Runs a batch service once more; a run under way is given up for it."""
    if wanted == "stopped":
        run.context.warn('is not run again as rerun_triggers ask for, because desired_status is "stopped"')
        return detail
    if detail.get("status") in SERVING:
        _send_status(run, "stopped")
        detail = run.wait(waits.stopped, "stop")
    return _set_status(run, "running", detail)


def _set_tags(run: ServiceOperation) -> None:
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


def _has_nodes_to_stop(run: ServiceOperation) -> bool:
    """Whether edge nodes are to be stopped, which they can be only when the service runs: that is always waited for."""
    return "stopped" in (run.wanted.get("desired_node_status") or {}).values()


def _set_nodes(run: ServiceOperation, detail: Detail) -> None:
    """Starts and stops edge nodes; the cloud refuses a status that a node has already."""
    wanted: dict[str, str] = run.wanted.get("desired_node_status") or {}
    if detail.get("status") not in SERVING:
        return
    found = node_status(detail)
    for node, status in wanted.items():
        if found.get(node, status) != status:
            _set_node(run, node, status)


def _set_node(run: ServiceOperation, node: str, status: str) -> None:
    run.send(
        lambda: run.client.set_node_status(run.thing, node, status),
        is_done=lambda detail: node_status(detail).get(node) == status,
    )
    if run.waits:
        run.wait(waits.node_is(node, status), f"{'run' if status == 'running' else 'stop'} on node {node}")
