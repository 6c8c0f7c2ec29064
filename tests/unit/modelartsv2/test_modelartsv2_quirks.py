"""However ModelArts tells it: every open point of its pages, one by one and the nastiest together, changes nothing."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from pulumi_inference.core.lifecycle import State
from pulumi_inference.emulator.modelartsv2.settings import ModelArtsV2Settings
from tests.support.modelartsv2 import ModelArtsV2, deployment, inline, limit, runtime, service, unit
from tests.support.world import Values

MOUNTED = {"mount_path": "/s/", "secret_key": "key", "secret_value": "czNjcmV0"}
OTHER = {**MOUNTED, "secret_value": "b3RoZXI="}
METRICS = {"custom_metrics_path": "http,9100,metrics"}

OTHERWISE: dict[str, tuple[Any, ...]] = {
    "upgrade_seconds": (20.0,),
    "scale_seconds": (20.0,),
    "stop_seconds": (20.0,),
    "delete_seconds": (15.0,),
    "list_seconds": (5.0,),
    "no_deployment_state": ("STOPPED",),
    "secret_in_answer": ("missing",),
    "max_services": (None,),
    "max_versions": (50,),
}
"""Settings that are no switches, with what they can be besides their default."""

APART = {
    "connect_seconds": "of intranet connections",
    "intranet_approval": "of intranet connections",
    "delete_bound_keys": "of keys",
    "key_answer": "of keys",
    "key_id_form": "of keys",
    "max_keys": "of keys",
    "hpa_delete": "of replica schedules",
    "hpa_update_id": "of replica schedules",
    "cron_time_zone": "of replica schedules",
    "sold_out": "a refusal, with the rules",
    "public_pool": "a refusal: what stands in a service cannot be made then",
}

ONE_BY_ONE = [
    (one.name, value)
    for one in fields(ModelArtsV2Settings)
    if one.name not in APART
    for value in OTHERWISE.get(one.name, (not one.default,))
]

TOGETHER: dict[str, Values] = {
    "silent": {
        **{"null_weights": True, "secret_in_answer": "missing", "not_found_as_400": True, "fuzzy_names": False},
        **{"no_deployment_state": "STOPPED", "early_version": True, "strict_names": False},
    },
    "slow": {
        **{"list_seconds": 5.0, "upgrade_seconds": 20.0, "scale_seconds": 20.0, "stop_seconds": 20.0},
        **{"delete_seconds": 15.0, "busy_delete": False, "scale_shows_upgrading": False},
    },
    "eager": {
        **{"put_starts": True, "put_from_failed": True, "every_put_adds_version": True, "early_version": True},
        **{"not_found_as_400": True, "secret_in_answer": "missing"},
    },
}


class Life:
    """One resource, step by step, under settings."""

    def __init__(self, cloud: ModelArtsV2) -> None:
        self.cloud, self.world = cloud, cloud.world

    def is_settled(self, state: State, program: Values) -> State:
        found = self.world.diff(state, program)
        assert (found.changes, found.replaces) == (False, [])
        assert self.cloud.writes() == []
        assert self.world.read(state) == state
        return state

    def change(self, state: State, program: Values) -> State:
        return self.is_settled(self.world.update(state, program), program)


def lives(cloud: ModelArtsV2, settings: Values) -> None:
    """A whole life of a service with a deployment in it, and of one with two of their own, under these settings."""
    cloud.set(**settings)
    life = Life(cloud)

    def mine(number: int, secret: Values, **changes: Any) -> Values:
        values = {"name": "whole", **METRICS, "service_secret": {"secret_volumes": [secret]}, **changes}
        return inline(
            unit(image={"swr_path": f"swr.example.test/i:{number}"}), secret_envs={"main": {"T": "s3cret"}}, **values
        )

    whole = life.is_settled(cloud.service(mine(1, MOUNTED)), mine(1, MOUNTED))
    whole = life.change(whole, mine(2, MOUNTED))
    whole = life.change(whole, mine(2, OTHER, description="d"))
    whole = life.change(
        whole, mine(2, OTHER, description="d", tags={"a": "b"}, schedule={"time_unit": "HOURS", "duration": 3})
    )
    whole = life.change(whole, mine(2, OTHER, description="d", desired_status="stopped"))
    whole = life.change(whole, mine(3, OTHER, description="d", desired_status="stopped"))
    whole = life.change(whole, mine(3, OTHER, description="d", desired_status="running"))
    cloud.world.delete(whole)

    shell = service(name="chat", **METRICS)
    made = life.is_settled(cloud.service(shell), shell)
    made = life.change(made, {**shell, "runtime_config": runtime(service_limit=limit(request_timeout=60))})

    def blue(number: int, secret: Values, **changes: Any) -> Values:
        values = {"name": "blue", "service_secret": {"secret_volumes": [secret]}, **changes}
        return deployment(
            made,
            unit(image={"swr_path": f"swr.example.test/i:{number}"}),
            secret_envs={"main": {"T": "s3cret"}},
            **values,
        )

    state = cloud.deployment(blue(1, MOUNTED))
    life.is_settled(state, blue(1, MOUNTED))
    state = life.change(state, blue(1, MOUNTED, count=3))
    state = life.change(state, blue(2, MOUNTED, count=3))
    state = life.change(state, blue(2, OTHER, count=2, weight=7))
    state = life.change(state, blue(2, OTHER, count=2, weight=7, pinned_version="1.0.0"))
    state = life.change(state, blue(2, OTHER, count=1, weight=9, pinned_version="1.0.0"))
    state = life.change(state, blue(2, OTHER, count=1, weight=9))
    state = life.change(state, blue(2, OTHER, count=1, weight=9, desired_status="stopped"))
    state = life.change(state, blue(3, OTHER, count=2, weight=9, priority=2, desired_status="stopped"))
    state = life.change(state, blue(3, OTHER, count=2, weight=9, priority=2, desired_status="running"))
    assert state.facts["running_count"] == 2
    cloud.world.delete(state)
    cloud.serving()
    cloud.world.delete(made)
    assert cloud.services() == []
    assert cloud.world.warned == []


@pytest.mark.parametrize(("name", "value"), ONE_BY_ONE, ids=[f"{name}={value}" for name, value in ONE_BY_ONE])
def test_one_quirk(cloud: ModelArtsV2, name: str, value: Any) -> None:
    lives(cloud, {name: value})


@pytest.mark.parametrize("settings", TOGETHER.values(), ids=TOGETHER)
def test_quirks_together(cloud: ModelArtsV2, settings: Values) -> None:
    lives(cloud, settings)


def test_a_region_without_a_public_pool_says_so(cloud: ModelArtsV2) -> None:
    cloud.set(public_pool=False)
    with pytest.raises(Exception, match="was not created"):
        cloud.service(inline())
    assert cloud.services() == []
