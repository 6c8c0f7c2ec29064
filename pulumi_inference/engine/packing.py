"""Packing and unpacking of what the calls of Pulumi's dynamic provider host carry, at once where all of it is plain.

The host asks of each value whether it is an output, an asset, a resource and much more, which takes about as long as
all that a provider does in a preview. What is anything but plain is left to Pulumi.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf.struct_pb2 import Struct, Value
from pulumi.runtime import rpc

_SIGNATURE = rpc._special_sig_key
_SCALARS = (str, bool, int, float)


class _NotPlainError(Exception):
    """There is something that only Pulumi knows how to pack."""


class Packing:
    """Stands in for Pulumi's module `rpc` in the host: the same, but quicker with plain values."""

    def __getattr__(self, name: str) -> Any:
        return getattr(rpc, name)

    def deserialize_properties(self, struct: Struct, keep_unknowns: bool | None = None) -> Any:
        """The values in a message, as Pulumi unpacks them."""
        try:
            return _unpacked_fields(struct)
        except _NotPlainError:
            return rpc.deserialize_properties(struct, keep_unknowns)

    async def serialize_properties(self, values: Mapping[str, Any], deps: dict[str, Any]) -> Struct:
        """The message with these values, as Pulumi packs it."""
        given = {name: value for name, value in values.items() if value is not None}
        if not _is_plain(given):
            return await rpc.serialize_properties(values, deps)
        struct = Struct()
        struct.update(given)
        return struct


def _unpacked_fields(struct: Struct) -> dict[str, Any]:
    if _SIGNATURE in struct.fields:
        raise _NotPlainError
    values = {name: _unpacked(value) for name, value in struct.fields.items()}
    return {name: value for name, value in values.items() if value is not None}


def _unpacked(value: Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        if value.string_value == rpc.UNKNOWN:
            raise _NotPlainError
        return value.string_value
    if kind == "number_value":
        return value.number_value
    if kind == "bool_value":
        return value.bool_value
    if kind == "struct_value":
        return _unpacked_fields(value.struct_value)
    if kind == "list_value":
        return [_unpacked(one) for one in value.list_value.values]
    return None


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind is dict:
        return all(type(name) is str and _is_plain(one) for name, one in value.items())
    if kind is list:
        return all(_is_plain(one) for one in value)
    return value is None or kind in _SCALARS
