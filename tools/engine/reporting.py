"""How the bootstrap talks: progress on stderr, and its two exceptions."""

import sys


class EngineError(Exception):
    """No engine could be had; the text says why and what to install."""


class UnavailableError(Exception):
    """One way of getting an engine does not work on this machine; the text is the reason."""


def say(text: str) -> None:
    """Tell on stderr, so that stdout holds nothing but the directory."""
    print(f"engine: {text}", file=sys.stderr, flush=True)
