"""Which resource options are told to the provider, and which are left to the engine."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from pulumi_inference.engine.options import told_options

IGNORED = ["config[*].weight", "description", "config[0]", 'tags["a.b"]', "config.*.envs"]


def test_paths_with_a_position_are_left_to_the_provider() -> None:
    given = pulumi.ResourceOptions(ignore_changes=IGNORED, protect=True)
    opts, told = told_options(given)
    assert opts is not None
    assert (opts.ignore_changes, opts.protect) == (["description", 'tags["a.b"]'], True)
    assert told == {"ignore_changes": ["config[*].weight", "config[0]", "config.*.envs"]}
    assert given.ignore_changes == IGNORED, "the options may be those of several resources"


@pytest.mark.parametrize(
    ("opts", "told"),
    [
        (None, {}),
        (pulumi.ResourceOptions(), {}),
        (pulumi.ResourceOptions(ignore_changes=["description"]), {}),
        (pulumi.ResourceOptions(retain_on_delete=False), {}),
        (
            pulumi.ResourceOptions(retain_on_delete=True, delete_before_replace=True),
            {"retain_on_delete": True, "delete_before_replace": True},
        ),
    ],
)
def test_only_what_matters_is_told(opts: pulumi.ResourceOptions | None, told: dict[str, Any]) -> None:
    assert told_options(opts) == (opts, told)
