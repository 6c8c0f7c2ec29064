"""Typed reading of a request body: every method answers the value or raises the API's error with the field's path."""

import re
from collections.abc import Collection
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Self

from ..messages import parse_json
from ..routing import Call
from . import refusals
from .errors import HuaweiError

_LARGEST_INTEGER = 2**31 - 1


def json_body(call: Call) -> Any:
    """The body as JSON."""
    try:
        return parse_json(call.request.body)
    except ValueError as error:
        raise refusals.not_json() from error


def object_body(call: Call) -> "Fields":
    """The body, which must be a JSON object."""
    return Fields(json_body(call), "")


def whole_number(value: Any, path: str) -> int:
    """An integer of 32 bits, also when written with a zero fraction."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise refusals.invalid(path, "must be an integer")
    if abs(value) > _LARGEST_INTEGER:
        raise refusals.invalid(path, "is out of range")
    return int(value)


def two_decimals(value: float) -> float:
    """Rounded half-up on the decimal text, as section 5.3 asks."""
    return float(Decimal(repr(value)).quantize(Decimal("0.01"), ROUND_HALF_UP))


class Fields:
    """An object of the body; null counts as absent. Nested objects are of the same class.

    Args:
        value: what should be an object.
        path: where it stands, for messages.
    """

    def __init__(self, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise refusals.invalid(path or "body", "must be an object")
        self.value = value
        self._path = path

    def path(self, name: str) -> str:
        """The full path of a field."""
        return f"{self._path}.{name}" if self._path else name

    def missing(self, name: str) -> HuaweiError:
        """The error for a field that has to be there."""
        return refusals.missing(self.path(name))

    def invalid(self, name: str, reason: str) -> HuaweiError:
        """The error for a field that breaks a rule."""
        return refusals.invalid(self.path(name), reason)

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self.value.get(name) is not None

    def get(self, name: str, *, required: bool = False) -> Any:
        """The value as it came, None when absent."""
        value = self.value.get(name)
        if required and (value is None or value in ("", [], {})):
            raise self.missing(name)
        return value

    def text(
        self, name: str, *, required: bool = False, pattern: str | None = None, longest: int | None = None
    ) -> str | None:
        """A string."""
        value = self.get(name, required=required)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.invalid(name, "must be a string")
        if longest is not None and len(value) > longest:
            raise self.invalid(name, f"must not have more than {longest} characters")
        if pattern is not None and not re.fullmatch(pattern, value):
            raise self.invalid(name, f"must match {pattern}")
        return value

    def required_text(self, name: str, *, pattern: str | None = None, longest: int | None = None) -> str:
        """A string that must be there and not empty."""
        return str(self.text(name, required=True, pattern=pattern, longest=longest))

    def choice(self, name: str, choices: Collection[str], *, required: bool = False) -> str | None:
        """One of some strings."""
        value = self.text(name, required=required)
        if value is not None and value not in choices:
            raise self.invalid(name, f"must be one of {', '.join(choices)}")
        return value

    def integer(
        self, name: str, *, required: bool = False, least: int | None = None, most: int | None = None
    ) -> int | None:
        """An integer within bounds, ends included."""
        value = self.get(name, required=required)
        if value is None:
            return None
        number = whole_number(value, self.path(name))
        self._check_bounds(name, number, least, most)
        return number

    def number(self, name: str, *, required: bool = False, least: float | None = None) -> float | None:
        """A number that is not below the least one."""
        value = self.get(name, required=required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.invalid(name, "must be a number")
        if abs(value) > _LARGEST_INTEGER:
            raise self.invalid(name, "is out of range")
        self._check_bounds(name, value, least, None)
        return float(value)

    def boolean(self, name: str) -> bool | None:
        """True or false."""
        value = self.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.invalid(name, "must be true or false")
        return value

    def array(self, name: str, *, required: bool = False) -> list[Any] | None:
        """A list of anything."""
        value = self.get(name, required=required)
        if value is not None and not isinstance(value, list):
            raise self.invalid(name, "must be an array")
        return value

    def texts(self, name: str, *, required: bool = False) -> list[str] | None:
        """A list of strings that are not empty."""
        values = self.array(name, required=required)
        for position, value in enumerate(values or ()):
            if not isinstance(value, str) or not value:
                raise self.invalid(f"{name}[{position}]", "must be a string")
        return values

    def objects(self, name: str, *, required: bool = False) -> list[Self] | None:
        """A list of objects."""
        values = self.array(name, required=required)
        if values is None:
            return None
        for position, value in enumerate(values):
            self._check_object(f"{name}[{position}]", value)
        return [type(self)(value, f"{self.path(name)}[{position}]") for position, value in enumerate(values)]

    def section(self, name: str, *, required: bool = False) -> Self | None:
        """A nested object."""
        value = self.get(name, required=required)
        if value is None:
            return None
        self._check_object(name, value)
        return type(self)(value, self.path(name))

    def text_map(self, name: str) -> dict[str, str] | None:
        """An object whose values are strings."""
        section = self.section(name)
        if section is None:
            return None
        for key, value in section.value.items():
            if not isinstance(value, str):
                raise section.invalid(key, "must be a string")
        return dict(section.value)

    def _check_object(self, name: str, value: Any) -> None:
        if not isinstance(value, dict):
            raise self.invalid(name, "must be an object")

    def _check_bounds(self, name: str, number: float, least: float | None, most: float | None) -> None:
        if least is not None and number < least:
            raise self.invalid(name, f"must be at least {least}")
        if most is not None and number > most:
            raise self.invalid(name, f"must be at most {most}")
