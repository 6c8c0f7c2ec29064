"""How the bootstrap talks: progress on stderr, and its two exceptions."""

import os
import sys
import time
from collections.abc import Callable

HEARTBEAT_SECONDS = 30.0
CLEAR_LINE = "\r\x1b[K"


class EngineError(Exception):
    """No engine could be had; the text says why and what to install."""


class UnavailableError(Exception):
    """One way of getting an engine does not work on this machine; the text is the reason."""


def say(text: str) -> None:
    """Tell on stderr, so that stdout holds nothing but the directory."""
    print(f"{CLEAR_LINE if _on_terminal() else ''}engine: {text}", file=sys.stderr, flush=True)


def interrupted() -> int:
    """Tell what an interrupted run leaves behind; its exit code."""
    say("interrupted; the next run goes on with what was fetched and compiled")
    return 130


def exit_code(action: Callable[[], None]) -> int:
    """Do it; the exit code of a command that does nothing else, which tells why it could not."""
    try:
        action()
    except EngineError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return interrupted()
    return 0


class Status:
    """How far something is: on a terminal one line that is written anew, elsewhere a line every half a minute."""

    def __init__(self) -> None:
        self._begin = self._told = time.monotonic()

    def show(self, text: str) -> None:
        if _on_terminal():
            # A line that wraps could not be written anew; a terminal that does not know its width says 0.
            room = os.get_terminal_size(sys.stderr.fileno()).columns or 80
            line = f"engine: {text}"[: room - 1]
            print(f"{CLEAR_LINE}{line}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - self._told >= HEARTBEAT_SECONDS:
            self._told = time.monotonic()
            say(text)

    def __str__(self) -> str:
        """The time gone by, as one says it: 42 s, 3 min 5 s."""
        minutes, seconds = divmod(round(time.monotonic() - self._begin), 60)
        return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def _on_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
