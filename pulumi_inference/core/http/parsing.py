"""JSON as it may be trusted: what parsers let through and nothing behind them can bear is refused."""

import sys
from codecs import BOM_UTF8
from typing import Any

DEEPEST = 100
"""How many lists and objects may stand inside one another."""
MOST = sys.float_info.max
"""The greatest number: one beyond it, whole or not, is no float, and what calculates with it would fail."""
_NESTING = (dict, list)
_HARMLESS = (str, bool, type(None))


def parse_json(text: str | bytes) -> Any:
    """The value in a JSON text, RFC 8259 to the letter. Raises ValueError for anything else, without quoting it.

    Besides what is no JSON at all that is: text that is not UTF-8, NaN and infinity, numbers that no float can hold,
    halves of surrogate pairs, and deeper nesting than anything sensible has.
    """
    # It takes longer to load than all that imports this module, and most processes need it for their models anyway.
    from pydantic_core import from_json

    try:
        value = from_json(text.removeprefix(BOM_UTF8) if isinstance(text, bytes) else text, allow_inf_nan=False)
    except TypeError:
        raise ValueError("it has half of a surrogate pair") from None
    except ValueError as error:
        raise ValueError(_undecodable(text) or str(error)) from None
    _check(value)
    return value


def _undecodable(text: str | bytes) -> str:
    """What is to be said of bytes that are no text at all, such as a file in UTF-16."""
    try:
        if isinstance(text, bytes):
            text.decode()
    except UnicodeDecodeError as error:
        return f"it is not UTF-8 (byte {error.start})"
    return ""


def _check(value: Any) -> None:
    """That nothing in it is nested too deeply or out of all range."""
    # By their very types, which is what the parser makes: every single value is looked at here.
    nests: list[Any] = [[value]]
    for _ in range(DEEPEST + 1):
        found = [
            inner
            for outer in nests
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) not in _HARMLESS
        ]
        nests = [one for one in found if type(one) in _NESTING]
        numbers = [one for one in found if type(one) not in _NESTING] if len(nests) < len(found) else ()
        if numbers and not -MOST <= min(numbers) <= max(numbers) <= MOST:
            raise ValueError("it has a number out of all range")
        if not nests:
            return
    raise ValueError("it is nested too deeply")
