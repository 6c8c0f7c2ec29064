"""An answer that is read while it arrives: its chunks, lines or server-sent events."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pulumi_inference.core.errors import ResponseError
from pulumi_inference.core.http.parsing import parse_json

if TYPE_CHECKING:
    from pulumi_inference.core.http.exchange import Response


LONGEST_LINE = 16 * 2**20
"""Characters of a line, and of the data of an event."""
LARGEST_REST = 512 * 2**20
"""Bytes that are read at once."""


@dataclass(frozen=True)
class ServerSentEvent:
    """One event of a `text/event-stream` (WHATWG HTML, 9.2). `event` is `message` where the server gives no name."""

    data: str
    event: str = "message"
    id: str = ""

    def json(self) -> Any:
        """The data as JSON. Raises ValueError when it is none, as the `[DONE]` at the end of many streams."""
        return parse_json(self.data)


@dataclass(frozen=True)
class StreamedFile:
    """A file that comes with an answer: its name, a relative path, and its content in pieces, each time it is asked."""

    name: str
    chunks: Callable[[], Iterator[bytes]]


class StreamedResponse:
    """An answer whose body is still on its way. Header names are lower case.

    Use it as a context manager: leaving it closes the connection, also in the middle of the body. The body can be
    gone through once, by `chunks` (or by iterating over the answer itself), `lines`, `events` or `read`. Each of them
    raises TransportError when the connection breaks, or stays silent for longer than the timeout.
    """

    def __init__(
        self,
        status: int,
        headers: Mapping[str, str],
        chunks: Iterator[bytes],
        close: Callable[[], None],
        request_id: str | None = None,
        *,
        files: Sequence[StreamedFile] = (),
    ) -> None:
        """`files` are what comes with the answer besides its body; they can be read until it is closed."""
        self.status = status
        self.headers = headers
        self.request_id = request_id
        self.files = files
        self._chunks = chunks
        self._close = close

    @classmethod
    def of(cls, answer: Response) -> Self:
        """An answer that has arrived as a whole."""
        return cls(answer.status, answer.headers, iter([answer.body]), lambda: None, answer.request_id)

    def __repr__(self) -> str:
        return f"StreamedResponse(status={self.status})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[bytes]:
        return self.chunks()

    def close(self) -> None:
        """Close the connection; what has not arrived yet is given up."""
        self._close()

    def chunks(self) -> Iterator[bytes]:
        """The body as it arrives, in pieces that have no meaning; what was compressed comes decompressed."""
        return self._chunks

    def lines(self) -> Iterator[str]:
        """The body as lines of UTF-8 text, without their ends (LF, CR or both)."""
        return split_lines(self._chunks)

    def events(self) -> Iterator[ServerSentEvent]:
        """The body as server-sent events; comments and an unfinished last event are left out."""
        return parse_events(self.lines())

    def read(self) -> bytes:
        """All of the body that has not been read yet."""
        return joined(self._chunks)


def joined(chunks: Iterable[bytes], size: int = 0) -> bytes:
    """All of a body. Raises ResponseError for more than 512 MB, with the ``size`` of what was read before."""
    found = []
    for chunk in chunks:
        size += len(chunk)
        if size > LARGEST_REST:
            raise _too_long("the answer", LARGEST_REST)
        found.append(chunk)
    return b"".join(found)


def split_lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """The lines of a text in pieces; pieces may end within a character or a line end."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8")("replace"), translate=True)
    rest = ""
    for chunk in chunks:
        *complete, rest = (rest + decoder.decode(chunk)).split("\n")
        yield from complete
        if len(rest) > LONGEST_LINE:
            raise _too_long("a line of the answer", LONGEST_LINE)
    *complete, rest = (rest + decoder.decode(b"", final=True)).split("\n")
    yield from complete
    if rest:
        yield rest


def parse_events(lines: Iterable[str]) -> Iterator[ServerSentEvent]:
    """The events in the lines of an event stream."""
    name, data, last_id, size = "", list[str](), "", 0
    for number, line in enumerate(lines):
        field, _, value = (line.removeprefix("\ufeff") if number == 0 else line).partition(":")
        value = value.removeprefix(" ")
        if line == "":
            if data:
                yield ServerSentEvent("\n".join(data), name or "message", last_id)
            name, data, size = "", [], 0
        elif field == "data":
            data.append(value)
            size += len(value) + 1
            if size > LONGEST_LINE:
                raise _too_long("an event of the answer", LONGEST_LINE)
        elif field == "event":
            name = value
        elif field == "id" and "\0" not in value:
            last_id = value


def _too_long(what: str, limit: int) -> ResponseError:
    return ResponseError(f"{what} has more than {limit // 2**20} MB", next_step="Read it in chunks.")
