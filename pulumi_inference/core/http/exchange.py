"""One request and its answer, as authenticators and clients see them; the sending is in ``client.py``."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, Self, TypeAlias
from urllib.parse import quote

from pulumi_inference.core.errors import ApiError, ConfigurationError, ResponseError
from pulumi_inference.core.http.parsing import parse_json

PIECE_BYTES = 65536


@dataclass(frozen=True)
class FileBody:
    """A file as the body of a request: read piece by piece while it is sent, and anew for each try."""

    path: Path
    size: int

    @classmethod
    def of(cls, path: str | Path) -> Self:
        """The file at `path`, which must not change until it is sent. Raises ConfigurationError if it is unreadable."""
        file = Path(path)
        try:
            with file.open("rb") as opened:
                return cls(file, opened.seek(0, 2))
        except (OSError, ValueError) as error:
            raise _unread(file, error) from None

    def __iter__(self) -> Iterator[bytes]:
        """The pieces: as many bytes as the file had. Raises ConfigurationError when they are not there any more."""
        left = self.size
        try:
            with self.path.open("rb") as file:
                while left and (piece := file.read(min(PIECE_BYTES, left))):
                    left -= len(piece)
                    yield piece
        except OSError as error:
            raise _unread(self.path, error) from None
        if left:
            raise ConfigurationError(f"{self.path} has become shorter while it was sent")

    def __len__(self) -> int:
        return self.size


Body: TypeAlias = bytes | FileBody


def _unread(file: Path, error: OSError | ValueError) -> ConfigurationError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return ConfigurationError(f"{file} cannot be read: {reason}")


@dataclass(frozen=True)
class WireRequest:
    """What an authenticator sees of a request: exactly what goes over the wire, decoded.

    ``path`` is percent-decoded, ``query`` the decoded pairs in order, ``host`` the value of the Host header. ``body``
    is empty when a file is sent: what signs its requests has to be given bytes.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    host: str


class Authenticator(Protocol):
    """Adds to each try the headers that say who asks."""

    def authenticate(self, request: WireRequest) -> Mapping[str, str]:
        """The headers to add."""
        ...

    def refresh(self, rejected: Mapping[str, str]) -> bool:
        """After a 401 to a request with these headers: whether one more try with new ones makes sense."""
        ...


class FixedHeader:
    """Says who asks by one header that is always the same, as an API key is."""

    def __init__(self, name: str, value: str) -> None:
        """Raises ConfigurationError for what no header can carry."""
        if not (value.isascii() and value.isprintable()):
            raise ConfigurationError(
                f"the key for the header {name} has a character that no header can carry",
                next_step="Check the key for line breaks and for anything that is not ASCII.",
            )
        self._header = {name.lower(): value}

    def authenticate(self, request: WireRequest) -> Mapping[str, str]:  # noqa: ARG002 - the protocol's parameter
        """The header."""
        return self._header

    def refresh(self, rejected: Mapping[str, str]) -> bool:  # noqa: ARG002 - the protocol's parameter
        """Never: there is only the one value."""
        return False


@dataclass(frozen=True)
class Response:
    """An answer of the server. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    request_id: str | None = None
    request: str = ""

    def json(self) -> Any:
        """The body as JSON. Raises ResponseError, which quotes nothing of the body: it may hold a secret."""
        try:
            return self._parsed
        except ValueError as error:
            raise self.unusable(f"is not JSON ({self._kind})", str(error)) from None

    @property
    def _kind(self) -> str:
        return f"{self.headers.get('content-type', 'no content type')}, {len(self.body)} bytes"

    @cached_property
    def _parsed(self) -> Any:
        return parse_json(self.body)

    def unusable(self, reason: str, *details: str) -> ResponseError:
        """The error for an answer that is not what was due."""
        return ResponseError(
            f"{self.request}: the answer (HTTP {self.status}) {reason}",
            details=[*details, *([f"request id {self.request_id}"] if self.request_id else [])],
            next_step="Check that the endpoint is the API itself, not a web page or a proxy; then try again.",
        )


class Due(Enum):
    """What the body of a success has to be; another one is no success, and nobody knows whether the call was done."""

    OBJECT = "a JSON object"
    NOTHING = "nothing, or JSON"
    ANYTHING = "anything"
    SECRET = "anything, and no trace shows it"  # noqa: S105 - what is due

    def check(self, answer: Response) -> None:
        """Raises ResponseError for a success with another body.

        A 204 to a write says by itself that it has none.
        """
        may_be_empty = self is Due.NOTHING or (answer.status == 204 and not answer.request.startswith("GET "))
        if self in (Due.ANYTHING, Due.SECRET) or answer.status >= 300 or (not answer.body and may_be_empty):
            return
        if not answer.body:
            raise answer.unusable("is empty")
        if not isinstance(answer.json(), dict) and self is Due.OBJECT:
            raise answer.unusable("is no JSON object")


IsError: TypeAlias = Callable[[Response], bool]
ParseError: TypeAlias = Callable[[Response, str, str], ApiError]


def quote_segment(text: str) -> str:
    """One path segment, percent-encoded; a slash inside stays inside.

    Raises ConfigurationError for what servers and clients take for another path, however it is encoded.
    """
    if text in ("", ".", ".."):
        raise ConfigurationError(f"{text!r} is no id")
    return quote_text(text)


def quote_text(text: str) -> str:
    """A text of a query, percent-encoded. Raises ConfigurationError for one that is no text."""
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise ConfigurationError(f"{text!r} is no text: it has half of a surrogate pair") from None


def lower(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with lower-case names."""
    return {name.lower(): value for name, value in headers.items()}
