"""Resource options that go by what the engine cannot know of our inputs."""

from __future__ import annotations

import copy
from typing import Any

import pulumi

from pulumi_inference.core.fields import paths


def told_options(opts: pulumi.ResourceOptions | None) -> tuple[pulumi.ResourceOptions | None, dict[str, Any]]:
    """The options for the engine, and what the provider has to know of them.

    The engine carries `ignore_changes` out by position, and lists here go by identity: paths with a position are left
    to the provider.
    """
    if opts is None:
        return None, {}
    ignored = [one for one in opts.ignore_changes or () if _has_position(one)]
    told: dict[str, Any] = {
        "ignore_changes": ignored,
        "retain_on_delete": opts.retain_on_delete,
        "delete_before_replace": opts.delete_before_replace,
    }
    if ignored:
        opts = copy.copy(opts)
        opts.ignore_changes = [one for one in opts.ignore_changes or () if one not in ignored]
    return opts, {name: value for name, value in told.items() if value}


def _has_position(text: str) -> bool:
    return any(isinstance(one, int) or one == paths.WILDCARD for one in paths.parse(text)[1:])
