"""Numbers as they arrive (floats for integers, numeric text) and as they are meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

_INTEGER_TEXT = re.compile(r"[+-]?[0-9]{1,18}")
_NO_DECIMALS_FROM = 1e15  # a float this large has none left to round


def whole_number(value: Any) -> Any:
    """`value` as an int when it is a whole float or the text of an integer; anything else as it is."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _INTEGER_TEXT.fullmatch(value.strip()):
        return int(value)
    return value


def rounded(value: Any, decimals: int) -> Any:
    """`value` rounded half-up to `decimals`, on its decimal text: 1.005 is 1.01. What is no number stays as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if isinstance(value, int) or not abs(value) < _NO_DECIMALS_FROM:
        return value
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def whole_numbers(value: Any) -> Any:
    """A copy of a JSON value with ints for whole floats, and without nulls in objects, which Pulumi drops too."""
    if isinstance(value, Mapping):
        return {name: whole_numbers(one) for name, one in value.items() if one is not None}
    if isinstance(value, list | tuple):
        return [whole_numbers(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
