"""A preview of Pulumi as steps: from its JSON, or from the engine's event log."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.http.parsing import parse_json
from pulumi_inference.core.redact import MASK

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET, OUTPUT = "1b47061264138c4ac30d75fd1eb44270", "d0e6a833031e9bbcd3f4e8bde6ca49a4"
"""What marks a map as something else in Pulumi's JSON: a secret, and a value that may be one or not known yet."""
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
_PROBLEM = re.compile(r"^(?:\S+ resource '[^']*' has a problem: |(?:Preview|Refresh) failed: )")
"""What the engine puts in front of a problem that a provider has found."""
_REFUSED = re.compile(r"\A\S+ resource '[^']*': property (\S+) value \{.*\} has a problem: ", re.DOTALL)
"""The same of one property: with its value, secret or not, which the state has anyway."""
_ENDS = frozenset({"preview failed", "refresh failed", "update failed"})
"""What the engine says at the end of a run in which something else went wrong."""

State = Mapping[str, Any]
REFRESH = "refresh"
URN = "urn:pulumi:"


_STEP = re.compile(
    rb'"(resourcePreEvent|resOutputsEvent)": ?\{"metadata": ?\{"op": ?"([^"\\]+)", ?"urn": ?"((?:[^"\\]|\\.)+)"'
)
"""The beginning of a step in the event log, whose fields have the order of the engine's own types."""
_FIRST = 4_000
"""Characters in which that stands."""
_ESCAPE = rb"\u00"
"""How JSON may write any letter or digit, though the engine has no need to."""
_BLINDED = re.compile(
    rb'\{"%s": ?"%s", ?"ciphertext": ?"[^"\\]*"\}' % (SIGNATURE.encode(), SECRET.encode()),
)
"""A secret that nobody can read, which is how the engine tells of one. In a text of JSON it would have backslashes."""
_MASKED = json.dumps(MASK).encode()
_OF_A_STATE = ("urn", "inputs", "outputs", "protect", "retainOnDelete", "additionalSecretOutputs")


@dataclass(frozen=True)
class Step:
    """One step of a preview: the states before and after it, the paths that differ and those that force a replacement.

    `kinds` says of each path what happens there: add, update, delete, or one of these with `-replace` behind it.
    `has_ended` is whether it came to its end: of a refresh, whether the live thing was read.
    """

    op: str
    urn: str
    old: State | None
    new: State | None
    kinds: Mapping[str, str] = field(default_factory=dict)
    reasons: Sequence[str] = ()
    has_ended: bool = True


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
    secrets: frozenset[str] = frozenset()
    """What stands in it as a secret in clear: hidden wherever else it stands."""
    is_drift_only: bool = False
    """Whether the program was not asked: a refresh and nothing else."""
    organization: str = ""
    """The owner of the stack, which no step tells: where somebody has named it."""


def preview_of_json(file: BinaryIO) -> Preview:
    """The preview that `pulumi preview --json` has written into a file, which is open.

    Raises:
        ConfigurationError: it is none.
    """
    text, found = file.read(), set[str]()
    if not text.strip():
        raise ConfigurationError("the preview is empty")
    if _STEP.search(text, 0, _FIRST) or b'"resourcePreEvent"' in text[:_FIRST]:
        raise ConfigurationError("this is an event log of the engine", next_step="Give it by --events FILE.")
    document = _parsed(text, "the preview", found)
    listed, said = document.get("steps"), document.get("diagnostics")
    # A preview that failed before its first step has none of them.
    if not isinstance(listed, list) and not (isinstance(said, list) and said) and "changeSummary" not in document:
        raise ConfigurationError(
            "this is no preview of Pulumi: it has no steps", next_step="Write one by `pulumi preview --json > FILE`."
        )
    has_unknowns = _may_have_unknowns(text)
    steps = [_step(one, has_unknowns=has_unknowns) for one in _maps(listed)]
    preview = _preview(steps, [_diagnostic(one) for one in _maps(said)], found)
    if not preview.failure:
        _check_steps(listed)
        return preview
    # The engine writes the steps of a refresh before it reads, so that nobody knows which ones have been.
    planned = {one.urn for one in steps if one.op != REFRESH}
    ended = [replace(one, has_ended=one.op != REFRESH or one.urn in planned) for one in steps]
    return replace(preview, steps=ended)


def _check_steps(listed: Any) -> None:
    """That nothing in a preview that did not fail would go untold."""
    for number, one in enumerate([] if listed is None else listed if isinstance(listed, list) else [listed], 1):
        if not (isinstance(one, dict) and isinstance(one.get("op"), str) and isinstance(one.get("urn"), str)):
            raise ConfigurationError(f"step {number} of the preview is none of Pulumi")


def preview_of_events(file: BinaryIO) -> Preview:
    """The preview in an event log of the engine (`pulumi preview --event-log FILE`), one JSON object a line.

    Raises:
        ConfigurationError: it is none.
    """
    latest: dict[tuple[str, str], tuple[str, bytes, int]] = {}
    said: list[Diagnostic] = []
    ended, secrets, begun = False, set[str](), dict[str, str]()
    for number, line in enumerate(file, 1):
        match = _STEP.search(line, 0, _FIRST)
        event = _parsed(line, _line(number), secrets) if match is None and line.strip() else {}
        if isinstance(event.get("diagnosticEvent"), dict) and not event["diagnosticEvent"].get("ephemeral"):
            said.append(_diagnostic(event["diagnosticEvent"]))
        ended = ended or "summaryEvent" in event
        begins = [one.decode("utf-8", "replace") for one in match.groups()] if match else _beginning(event)
        if not begins:
            continue
        name, op, urn = begins
        if not (isinstance(op, str) and isinstance(urn, str)):
            raise ConfigurationError(f"{_line(number)} is no step of Pulumi")
        if name == "resourcePreEvent":
            begun[urn] = op
        elif begun.pop(urn, "") == REFRESH:
            op = REFRESH  # `pulumi refresh` ends each of its steps by the name of what it has found.
        # What is known after a step counts more than what was planned: of a refresh, only that is live. The other one
        # is not even parsed, because that is most of the work.
        latest[urn, op] = (name, line, number)
    if not latest and not said and not ended:
        raise ConfigurationError(
            "this is no event log of Pulumi", next_step="Write one by `pulumi preview --event-log FILE`."
        )
    steps = [_step_of_event(*one, op, secrets) for (_, op), one in latest.items()]
    preview = _preview(steps, said, secrets)
    if ended or preview.failure:
        return preview
    return replace(preview, failure="the event log ends before the preview did")


def _preview(steps: list[Step], said: list[Diagnostic], secrets: Iterable[str]) -> Preview:
    errors = [one for one in said if one.severity == "error"]
    causes = [one for one in errors if one.urn or one.text not in _ENDS] or errors
    urns = [*(one.urn for one in steps), *(one.urn for one in said)]
    stack, project = names_in(next((one for one in urns if one.startswith(URN)), ""))
    failure = None
    if errors:
        failure = f"{len(causes)} error{'s' if len(causes) > 1 else ''}"
    told = [one for one in said if one.severity != "error" or one in causes]
    shown = [one for one in told if one.severity != "debug" and one.text]
    is_refreshed = any(one.op == REFRESH for one in steps)
    return Preview(steps, shown, failure, is_refreshed, stack, project, secrets=frozenset(secrets))


def _parsed(text: bytes, what: str, secrets: set[str]) -> dict[str, Any]:
    """The object in a text, its secrets masked and learnt, whatever form they are in."""
    # Nearly no text has another mark, and to go through all of its values takes half as long as to parse them.
    text = _BLINDED.sub(_MASKED, text)
    try:
        found = parse_json(text)
    except ValueError as error:
        raise ConfigurationError(f"{what} is not JSON: {error}") from None
    if SIGNATURE.encode() in text or _ESCAPE in text:
        found = _without_marks(secrets, found)
    if not isinstance(found, dict):
        raise ConfigurationError(f"{what} is no JSON object")
    return found


def _maps(found: Any) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _step(one: Mapping[str, Any], *, has_unknowns: bool) -> Step:
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
        _state(one.get("oldState"), has_unknowns=has_unknowns),
        _state(one.get("newState"), has_unknowns=has_unknowns),
        kinds,
        _texts(one.get("replaceReasons")),
    )


def _step_of_event(name: str, line: bytes, number: int, op: str, secrets: set[str]) -> Step:
    found = _parsed(line, _line(number), secrets).get(name)
    has_unknowns = _may_have_unknowns(line)
    metadata = _map(_map(found).get("metadata"))
    kinds = {
        str(path): str(each.get("diffKind") or each.get("kind") or "update").lower()
        for path, each in _map(metadata.get("detailedDiff")).items()
        if isinstance(each, dict)
    }
    if not kinds:
        kinds = {str(path): "update" for path in _texts(metadata.get("diffs"))}
    is_gone = op == REFRESH and metadata.get("op") == "delete"
    return Step(
        op,
        str(metadata.get("urn")),
        _state(metadata.get("old"), has_unknowns=has_unknowns),
        None if is_gone else _state(metadata.get("new"), has_unknowns=has_unknowns),
        kinds,
        _texts(metadata.get("keys")),
        name == "resOutputsEvent",
    )


def _beginning(event: Mapping[str, Any]) -> Sequence[Any]:
    """Event, step and urn at the beginning of a step's line whose fields are in another order; of others, nothing."""
    for name in ("resourcePreEvent", "resOutputsEvent"):
        metadata = _map(_map(event.get(name)).get("metadata"))
        if metadata:
            return name, metadata.get("op"), metadata.get("urn")
    return ()


def _line(number: int) -> str:
    return f"line {number} of the event log"


def _map(found: Any) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}


def _diagnostic(one: Mapping[str, Any]) -> Diagnostic:
    severity = str(one.get("severity") or "info").removesuffix("#err")
    text = _COLOURS.sub("", str(one.get("message") or "")).strip().removeprefix(f"{severity}: ")
    text = _REFUSED.sub(r"\1: ", _PROBLEM.sub("", text))
    return Diagnostic(severity, text, str(one.get("urn") or ""))


def _state(found: Any, *, has_unknowns: bool) -> State | None:
    if not isinstance(found, dict):
        return None
    state = {name: found[name] for name in _OF_A_STATE if name in found}
    return {name: with_unknowns(one) for name, one in state.items()} if has_unknowns else state


def _may_have_unknowns(text: bytes) -> bool:
    """Whether something in a JSON text may not be known yet: in nearly all of them nothing is."""
    return _ESCAPE in text or any(one.encode() in text for one in UNKNOWNS)


def with_unknowns(value: Any, texts: Set[str] = UNKNOWNS) -> Any:
    """A value of Pulumi's JSON with `UNKNOWN` for the texts that stand for something else, such as for that."""
    if isinstance(value, dict):
        return {name: with_unknowns(one, texts) for name, one in value.items()}
    if isinstance(value, list):
        return [with_unknowns(one, texts) for one in value]
    return UNKNOWN if value in texts else value


def _without_marks(secrets: set[str], value: Any) -> Any:
    """A value of Pulumi's JSON with what its objects stand for, the innermost first."""
    if isinstance(value, dict):
        return without_mark(secrets, {name: _without_marks(secrets, one) for name, one in value.items()})
    return [_without_marks(secrets, one) for one in value] if isinstance(value, list) else value


def without_mark(secrets: set[str], found: dict[str, Any]) -> Any:
    """What an object of Pulumi's JSON stands for: itself, or a secret, which is learnt, or an output's value."""
    mark = found.get(SIGNATURE)
    if mark == SECRET or (mark == OUTPUT and found.get("secret")):
        secrets.update(_texts_in(found.get("value")), _texts_in(_decoded(found.get("plaintext"))))
        return MASK
    if mark == OUTPUT:
        return UNKNOWN if found.get("value") is None else found["value"]
    return found


def _decoded(text: Any) -> Any:
    """The value of a secret, which stands in the state as JSON in a text."""
    try:
        return parse_json(text) if isinstance(text, str) else None
    except ValueError:
        return text


def _texts_in(value: Any) -> list[str]:
    """Every text and number in a secret; its names are no secrets."""
    if isinstance(value, dict | list):
        return [text for one in (value.values() if isinstance(value, dict) else value) for text in _texts_in(one)]
    return [str(value)] if isinstance(value, str | int | float) and not isinstance(value, bool) else []


def _texts(found: Any) -> list[str]:
    return [str(one) for one in found] if isinstance(found, list) else []


def names_in(urn: str) -> tuple[str, str]:
    """Stack and project in an urn: `urn:pulumi:STACK::PROJECT::TYPE::NAME`."""
    first, _, rest = urn.removeprefix(URN).partition("::")
    return first, rest.partition("::")[0]
