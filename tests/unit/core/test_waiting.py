"""Waiting on a manual clock: when it looks, when it ends, what it says."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_inference.core.clock import ManualClock, SystemClock
from pulumi_inference.core.errors import (
    CancelledError,
    ConfigurationError,
    FailedStateError,
    PermissionDeniedError,
    RateLimitError,
    ResponseError,
    ServerError,
    TransportError,
    WaitTimeoutError,
)
from pulumi_inference.core.lifecycle.waiting import PollSchedule, Verdict, format_duration, parse_duration, wait_for
from tests.support.patience import PATIENCE

VERDICTS = {
    "running": Verdict.done(),
    "deploying": Verdict.pending(),
    "failed": Verdict.failed("no resources"),
    "concerning": Verdict.settling(120),
    "stopped": Verdict.settling(10, "it was not started"),
}


class Wait:
    """One wait for something whose state is a function of the time."""

    def __init__(self, state: Callable[[float], str | Exception], seconds: float = 1800) -> None:
        self.clock = ManualClock()
        self.cancelled = threading.Event()
        self.state = state
        self.seconds = seconds
        self.looks: list[float] = []
        self.progress: list[tuple[str, float]] = []
        self.trouble: list[Exception] = []

    def probe(self) -> str:
        self.looks.append(self.clock.monotonic())
        state = self.state(self.clock.monotonic())
        if isinstance(state, Exception):
            raise state
        return state

    def run(self, **options: Any) -> str:
        state: str = wait_for(
            self.probe,
            judge=VERDICTS.__getitem__,
            clock=self.clock,
            cancelled=self.cancelled,
            deadline=self.clock.monotonic() + self.seconds,
            goal="classifier-1 to run",
            progress=lambda state, elapsed: self.progress.append((state, elapsed)),
            on_trouble=lambda error, _elapsed: self.trouble.append(error),
            uniform=lambda low, _high: low,
            **options,
        )
        return state


def after(seconds: float, before: str, then: str) -> Callable[[float], str | Exception]:
    return lambda now: then if now >= seconds else before


def test_it_ends_at_the_first_look_when_all_is_well() -> None:
    wait = Wait(after(0, "deploying", "running"))
    assert wait.run() == "running"
    assert wait.clock.waits == []


@pytest.mark.parametrize(("seconds", "late"), [(1, 0.3), (5, 0.6), (30, 1.0), (60, 1.1), (120, 2.1), (599, 5.0)])
def test_it_notices_soon(seconds: float, late: float) -> None:
    wait = Wait(after(seconds, "deploying", "running"))
    wait.run()
    assert seconds <= wait.clock.monotonic() <= seconds + late


def test_it_never_pauses_longer_than_five_seconds_for_ten_minutes_and_fifteen_later() -> None:
    wait = Wait(after(3600, "deploying", "running"), seconds=7200)
    wait.run()
    pauses = list(zip(wait.looks, wait.clock.waits, strict=False))
    assert max(pause for now, pause in pauses if now < 600) == 5.0
    assert max(pause for _, pause in pauses) == 15.0


def test_it_does_not_look_too_often() -> None:
    wait = Wait(after(60, "deploying", "running"))
    wait.run()
    assert len(wait.looks) < 90


def test_the_schedule_is_jittered_downwards_only() -> None:
    schedule = PollSchedule()
    assert schedule.interval(60, lambda low, _high: low) == 1.0
    assert schedule.interval(60, lambda _low, high: high) == pytest.approx(0.9)


def test_progress_is_told_with_the_time() -> None:
    wait = Wait(after(0.5, "deploying", "running"))
    wait.run()
    assert wait.progress == [("deploying", 0.0), ("deploying", 0.25), ("running", 0.5)]


def test_a_failed_state_ends_it_at_once_with_the_reason() -> None:
    wait = Wait(after(1, "deploying", "failed"))
    with pytest.raises(FailedStateError) as caught:
        wait.run()
    assert caught.value.state == "failed"
    assert caught.value.reason == "no resources"
    assert str(caught.value) == "waiting for classifier-1 to run ended with failed after 1 s: no resources"


def test_the_deadline_has_a_last_look_and_says_the_last_state() -> None:
    wait = Wait(after(1e9, "deploying", "running"), seconds=130)
    with pytest.raises(WaitTimeoutError) as caught:
        wait.run(describe=lambda state: f"{state} 60 %")
    assert wait.looks[-1] == 130
    assert str(caught.value) == "gave up waiting for classifier-1 to run after 2 min 10 s; last state: deploying 60 %"
    assert caught.value.state == "deploying 60 %"


def test_a_deadline_in_the_past_still_looks_once() -> None:
    assert Wait(after(0, "", "running"), seconds=0).run() == "running"
    with pytest.raises(WaitTimeoutError):
        Wait(after(1, "deploying", "running"), seconds=0).run()


def test_cancel_ends_it_at_once() -> None:
    wait = Wait(after(60, "deploying", "running"))
    wait.clock.on_wait = lambda _seconds: wait.cancelled.set()
    with pytest.raises(CancelledError, match="classifier-1 to run, as asked; last state: deploying"):
        wait.run()
    assert len(wait.looks) == 1


def test_cancelled_before_it_began_looks_never() -> None:
    wait = Wait(after(0, "", "running"))
    wait.cancelled.set()
    with pytest.raises(CancelledError):
        wait.run()
    assert wait.looks == []


def _api_error(kind: type[Any], status: int) -> Exception:
    error: Exception = kind(status=status, code=None, message="m", request_id=None, method="GET", path="/")
    return error


@pytest.mark.parametrize(
    "trouble",
    [
        TransportError("lost", sent=True),
        ResponseError("not JSON"),
        _api_error(ServerError, 500),
        _api_error(RateLimitError, 429),
    ],
)
def test_passing_trouble_is_outlived(trouble: Exception) -> None:
    wait = Wait(lambda now: trouble if now < 60 else "running")
    assert wait.run() == "running"
    assert set(wait.trouble) == {trouble}


def test_lasting_trouble_is_told_at_the_deadline() -> None:
    wait = Wait(lambda now: "deploying" if now < 5 else TransportError("no route", sent=False), seconds=60)
    with pytest.raises(WaitTimeoutError) as caught:
        wait.run()
    assert "last state: deploying\n  the last look failed: no route" in str(caught.value)


def test_trouble_that_has_passed_is_not_told() -> None:
    wait = Wait(lambda now: "deploying" if now > 5 else TransportError("no route", sent=False), seconds=60)
    with pytest.raises(WaitTimeoutError) as caught:
        wait.run()
    assert "no route" not in str(caught.value)


def test_what_was_never_seen_is_not_invented() -> None:
    with pytest.raises(WaitTimeoutError, match="its state was never seen"):
        Wait(lambda _now: TransportError("no route", sent=False), seconds=5).run()


def test_other_errors_of_the_probe_are_raised() -> None:
    wait = Wait(lambda _now: _api_error(PermissionDeniedError, 403))
    with pytest.raises(PermissionDeniedError):
        wait.run()
    assert len(wait.looks) == 1


def test_a_settling_state_is_accepted_after_its_grace() -> None:
    wait = Wait(after(10, "deploying", "concerning"))
    assert wait.run() == "concerning"
    assert 130 <= wait.clock.monotonic() <= 132


def test_a_settling_state_that_settles_ends_well_earlier() -> None:
    wait = Wait(after(50, "concerning", "running"))
    assert wait.run() == "running"
    assert wait.clock.monotonic() < 52


def test_a_break_begins_the_grace_anew() -> None:
    wait = Wait(lambda now: "deploying" if 100 <= now < 110 else "concerning")
    wait.run()
    assert 230 <= wait.clock.monotonic() <= 234


def test_another_settling_verdict_begins_its_own_grace() -> None:
    wait = Wait(after(100, "concerning", "stopped"))
    with pytest.raises(FailedStateError):
        wait.run()
    assert 110 <= wait.clock.monotonic() <= 113


def test_a_state_that_may_be_the_old_one_fails_after_its_grace() -> None:
    assert Wait(after(9, "stopped", "running")).run() == "running"
    wait = Wait(after(1e9, "stopped", "running"))
    with pytest.raises(FailedStateError, match="it was not started"):
        wait.run()
    assert wait.clock.monotonic() == 10


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("20m", 1200), ("1h", 3600), ("1h30m", 5400), ("1.5h", 5400), ("500ms", 0.5), (" 2m10s ", 130)],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "20", "m", "20 m", "-5m", "0s", "5 minutes", "1d", "1h-5m", "1e3s", "nan", "20m!"]
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a duration: write it like 30s, 20m or 1h30m"):
        parse_duration(text)


def test_a_number_without_a_unit_gets_a_hint() -> None:
    with pytest.raises(ConfigurationError, match="did you mean 20m"):
        parse_duration("20")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.44, "0.4 s"),
        (0.99, "1.0 s"),
        (41.2, "41 s"),
        (59.7, "1 min"),
        (130, "2 min 10 s"),
        (3600, "1 h"),
        (3900, "1 h 5 min"),
        (3959.6, "1 h 6 min"),
    ],
)
def test_durations_for_people(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


def test_the_machines_clock_is_woken_by_cancel() -> None:
    clock, cancelled, answers = SystemClock(), threading.Event(), []
    waiter = threading.Thread(target=lambda: answers.append(clock.wait(2 * PATIENCE, cancelled)), daemon=True)
    waiter.start()
    cancelled.set()
    waiter.join(PATIENCE)
    assert answers == [True]
    assert not clock.wait(-1, threading.Event())
