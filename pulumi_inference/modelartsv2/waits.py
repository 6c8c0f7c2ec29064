"""When a deployment, or a service with one inside, has reached what was asked (modelarts-v2.md, section 7.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.waiting import PollSchedule, Verdict
from pulumi_inference.modelartsv2.conditions import NO_REASON
from pulumi_inference.modelartsv2.specs.states import (
    AT_REST,
    BROKEN,
    CONCERNING,
    ERROR,
    INIT,
    RUNNING,
    STOPPED,
)

Judge = Callable[[Answer], Verdict]

CONCERNING_GRACE = 120.0
"""Seconds that some replicas may be unhealthy before a wait ends, with a warning: part of it serves."""

UNMOVED_GRACE = 60.0
"""Seconds after a call during which the state from before it is nothing unusual."""

SETTLED_GRACE = 2.0
"""Seconds that a state already reached must last when nothing shows that the call has taken effect."""

SCHEDULE = PollSchedule(slowest=10.0)
"""How often is asked: no page says how often one may, other tools ask every 15 s."""

Reason = Callable[[Answer], str | None]


def settled(answer: Answer) -> Verdict:
    """Any state that lasts, good or bad."""
    return Verdict.done() if answer.get("status") in AT_REST else Verdict.pending()


def deployed(reason: Reason) -> Judge:
    """After a create call: it runs; some unhealthy replicas are given time."""

    def judge(answer: Answer) -> Verdict:
        status = answer.get("status")
        if status == RUNNING:
            return Verdict.done()
        if status == CONCERNING:
            return Verdict.settling(CONCERNING_GRACE)
        if status in BROKEN:
            return Verdict.failed(reason(answer) or NO_REASON)
        return Verdict.failed("somebody has stopped it") if status == STOPPED else Verdict.pending()

    return judge


def rolled_out(before: Answer, has_all: Callable[[Answer], bool], reason: Reason, *, is_version: bool) -> Judge:
    """After a change: at rest with just what was sent, in a new version where `is_version`.

    What cannot be rolled out is taken back, and runs again as before.
    """
    number, was = version_of(before), before.get("status")
    has_begun = False

    def judge(answer: Answer) -> Verdict:
        nonlocal has_begun
        status = answer.get("status")
        has_moved = version_of(answer) != number
        has_begun = has_begun or has_moved or status not in AT_REST
        if status not in AT_REST:
            return Verdict.pending()
        if status in BROKEN:
            return _broken(answer, reason, is_new=has_begun or was not in BROKEN)
        if not has_all(answer) or (is_version and has_begun and not has_moved):
            if has_begun:
                return Verdict.failed(f"ModelArts went back to version {number}{_because(reason(answer))}")
            return Verdict.settling(UNMOVED_GRACE, "ModelArts has not begun to roll it out")
        if status == CONCERNING:
            return Verdict.settling(CONCERNING_GRACE)
        return Verdict.done() if has_begun else Verdict.settling(SETTLED_GRACE)

    return judge


def switched(before: Answer, version: str, reason: Reason) -> Judge:
    """After a switch: it runs that version. What cannot be switched is taken back."""
    was, has_begun = before.get("status"), False

    def judge(answer: Answer) -> Verdict:
        nonlocal has_begun
        status = answer.get("status")
        has_begun = has_begun or status not in (was, *AT_REST)
        if status in BROKEN:
            return Verdict.failed(reason(answer) or NO_REASON)
        if status not in AT_REST:
            return Verdict.pending()
        if version_of(answer) != version:
            text = f"it still runs version {version_of(answer)}{_because(reason(answer))}"
            return Verdict.failed(text) if has_begun else Verdict.settling(UNMOVED_GRACE, text)
        return Verdict.settling(CONCERNING_GRACE) if status == CONCERNING else Verdict.done()

    return judge


def scaled(count: int, running: Callable[[Answer], Any], reason: Reason) -> Judge:
    """After a scale call: so many replicas are wanted, and run; where that is not told, that it runs is enough."""

    def judge(answer: Answer) -> Verdict:
        status = answer.get("status")
        if status in BROKEN:
            return Verdict.failed(reason(answer) or NO_REASON)
        if status == STOPPED:
            return Verdict.done()
        if answer.get("count") != count:
            return Verdict.settling(UNMOVED_GRACE, f"it still has {answer.get('count')} replicas")
        if status == CONCERNING:
            return Verdict.settling(CONCERNING_GRACE)
        is_there = running(answer) in (None, count)
        return Verdict.done() if status == RUNNING and is_there else Verdict.pending()

    return judge


def started(before: Answer, reason: Reason) -> Judge:
    """After a start: it runs; the state from before may still show at first."""
    was, has_moved = before.get("status"), False

    def judge(answer: Answer) -> Verdict:
        nonlocal has_moved
        has_moved = has_moved or answer.get("status") != was
        if not has_moved:
            return Verdict.settling(UNMOVED_GRACE, "ModelArts did not start it")
        return deployed(reason)(answer)

    return judge


def healed(reason: Reason) -> Judge:
    """Where no call helps: what is broken is given time to get well by itself."""

    def judge(answer: Answer) -> Verdict:
        status = answer.get("status")
        if status == ERROR:
            return Verdict.settling(CONCERNING_GRACE, reason(answer) or NO_REASON)
        return deployed(reason)(answer)

    return judge


def stopped(answer: Answer) -> Verdict:
    """After a stop: stopped; running may still show at first."""
    status = answer.get("status")
    if status in (STOPPED, INIT):
        return Verdict.done()
    if status in (RUNNING, CONCERNING, *BROKEN):
        return Verdict.settling(UNMOVED_GRACE, f"ModelArts did not stop it; it is {status}")
    return Verdict.pending()


def version_of(answer: Answer) -> Any:
    """The number of the version that is at work."""
    version = answer.get("version")
    return version.get("version") if isinstance(version, dict) else version


def _broken(answer: Answer, reason: Reason, *, is_new: bool) -> Verdict:
    if is_new:
        return Verdict.failed(reason(answer) or NO_REASON)
    return Verdict.settling(UNMOVED_GRACE, "ModelArts has not begun to roll it out")


def _because(reason: str | None) -> str:
    return f": {reason}" if reason else ""
