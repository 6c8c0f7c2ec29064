"""What is sent to a model: a body and its content type."""

from __future__ import annotations

import json as jsonlib
import mimetypes
import os
from typing import Any

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.http.exchange import Body, FileBody
from pulumi_inference.core.http.parsing import parse_json

JSON_TYPE = "application/json"
TEXT_TYPE = "text/plain; charset=utf-8"
BINARY_TYPE = "application/octet-stream"
ANY_TYPE = "*/*"


def body_of(json: Any, text: str | None, data: bytes | None, file: str | os.PathLike[str] | None) -> tuple[Body, str]:
    """The one body that is given, and its content type.

    Raises:
        TypeError: more than one is given.
        ConfigurationError: the file cannot be read; a text is none.
    """
    given = {"json": json, "text": text, "data": data, "file": file}
    names = [name for name, one in given.items() if one is not None]
    if len(names) > 1:
        raise TypeError(f"invoke() takes one body, not {' and '.join(names)}")
    if json is not None:
        return _utf8(jsonlib.dumps(json, ensure_ascii=False), "json"), JSON_TYPE
    if text is not None:
        return _utf8(text, "text"), TEXT_TYPE
    if file is not None:
        return FileBody.of(os.fspath(file)), file_type(os.fspath(file))
    return data or b"", BINARY_TYPE


def _utf8(text: str, what: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise ConfigurationError(f"{what} is no text: it has half of a surrogate pair") from None


def content_type(body: bytes) -> str:
    """The content type of a body that does not say: JSON, text or anything else."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return BINARY_TYPE
    try:
        parse_json(text)
    except ValueError:
        return TEXT_TYPE
    return JSON_TYPE


def file_type(name: str) -> str:
    """The content type of a file, by its name."""
    return mimetypes.guess_type(name)[0] or BINARY_TYPE


def bytes_of(body: Body) -> bytes:
    """A body, read as a whole."""
    return b"".join(body) if isinstance(body, FileBody) else body
