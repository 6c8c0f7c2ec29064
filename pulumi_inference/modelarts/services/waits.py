"""When a service has reached what was asked of it (reference/modelarts.md, section 9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.modelarts.services.values import ON_THE_WAY, Detail, config_equals

Judge = Callable[[Detail], Verdict]

CONCERNING_GRACE = 120.0
"""Seconds that some instances may be unhealthy before a deploy ends, with a warning: part of the service serves."""

UNMOVED_GRACE = 15.0
"""Seconds after a call during which the state from before it is nothing unusual."""

SETTLED_GRACE = 2.0
"""Seconds that a state already reached must last when nothing shows that the call has taken effect."""


def deployed(detail: Detail) -> Verdict:
    """After create: running; some unhealthy instances are given time."""
    status = detail.get("status")
    if status in ("running", "finished"):
        return Verdict.done()
    if status == "concerning":
        return Verdict.settling(CONCERNING_GRACE)
    if status in ON_THE_WAY:
        return Verdict.pending()
    return Verdict.failed(_reason(detail))


def settled(detail: Detail) -> Verdict:
    """Any state that lasts, good or bad."""
    return Verdict.pending() if detail.get("status") in (*ON_THE_WAY, "stopping") else Verdict.done()


def rolled_out(before: Detail, config: list[dict[str, Any]]) -> Judge:
    """After a change of config: running with just this config.

    A cloud that cannot roll out goes back to the former config and runs again, without a word.
    """
    moments = ("transition_at", "update_time", "publish_at")
    started = False

    def judge(detail: Detail) -> Verdict:
        nonlocal started
        status = detail.get("status")
        moved = any(detail.get(name) not in (None, before.get(name)) for name in moments)
        started = started or status in ON_THE_WAY or moved
        if status in ON_THE_WAY:
            return Verdict.pending()
        if status == "failed" and (started or before.get("status") != "failed"):
            return Verdict.failed(_reason(detail))
        if not config_equals(detail, config):
            if started:
                return Verdict.failed("the cloud went back to the former configuration")
            return Verdict.settling(UNMOVED_GRACE, "the cloud has not begun to roll the new configuration out")
        if status == "concerning":
            return Verdict.settling(CONCERNING_GRACE)
        return Verdict.done() if started else Verdict.settling(SETTLED_GRACE)

    return judge


def started(before: Detail) -> Judge:
    """After a start: running; the state from before may still show at first."""

    def judge(detail: Detail) -> Verdict:
        unmoved = detail.get("transition_at") == before.get("transition_at")
        if unmoved and detail.get("status") in ("stopped", "failed", "finished"):
            return Verdict.settling(UNMOVED_GRACE, _reason(detail) or "the cloud did not start it")
        return deployed(detail)

    return judge


def stopped(detail: Detail) -> Verdict:
    """After a stop: stopped; running may still show at first."""
    status = detail.get("status")
    if status in ("stopped", "finished"):
        return Verdict.done()
    if status in ("running", "concerning"):
        return Verdict.settling(UNMOVED_GRACE, "the cloud did not stop it")
    if status == "failed":
        return Verdict.failed(_reason(detail))
    return Verdict.pending()


def node_is(node: str, status: str) -> Judge:
    """After a start or stop of an edge node: it has that status; the one from before may still show at first."""

    def judge(detail: Detail) -> Verdict:
        found = {one.get("id"): one for item in detail.get("config") or () for one in item.get("nodes") or ()}
        one = found.get(node)
        if one is None:
            return Verdict.failed(f"the service no longer has the node {node}")
        if one.get("instance_status") == status:
            return Verdict.done()
        if one.get("instance_status") == "failed":
            return Verdict.failed(str(one.get("message") or "no reason given"))
        return Verdict.pending()

    return judge


def _reason(detail: Detail) -> str | None:
    return str(detail["error_msg"]) if detail.get("error_msg") else None
