"""Tags, alike in all versions of the API (modelarts.md section 8.8, modelarts-v2.md section 9.1)."""

from collections.abc import Iterable, Mapping

from ..store import Document
from . import refusals
from .fields import Fields

_VALUE_EXTRA = "_.:=+-@/ "
_KEY_EXTRA = _VALUE_EXTRA.replace("/", "")
_LONGEST_KEY, _LONGEST_VALUE = 128, 255


def key_of(item: Fields) -> str:
    """The key of a tag in a body."""
    key = item.required_text("key")
    allowed = all(character.isalnum() or character in _KEY_EXTRA for character in key)
    if not allowed or len(key) > _LONGEST_KEY or key != key.strip() or key.startswith("_sys_"):
        raise refusals.invalid(item.path("key"), f"{key!r} is not a tag key")
    return key


def value_of(item: Fields, *, required: bool) -> str | None:
    """The value of a tag in a body, which may be empty."""
    value = item.text("value", longest=_LONGEST_VALUE)
    if value is None and required:
        raise refusals.missing(item.path("value"))
    if value and not all(character.isalnum() or character in _VALUE_EXTRA for character in value):
        raise refusals.invalid(item.path("value"), f"{value!r} is not a tag value")
    return value


def remove(tags: dict[str, str], items: Iterable[Fields]) -> None:
    """Take tags away; a value, if given, must be the present one."""
    for item in items:
        key, value = key_of(item), value_of(item, required=False)
        if value is None or tags.get(key) == value:
            tags.pop(key, None)


def by_key(all_tags: Iterable[Mapping[str, str]]) -> list[Document]:
    """The tags of many things, each key once with all its values."""
    values: dict[str, dict[str, None]] = {}
    for tags in all_tags:
        for key, value in tags.items():
            values.setdefault(key, {})[value] = None
    return [{"key": key, "values": list(found)} for key, found in values.items()]
