"""Planted secrets: words that must stand nowhere, however they are spelled."""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from urllib.parse import quote, quote_plus


class Planted:
    """Secrets by what they are, to be looked for in texts."""

    def __init__(self, **secrets: str) -> None:
        self._spellings: dict[str, set[str]] = {}
        for name, secret in secrets.items():
            self.add(name, secret)

    def add(self, name: str, secret: str) -> None:
        """Plants one more."""
        assert len(secret) >= 8, "what is shorter may stand in a text by chance"
        self._spellings[name] = spellings(secret)

    def found_in(self, text: str) -> list[str]:
        """What stands in a text, and how it is spelled there."""
        return [f"{name} as {one}" for name, known in self._spellings.items() for one in known if one in text]


@lru_cache(maxsize=256)
def spellings(secret: str) -> set[str]:
    """A secret as it is, as JSON and as an address write it, and in base64 wherever it may begin in what is encoded."""
    plain = {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(secret)[1:-1])[1:-1],
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
    }
    return plain | {one for text in (secret, json.dumps(secret)[1:-1]) for one in _in_base64(text.encode())}


def _in_base64(secret: bytes) -> set[str]:
    """What of its base64 does not hang on its neighbours, for each of the three places that it may begin at."""
    found = set()
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + secret)
        whole = encoded[(0, 2, 3)[offset] : (offset + len(secret)) * 8 // 6].decode()
        found |= {whole, whole.replace("+", "-").replace("/", "_")}
    return found
