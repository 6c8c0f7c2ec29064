"""The counts of the table of guarantees, and how they are printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

COUNTED = (
    "orphans",
    "duplicates",
    "lost ids",
    "leaks",
    "tracebacks",
    "not converged",
    "preview writes",
    "endless",
)
"""What may not be."""

PROPERTY = "guarantees"
"""The name under which a test hands its counts to the summary of the run."""


@dataclass
class Counts:
    """How many cells there were, what they were about, and what went wrong in which."""

    cells: int = 0
    columns: set[str] = field(default_factory=set)
    wrong: dict[str, list[str]] = field(default_factory=lambda: {one: [] for one in COUNTED})

    def add(self, what: str, story: str) -> None:
        """One more that went wrong."""
        self.wrong[what].append(story)

    def summary(self) -> dict[str, int]:
        """The numbers."""
        return {"cells": self.cells, **{name: len(stories) for name, stories in self.wrong.items()}}

    def stories(self) -> str:
        """What went wrong, a line each."""
        return "\n".join(f"{name}: {story}" for name, stories in self.wrong.items() for story in stories)


def table(found: Iterable[tuple[str, Mapping[str, int]]]) -> list[str]:
    """The lines of the table: a row for each resource and the totals."""
    names = ("cells", *COUNTED)
    rows: dict[str, dict[str, int]] = {}
    for title, counts in found:
        row = rows.setdefault(title, dict.fromkeys(names, 0))
        for name in names:
            row[name] += counts[name]
    total = {name: sum(row[name] for row in rows.values()) for name in names}
    width = max(map(len, (*rows, "total")), default=0)
    lines = [" ".join([" " * width, *(f"{name:>{_wide(name)}}" for name in names)])]
    for title, row in [*sorted(rows.items()), ("total", total)]:
        lines.append(" ".join([f"{title:<{width}}", *(f"{row[name]:>{_wide(name)}}" for name in names)]))
    return lines


def _wide(name: str) -> int:
    return max(len(name), 6)
