"""A preview by the engine itself, which writes nothing; what one raising read would hide is looked at without it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from pulumi_inference.cli.programs import run
from pulumi_inference.cli.project import read_project
from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.review.reading import REFRESH, Diagnostic, Preview, preview_of_events

# Without this, the engine does not know its own option for the log of its events.
_ENVIRON = {"PULUMI_DEBUG_COMMANDS": "true"}
_BUFFER = 1 << 16
"""Bytes: the lines of an event log are long, and Python's own buffer is shorter than most of them."""
PROJECT_FILE = "Pulumi.yaml"
NO_ORGANIZATION = "organization"
"""What stands for one in the full names of stacks whose state is in a bucket or folder."""


def run_preview(stack: str | None, folder: Path | None = None) -> Preview:
    """The preview of a stack with its live state; without that where it cannot be had, which is said.

    Whatever goes wrong is the failure of the preview, because a comment has to tell it.
    """
    found = _run(stack, folder, ["preview", "--refresh=true", "--show-sames"])
    unread = _unread(found)
    if not unread:
        return found
    other = _run(stack, folder, ["preview", "--refresh=false", "--show-sames"])
    limits = [f"not read: {one.urn.rpartition('::')[2]}: {_reason(one.text)}" for one in unread]
    return replace(other, limits=sorted({*limits}))


def run_refresh(stack: str | None, folder: Path | None = None) -> Preview:
    """What a refresh of a stack would find; a failure is told as that of a preview is."""
    found = _run(stack, folder, ["refresh", "--preview-only", "--show-sames"])
    return replace(found, is_drift_only=True)


def read_preview(read: Callable[[BinaryIO], Preview], file: Path, stack: str | None) -> Preview:
    """The preview in a file; one that cannot be read counts as a preview that failed, as a crashed one leaves it."""
    try:
        with file.open("rb", buffering=_BUFFER) as opened:
            found = read(opened)
        return _of_stack(found, stack, None)
    except (ConfigurationError, OSError) as error:
        said = f"{error.strerror}" if isinstance(error, OSError) else str(error)
        return failed_preview(f"{file.name}: {said}", stack)


def failed_preview(why: str, stack: str | None, folder: Path | None = None) -> Preview:
    """What stands for a preview that there is none of, under the names by which its comment is found."""
    return as_failed(_of_stack(Preview([]), stack, folder), why)


def as_failed(found: Preview, why: str) -> Preview:
    """A preview of which nothing may be told but its names, and why."""
    return replace(found, steps=[], diagnostics=[Diagnostic("error", why)], failure=why, limits=())


def _unread(found: Preview) -> list[Diagnostic]:
    """What ended a refresh before the program was asked: the errors of what was being read."""
    if not found.failure or any(one.op != REFRESH for one in found.steps):
        return []
    begun = {one.urn for one in found.steps if not one.has_ended}
    return [one for one in found.diagnostics if one.severity == "error" and one.urn in begun and one.text]


def _reason(text: str) -> str:
    """The line of an error that says what it is: the first, but of a traceback the last."""
    lines = text.strip().splitlines() or [""]
    return lines[-1 if lines[0].startswith("Traceback ") else 0]


def _run(stack: str | None, folder: Path | None, words: Sequence[str]) -> Preview:
    if shutil.which("pulumi") is None:
        return failed_preview("pulumi is not on PATH", stack, folder)
    with tempfile.TemporaryDirectory() as place:
        log = Path(place) / "events.json"
        command = ["pulumi", *words, "--non-interactive", "--event-log", str(log)]
        command += ["--stack", stack] if stack else []
        done = run(command, folder=folder, environ=_ENVIRON)
        said = (done.stderr.strip() or done.stdout.strip() or f"pulumi ended with code {done.returncode}").splitlines()
        last = said[-1].removeprefix("error: ")
        if not log.is_file() or not log.stat().st_size:
            return failed_preview(last, stack, folder)
        try:
            with log.open("rb", buffering=_BUFFER) as opened:
                found = preview_of_events(opened)
        except ConfigurationError as error:
            return failed_preview(str(error), stack, folder)
    if done.returncode and not found.failure:
        found = replace(found, failure=last, diagnostics=[*found.diagnostics, Diagnostic("error", last)])
    return _of_stack(found, stack, folder)


def _of_stack(found: Preview, stack: str | None, folder: Path | None) -> Preview:
    """The preview with the names by which its comment is found again, as far as no step of it has told them.

    The organization is known from nothing but ORGANIZATION/PROJECT/STACK or ORGANIZATION/STACK, so that a preview that
    fails, whatever it fails of, has the same name as one that does not.
    """
    owner = stack.split("/")[0] if stack and "/" in stack else ""
    found = replace(found, organization="" if owner == NO_ORGANIZATION else owner)
    if found.stack:
        return found
    named = (stack or _selected(folder)).split("/")
    project = named[-2] if len(named) == 3 else _project(folder)
    return replace(found, stack=named[-1], project=project)


def _selected(folder: Path | None) -> str:
    if shutil.which("pulumi") is None:
        return ""
    return run(["pulumi", "stack", "--show-name", "--non-interactive"], folder=folder).stdout.strip()


def _project(folder: Path | None) -> str:
    """The name of the project here or above; "" where there is none."""
    here = (folder or Path()).resolve()
    file = next((one / PROJECT_FILE for one in (here, *here.parents) if (one / PROJECT_FILE).is_file()), None)
    try:
        name = read_project(file).get("name") if file else None
    except (OSError, ConfigurationError):
        return ""
    return name if isinstance(name, str) else ""
