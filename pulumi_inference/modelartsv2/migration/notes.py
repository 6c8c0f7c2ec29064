"""What a converted program does not do, gathered on the way."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Notes:
    """Texts of one line, each once, in the order in which they came up."""

    lost: list[str] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)

    def lose(self, text: str) -> None:
        """Something has no counterpart."""
        _add(self.lost, text)

    def ask(self, text: str) -> None:
        """Something is to be looked at, or done."""
        _add(self.by_hand, text)


def _add(texts: list[str], text: str) -> None:
    line = " ".join(text.split())  # what a cloud answers may have several
    if line not in texts:
        texts.append(line)
