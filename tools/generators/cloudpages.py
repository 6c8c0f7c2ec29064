"""`docs/clouds/<room>.md`: what there is for one cloud, as its descriptor and the pages say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from generators.navigation import ROOT, Row, Section
from generators.sections import table
from generators.targets import Target
from generators.text import summary

from pulumi_inference import clouds
from pulumi_inference.core.cloud import Cloud
from pulumi_inference.core.settings import PLAN_CHECKS

_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{2,}) (.+)$", re.MULTILINE)
_PROVEN = "verification.md"


def cloud_page(cloud: Cloud, targets: Iterable[Target], sections: list[Section], head: str) -> str:
    """The page: its hand-written head, then what is derived."""
    rows = [row for section in sections for row in section.rows if row.room(clouds.CLOUDS) == cloud.name]
    tasks = [row for row in rows if "/reference/" not in row.page and not row.page.startswith("examples/")]
    examples = [row for row in rows if row.page.startswith("examples/")]
    page = f"docs/clouds/{cloud.name}.md"
    parts = [head.rstrip(), "## Resources", _resources(targets)]
    parts += ["## How-tos", table(tasks, page)] if tasks else []
    parts += ["## Examples", table(examples, page)] if examples else []
    parts += ["## Settings", _settings(cloud)]
    parts += ["## Lookups", _lookups(cloud)] if cloud.lookups else []
    parts += ["## Calls", _calls(cloud)] if cloud.calling else []
    parts += ["## Status", _status(targets)]
    parts += ["## From other clouds", _conversions(cloud)] if cloud.conversions else []
    parts += ["## What is proven", _proven(cloud)]
    more = _more(cloud, [row for section in sections for row in section.rows if not row.room(clouds.CLOUDS)])
    parts += ["## More about it", more] if more else []
    return "\n\n".join(parts) + "\n"


def plain_head(cloud: Cloud) -> str:
    """The head of a page for which nobody has written one yet."""
    return f"# {cloud.title}\n"


def _rows(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(columns)
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    head, *lines = [f"| {' | '.join(line)} |" for line in (names, *cells)]
    return "\n".join([head, "|---" * len(names) + "|", *lines])


def _resources(targets: Iterable[Target]) -> str:
    rows = []
    for one in targets:
        reference = f"../reference/{one.room}-{one.name.lower()}.md"
        imported = f"[`import {one.import_words}`](../importing.md)" if one.import_words else "no"
        rows.append([f"[`{one.room}.{one.name}`]({reference})", summary(one.spec), imported])
    return _rows(("Resource", "What", "Imported by"), rows)


def _settings(cloud: Cloud) -> str:
    settings = clouds.load(cloud.settings)
    rows = []
    for one in (*settings, PLAN_CHECKS):
        variables = ", ".join(f"`{variable}`" for variable in one.env)
        secret = "yes" if one.secret else "no"
        rows.append([f"`inference:{settings.key(one.field)}`", variables, secret, one.description])
    text = "[Configuration](../configuration.md) says which of them wins, and how a stack has several accounts."
    return f"{_rows(('Key', 'Environment variable', 'Secret', 'What'), rows)}\n\n{text}"


def _lookups(cloud: Cloud) -> str:
    rows = []
    for one in clouds.lookups(cloud):
        command = f"`pulumi-inference {cloud.name} {one.command}`" if one.command else ""
        rows.append([f"`{cloud.name}.{one.function()}`", command, one.summary()])
    text = f"[Lookups](../lookups.md) has their fields, [commands](../commands.md#{cloud.name}) the options."
    return f"{_rows(('In a program', 'At the command line', 'What'), rows)}\n\n{text}"


def _calls(cloud: Cloud) -> str:
    calling = clouds.load(cloud.calling)
    called = " and ".join(f"`{cloud.name}.{kind}`" for kind in calling.kinds)
    command = f"pulumi-inference invoke {cloud.name} {calling.thing.upper()}"
    return (
        f"What {called} deploys is called by `{cloud.name}.invoke` in a program and by `{command}` "
        f"at the command line. {calling.about} [Calling](../how-to/invoking.md) has bodies, streams and errors."
    )


def _status(targets: Iterable[Target]) -> str:
    names = ", ".join(f"`{one.room}.{one.name}`" for one in targets)
    return (
        f"`pulumi-inference status` shows the state of each {names} in a stack, "
        "and what is known of calls and load: [watching a stack](../how-to/monitoring.md). "
        "`pulumi-inference drift` and [reviews](../review.md) say what somebody changed."
    )


def _conversions(cloud: Cloud) -> str:
    rows = [
        [f"`pulumi-inference {cloud.name} {one.name}`", f"`{one.source}`", one.summary]
        for one in clouds.conversions(cloud)
    ]
    return _rows(("Command", "Reads", "What"), rows)


def _proven(cloud: Cloud) -> str:
    found = dict(_named(cloud, ROOT / "docs" / _PROVEN))
    links = [f"[{heading}](../{_PROVEN}#{anchor})" for anchor, heading in found.items()]
    where = "; ".join(links) if links else f"[verification](../{_PROVEN})"
    return (
        "Every resource works on the [emulator](../emulator.md), driven by the real Pulumi engine; none has met the "
        f"real cloud yet. What only that can prove, and how to check it: {where}."
    )


def _more(cloud: Cloud, pages: Iterable[Row]) -> str:
    """The sections of pages on all clouds that have this one in their heading."""
    rows = []
    for row in pages:
        page = PurePosixPath(row.page)
        if page.parts[0] != "docs" or page.parts[1] == "clouds" or page.name == _PROVEN:
            continue
        target = f"../{page.relative_to('docs')}"
        links = [f"[{heading}]({target}#{anchor})" for anchor, heading in _named(cloud, ROOT / page)]
        if links:
            rows.append([f"[{row.name}]({target})", ", ".join(links)])
    return _rows(("Page", "Sections"), rows) if rows else ""


def _named(cloud: Cloud, page: Path) -> list[tuple[str, str]]:
    """Anchor and text of the headings of a page that name a cloud, without those that are within another of them."""
    found = []
    inside = 0
    for level, heading in _headings(page.read_text(encoding="utf-8")):
        if inside and level > inside:
            continue
        inside = level if _names(heading) == cloud.name else 0
        if inside:
            found.append((_anchor(heading), heading))
    return found


def _headings(text: str) -> Iterator[tuple[int, str]]:
    for one in _HEADING.finditer(_FENCED.sub("", text)):
        yield len(one[1]), one[2]


def _names(heading: str) -> str:
    """The room of the cloud that a heading names: the longest name wins, as one may be within another."""
    rooms = {name: one.name for one in map(clouds.cloud, clouds.CLOUDS) for name in (one.title, one.short)}
    return rooms[max(found, key=len)] if (found := [name for name in rooms if name in heading]) else ""


def _anchor(heading: str) -> str:
    """The heading as a fragment of a URL, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
