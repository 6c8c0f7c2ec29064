"""The operations of a cloud's API as its documentation has them: what coverage is measured against."""

from __future__ import annotations

from dataclasses import dataclass

ANY = "*"
"""The method of an operation that takes every one."""

RPC = "RPC"
"""The method of an operation that is none of HTTP but of gRPC; its path is `/{service}/{method}`."""


@dataclass(frozen=True)
class Operation:
    """One operation. Whether client and emulator have it, nobody says: that is found out from their code.

    Args:
        method: in upper case, or `ANY` or `RPC`.
        path: as the documentation has it, from the host on, with `{name}` for what varies.
        name: what it does, in a few words.
        source: page of the API's reference, as fields have theirs.
        also: further spellings of the path that lead to the same.
        host: the host that answers it, where that is another than the API's; as the emulator has it.
        sent_by: import string of what sends it, where that is no method of the client: calls of what is deployed,
            logins, uploads.
        missing: why the client or the emulator lacks it; "" where both have it.
    """

    method: str
    path: str
    name: str
    source: str
    also: tuple[str, ...] = ()
    host: str = ""
    sent_by: str = ""
    missing: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        """All spellings."""
        return (self.path, *self.also)

    def __str__(self) -> str:
        return f"{self.method} {self.host}{self.path}"


@dataclass(frozen=True)
class LeftOut:
    """A field of the API that no resource and no lookup has.

    Args:
        where: the object that has it, as the documentation calls it, such as `CreateService` or `config[]`.
        name: its name there; several, with commas between them, where the reason is the same.
        reason: why it is left out.
    """

    where: str
    name: str
    reason: str


@dataclass(frozen=True)
class Api:
    """What a cloud's documentation has: a room's `specs/operations.py` holds one as `API`.

    Args:
        operations: all of them.
        left_out: the fields that the library does not have.
        pages: pages of the reference that are of no single operation, and that fields have as their source.
    """

    operations: tuple[Operation, ...]
    left_out: tuple[LeftOut, ...] = ()
    pages: tuple[str, ...] = ()
