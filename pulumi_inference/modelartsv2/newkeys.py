"""What the answer to the call that makes a key says: nothing else ever tells the key (modelarts-v2.md, section 8.3)."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_inference.core.errors import ResponseError
from pulumi_inference.core.fields.record import is_name
from pulumi_inference.core.http.exchange import Response
from pulumi_inference.huaweicloud.errors import refuse_error

VALUE, ID = "api_key", "key_id"

LONGEST = 4096
"""Characters that a key has at most: what is longer goes into no header."""

_VALUE = re.compile(rf'(?!="|")[!-~]{{1,{LONGEST}}}')
"""What goes into a header; a quote in front, or a formula of a spreadsheet, is no part of a key."""

_DELIMITERS = ",;\t"


@dataclass(frozen=True)
class NewKey:
    """A key, and its id where the answer says it."""

    value: str = field(repr=False)
    id: str | None = None


def new_key(answer: Response) -> NewKey:
    """The key in an answer: a JSON object, or a CSV file with a line of heads.

    Raises:
        ResponseError: there is none. It quotes nothing of the answer, which may hold the key all the same.
    """
    members = _json_object(answer)
    if members is None:
        members = _csv_row(answer.body)
    else:
        refuse_error(answer, members)
    value = readable_key(members.get(VALUE))
    if value is None:
        raise ResponseError(
            f"{answer.request}: the answer (HTTP {answer.status}, {len(answer.body)} bytes) has no {VALUE}, neither as "
            "JSON nor as CSV",
            details=[f"request id {answer.request_id}"] if answer.request_id else [],
        )
    found = members.get(ID)
    return NewKey(value, str(found).strip() if is_name(found) else None)


def readable_key(value: Any) -> str | None:
    """The value of a key without the blanks around it; None for what is none, or goes into no header."""
    key = value.strip() if isinstance(value, str) else ""
    return key if _VALUE.fullmatch(key) else None


def is_same(one: Any, other: Any) -> bool:
    """Whether two ids are those of the same key: with hyphens and without, in upper and in lower case."""
    return plain(one) == plain(other)


def plain(key_id: Any) -> str:
    """An id as all its spellings have it in common."""
    return str(key_id).replace("-", "").lower()


def _json_object(answer: Response) -> Mapping[str, Any] | None:
    try:
        found = answer.json()
    except ResponseError:
        return None
    return found if isinstance(found, dict) else None


def _csv_row(body: bytes) -> Mapping[str, Any]:
    """The first line under that of the heads, by head; empty when the body is no such file.

    A spreadsheet of another country has semicolons or tabs instead of commas.
    """
    # A text that somebody has written may be in another encoding; the key itself is plain ASCII.
    text = body.decode(_encoding(body), errors="replace")
    for delimiter in _DELIMITERS:
        lines = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
        try:
            rows = [row for row in lines if any(cell.strip() for cell in row)]
        except csv.Error:
            continue
        heads = [cell.strip().lower() for cell in rows[0]] if len(rows) > 1 else []
        if VALUE in heads:
            return dict(zip(heads, rows[1], strict=False))
    return {}


def _encoding(body: bytes) -> str:
    """What the byte order mark says; UTF-8 where there is none."""
    return "utf-16" if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
