"""The body of an answer as it arrives: decompressed piece by piece, and never more of it than was wanted."""

import zlib
from collections.abc import Iterable, Iterator

from pulumi_inference.core.http.exchange import PIECE_BYTES

LARGEST_ANSWER = 64 * 2**20
"""Bytes of an answer that is read as a whole, after decompression."""

_INFLATED = frozenset({"gzip", "x-gzip", "deflate"})


class BodyError(Exception):
    """The body is none that can be read; the text says why."""


class CutOffError(Exception):
    """The body has ended too soon; the text says where."""


def decompressed(raw: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """The pieces of a body, none longer than 64 kB if it was compressed, however little it was compressed to.

    Raises BodyError for a coding that is unknown or wrong, CutOffError at an early end.
    """
    coding = coding.strip().lower()
    if coding in ("", "identity"):
        yield from raw
        return
    if coding not in _INFLATED:
        raise BodyError(f"its content coding {coding!r} is not understood")
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)
    received = 0
    for piece in raw:
        received += len(piece)
        rest = piece
        while rest and not inflater.eof:
            try:
                yield inflater.decompress(rest, PIECE_BYTES)
            except zlib.error as error:
                raise BodyError(f"it is no {coding}: {error}") from None
            rest = inflater.unconsumed_tail
    if received and not inflater.eof:
        yield inflater.flush()
    if received and not inflater.eof:
        raise CutOffError(f"after {received} bytes")


def whole(pieces: Iterable[bytes], most: int) -> bytes:
    """A body. Raises BodyError as soon as it is longer than ``most`` bytes."""
    found, size = [], 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise BodyError(f"it has more than {most // 2**20} MB")
        found.append(piece)
    return b"".join(found)
