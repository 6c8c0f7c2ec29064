"""Pages and filters that the lists have in common (alaya.md sections 8 and 10.1)."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final, TypeVar

from ..messages import Response
from ..routing import Call
from ..store import Document
from .envelope import EnvelopeError, answer
from .settings import settings_of

DEFAULT_SIZE: Final = 10
MOST: Final = 100

T = TypeVar("T")


def query(call: Call) -> dict[str, str]:
    """The parameters that have a value; of several of a name the first."""
    return {name: value for name, value in reversed(call.request.query) if value}


def page(call: Call, items: Sequence[T]) -> Sequence[T]:
    """The part that ``page``, from 1, and ``size`` ask for.

    Raises:
        EnvelopeError: 400 for what is no such number.
    """
    number, size = _number(call, "page", 1, None), _number(call, "size", DEFAULT_SIZE, MOST)
    return items[(number - 1) * size : number * size]


def rows(call: Call, found: Sequence[Any], shown: Sequence[Document], *, as_text: bool = False) -> Response:
    """The answer of a list.

    Args:
        call: the request.
        found: all that passed the filters.
        shown: those of this page.
        as_text: the page's sample has ``code`` as text.
    """
    count: int | str = "" if settings_of(call).count_as_text and as_text else len(found)
    return answer(call, {"count": count, "rows": list(shown)}, as_text=as_text)


def has(extensions: Document, given: dict[str, str], prefix: str) -> bool:
    """Whether the fields have the values of the parameters ``prefix.<key>``."""
    wanted = {name.removeprefix(prefix): value for name, value in given.items() if name.startswith(prefix)}
    return all(name in extensions and _text(extensions[name]) == value for name, value in wanted.items())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _number(call: Call, name: str, default: int, most: int | None) -> int:
    text = query(call).get(name)
    if text is None:
        return default
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < 1 or (most is not None and int(text) > most):
        raise EnvelopeError(400, f"{name} must be an integer from 1{f' to {most}' if most else ''}")
    return int(text)
