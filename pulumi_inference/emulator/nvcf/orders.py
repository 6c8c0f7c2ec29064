"""What a caller orders to go wrong or to take its time, by headers or in the body; see docs/emulator.md."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Literal

from ..messages import parse_json
from ..typed import fits

HEADER: Final = "x-emulator-"
MEMBER: Final = "emulator"
LARGEST: Final = 64 * 1024 * 1024
_LARGEST_CODE: Final = 16

Silence = Literal["request", "status"]
Trouble = Literal["connection", "worker"]


class OrderError(ValueError):
    """An order that makes no sense; the message names it."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What is ordered, each by a header ``X-Emulator-<Name>`` or in the body's object ``emulator``.

    Args:
        status: the container answers this status.
        code: the container ends an RPC with this number of gRPC.
        error: with a status from 400: the ``error`` in the container's JSON; empty leaves it out. With a code: what is
            said then.
        seconds: how long the container works.
        progress: how often it reports progress meanwhile.
        partial: whether its reports have a part of the result with them.
        bytes: how many bytes its answer has.
        files: names of files, separated by commas, that it writes to the directory for output.
        silent: the worker keeps silent: nobody takes the request, or nobody answers a poll.
        trouble: the worker cannot reach the container, or has a mistake of its own.
        region: the result is held in another region: the first answer points to a status URL.
    """

    status: int = 200
    code: int = 0
    error: str | None = None
    seconds: float = 0.0
    progress: int = 0
    partial: bool = True
    bytes: int = 0
    files: str = ""
    silent: Silence | None = None
    trouble: Trouble | None = None
    region: bool = False

    def __post_init__(self) -> None:
        if not 200 <= self.status <= 599:
            raise OrderError("status is from 200 to 599")
        if self.code > _LARGEST_CODE:
            raise OrderError(f"code is from 0 to {_LARGEST_CODE}")
        if self.bytes > LARGEST:
            raise OrderError(f"bytes are at most {LARGEST}")
        if self.seconds > 7200:
            raise OrderError("seconds are at most 7200")
        if self.progress > 1000:
            raise OrderError("progress is at most 1000")


def parse(headers: Mapping[str, str], body: bytes) -> Orders:
    """Read the orders; those in headers win.

    Raises:
        OrderError: there is no such order, or no such value.
    """
    given: dict[str, Any] = {}
    if MEMBER.encode() in body:
        try:
            document = parse_json(body)
        except ValueError:
            document = None
        if isinstance(document, dict) and isinstance(document.get(MEMBER), dict):
            given |= document[MEMBER]
    types = {item.name: item.type for item in fields(Orders)}
    for name, text in headers.items():
        if name.startswith(HEADER):
            order = name.removeprefix(HEADER)
            given[order] = _value(types.get(order), text)
    for order, value in given.items():
        if order not in types or not fits(types[order], value):
            raise OrderError(f"no such order: {order} with {value!r}; there are {', '.join(types)}")
    return Orders(**given)


def _value(wanted: Any, text: str) -> Any:
    """A header's text as the JSON value that it stands for."""
    if wanted in (int, float, bool):
        try:
            return parse_json(text.lower().encode())
        except ValueError:
            return text
    return text
