"""Previews as Pulumi writes them, made by hand: the same one as JSON, as an event log, and as older engines had it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from pulumi_inference.cli.review import counts_of, find_lifecycle
from pulumi_inference.core.texts import json_text
from pulumi_inference.review.data import data
from pulumi_inference.review.document import document_of
from pulumi_inference.review.markdown import markdown
from pulumi_inference.review.page import page
from pulumi_inference.review.reading import SECRET, SIGNATURE, preview_of_events, preview_of_json
from pulumi_inference.review.report import Report, make_report
from pulumi_inference.review.settings import Settings
from pulumi_inference.review.text import plain_text

Values = dict[str, Any]

NOW = dt.datetime(2027, 1, 31, 12, 0, tzinfo=dt.UTC)
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
STACK_URN = "urn:pulumi:dev::fleet::pulumi:pulumi:Stack::fleet-dev"
BUCKET = "aws:s3/bucket:Bucket"
_REPLACING = ("create-replacement", "replace", "delete-replaced")


def urn_of(kind: str, name: str) -> str:
    """The urn of a resource: of ours by its kind (`nvcf.Function`), of others by its type."""
    kind = kind if ":" in kind else f"pulumi-python:dynamic/{kind.replace('.', ':', 1)}"
    return f"urn:pulumi:dev::fleet::{kind}::{name}"


def secret(value: Any, *, plaintext: bool = True) -> Values:
    """A secret as the state and previews with secrets shown have it."""
    text = json.dumps(value)
    return {SIGNATURE: SECRET, **({"plaintext": text} if plaintext else {"ciphertext": "v1:abc:def"})}


@dataclass(frozen=True)
class Thing:
    """A resource of a preview: its three sides as inputs, and what the engine says of it.

    `live` is as recorded unless given; None is gone. `diff` has the paths that the engine names; by default those that
    differ between live and program, at any depth.
    """

    kind: str
    name: str
    op: str = "same"
    recorded: Values | None = None
    live: Values | str | None = "recorded"
    program: Values | None = None
    diff: Mapping[str, str] | None = None
    reasons: Sequence[str] = ()
    outputs: Values = field(default_factory=dict)
    more: Values = field(default_factory=dict)
    was: str = ""
    leftover: bool = False
    unread: bool = False
    deletes_first: bool = False

    @property
    def urn(self) -> str:
        """Its urn."""
        return urn_of(self.kind, self.name)

    @property
    def old_urn(self) -> str:
        """Its urn in the state, which is another one after it has been renamed."""
        return urn_of(self.kind, self.was or self.name)

    @property
    def seen(self) -> Values | None:
        """The live inputs."""
        return self.recorded if self.live == "recorded" else self.live  # type: ignore[return-value]

    def state(self, inputs: Values | None, urn: str | None = None) -> Values | None:
        """A state with these inputs."""
        if inputs is None:
            return None
        kind = self.urn.split("::")[2]
        known = {"urn": urn or self.urn, "custom": True, "id": "id-1", "type": kind}
        return {**known, "inputs": {"__provider": "x", **inputs}, "outputs": {**inputs, **self.outputs}, **self.more}

    def kinds(self) -> dict[str, str]:
        """What the engine says differs."""
        if self.diff is not None:
            return dict(self.diff)
        return {} if self.op in ("same", "create", "delete") else _paths(self.seen or {}, self.program or {}, "")

    def steps(self, *, refresh: bool = True) -> list[tuple[str, str, Values | None, Values | None]]:
        """Operation, urn, old and new state of each step, as the event log has them after they ended."""
        found = []
        if refresh and self.recorded is not None:
            old = self.state(self.recorded, self.old_urn)
            found.append(("refresh", self.old_urn, old, self.state(self.seen, self.old_urn)))
        old = self.state(self.seen, self.old_urn) if self.recorded is not None else None
        old = None if self.op == "create" else old
        new = self.state(self.program) if self.op not in ("delete",) else None
        if self.op == "replace":
            ops = ("delete-replaced", "replace", "create-replacement") if self.deletes_first else _REPLACING
            found += [(op, self.urn, old, None if op == "delete-replaced" else new) for op in ops]
        elif self.op != "gone":
            found.append((self.op, self.urn, old, new if self.op != "same" or new else old))
        if self.leftover:
            found.append(("delete-replaced", self.urn, self.state({"name": "former"}), None))
        return found


def _paths(before: Any, after: Any, prefix: str) -> dict[str, str]:
    if isinstance(before, dict) and isinstance(after, dict):
        found: dict[str, str] = {}
        for name in sorted({*before, *after}):
            path = f"{prefix}.{name}" if prefix else name
            if name not in after or name not in before:
                found[path] = "add" if name in after else "delete"
            else:
                found |= _paths(before[name], after[name], path)
        return found
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return {
            path: kind for at, (one, other) in pairs for path, kind in _paths(one, other, f"{prefix}[{at}]").items()
        }
    return {} if before == after else {prefix: "update"}


def said(text: str, thing: Thing | None = None, severity: str = "info") -> Values:
    """Something that the engine or a provider has said."""
    return {"message": text, "severity": severity, **({"urn": thing.urn} if thing else {})}


def as_json(
    things: Sequence[Thing], *told: Values, refresh: bool = True, sames: bool = True, detailed: bool = True
) -> str:
    """As `pulumi preview --json` writes it: its refresh steps have the recorded state on both sides."""
    stack = {"urn": STACK_URN, "type": "pulumi:pulumi:Stack", "inputs": {}, "outputs": {}}
    steps: list[Values] = [{"op": "same", "urn": STACK_URN, "oldState": stack, "newState": stack}]
    for thing in things:
        for op, urn, old, new in thing.steps(refresh=refresh):
            if op in ("create-replacement", "delete-replaced") and thing.op == "replace":
                continue
            if op == "same" and not sames:
                continue
            step: Values = {"op": op, "urn": urn, "detailedDiff": None}
            step |= {"oldState": old} if old else {}
            step |= {"newState": old if op == "refresh" else new} if new or op == "refresh" else {}
            if op not in ("refresh", "same") and op != "delete-replaced":
                step |= _differs(thing, detailed=detailed)
            steps.append(step)
    # The engine writes what it does at once in any order.
    return json.dumps({"steps": steps[:1] + steps[:0:-1], "diagnostics": list(told), "changeSummary": {}})


def _differs(thing: Thing, *, detailed: bool) -> Values:
    kinds = thing.kinds()
    names = sorted({path.split(".")[0].split("[")[0] for path in kinds})
    found: Values = {"diffReasons": names or None, "replaceReasons": list(thing.reasons) or None}
    if detailed:
        found["detailedDiff"] = {path: {"kind": kind, "inputDiff": True} for path, kind in kinds.items()} or None
    return found


def as_events(
    things: Sequence[Thing], *told: Values, refresh: bool = True, detailed: bool = True, ended: bool = True
) -> str:
    """As the engine's event log has it: what was planned, and what has come of it."""
    events: list[Values] = [{"preludeEvent": {"config": {}}}]
    for thing in things:
        for op, urn, old, new in thing.steps(refresh=refresh):
            about: Values = {"op": op, "urn": urn, "type": "", "old": old, "new": new, "detailedDiff": None}
            if op not in ("refresh", "same", "delete-replaced"):
                differs = _differs(thing, detailed=detailed)
                about |= {"diffs": differs["diffReasons"], "keys": differs["replaceReasons"]}
                if detailed and differs["detailedDiff"]:
                    kinds = differs["detailedDiff"].items()
                    about["detailedDiff"] = {path: {"diffKind": one["kind"], "inputDiff": True} for path, one in kinds}
            planned = {**about, "new": old if op == "refresh" else new}
            events.append({"resourcePreEvent": {"metadata": planned, "planning": True}})
            if not (thing.unread and op == "refresh"):
                events.append({"resOutputsEvent": {"metadata": about, "planning": True}})
    events += [{"diagnosticEvent": {"color": "never", **one}} for one in told]
    events += [{"summaryEvent": {"isPreview": True}}] if ended else []
    lines = [json.dumps({"sequence": number, "timestamp": 1, **one}) for number, one in enumerate(events)]
    return "\n".join(lines) + "\n"


def report_of(text: str, settings: Settings | None = None, now: dt.datetime = NOW) -> Report:
    """The report of a preview in either form."""
    read = preview_of_json if text.startswith('{"steps"') else preview_of_events
    return make_report(read(BytesIO(text.encode())), find_lifecycle, counts_of, settings or Settings(), now)


def every_format(report: Report, budget: int = 60_000) -> dict[str, str]:
    """All that is ever written of a report."""
    document = document_of(report)
    return {
        "markdown": markdown([document], budget),
        "text": plain_text([document]),
        "html": page([document], report.title),
        "json": json_text(data([report]), indent=2),
    }
