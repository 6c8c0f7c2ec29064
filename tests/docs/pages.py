"""The pages of the documentation, and what can be taken out of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_RUN = "not run"
BACKGROUND = "in the background"

_FENCE = re.compile(
    r"(?:<!-- (?P<note>[^\n]*?) -->\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fenced block; `note` is the comment right above it."""

    language: str
    text: str
    note: str

    def commands(self) -> list[str]:
        """What a console block types."""
        return [line.removeprefix("$ ") for line in self.text.splitlines() if line.startswith("$ ")]


def pages() -> list[Path]:
    """Every Markdown page that is for readers."""
    folders = [ROOT / "docs", ROOT / "examples"]
    return sorted([*ROOT.glob("*.md"), *(page for folder in folders for page in folder.rglob("*.md"))])


def read(name: str) -> str:
    """The text of a page, by its path in the checkout."""
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[Block]:
    """The fenced blocks in a language."""
    found = [Block(one["language"], one["text"], one["note"] or "") for one in _FENCE.finditer(text)]
    return [block for block in found if block.language == language]


def prose(text: str) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", text)


def code_spans(text: str) -> list[str]:
    """What stands between single backticks outside of fenced blocks."""
    return re.findall(r"`([^`]+)`", prose(text))


def links(text: str) -> list[str]:
    """The targets of all links."""
    return _LINK.findall(prose(text))


def headings(text: str) -> list[str]:
    """The headings of a page."""
    return _HEADING.findall(prose(text))


def anchors(text: str) -> set[str]:
    """The headings as fragments of a URL, as GitHub makes them."""
    lowered = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings(text)]
    return {heading.replace(" ", "-") for heading in lowered}
