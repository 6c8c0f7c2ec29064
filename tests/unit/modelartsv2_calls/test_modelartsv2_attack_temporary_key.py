"""A temporary key that the platform tells in an odd way, where a service is called with it."""

from __future__ import annotations

import json

import pytest

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.modelartsv2.connection import CONNECTIONS
from pulumi_inference.modelartsv2.endpoint import endpoint_of
from pulumi_inference.modelartsv2.specs.lookups import GetTemporaryApiKey
from tests.support.modelartsv2 import ModelArtsV2
from tests.support.modelartsv2_calls import KEYED

VALUE = "tmp-9f4c-very-secret"


def told(room: ModelArtsV2, value: str) -> str:
    """The header that goes to a service when the platform tells the temporary key like this."""
    context = room.world.context()
    account = CONNECTIONS.today(context, None)
    detail = account.client().get_service(KEYED)
    room.world.cloud.fault(method="POST", path="/temp$", count=None, status=200, body=json.dumps({"api_key": value}))
    endpoint_of(context, account, detail)
    return GetTemporaryApiKey(hours=1).ask(account.client()).api_key


@pytest.mark.parametrize("value", [f" {VALUE} ", f"{VALUE}\n", f"\t{VALUE}\r\n"])
def test_blanks_around_a_temporary_key_are_none_of_it(room: ModelArtsV2, value: str) -> None:
    assert told(room, value) == VALUE


@pytest.mark.parametrize(
    "value",
    [f"{VALUE}\r\nx-evil: 1", f"{VALUE}\N{SNOWMAN}", "a" * 4_097, "   "],
    ids=["two lines", "not ASCII", "long", "blank"],
)
def test_what_no_header_can_carry_is_the_platforms_fault(room: ModelArtsV2, value: str) -> None:
    with pytest.raises(ConfigurationError, match="no temporary one could be made: ") as caught:
        told(room, value)
    assert "Give api_key" in str(caught.value)
    assert VALUE not in str(caught.value)
