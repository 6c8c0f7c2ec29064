"""The one stand-in for a value that is not known yet (a preview's `Output` that nobody has resolved)."""

from __future__ import annotations

from typing import Any, Final, final

from pulumi_inference.core.fields.json_types import LISTS, MAPS, PLAIN


@final
class Unknown:
    """The type of `UNKNOWN`. There is one instance; copying and pickling give that instance back."""

    _instance: Unknown | None = None

    def __new__(cls) -> Unknown:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __repr__(self) -> str:
        return "unknown"

    def __copy__(self) -> Unknown:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Unknown:
        return self

    def __reduce__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


def contains_unknown(value: object) -> bool:
    """Whether `value` is unknown or holds an unknown anywhere inside its maps and lists."""
    if value is UNKNOWN:
        return True
    if isinstance(value, PLAIN):
        return False
    # A loop, because this is asked of nearly every value, and a generator for each costs more than all else here.
    for item in value.values() if isinstance(value, MAPS) else value if isinstance(value, LISTS) else ():
        if type(item) not in PLAIN and contains_unknown(item):
            return True
    return False
