"""What pages there are, and in which order: as the README lists them. Its lists are the only ones that are kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
FIRST_PAGE = "docs/index.md"

_SECTION = re.compile(r"\*\*\[(?P<title>[^\]]+)\]\((?P<page>docs/[\w-]+\.md)\)\*\*")
_ROW = re.compile(r"\| \[(?P<name>[^\]]+)\]\((?P<page>[^)#]+\.md)\) \| (?P<what>.*) \|")
_PAGE = re.compile(r"\[([^\]]+)\]\(([^):#]+\.md)\)")


@dataclass(frozen=True)
class Row:
    """One page of a section: path in the checkout, name, what it says, names and paths of what belongs to it."""

    page: str
    name: str
    what: str
    others: tuple[tuple[str, str], ...]

    def room(self, rooms: Iterable[str]) -> str:
        """The cloud that the page is about by the name of its file or of its example; "" for none."""
        path = PurePosixPath(self.page)
        name = path.parent.name if path.stem == "README" else path.stem
        return next((room for room in rooms if name.startswith(f"{room}-")), "")


@dataclass(frozen=True)
class Section:
    """A part of the documentation: its own page, what is said first there, and its rows."""

    title: str
    page: str
    lead: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


def sections(readme: str) -> list[Section]:
    """The sections in a README: a bold link each, text that leads in, and a table whose rows begin with a link."""
    found: list[Section] = []
    open_section: Section | None = None
    for line in readme.splitlines():
        begins = _SECTION.fullmatch(line)
        if begins:
            open_section = Section(begins["title"], begins["page"])
            found.append(open_section)
        elif line.startswith("#"):
            open_section = None
        elif open_section:
            row = _ROW.fullmatch(line)
            if row:
                others = tuple((name[:1].upper() + name[1:], page) for name, page in _PAGE.findall(row["what"]))
                open_section.rows.append(Row(row["page"], row["name"], row["what"], others))
            elif not line.startswith("|"):
                open_section.lead.append(line)
    return found


def listed() -> list[Section]:
    """The sections as they are now."""
    return sections((ROOT / "README.md").read_text(encoding="utf-8"))


def all_pages(of: Iterable[Section]) -> list[str]:
    """The path of every page, each once, in their order."""
    found = [FIRST_PAGE]
    for section in of:
        found.append(section.page)
        for row in section.rows:
            found += [row.page, *(page for _, page in row.others)]
    return list(dict.fromkeys(found))
