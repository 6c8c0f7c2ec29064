"""A preview by the engine itself, which writes nothing; what one raising read would hide is looked at without it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pulumi_inference.cli.programs import run
from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.review.reading import Diagnostic, Preview, preview_of_events

# Without this, the engine does not know its own option for the log of its events.
_ENVIRON = {"PULUMI_DEBUG_COMMANDS": "true"}


def run_preview(stack: str | None, folder: Path | None = None) -> Preview:
    """The preview of a stack with its live state; without that where it cannot be had, which is said.

    Raises:
        ConfigurationError: there is no pulumi.
    """
    found = _run(stack, folder, ["preview", "--refresh=true", "--show-sames"])
    unread = [one for one in found.diagnostics if one.severity == "error" and _is_of_a_read(one)]
    if not unread:
        return found
    other = _run(stack, folder, ["preview", "--refresh=false", "--show-sames"])
    names = sorted({one.urn.rpartition("::")[2] for one in unread})
    return replace(other, limits=[f"not read: {', '.join(names)}: {unread[0].text.splitlines()[0]}"])


def run_refresh(stack: str | None, folder: Path | None = None) -> Preview:
    """What a refresh of a stack would find.

    Raises:
        ConfigurationError: there is no pulumi.
    """
    return _run(stack, folder, ["refresh", "--preview-only", "--show-sames"])


def _is_of_a_read(one: Diagnostic) -> bool:
    """Whether an error ended a refresh, and not the preview of a program."""
    return bool(one.urn) and any(word in one.text.lower() for word in ("refreshing", "reading", "read "))


def _run(stack: str | None, folder: Path | None, words: Sequence[str]) -> Preview:
    if shutil.which("pulumi") is None:
        raise ConfigurationError("pulumi is not on PATH")
    with tempfile.TemporaryDirectory() as place:
        log = Path(place) / "events.json"
        command = ["pulumi", *words, "--non-interactive", "--event-log", str(log)]
        command += ["--stack", stack] if stack else []
        done = run(command, folder=folder, environ=_ENVIRON)
        text = log.read_text(encoding="utf-8") if log.is_file() else ""
    said = (done.stderr.strip() or done.stdout.strip() or f"pulumi ended with code {done.returncode}").splitlines()
    last = said[-1].removeprefix("error: ")
    if not text.strip():
        return Preview([], [Diagnostic("error", last)], last, stack=stack or "")
    found = preview_of_events(text)
    return replace(found, failure=last) if done.returncode and not found.failure else found
