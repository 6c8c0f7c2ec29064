"""Pages and filters that the lists have in common (modelarts-v2.md section 3.6)."""

import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from ..huaweicloud import refusals
from ..messages import Response, json_response
from ..routing import Call

DEFAULT_LIMIT: Final = 10
MOST: Final = 500


def query(call: Call) -> dict[str, str]:
    """The parameters that have a value; of several of a name the first."""
    return {name: value for name, value in reversed(call.request.query) if value}


def answer(call: Call, found: Sequence[Any]) -> Response:
    """The page that ``limit`` and ``offset`` ask for.

    Raises:
        HuaweiError: 400 for what is no such number.
    """
    limit, offset = window(call)
    return json_response(
        {
            "data": list(found[offset : offset + limit]),
            "current": offset // limit,
            "size": limit,
            "pages": -(-len(found) // limit),
            "total": len(found),
        }
    )


def window(call: Call) -> tuple[int, int]:
    """``limit`` and ``offset``.

    Raises:
        HuaweiError: 400 for what is no such number.
    """
    limit, offset = number(call, "limit", DEFAULT_LIMIT), number(call, "offset", 0)
    if not 1 <= limit <= MOST:
        raise refusals.invalid("limit", f"must be from 1 to {MOST}")
    if offset % limit:
        raise refusals.invalid("offset", "must be a multiple of limit")
    return limit, offset


def number(call: Call, name: str, default: int) -> int:
    """A whole number of the query."""
    text = call.request.query_value(name)
    if not text:
        return default
    if not re.fullmatch("[0-9]{1,15}", text):
        raise refusals.invalid(name, "must be an integer")
    return int(text)


def ordered(call: Call, items: Sequence[Any], keys: tuple[str, ...], default: str) -> list[Any]:
    """The items, which are objects with these attributes, in the order that ``sort_key`` and ``sort_dir`` ask for."""
    wanted = (call.request.query_value("sort_key") or default).split(",")
    for key in wanted:
        check_choice("sort_key", key, keys)
    return sorted(items, key=lambda item: [getattr(item, key) for key in wanted], reverse=is_descending(call))


def is_descending(call: Call) -> bool:
    """Whether the newest or greatest comes first, which is the default."""
    order = (call.request.query_value("sort_dir") or "DESC").upper()
    check_choice("sort_dir", order, ("ASC", "DESC"))
    return order == "DESC"


def check_choice(name: str, value: str | None, choices: Collection[str]) -> None:
    """Refuse a value of the query that is none of the documented ones."""
    if value is not None and value not in choices:
        raise refusals.invalid(name, f"must be one of {', '.join(choices)}")


def choices(call: Call, name: str, known: Collection[str]) -> list[str]:
    """The values of a parameter that has several with commas."""
    found = [value for value in (call.request.query_value(name) or "").split(",") if value]
    for value in found:
        check_choice(name, value, known)
    return found


def is_true(call: Call, name: str) -> bool:
    """A parameter that is true or false, the latter unless given."""
    value = (call.request.query_value(name) or "false").lower()
    check_choice(name, value, ("true", "false"))
    return value == "true"


def date_time(moment_ms: int) -> str:
    """A time as text, UTC."""
    return datetime.fromtimestamp(moment_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
