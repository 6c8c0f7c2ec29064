"""Whether a JSON value fits the annotation of a dataclass field; for what comes in through the admin door."""

from dataclasses import is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

LARGEST = 1e15
"""Greater numbers would leave the range of times in milliseconds."""


def fits(annotation: Any, value: Any) -> bool:
    """Whether the value is of that type; numbers must not be negative, beyond :data:`LARGEST` or no numbers."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return any(fits(option, value) for option in get_args(annotation))
    if origin is not None:
        return _fits_generic(origin, get_args(annotation), value)
    if annotation is Any:
        return True
    if annotation in (int, float):
        number = isinstance(value, int | annotation) and not isinstance(value, bool)
        return number and 0 <= value <= LARGEST
    if annotation in (bool, str, NoneType) or is_dataclass(annotation):
        return isinstance(value, annotation)
    raise TypeError(f"cannot check values of type {annotation}")


def choices(annotation: Any) -> str:
    """The words that such a value may be, as the end of a message; nothing where any may stand there."""
    options = [part for part in (annotation, *get_args(annotation)) if get_origin(part) is Literal]
    words = [str(one) for option in options for one in get_args(option)]
    return f"; there are {', '.join(words)}" if words else ""


def _fits_generic(origin: Any, arguments: tuple[Any, ...], value: Any) -> bool:
    if origin is Literal:
        return value in arguments
    if origin is dict:
        return isinstance(value, dict) and all(fits(arguments[1], item) for item in value.values())
    if origin is tuple and Ellipsis not in arguments:
        same_length = isinstance(value, list | tuple) and len(value) == len(arguments)
        return same_length and all(map(fits, arguments, value))
    if origin in (list, tuple):
        return isinstance(value, list | tuple) and all(fits(arguments[0], item) for item in value)
    raise TypeError(f"cannot check values of type {origin}")
