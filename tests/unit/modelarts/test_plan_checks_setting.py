"""The setting that turns plan-time checks off."""

from __future__ import annotations

import pytest

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.lifecycle.context import Environment
from pulumi_inference.engine.settings import StackConfiguration
from pulumi_inference.huaweicloud.settings import SETTINGS

KEY, VARIABLE = "inference:modelartsPlanChecks", "PULUMI_INFERENCE_PLAN_CHECKS"


def plan_checks(configured: object, environ: dict[str, str]) -> bool:
    configuration = StackConfiguration({KEY: configured})
    return SETTINGS.plan_checks(Environment(configuration, lambda _endpoint: ("", None), environ))


@pytest.mark.parametrize(
    ("configured", "environ", "expected"),
    [
        (None, {}, True),
        ("", {VARIABLE: ""}, True),
        ("off", {}, False),
        ("OFF", {}, False),
        (False, {}, False),
        (True, {}, True),
        (None, {VARIABLE: "off"}, False),
        (None, {VARIABLE: " on "}, True),
        ("on", {VARIABLE: "off"}, True),
    ],
)
def test_plan_checks_are_on_unless_they_are_off(configured: object, environ: dict[str, str], expected: bool) -> None:
    assert plan_checks(configured, environ) is expected


def test_a_value_that_says_neither_is_named_with_its_source() -> None:
    with pytest.raises(ConfigurationError) as caught:
        plan_checks("maybe", {})
    assert str(caught.value) == (
        "'maybe' (stack configuration modelartsPlanChecks) does not say whether plan checks are made\n"
        "  Set inference:modelartsPlanChecks or PULUMI_INFERENCE_PLAN_CHECKS to on or off."
    )
    with pytest.raises(ConfigurationError, match=VARIABLE):
        plan_checks(None, {VARIABLE: "1"})
