"""What a review is told besides the preview, and what is said of mistakes in it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.paths import parse
from pulumi_inference.review.settings import Noise, Prices, Settings, read_settings


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
