"""What a message says of the next step where an id of the program names nothing."""

from __future__ import annotations

import pytest

from pulumi_inference.core.errors import NotFoundError
from tests.support.modelartsv2 import ModelArtsV2, deployment
from tests.support.world import without_plan_checks


def test_a_pool_that_there_is_not_comes_with_the_command_that_lists_them(cloud: ModelArtsV2) -> None:
    made = cloud.service()
    cloud.deploying()
    told = [(one.path, one.message) for one in cloud.world.check(deployment(made, pool_id="pool-none")).problems]
    assert told == [
        (
            "pool_id",
            'there is no dedicated pool "pool-none"; `pulumi-inference modelartsv2 pools` lists those of the project',
        )
    ]


def test_a_service_that_there_is_not_is_said_to_be_an_id_of_the_program(cloud: ModelArtsV2) -> None:
    without_plan_checks(cloud.world)
    with pytest.raises(NotFoundError, match="Check the ids in the program") as raised:
        cloud.deployment(deployment("nope"))
    assert "Service nope does not exist" in str(raised.value)
