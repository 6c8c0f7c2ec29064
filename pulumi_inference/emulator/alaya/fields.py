"""Typed reading of a request body: the first field that is missing or of another type is told with its path."""

from collections.abc import Collection
from typing import Any, Final, Self, TypeVar

from ..messages import parse_json
from ..routing import Call
from .envelope import EnvelopeError

LONGEST_NAME: Final = 63

T = TypeVar("T")


def object_body(call: Call) -> "Fields":
    """The body, which must be a JSON object.

    Raises:
        EnvelopeError: 400.
    """
    try:
        document = parse_json(call.request.body)
    except ValueError as error:
        raise EnvelopeError(400, "the body is not JSON") from error
    return Fields(document)


class Fields:
    """An object of the body; null counts as absent, and fields that nobody asks for are let pass.

    Each method that reads a field raises :class:`EnvelopeError` (400) when it is required and missing, or of another
    type: text is no number, and true is none either.

    Args:
        value: what should be an object.
        path: where it stands; empty for the body itself.
    """

    def __init__(self, value: Any, path: str = "") -> None:
        if not isinstance(value, dict):
            raise EnvelopeError(400, f"{path or 'the body'} must be an object")
        self.value = value
        self._path = path

    def wrong(self, name: str, message: str) -> EnvelopeError:
        """A field breaks a rule."""
        return EnvelopeError(400, f"{self._name(name)} {message}")

    def text(self, name: str) -> str | None:
        """A string."""
        value = self.value.get(name)
        if value is not None and not isinstance(value, str):
            raise self.wrong(name, "must be a string")
        return value

    def required_text(self, name: str, *, longest: int | None = None) -> str:
        """A string that is there and not empty."""
        value = self._required(self.text(name), name)
        if not value.strip():
            raise self.wrong(name, "must not be empty")
        if longest is not None and len(value) > longest:
            raise self.wrong(name, f"must not have more than {longest} characters")
        return value

    def required_choice(self, name: str, choices: Collection[str]) -> str:
        """One of some words."""
        value = self.required_text(name)
        if value not in choices:
            raise self.wrong(name, f"must be one of {', '.join(choices)}")
        return value

    def integer(self, name: str, *, least: int = 0) -> int | None:
        """An integer, not less than ``least``."""
        value = self.value.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(name, "must be an integer")
        if value < least:
            raise self.wrong(name, f"must be at least {least}")
        return value

    def required_integer(self, name: str, *, least: int = 0) -> int:
        """An integer that is there."""
        return self._required(self.integer(name, least=least), name)

    def boolean(self, name: str) -> bool | None:
        """True or false."""
        value = self.value.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(name, "must be a boolean")
        return value

    def texts(self, name: str) -> list[str] | None:
        """A list of strings."""
        value = self.value.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(name, "must be a list of strings")
        return value

    def required_texts(self, name: str) -> list[str]:
        """A list of strings that is there."""
        return self._required(self.texts(name), name)

    def text_map(self, name: str) -> dict[str, str] | None:
        """An object whose values are strings."""
        value = self.value.get(name)
        if value is None:
            return None
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise self.wrong(name, "must be an object of strings")
        return value

    def section(self, name: str) -> Self | None:
        """A nested object."""
        value = self.value.get(name)
        return None if value is None else type(self)(value, self._name(name))

    def required_section(self, name: str) -> Self:
        """A nested object that is there."""
        return self._required(self.section(name), name)

    def sections(self, name: str) -> list[Self] | None:
        """A list of objects."""
        value = self.value.get(name)
        if value is None:
            return None
        if not isinstance(value, list):
            raise self.wrong(name, "must be a list of objects")
        return [type(self)(item, f"{self._name(name)}[{place}]") for place, item in enumerate(value)]

    def _name(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def _required(self, value: T | None, name: str) -> T:
        if value is None:
            raise self.wrong(name, "is required")
        return value
