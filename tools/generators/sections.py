"""`docs/<section>.md`: the pages of one part of the documentation, those of each cloud apart."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from generators.navigation import Row, Section

from pulumi_inference import clouds

_LINK = re.compile(r"\]\((?!https?:)([^)]+)\)")


def section_page(section: Section) -> str:
    """The page: its lead, what goes for all clouds, and what goes for one."""
    parts = [f"# {section.title}", _moved("\n".join(section.lead).strip(), section.page)]
    for room in ("", *clouds.CLOUDS):
        rows = [row for row in section.rows if row.room(clouds.CLOUDS) == room]
        if rows:
            parts += [f"## {clouds.cloud(room).title}" if room else "", table(rows, section.page)]
    return "\n\n".join(part for part in parts if part) + "\n"


def table(rows: Iterable[Row], page: str) -> str:
    """The rows as a table on a page."""
    lines = ["| Page | What |", "|---|---|"]
    lines += [f"| [{row.name}]({row.page}) | {row.what} |" for row in rows]
    return _moved("\n".join(lines), page)


def _moved(text: str, page: str) -> str:
    """Text of the README with its links as they are on a page."""
    folder = PurePosixPath(page).parent
    return _LINK.sub(lambda link: f"]({PurePosixPath(os.path.relpath(link[1], folder))})", text)
