"""Tables for people, alike in all commands."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi_inference.core.texts import neutral

ABSENT = "-"


def table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """`rows` under `headers`, in aligned columns; what is absent is shown as `-`, a list with commas.

    Texts stay as they are, also those that look like numbers: an id `0123` does not lose its zero.
    """
    from tabulate import tabulate

    shown = [[_text(value) for value in row] for row in rows]
    numeric = [_are_numbers([row[index] for row in rows]) for index in range(len(headers))]
    return tabulate(
        shown,
        headers=[header.upper() for header in headers],
        tablefmt="plain",
        disable_numparse=True,
        colalign=["right" if one else "left" for one in numeric] if rows else None,
    )


def _text(value: object) -> str:
    if value is None or value in ("", []):
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(_text, value))
    return neutral(str(value)).replace("\n", " ")


def _are_numbers(values: Sequence[object]) -> bool:
    present = [value for value in values if value is not None]
    return bool(present) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in present)
