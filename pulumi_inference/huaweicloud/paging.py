"""Reading all pages of a list, whichever way the server counts them."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from pulumi_inference.core.fields.normalise import whole_number
from pulumi_inference.core.http.exchange import Response
from pulumi_inference.core.http.members import Json, member_list, object_of

Identity = Callable[[Json], Hashable]
ReadPage = Callable[[list[tuple[str, str]]], Response]
"""Asks for a page by these parameters."""


def all_pages(read_page: ReadPage, key: str, identity: Identity, *, size: int, totals: tuple[str, ...]) -> list[Json]:
    """All items of a paged list, each once, in the order in which they came.

    `size` is how many items a page may have, `totals` are the members of a page that may say how many there are.

    Sources disagree whether `offset` counts items or pages (modelarts.md, section 14, row 1; modelarts-v2.md, 13). It
    is sent as items first; when that brings nothing new although items are missing, it is sent as page numbers, until
    these bring nothing new either. So neither kind of server loses an item, and neither is asked for ever.

    Raises:
        ResponseError: an answer is no such list. Other errors are those of `read_page`.
    """
    pages = _Pages(read_page, key, identity, size, totals)
    while pages.read(offset=pages.received):
        pass
    number = 1
    while not pages.are_complete and pages.read(offset=number):
        number += 1
    return list(pages.found.values())


class _Pages:
    def __init__(self, read_page: ReadPage, key: str, identity: Identity, size: int, totals: tuple[str, ...]) -> None:
        self._read_page, self._key, self._identity = read_page, key, identity
        self._size, self._totals = size, totals
        self.found: dict[Hashable, Json] = {}
        self.received = 0
        self.are_complete = False

    def read(self, *, offset: int) -> bool:
        """Reads one page; whether it brought something new and more is to come."""
        answer = self._read_page([("offset", str(offset)), ("limit", str(self._size))])
        body, items = object_of(answer), member_list(answer, self._key)
        before = len(self.found)
        for item in items:
            self.found.setdefault(self._identity(item), item)
        self.received += len(items)
        self.are_complete = self._is_last(body, len(items))
        return len(self.found) > before and not self.are_complete

    def _is_last(self, body: Json, received: int) -> bool:
        total = self._total(body)
        return received < self._size if total is None else max(received, len(self.found)) >= total

    def _total(self, body: Json) -> int | None:
        """The number of all items: the larger number, since one list of v1 has the two names reversed (12.4)."""
        numbers = [whole_number(body.get(name)) for name in self._totals]
        return max((number for number in numbers if isinstance(number, int)), default=None)
