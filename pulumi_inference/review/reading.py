"""A preview of Pulumi as steps: from its JSON, or from the engine's event log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.http.parsing import parse_json
from pulumi_inference.core.redact import MASK

SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
UNKNOWNS = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
        "17f6e2c8-d9c2-46a1-9fa5-a2e9fd9a5a4d",
    }
)
"""What stands for a value that is not known yet, in Pulumi's JSON: one text for each type."""

_COLOURS = re.compile(r"<\{%[a-z ]*%\}>")
_PROBLEM = re.compile(r"^\S+ resource '[^']*' has a problem: ")
"""What the engine puts in front of a problem that a provider has found."""

State = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One step of a preview: the states before and after it, the paths that differ and those that force a replacement.

    `kinds` says of each path what happens there: add, update, delete, or one of these with `-replace` behind it.
    """

    op: str
    urn: str
    old: State | None
    new: State | None
    kinds: Mapping[str, str] = field(default_factory=dict)
    reasons: Sequence[str] = ()


@dataclass(frozen=True)
class Diagnostic:
    """Something that was said, about a resource or ("" as its urn) about none."""

    severity: str
    text: str
    urn: str = ""


@dataclass(frozen=True)
class Preview:
    """What a preview has said. `failure` is why it did not come to its end."""

    steps: Sequence[Step]
    diagnostics: Sequence[Diagnostic] = ()
    failure: str | None = None
    refreshed: bool = True
    stack: str = ""
    project: str = ""
    limits: Sequence[str] = ()
    """What could not be seen, and why."""


def preview_of_json(text: str) -> Preview:
    """The preview that `pulumi preview --json` has written.

    Raises:
        ConfigurationError: it is none.
    """
    document = _parsed(text, "the preview")
    listed = document.get("steps")
    if not isinstance(document, dict) or not isinstance(listed, list):
        raise ConfigurationError(
            "this is no preview of Pulumi: it has no steps", next_step="Write one by `pulumi preview --json > FILE`."
        )
    steps = [_step(one) for one in listed if isinstance(one, dict)]
    said = [_diagnostic(one) for one in document.get("diagnostics") or () if isinstance(one, dict)]
    return _preview(steps, said)


def preview_of_events(text: str) -> Preview:
    """The preview in an event log of the engine (`pulumi preview --event-log FILE`), one JSON object a line.

    Raises:
        ConfigurationError: it is none.
    """
    steps: dict[tuple[str, str], Step] = {}
    said: list[Diagnostic] = []
    ended = False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        event = _parsed(line, f"line {number} of the event log")
        found = event.get("resourcePreEvent") or event.get("resOutputsEvent")
        if isinstance(found, dict) and isinstance(found.get("metadata"), dict):
            step = _step_of_event(found["metadata"])
            # What is known after a step counts more than what was planned: of a refresh, only that has the live state.
            steps[step.urn, step.op] = step
        if isinstance(event.get("diagnosticEvent"), dict) and not event["diagnosticEvent"].get("ephemeral"):
            said.append(_diagnostic(event["diagnosticEvent"]))
        ended = ended or "summaryEvent" in event
    if not steps and not said and not ended:
        raise ConfigurationError(
            "this is no event log of Pulumi", next_step="Write one by `pulumi preview --event-log FILE`."
        )
    found_preview = _preview(list(steps.values()), said)
    if ended or found_preview.failure:
        return found_preview
    return Preview(found_preview.steps, said, "the event log ends before the preview did", found_preview.refreshed)


def _preview(steps: list[Step], said: list[Diagnostic]) -> Preview:
    errors = [one for one in said if one.severity == "error"]
    urns = [*(one.urn for one in steps), *(one.urn for one in said)]
    stack, project = _names(next(filter(None, urns), ""))
    failure = None
    if errors:
        failure = f"{len(errors)} error{'s' if len(errors) > 1 else ''}"
    return Preview(steps, said, failure, any(one.op == "refresh" for one in steps), stack, project)


def _parsed(text: str, what: str) -> dict[str, Any]:
    try:
        found = parse_json(text)
    except ValueError as error:
        raise ConfigurationError(f"{what} is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise ConfigurationError(f"{what} is no JSON object")
    return found


def _step(one: Mapping[str, Any]) -> Step:
    detailed = one.get("detailedDiff")
    kinds = {
        str(path): str(each.get("kind") or "update")
        for path, each in (detailed if isinstance(detailed, dict) else {}).items()
        if isinstance(each, dict)
    }
    if not kinds:
        kinds = {str(path): "update" for path in _texts(one.get("diffReasons"))}
    return Step(
        str(one.get("op")),
        str(one.get("urn")),
        _state(one.get("oldState")),
        _state(one.get("newState")),
        kinds,
        _texts(one.get("replaceReasons")),
    )


def _step_of_event(metadata: Mapping[str, Any]) -> Step:
    detailed = metadata.get("detailedDiff")
    kinds = {
        str(path): str(each.get("diffKind") or each.get("kind") or "update").lower()
        for path, each in (detailed if isinstance(detailed, dict) else {}).items()
        if isinstance(each, dict)
    }
    if not kinds:
        kinds = {str(path): "update" for path in _texts(metadata.get("diffs"))}
    return Step(
        str(metadata.get("op")),
        str(metadata.get("urn")),
        _state(metadata.get("old")),
        _state(metadata.get("new")),
        kinds,
        _texts(metadata.get("keys")),
    )


def _diagnostic(one: Mapping[str, Any]) -> Diagnostic:
    severity = str(one.get("severity") or "info").removesuffix("#err")
    text = _COLOURS.sub("", str(one.get("message") or "")).strip().removeprefix(f"{severity}: ")
    return Diagnostic(severity, _PROBLEM.sub("", text), str(one.get("urn") or ""))


def _state(found: Any) -> State | None:
    return plain(found) if isinstance(found, dict) else None


def plain(value: Any) -> Any:
    """A value of Pulumi's JSON with its secrets masked, whatever form they are in, and what is not known yet."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET or ("ciphertext" in value and SIGNATURE in value):
            return MASK
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return UNKNOWN if isinstance(value, str) and value in UNKNOWNS else value


def _texts(found: Any) -> list[str]:
    return [str(one) for one in found] if isinstance(found, list) else []


def _names(urn: str) -> tuple[str, str]:
    """Stack and project in an urn: `urn:pulumi:STACK::PROJECT::TYPE::NAME`."""
    first, _, rest = urn.partition("::")
    return first.rpartition(":")[2], rest.partition("::")[0]


def urns_of(steps: Iterable[Step]) -> list[str]:
    """The urns in the order of their first steps."""
    return list(dict.fromkeys(one.urn for one in steps))
