"""Cron texts: what is wrong with them, the moments that they name, and when two of them meet."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_inference.core.clock import spoken_time
from pulumi_inference.core.fields.cron import common_time, find_mistake, is_time_zone, next_moments

NOW = dt.datetime(2026, 11, 26, 12, 0, tzinfo=dt.UTC).timestamp()
"""A Thursday."""


@pytest.mark.parametrize("text", ["0 8 * * 1-5", "*/15 * * * *", "0 0 29 2 *", "0 8 * * MON-FRI", "5,35 0-6/2 1 1 *"])
def test_what_is_right(text: str) -> None:
    assert find_mistake(text) is None
    assert len(next_moments(text, NOW, dt.UTC, 3)) == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("* * * *", "must have five fields: minute, hour, day of month, month and day of week"),
        ("0 0 8 * * 1", "must have five fields"),
        ("@hourly", "must have five fields"),
        ("", "must have five fields"),
        ("60 * * * *", "has a wrong minute"),
        ("0 24 * * *", "has a wrong hour"),
        ("0 0 32 * *", "has a wrong day of month"),
        ("0 0 * 13 *", "has a wrong month"),
        ("0 0 * * 8", "has a wrong day of week"),
        ("*/0 * * * *", "has a wrong minute"),
        ("0 0 30 2 *", "has a wrong day of month"),
        ("0 0 */31 * 1#5", "names a moment that never comes"),
        (f"{'1,' * 5000}1 * * * *", "must have five fields"),
    ],
)
def test_what_is_wrong(text: str, told: str) -> None:
    mistake = find_mistake(text)
    assert mistake is not None
    assert mistake.startswith(told)
    assert '"0 8 * * 1-5"' in mistake or mistake == told
    assert next_moments(text, NOW, dt.UTC, 3) == []


@given(st.text(alphabet="0123456789*,-/ LW#MONJAN@?", max_size=40))
def test_any_text_is_right_or_wrong(text: str) -> None:
    mistake = find_mistake(text)
    assert (mistake is None) is bool(next_moments(text, NOW, dt.UTC, 1))


def test_the_next_moments_are_those_of_a_time_zone() -> None:
    zone = ZoneInfo("Asia/Shanghai")  # 20:00 there
    found = next_moments("0 8 * * 1-5", NOW, zone, 3)
    assert [spoken_time(one) for one in found] == [
        "Friday, 27 November 2026, 08:00",
        "Monday, 30 November 2026, 08:00",
        "Tuesday, 1 December 2026, 08:00",
    ]
    assert found[0].timestamp() == NOW + 12 * 3600
    [at] = next_moments("0 12 * * *", NOW, dt.UTC, 1)
    assert at.timestamp() == NOW + 24 * 3600, "the moment itself is over"


@pytest.mark.parametrize(
    ("one", "other", "time"),
    [
        ("0 8 * * *", "0 8 * * 1", (8, 0)),
        ("0 8 * * *", "0 8 1 * *", (8, 0)),
        ("*/30 8-9 * * *", "30 9 * * *", (9, 30)),
        ("0 0 29 2 *", "0 0 * 2 *", (0, 0)),
        ("0 8 * * 1-5", "0 8 * * 6,0", None),
        ("0 8 * * *", "0 9 * * *", None),
        ("0 8 * * *", "5 8 * * *", None),
        ("0 8 * 1 *", "0 8 * 2 *", None),
    ],
)
def test_when_two_of_them_meet(one: str, other: str, time: tuple[int, int] | None) -> None:
    assert common_time(one, other) == common_time(other, one) == time


def test_time_zones() -> None:
    assert is_time_zone("Asia/Shanghai")
    assert is_time_zone("UTC")
    for name in ("Nowhere", "", "../etc/passwd", "/etc/localtime", "a\0b", "Asia"):
        assert not is_time_zone(name)
