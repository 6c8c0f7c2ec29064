"""What a lifecycle says for `status` when its room has nothing to add."""

from __future__ import annotations

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle import Live
from pulumi_inference.core.lifecycle.context import Context, Environment
from pulumi_inference.core.lifecycle.status import Observation, Wanted
from tests.support.toys import ToyLifecycle
from tests.support.world import StackConfig


def observe(toys: ToyLifecycle, thing: str | None) -> Observation:
    context = Context(Environment(StackConfig(), lambda _endpoint: ("", None), {}))
    return toys.observe(context, thing, {}, Wanted(events=3, records=True))


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        (Live({}, {"status": "spinning", "progress": 20}), Observation("spinning", "t-1", progress=20)),
        (Live({}, {}), Observation("ready", "t-1")),
        (Live({}, {}, busy="is being painted"), Observation("busy", "t-1")),
        (Live({}, {}, problem="lost a wheel"), Observation("failed", "t-1", error="lost a wheel")),
        (Live({}, {"status": "odd"}, problem="lost a wheel"), Observation("odd", "t-1", error="lost a wheel")),
    ],
)
def test_what_is_there(live: Live, expected: Observation) -> None:
    toys = ToyLifecycle()
    toys.live["t-1"] = live
    assert observe(toys, "t-1") == expected


def test_what_is_gone_and_what_has_no_id_yet() -> None:
    assert observe(ToyLifecycle(), "t-1") == Observation("gone", "t-1")
    assert observe(ToyLifecycle(), None) == Observation("creating", None)


def test_what_cannot_be_asked() -> None:
    toys = ToyLifecycle()
    toys.trouble = InferenceError("no answer")
    with pytest.raises(InferenceError, match="no answer"):
        observe(toys, "t-1")
