"""When a deployment has come to rest (alaya.md, section 7.5)."""

from __future__ import annotations

from collections.abc import Callable

from pulumi_inference.alaya.deployments.values import adapters_of, count_ready, instances_of
from pulumi_inference.alaya.specs.states import AT_REST, FAILED, RUNNING, STARTING, STOPPED, STOPPING
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.waiting import Verdict

UNMOVED_GRACE = 60.0
"""Seconds in which a deployment may still be as it was before a call that was accepted."""

SHORT_GRACE = 600.0
"""Seconds that instances may be short of the least number before the wait ends with a warning."""


def settled(answer: Answer) -> Verdict:
    """Any state that lasts; one that nobody knows does not."""
    return Verdict.done() if answer.get("status") in (RUNNING, *AT_REST) else Verdict.pending()


def deployed(answer: Answer) -> Verdict:
    """After a create call: it runs."""
    status = answer.get("status")
    if status == FAILED:
        return Verdict.failed(f"it has failed, and Alaya NeW gives no reason; {told(answer)}")
    if status == STOPPED:
        return Verdict.failed("somebody has stopped it")
    return Verdict.done() if status == RUNNING else Verdict.pending()


def started(before: str) -> Callable[[Answer], Verdict]:
    """After the update of a deployment that was stopped or failed `before`: no page says that it starts then."""

    has_moved = False

    def judge(answer: Answer) -> Verdict:
        nonlocal has_moved
        has_moved = has_moved or answer.get("status") != before
        if not has_moved:
            return Verdict.settling(
                UNMOVED_GRACE,
                f"it was updated, and is still {before} {UNMOVED_GRACE:.0f} s later; {told(answer)}. Alaya NeW has no "
                'call that starts it: set on_offline_change="replace", and `pulumi up` makes another one in its place',
            )
        return deployed(answer)

    return judge


def stopped(answer: Answer) -> Verdict:
    """After a cancel call."""
    status = answer.get("status")
    if status in AT_REST:
        return Verdict.done()
    if status in (RUNNING, STARTING):
        return Verdict.settling(UNMOVED_GRACE, f"it was told to stop, and is still {status}")
    return Verdict.pending()


def scaled(least: int) -> Callable[[Answer], Verdict]:
    """After a change of the scaling, which replaces instances: all are ready, and as many as there are to be.

    Where instances are not told, that it runs is all there is to know.
    """

    def judge(answer: Answer) -> Verdict:
        ready, count = count_ready(answer)
        if answer.get("status") == RUNNING and count and ready < max(least, count):
            return Verdict.settling(SHORT_GRACE)
        return deployed(answer)

    return judge


def is_stopping(answer: Answer) -> bool:
    """Whether it is about to stop, or has."""
    return answer.get("status") in (STOPPING, *AT_REST)


def told(answer: Answer) -> str:
    """The service, and what its last answer says of its instances."""
    instances = [
        f"{one.get('instanceId')} {'ready' if one.get('baseModelReady') else 'not ready'}"
        for one in instances_of(answer)
    ]
    return f"service {answer.get('serviceId')}, instances: {', '.join(instances) or 'none'}"


def progress(answer: Answer) -> str:
    """How far it is, for people."""
    ready, count = count_ready(answer)
    adapters = adapters_of(answer)
    parts = [str(answer.get("status"))]
    parts += [f"{ready} of {count} instances ready"] if count else []
    parts += [f"adapters {', '.join(adapters)}"] if adapters else []
    return ", ".join(parts)
