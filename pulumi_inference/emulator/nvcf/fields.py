"""Typed reading of a request body, in the two steps of the service: what can be read at all, and what rules it breaks.

A value of another kind than its field ends the reading at once. Broken rules are collected and told together, by
:meth:`Fields.check`.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, Self

from ..messages import parse_json
from ..routing import Call
from ..store import Document
from .durations import canonical
from .errors import Violations, unreadable
from .paths import is_uuid

_URI: Final = re.compile(r"(?:[^\s<>\"{}|\\^`%\x00-\x1f\x7f]|%[0-9A-Fa-f]{2})*")
_LARGEST_INTEGER: Final = 2**31 - 1

_TAG: Final = "[a-zA-Z0-9\\-_:=]+"
_MOST_TAGS: Final = 64
_LONGEST_TAG: Final = 128


def object_body(call: Call, kind: str) -> "Fields":
    """The body, which must be a JSON object.

    Args:
        call: the request.
        kind: its name in the messages.
    """
    try:
        document = parse_json(call.request.body)
    except ValueError as error:
        raise unreadable() from error
    return fields_of(document, kind)


def fields_of(document: Any, kind: str) -> "Fields":
    """A document, which must be an object, to be read as a body is."""
    return Fields(document, Violations(kind))


class Fields:
    """An object of the body; null counts as absent.

    Args:
        value: what should be an object.
        violations: where broken rules go.
        path: where it stands, for messages.
    """

    def __init__(self, value: Any, violations: Violations, path: str = "") -> None:
        if not isinstance(value, dict):
            raise unreadable()
        self.value = value
        self._violations = violations
        self._path = path

    def check(self) -> None:
        """Refuse the body if it breaks a rule.

        Raises:
            ProblemError: 400 with all of them.
        """
        self._violations.check()

    def violate(self, name: str, message: str) -> None:
        """A field breaks a rule."""
        self._violations.add(f"{self._path}{name}", _quoted(self.value.get(name)), message)

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self.value.get(name) is not None

    def text(
        self,
        name: str,
        *,
        required: bool = False,
        pattern: str | None = None,
        least: int = 0,
        longest: int | None = None,
        wrong_pattern: str | None = None,
        wrong_length: str | None = None,
    ) -> str | None:
        """A string.

        Args:
            name: of the field.
            required: it must not be absent.
            pattern: of the whole of it.
            least: smallest length; from 1 on it must not be blank, either.
            longest: greatest length.
            wrong_pattern: message for another pattern.
            wrong_length: message for another length.
        """
        value = self._present(name, required)
        if value is None:
            return None
        if not isinstance(value, str):
            raise unreadable()
        if least and not value.strip():
            self.violate(name, "must not be blank")
        if not least <= len(value) <= (longest or _LARGEST_INTEGER):
            self.violate(name, wrong_length or f"length must be between {least} and {longest}")
        if pattern is not None and not re.fullmatch(pattern, value):
            self.violate(name, wrong_pattern or f'must match "{pattern}"')
        return value

    def uri(self, name: str, *, required: bool = False) -> str | None:
        """A URI in the spelling sent."""
        value = self.text(name, required=required)
        if value is not None and not _URI.fullmatch(value):
            raise unreadable()
        return value

    def uuid(self, name: str) -> str | None:
        """A UUID."""
        value = self.text(name)
        if value is not None and not is_uuid(value):
            raise unreadable()
        return value.lower() if value else None

    def integer(
        self,
        name: str,
        *,
        required: bool = False,
        least: int | None = None,
        most: int | None = None,
        messages: tuple[str | None, str | None] = (None, None),
        largest: int = _LARGEST_INTEGER,
    ) -> int | None:
        """An integer.

        Args:
            name: of the field.
            required: it must not be absent.
            least: the smallest.
            most: the greatest.
            messages: for a smaller one, for a greater one.
            largest: what the service can read.
        """
        value = self._present(name, required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            raise unreadable()
        if abs(value) > largest:
            raise unreadable()
        if least is not None and value < least:
            words = {0: "must be greater than or equal to 0"}.get(least, f"must be greater than or equal to {least}")
            self.violate(name, messages[0] or words)
        if most is not None and value > most:
            self.violate(name, messages[1] or f"must be less than or equal to {most}")
        return int(value)

    def positive(self, name: str, *, required: bool = False) -> int | None:
        """An integer above zero."""
        return self.integer(name, required=required, least=1, messages=("must be greater than 0", None))

    def number(self, name: str) -> float | None:
        """A number."""
        value = self.value.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise unreadable()
        return float(value)

    def boolean(self, name: str) -> bool | None:
        """True or false."""
        value = self.value.get(name)
        if value is not None and not isinstance(value, bool):
            raise unreadable()
        return value

    def choice(self, name: str, choices: Collection[str], *, required: bool = False) -> str | None:
        """One of some words in whatever case; answered in that of the choices."""
        value = self._present(name, required)
        if value is None:
            return None
        found = {choice.lower(): choice for choice in choices}.get(value.lower() if isinstance(value, str) else "")
        if found is None:
            raise unreadable()
        return found

    def choices(self, name: str, choices: Collection[str], *, required: bool = False) -> list[str] | None:
        """A set of such words."""
        values = self.array(name, required=required)
        if values is None:
            return None
        if required and not values:
            self.violate(name, "must not be empty")
        single = [Fields({name: value}, self._violations, self._path) for value in values]
        return as_set(word for one in single if (word := one.choice(name, choices)) is not None)

    def duration(self, name: str, *, required: bool = False) -> str | None:
        """A duration in its canonical form."""
        value = self._present(name, required)
        if value is None:
            return None
        found = canonical(value)
        if found is None:
            raise unreadable()
        return found

    def array(self, name: str, *, required: bool = False) -> list[Any] | None:
        """A list of anything."""
        value = self._present(name, required)
        if value is not None and not isinstance(value, list):
            raise unreadable()
        return value

    def texts(self, name: str) -> list[str] | None:
        """A set of strings; blank ones are dropped."""
        values = self.array(name)
        if values is None:
            return None
        if not all(value is None or isinstance(value, str) for value in values):
            raise unreadable()
        return as_set(value for value in values if value is not None and value.strip())

    def tags(self) -> list[str] | None:
        """The field ``tags``, which several things have."""
        values = self.array("tags")
        if values is None:
            return None
        if not all(isinstance(value, str) for value in values):
            raise unreadable()
        found = as_set(values)
        if len(found) > _MOST_TAGS:
            self.violate("tags", f"Maximum number of tags of {_MOST_TAGS} is exceeded.")
        for tag in found:
            if len(tag) > _LONGEST_TAG:
                self._violations.add(f"{self._path}tags[]", tag, f"Maximum tag length of {_LONGEST_TAG} is exceeded.")
            if not re.fullmatch(_TAG, tag):
                self._violations.add(f"{self._path}tags[]", tag, f'must match "{_TAG}"')
        return found

    def section(self, name: str, *, required: bool = False) -> Self | None:
        """A nested object."""
        value = self._present(name, required)
        return None if value is None else type(self)(value, self._violations, f"{self._path}{name}.")

    def sections(self, name: str, *, required: bool = False) -> list[Self] | None:
        """A list of objects."""
        values = self.array(name, required=required)
        if values is None:
            return None
        return [
            type(self)(value, self._violations, f"{self._path}{name}[{place}].") for place, value in enumerate(values)
        ]

    def mapping(self, name: str) -> Document | None:
        """An object of any content."""
        value = self.value.get(name)
        if value is not None and not isinstance(value, dict):
            raise unreadable()
        return value

    def _present(self, name: str, required: bool) -> Any:
        value = self.value.get(name)
        if required and value is None:
            self.violate(name, "must not be null")
        return value


def as_set(values: Iterable[Any]) -> list[Any]:
    """The values without duplicates and in an order that has nothing to do with theirs, but is always the same."""
    texts = {json.dumps(value, sort_keys=True): value for value in values}
    return [texts[text] for text in sorted(texts, key=lambda text: hashlib.sha256(text.encode()).digest())]


def without_nulls(document: Mapping[str, Any]) -> Document:
    """What is answered of a document: nulls are left out."""
    return {name: value for name, value in document.items() if value is not None}


def _quoted(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
