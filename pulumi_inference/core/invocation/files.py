"""What a model answers, written to files, and what it answers in an archive: names and sizes are never trusted."""

from __future__ import annotations

import lzma
import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from pulumi_inference.core.errors import ConfigurationError, ResponseError
from pulumi_inference.core.http.exchange import PIECE_BYTES
from pulumi_inference.core.http.streaming import StreamedFile, StreamedResponse

MOST_FILES = 10_000
LARGEST_RESULT = 5 * 2**30 + 2**28
"""Bytes of an archive, and of all that is in it: the largest result that clouds promise, and a little more."""
_NOT_UNPACKED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,  # it has a password
)
_UNSAFE = re.compile(r"[\\\x00-\x1f\x7f:*?\"<>|]")


def write_files(file: Path, answer: StreamedResponse) -> list[Path]:
    """Writes the body to `file` and what comes with it to a folder beside it; answers what was written.

    A file that is there is replaced once all of the new one has come.

    Raises:
        ConfigurationError: a file cannot be written.
    """
    written = [_write(file, answer.chunks())]
    folder = file.with_name(f"{file.name}.files")
    return [*written, *(_write(folder / PurePosixPath(one.name), one.chunks()) for one in answer.files)]


def _write(file: Path, chunks: Iterable[bytes]) -> Path:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    except OSError as error:
        raise _unwritten(file, error) from None
    try:
        with os.fdopen(descriptor, "wb") as opened:
            for chunk in chunks:
                opened.write(chunk)
        Path(name).chmod(_usual_mode())
        Path(name).replace(file)
    except OSError as error:
        raise _unwritten(file, error) from None
    finally:
        Path(name).unlink(missing_ok=True)
    return file


def _usual_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _unwritten(file: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(f"{file} cannot be written: {error.strerror}")


class Archive:
    """A zip file that a cloud has answered, opened for reading.

    Args:
        file: the whole of it.
        what: what it is, in messages.

    Raises:
        ResponseError: it is none, or has names in it that lead out of a folder.
    """

    def __init__(self, file: IO[bytes], what: str) -> None:
        self._what, self._left = what, LARGEST_RESULT
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
            raise ResponseError(f"{what} is no zip file: {error}") from None
        entries = [one for one in self._zip.infolist() if not one.is_dir()]
        if len(entries) > MOST_FILES:
            raise ResponseError(f"{what} has more than {MOST_FILES} files")
        self._entries = {one.filename: one for one in entries}
        for name in self._entries:
            if not is_inside(name):
                raise ResponseError(f"{what} has a file with the name {name!r}, which leads elsewhere")

    @property
    def names(self) -> list[str]:
        """The files in it."""
        return list(self._entries)

    def file(self, name: str) -> StreamedFile:
        """One of them."""
        return StreamedFile(name, lambda: self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of a file.

        Raises:
            ResponseError: it cannot be unpacked, or all that was read of the archive is too much.
        """
        try:
            with self._zip.open(self._entries[name]) as entry:
                while piece := entry.read(PIECE_BYTES):
                    self._left -= len(piece)
                    if self._left < 0:
                        raise ResponseError(f"{self._what} has more than {LARGEST_RESULT // 2**30} GB in it")
                    yield piece
        except _NOT_UNPACKED as error:
            raise ResponseError(f"{self._what}: {name!r} cannot be unpacked: {error}") from None


def is_inside(name: str) -> bool:
    """Whether a name is a relative path that stays below the folder that it is joined to, on every system."""
    parts = name.split("/")
    return not _UNSAFE.search(name) and all(part.strip(" .") for part in parts)
