"""What stands in the JSON object that an answer is."""

from __future__ import annotations

from typing import Any

from pulumi_inference.core.errors import ResponseError
from pulumi_inference.core.http.exchange import Response

Json = dict[str, Any]


def object_of(answer: Response) -> Json:
    """The body of an answer, a JSON object.

    Raises:
        ResponseError: it is none.
    """
    body = answer.json()
    if not isinstance(body, dict):
        raise ResponseError(f"{answer.request}: the answer is no JSON object")
    return body


def member_object(answer: Response, key: str) -> Json:
    """The object under `key` of the object that an answer is.

    Raises:
        ResponseError: there is none.
    """
    found = object_of(answer).get(key)
    if not isinstance(found, dict):
        raise ResponseError(f"{answer.request}: the answer has no object {key!r}")
    return found


def member_list(answer: Response, key: str) -> list[Json]:
    """The list of objects under `key` of the object that an answer is.

    Raises:
        ResponseError: there is none.
    """
    items = object_of(answer).get(key)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ResponseError(f"{answer.request}: the answer has no list {key!r} of objects")
    return items
