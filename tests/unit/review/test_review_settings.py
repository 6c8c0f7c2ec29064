"""What a review is told besides the preview, and what is said of mistakes in it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.paths import parse
from pulumi_inference.review.settings import Noise, Prices, Settings, read_settings
from tests.support.fleet import SERVICE, SERVICE_KIND, changed
from tests.support.previews import Thing, as_events, every_format, report_of, said


def read(tmp_path: Path, text: str) -> Settings:
    """The settings in a file of this text."""
    file = tmp_path / "review.yaml"
    file.write_text(text, encoding="utf-8")
    return read_settings(file)


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
        prices:
        - currency: CNY
          unit: DCU
          unit_price: 18
          per_hour: {nvidia.com/gpu-h800: 2.56}
        - currency: EUR
          per_hour: {H100: 3}
        noise:
        - path: config[*].envs
          resource: classifier
          reason: set by the platform
          expires: 2027-01-31
        heavy_gpus: 4
        time_zone: Asia/Shanghai
        """,
    )
    dcu, money = Prices("CNY", {"nvidia.com/gpu-h800": 2.56}, "DCU", 18.0), Prices("EUR", {"H100": 3.0})
    noise = Noise("config[*].envs", "set by the platform", "classifier", dt.date(2027, 1, 31))
    assert found == Settings([dcu, money], [noise], 4, "Asia/Shanghai")
    assert found.price_of("H100") == (money, 3.0)
    assert found.price_of("A100") is None


def test_nothing_has_to_be_said(tmp_path: Path) -> None:
    assert read_settings(None) == Settings()
    assert read(tmp_path, "") == Settings([], [])


@pytest.mark.parametrize(("day", "holds"), [((2027, 1, 30), True), ((2027, 1, 31), True), ((2027, 2, 1), False)])
def test_the_last_day_counts(day: tuple[int, int, int], holds: bool) -> None:
    assert Noise("a", "b", expires=dt.date(2027, 1, 31)).holds(dt.date(*day)) is holds


def test_noise_covers_what_lies_below_its_path() -> None:
    noise = Noise("config[*].envs", "x", "classifier")
    urn = "urn:pulumi:dev::fleet::pulumi-python:dynamic/modelarts:Service::classifier"
    assert noise.covers(urn, ("config", "m-a", "envs", "A"))
    assert noise.covers(urn, parse("config.m-a.envs"))
    assert not noise.covers(urn, parse("config.m-a.weight"))
    assert not noise.covers(f"{urn}-2", parse("config.m-a.envs"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("noize: []", "there is no 'noize'"),
        ("[]", "must be a map"),
        ("a: [", "cannot be read"),
        ("noise: {}", "noise: must be a list"),
        ("noise: [{path: a}]", "noise[0].reason: is required"),
        ("noise: [{path: a, reason: ' '}]", "noise[0].reason: is required"),
        ("noise: [{path: a, reason: b, expires: soon}]", "noise[0].expires: must be a day such as 2027-01-31"),
        ("noise: [{path: a, reason: b, expire: 1}]", "there is no 'expire'"),
        ("prices: [{per_hour: {a: x}}]", "prices[0].per_hour: must be a map of numbers"),
        ("prices: [{per_hour: {a: -1}}]", "prices[0].per_hour: must be a map of numbers"),
        ("prices: [{unit_price: x}]", "prices[0].unit_price: must be a number"),
        ("prices: [{per_hour: {a: .inf}}]", "prices[0].per_hour: must be a map of numbers"),
        ("prices: [{per_hour: {a: .nan}}]", "prices[0].per_hour: must be a map of numbers"),
        (f"prices: [{{per_hour: {{a: {'9' * 400}}}}}]", "prices[0].per_hour: must be a map of numbers"),
        ("prices: [{unit_price: .inf}]", "prices[0].unit_price: must be a number"),
        (f"prices: [{{currency: {'E' * 21}}}]", "prices[0].currency: must have at most 20 characters"),
        (f"prices: [{{unit: {'E' * 21}}}]", "prices[0].unit: must have at most 20 characters"),
        ("noise: [{path: a, reason: b, expires: 2027-01-31 12:00:00}]", "noise[0].expires: must be a day"),
        ("noise: [{path: ., reason: b}]", "noise[0].path: must name a field"),
        (f"prices: {'[' * 3000}", "cannot be read: it is nested too deeply"),
        ("heavy_gpus: 0", "heavy_gpus: must be an integer of at least 1"),
        ("heavy_gpus: true", "heavy_gpus: must be an integer of at least 1"),
        ("time_zone: Mars", "there is no time zone 'Mars'"),
        ("time_zone: ../../etc/passwd", "there is no time zone"),
    ],
)
def test_mistakes_are_told_by_their_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read(tmp_path, text)
    assert told in str(error.value)
    assert "review.yaml" in str(error.value)


DRIFTED = Thing(SERVICE_KIND, "a", recorded=SERVICE, live=changed(SERVICE, ("description", "x")), program=SERVICE)


def test_noise_that_matches_nothing_is_told_in_every_format() -> None:
    noise = [Noise("description", "x"), Noise("descripion", "x"), Noise("description", "x", "b", dt.date(2020, 1, 31))]
    found = every_format(report_of(as_events([DRIFTED]), Settings(noise=noise)))
    told = ["noise entry 2 (descripion) matched nothing", "noise entry 3 (description of b) matched nothing"]
    assert [one["text"] for one in json.loads(found["json"])["stacks"][0]["checks"]] == told
    for text in found.values():
        assert all(one in text for one in told)
        assert "noise entry 1" not in text


def test_an_expired_entry_that_matches_is_told_as_such_only() -> None:
    report = report_of(as_events([DRIFTED]), Settings(noise=[Noise("description", "x", expires=dt.date(2020, 1, 31))]))
    assert not report.checks
    assert "known until 2020-01-31, counted since: description (x)" in report.seen


@pytest.mark.parametrize(
    "text",
    [
        as_events([DRIFTED], refresh=False),
        as_events([DRIFTED, Thing(SERVICE_KIND, "b", recorded=SERVICE, program=SERVICE, unread=True)]),
        as_events([DRIFTED], said("it cannot be", severity="error")),
        as_events([Thing(SERVICE_KIND, "a", "create", program=SERVICE)]),
    ],
)
def test_noise_is_not_judged_by_what_nobody_has_seen(text: str) -> None:
    checks = report_of(text, Settings(noise=[Noise("other", "x")])).checks
    assert not [one for one in checks if "matched nothing" in one.text]


def test_noise_of_another_stack_is_not_judged_by_this_one() -> None:
    noise = [Noise("*", "x", DRIFTED.urn.replace(":dev:", ":prod:")), Noise("*", "x", f"{DRIFTED.urn}b")]
    [one] = report_of(as_events([DRIFTED]), Settings(noise=noise)).checks
    assert one.text.startswith("noise entry 2 (* of urn:pulumi:dev::")
