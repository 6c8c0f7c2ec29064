"""JSON as it may be trusted: what the standard parser lets through and nothing behind it can bear is refused."""

import json
import math
from collections.abc import Callable
from typing import Any

DEEPEST = 100
"""How many lists and objects may stand inside one another."""
MOST_DIGITS = 308
"""Of an integer: one with more is no float any more, and what calculates with it would fail."""
_NESTING = (dict, list)


def parse_json(text: str | bytes, instead_of: Callable[[dict[str, Any]], Any] | None = None) -> Any:
    """The value in a JSON text, RFC 8259 to the letter. Raises ValueError for anything else, without quoting it.

    `instead_of` says what each object becomes, the innermost first.

    Besides what is no JSON at all that is: text that is not UTF-8, NaN and infinity, numbers that no float can hold,
    halves of surrogate pairs, and deeper nesting than anything sensible has.
    """
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValueError(f"it is not UTF-8 (byte {error.start})") from None
    try:
        value = json.loads(
            text, parse_constant=_no_constant, parse_float=_float, parse_int=_int, object_hook=instead_of
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    _check_depth(value)
    if "\\ud" in text or "\\uD" in text:
        _check_surrogates(value)
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError("it has a number out of all range")
    return value


def _int(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"it has a number of {len(digits)} digits")
    return int(digits)


def _check_depth(value: Any) -> None:
    # By their very types, which is what the parser makes: every single value is looked at here.
    level = [value] if type(value) in _NESTING else []
    for _ in range(DEEPEST):
        if not level:
            return
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) in _NESTING
        ]
    if level:
        raise ValueError("it is nested too deeply")


def _check_surrogates(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        raise ValueError("it has half of a surrogate pair") from None
