"""When a deployment has come to rest (function-lifecycle page; nvcf.md, section 7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.nvcf.deployments.values import reasons_of
from pulumi_inference.nvcf.specs.states import ACTIVE, DEGRADED, DEGRADING, DEPLOYING, ERROR, INACTIVE

SHORT_GRACE = 600.0
"""Seconds that a deployment may have fewer instances than it should before the wait ends with a warning."""

UNMOVED_GRACE = 90.0
"""Seconds in which NVCF notices that a change asks for more instances: it looks every minute."""

RUNNING = ("ACTIVE", "RUNNING")


def settled(answer: Answer) -> Verdict:
    """Any state that lasts."""
    return Verdict.pending() if answer["functionStatus"] == DEPLOYING else Verdict.done()


def deployed(answer: Answer) -> Verdict:
    """After a create or a change."""
    status = answer["functionStatus"]
    if status == ERROR:
        return Verdict.failed(reasons_of(answer) or "NVCF gives no reason")
    if status == INACTIVE:
        return Verdict.failed("somebody has undeployed it")
    if status in (DEGRADING, DEGRADED):
        return Verdict.settling(SHORT_GRACE)
    return Verdict.done() if status == ACTIVE else Verdict.pending()


def scaled(running: Callable[[], int | None]) -> Callable[[Answer], Verdict]:
    """After a change that asks for more instances: the first answers still tell of the time before.

    `running` counts the instances that run, None where the key may not see them. Done is when enough of them run, or
    when the deployment has been short of some and is no more.
    """
    was_short = False

    def judge(answer: Answer) -> Verdict:
        nonlocal was_short
        status = answer["functionStatus"]
        was_short = was_short or status in (DEGRADING, DEGRADED)
        if status != ACTIVE or was_short:
            return deployed(answer)
        count = running()
        if count is not None and count >= least(answer):
            return Verdict.done()
        return Verdict.settling(UNMOVED_GRACE)

    return judge


def least(answer: Answer) -> int:
    """How many instances should run at least."""
    return sum(_number(one.get("minInstances")) for one in answer.get("deploymentSpecifications") or [])


def count_running(version: Mapping[str, Any]) -> int | None:
    """How many instances of a version run; None where that is not told."""
    instances = version.get("activeInstances")
    if not isinstance(instances, list):
        return None
    return sum(one.get("instanceStatus") in RUNNING for one in instances if isinstance(one, Mapping))


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
