"""From a report to the document that a reviewer reads: the verdict first, then dangers, then each resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from pulumi_inference.core.fields.compare import MISSING
from pulumi_inference.core.fields.paths import Path, render
from pulumi_inference.core.lifecycle.difference import OUTSIDE
from pulumi_inference.core.redact import MASK
from pulumi_inference.review import places, words
from pulumi_inference.review.blocks import (
    Block,
    Code,
    Diff,
    Document,
    Entry,
    Fold,
    Heading,
    Items,
    Line,
    Paragraph,
    Table,
)
from pulumi_inference.review.changes import Change, Resource
from pulumi_inference.review.costs import capacity_section, sums
from pulumi_inference.review.dangers import Danger
from pulumi_inference.review.joining import kind_of
from pulumi_inference.review.report import FAILED, LONGEST_REASON, MOST_NAMED, OPS, Report, groups_of

_SIDES = ("program", "recorded", "live")
MOST_LINES = 40
LONGEST_TOLD = 600


def marker(report: Report) -> str:
    """What a comment is found by again: one a stack."""
    owner = f"{report.organization}/" if report.organization else ""
    name = "".join(one if one.isalnum() or one in "-_./" else "-" for one in f"{owner}{report.project}/{report.stack}")
    return f"<!-- pulumi-inference review: {name} -->"


def document_of(report: Report, drift: str = "all") -> Document:
    """The document of one stack. `drift` is all, relevant (of resources that change) or none."""
    shown = _shown(report, drift)
    return Document(
        head=[*_verdict(report), *_failures(report), *_dangers(report)],
        short_head=[*_verdict(report), *_short_dangers(report), *_failures(report)[:1]],
        entries=[Entry(partial(_entry, one), partial(_short_entry, one)) for one in report.changed],
        tail=[
            (list(_drift(shown)), _drift_counted(shown)),
            (list(_hushed(report)), []),
            (list(_adopted(report)), []),
            (list(_checks(report)), _checks_counted(report)),
            (list(capacity_section(report)), list(sums(report))),
            (list(_seen(report)), []),
        ],
        marker=marker(report),
    )


def overview(reports: Sequence[Report]) -> Document:
    """The table on top of several stacks."""
    rows: list[list[Line]] = [[[Code(one.name)], [one.headline]] for one in reports]
    head: list[Block] = [Heading([f"{len(reports)} stacks"]), Table(("stack", "verdict"), rows)]
    return Document(head, head, (), ())


def _verdict(report: Report) -> Iterator[Block]:
    yield Heading([report.title])
    if report.is_drift_only and report.verdict != FAILED:
        yield Paragraph([f"{_resources(report)} compared with the record; the program was not asked"])
        return
    counts = [f"{report.counts[op]} {'unchanged' if op == 'same' else op}" for op in OPS if report.counts[op]]
    counts += list(filter(None, [report.drift_text if report.drift else "", report.live_text]))
    if counts:
        yield Paragraph([" · ".join(counts)])


def _resources(report: Report) -> str:
    return words.plural(len(report.resources), "resource")


def _dangers(report: Report) -> list[Block]:
    if not report.dangers:
        return []
    return [Paragraph(["Look at this first"], is_alarm=True), Items([[one.text] for one in report.dangers])]


def _short_dangers(report: Report) -> list[Block]:
    """The same by kind, with nothing but the names."""
    kinds: dict[str, list[Danger]] = {}
    for one in report.dangers:
        kinds.setdefault(one.kind, []).append(one)
    lines: list[Line] = []
    for kind, found in kinds.items():
        if kind in ("delete", "replace"):
            # These are named, whatever there is no room for.
            lines += [[f"{kind}: ", Code(_name(one.urn))] for one in found]
        else:
            lines.append([f"{kind}: {len(found)}"])
    return [Paragraph(["Look at this first"], is_alarm=True), Items(lines)] if lines else []


def _failures(report: Report) -> list[Block]:
    if report.verdict != FAILED:
        return []
    # What the title says already is not said again.
    told = report.failure if len(report.failure or "") <= LONGEST_REASON else None
    errors = [one for one in report.checks if one.severity == "error" and (one.urn or one.text != told)]
    said = _first([[*_whose(one.urn), *_told(one.text)] for one in errors])
    found: list[Block] = [Items(said)] if said else []
    if report.changed:
        found.append(Paragraph(["What follows is what was planned until then; it is not all."]))
    return found


def _entry(one: Resource) -> list[Block]:
    return [Fold(_summary(one), list(_inside(one)))]


def _short_entry(one: Resource) -> list[Block]:
    return [Items([_summary(one)])]


def _summary(one: Resource) -> Line:
    return [Code(one.name), f" {one.kind} {words.sentence(one)}"]


def _inside(one: Resource) -> Iterator[Block]:
    notes = list(words.consequences(one))
    if words.secrets(one):
        notes.append(f"secrets that change: {', '.join(words.secrets(one))}")
    if one.only_looks_changed:
        notes.append("everything that differs is an output of a resource that changes; it may turn out to be the same")
    if notes:
        yield Items([[note] for note in notes])
    lines = [line for change in one.planned for line in _diff(change)] or list(_whole(one))
    if lines:
        yield Diff(lines)
    rows = [_row(change) for change in one.changes if change.is_drift or change.is_adopted]
    if rows:
        yield Table(("field", *_SIDES, "verdict"), rows)
    # What is drift stands in the table already, and what is wrong in the checks.
    texts = [each.text for each in one.said if each.severity == "info" and f": {OUTSIDE}: " not in each.text]
    # The refresh and the plan say the same.
    said = list(dict.fromkeys(texts))
    if said:
        yield Items([_told(each) for each in said[:MOST_NAMED]])


def _diff(change: Change) -> Iterator[tuple[str, str]]:
    """The lines of one field; of a secret, only that it changes."""
    forced = "  (forces the replacement)" if change.forces else ""
    if change.is_secret:
        yield "!", f"{change.text}: {MASK} changes{forced}"
        return
    if change.before is not MISSING:
        yield "-", f"{change.text}: {words.value_text(change.before, 300)}"
    if change.program is not MISSING:
        yield "+", f"{change.text}: {words.value_text(change.program, 300)}{forced}"


def _whole(one: Resource) -> Iterator[tuple[str, str]]:
    """All that a new resource has, or that one which goes had."""
    side = {"create": one.program, "import": one.program, "delete": one.live or one.recorded}.get(one.op)
    if not side:
        return
    leaves = [(_path(one, path, side), value) for path, value in _leaves(side, ())]
    sign = "-" if one.op == "delete" else "+"
    for path, value in leaves[:MOST_LINES]:
        yield sign, f"{render(path)}: {words.value_text(value, 300)}"
    if len(leaves) > MOST_LINES:
        yield sign, f"and {len(leaves) - MOST_LINES} more"


def _path(one: Resource, path: Path, values: Mapping[str, Any]) -> Path:
    return path if one.life is None else places.named(one.life.spec, path, values)


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping) and value:
        for name in sorted(value):
            yield from _leaves(value[name], (*path, name))
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for place, one in enumerate(value):
            yield from _leaves(one, (*path, place))
    else:
        yield path, value


def _row(change: Change) -> list[Line]:
    sides = (change.program, change.recorded, change.live)
    cells = [words.masked(side) if change.is_secret else words.value_text(side) for side in sides]
    return [[Code(change.text)], *([Code(cell)] for cell in cells), [change.verdict_text]]


def _shown(report: Report, drift: str) -> list[tuple[Resource, Change]]:
    if drift == "none":
        return []
    changed = {one.urn for one in report.changed}
    return [(one, change) for one, change in report.drift if drift == "all" or one.urn in changed]


def _drift(drift: Sequence[tuple[Resource, Change]]) -> Iterator[Block]:
    """What nobody changed in the program."""
    groups = groups_of(drift)
    if not groups:
        return
    yield Heading(["Changed outside of the program"], level=2)
    rows: list[list[Line]] = []
    for change, resources in groups:
        names = [one.name for one in resources]
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        who: Line = [Code(", ".join(names[:5])), more]
        rows.append([who, *_row(change)])
    yield Table(("resource", "field", *_SIDES, "verdict"), rows[:MOST_NAMED])
    if len(rows) > MOST_NAMED:
        yield Paragraph([f"and {len(rows) - MOST_NAMED} more"])


def _drift_counted(drift: Sequence[tuple[Resource, Change]]) -> list[Block]:
    return [Paragraph([f"Changed outside of the program: {len(drift)}, which the full report has."])] if drift else []


def _hushed(report: Report) -> Iterator[Block]:
    if report.hushed:
        lines: list[Line] = [
            [Code(f"{one.resource.name}: {one.change.text}"), f" ({one.noise.reason})"] for one in report.hushed
        ]
        yield Fold([f"{len(report.hushed)} known, not counted as drift"], [Items(_first(lines))])


def _adopted(report: Report) -> Iterator[Block]:
    """What the program says by now as somebody has made it."""
    found = [(one, change) for one in report.resources for change in one.changes if change.is_adopted]
    if found:
        lines: list[Line] = [[Code(f"{one.name}: {change.text}")] for one, change in found]
        yield Fold([f"{len(found)} changed outside of the program, which says the same by now"], [Items(_first(lines))])


def _checks(report: Report) -> Iterator[Block]:
    warnings = [one for one in report.checks if one.severity == "warning"]
    lines = _first([[*_whose(one.urn), *_told(one.text)] for one in warnings])
    for one in report.unverifiable:
        if one.is_mostly and one.sometimes:
            left_out = "most fields are missing from some of the cloud's answers"
            lines.append([f"{one.kind}: {left_out}, so that a change outside of the program may not be seen"])
        sometimes = () if one.is_mostly else one.sometimes
        for fields, how in ((one.never, "never answered"), (sometimes, "not always answered")):
            if fields:
                names: Line = [f"{one.kind}: {how}, so that a change outside of the program may not be seen: "]
                lines.append([*names, Code(", ".join(fields))])
    if lines:
        yield Heading(["Checks"], level=2)
        yield Items(lines)


def _checks_counted(report: Report) -> list[Block]:
    number = sum(one.severity == "warning" for one in report.checks)
    return [Paragraph([f"Warnings: {number}, which the full report has."])] if number else []


def _seen(report: Report) -> Iterator[Block]:
    if report.seen:
        yield Items([[one] for one in report.seen])


def _first(lines: Sequence[Line]) -> list[Line]:
    """The first lines, and how many there are besides."""
    more: list[Line] = [[f"and {len(lines) - MOST_NAMED} more"]] if len(lines) > MOST_NAMED else []
    return [*lines[:MOST_NAMED], *more]


def _whose(urn: str) -> Line:
    return [Code(_name(urn)), f" ({kind_of(urn)}): "] if urn else []


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _told(text: str) -> Line:
    """What somebody has said, on one line."""
    told = words.on_one_line(text)
    if len(told) > LONGEST_TOLD:
        # Both ends count.
        told = f"{told[: LONGEST_TOLD // 2]} … {told[-LONGEST_TOLD // 2 :]}"
    return [Code(told)]
