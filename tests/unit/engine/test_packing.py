"""What is packed and unpacked at once is what Pulumi makes of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pulumi
import pytest
from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st
from pulumi.output import Unknown
from pulumi.runtime import rpc

from pulumi_inference.engine.packing import Packing

NAMES = st.text(max_size=4) | st.sampled_from(["__provider", "__defaults", "value", rpc._special_sig_key])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    | st.text(max_size=6)
    | st.sampled_from([rpc.UNKNOWN, "", 0, 1, True, 1.0])
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=5)

SECRET = {rpc._special_sig_key: rpc._special_secret_sig, "value": "hidden"}
ASSET = {rpc._special_sig_key: rpc._special_asset_sig, "text": "a file"}


def packed_by(packer: Any, values: dict[str, Any]) -> Struct:
    struct: Struct = asyncio.run(packer.serialize_properties(values, {}))
    return struct


def told(unpack: Any, struct: Struct, *arguments: Any) -> Any:
    """What is unpacked, by type too, or which error there is."""
    try:
        return repr(_without_identity(unpack(struct, *arguments)))
    except Exception as error:
        return type(error), str(error)


def _without_identity(value: Any) -> Any:
    if isinstance(value, Unknown):
        return "an unknown value"
    if isinstance(value, pulumi.StringAsset):
        return ("an asset", value.text)
    if isinstance(value, dict):
        return {name: _without_identity(one) for name, one in sorted(value.items())}
    return [_without_identity(one) for one in value] if isinstance(value, list) else value


@given(DOCUMENTS)
def test_values_are_packed_as_pulumi_does(values: dict[str, Any]) -> None:
    assert packed_by(Packing(), values) == packed_by(rpc, values)


@given(DOCUMENTS, st.sampled_from([None, True, False]))
def test_messages_are_unpacked_as_pulumi_does(values: dict[str, Any], keep_unknowns: bool | None) -> None:
    struct = Struct()
    struct.update(values)
    ours, theirs = Packing().deserialize_properties, rpc.deserialize_properties
    assert told(ours, struct, keep_unknowns) == told(theirs, struct, keep_unknowns)


@pytest.mark.parametrize("special", [SECRET, [SECRET], {"inside": {"deep": [ASSET]}}, ASSET], ids=repr)
def test_what_is_special_stays_so(special: Any) -> None:
    struct = Struct()
    struct.update({"plain": 1, "special": special})
    assert told(Packing().deserialize_properties, struct, True) == told(rpc.deserialize_properties, struct, True)


@pytest.mark.usefixtures("event_loop")
@pytest.mark.parametrize("value", [pulumi.StringAsset("a file"), (1, 2), {"inside": [pulumi.StringAsset("a file")]}])
def test_what_is_not_plain_is_packed_too(value: Any) -> None:
    assert packed_by(Packing(), {"special": value}) == packed_by(rpc, {"special": value})


def test_all_else_is_pulumis() -> None:
    packing = Packing()
    assert packing.UNKNOWN == rpc.UNKNOWN
    assert packing.unwrap_rpc_secret is rpc.unwrap_rpc_secret
