"""`docs/coverage.md`: the operations of each cloud's API, and which of them the client and the emulator have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from generators.calls import calls_of
from generators.targets import Target
from generators.text import OURS, page_link

from pulumi_inference import clouds
from pulumi_inference.core.cloud import Cloud
from pulumi_inference.core.fields.facts import FieldFacts, Spec, facts_of
from pulumi_inference.core.operations import ANY, RPC, Api, LeftOut, Operation
from pulumi_inference.emulator import clouds as emulated
from pulumi_inference.emulator.messages import Request
from pulumi_inference.emulator.routing import ANY_METHOD, Miss, find_route

HEAD = """\
# What is covered

Each operation that the documentation of a cloud's API has, and whether the client of this library sends it and the
[emulator](emulator.md) answers it. Nobody writes down what is covered: this page is generated from what the client's
methods send and from the emulator's table of routes, and a test fails when one of them has an operation that is not
listed here. "Source" is the page of the API's reference. The paths at addresses that a cloud answers are those of the
emulator.

The fields of each resource, with their types, what a change of them does and the page that documents each, are in its
reference, which the tables of resources link to.
"""
ID = "00000000-0000-4000-8000-000000000000"
_PARAMETER = re.compile(r"\{([^}]*?)(\.\.\.)?\}")


@dataclass(frozen=True)
class Covered:
    """An operation, and what is found of it."""

    operation: Operation
    by_client: bool
    by_emulator: bool


def shape_of(path: str) -> str:
    """A path without the names of what varies in it."""
    return _PARAMETER.sub(lambda found: "{...}" if found[2] else "{}", path)


def filled(path: str) -> str:
    """A path, or a host, with an id for each part that varies."""
    return _PARAMETER.sub(ID, path)


def covered(cloud: Cloud) -> list[Covered]:
    """All operations of a cloud's API."""
    sent = {called for calls in calls_of(cloud).values() for called in calls}
    by_client = {operation for method, path in sent if (operation := named(cloud, method, path))}
    return [
        Covered(one, one in by_client or _is_sent(one), one.method in _emulated(one))
        for one in api_of(cloud).operations
    ]


def named(cloud: Cloud, method: str, path: str) -> Operation | None:
    """The operation that a request is: the one with the fewest parts of its path that vary."""
    found = [
        (path_of_it.count("{"), one)
        for one in api_of(cloud).operations
        if one.method == method and not one.host
        for path_of_it in one.paths
        if re.fullmatch(_PARAMETER.sub("[^/]+", path_of_it), path)
    ]
    return min(found, key=lambda pair: pair[0])[1] if found else None


@cache
def api_of(cloud: Cloud) -> Api:
    """What a cloud's documentation has; nothing where its room does not say."""
    found: Api = clouds.load(cloud.api) if cloud.api else Api(())
    return found


def _is_sent(operation: Operation) -> bool:
    """Whether there is what sends it, where that is no method of the client. A test drives each of them."""
    if not operation.sent_by:
        return False
    module, _, name = operation.sent_by.partition(":")
    head, _, attribute = name.partition(".")
    found = clouds.load(f"{module}:{head}")
    return bool(not attribute or getattr(found, attribute))


def _emulated(operation: Operation) -> set[str]:
    """The method of an operation where the emulator has it in all of its spellings; nothing where it has not."""
    if operation.method == RPC:
        return {RPC} if any(cloud.rpc for cloud in emulated.find()) else set()
    return {operation.method} if all(_is_routed(operation, path) for path in operation.paths) else set()


def _is_routed(operation: Operation, path: str) -> bool:
    asked = filled(path)
    request = Request(operation.method, asked, host=filled(operation.host) or "emulator.localhost")
    method = ANY_METHOD if operation.method == ANY else operation.method
    found = find_route(emulated.cloud_of(request).routes_for(request), method, asked)
    return not isinstance(found, Miss) and shape_of(found[0].pattern) == shape_of(path)


def coverage_page(targets: Iterable[Target]) -> str:
    """The page."""
    found, parts = list(targets), [HEAD]
    rows = [(cloud, covered(cloud)) for cloud in map(clouds.cloud, clouds.CLOUDS) if cloud.api]
    parts.append(_table(["Cloud", "Operations", "Client", "Emulator"], [_summary(*one) for one in rows]))
    for cloud, operations in rows:
        parts += [f"## {cloud.title}\n", "### Operations\n"]
        parts.append(
            _table(
                ["Operation", "Method and path", "Client", "Emulator", "Source"],
                [_operation(cloud, one) for one in operations],
            )
        )
        parts += list(_reasons(operations))
        parts += ["### Resources\n", *_resources([one for one in found if one.room == cloud.name])]
        parts += _left_out(api_of(cloud).left_out)
    return "\n".join(parts)


def _summary(cloud: Cloud, found: list[Covered]) -> list[str]:
    anchor = re.sub(r"[^\w -]", "", cloud.title.lower()).replace(" ", "-")
    counts = [len(found), sum(one.by_client for one in found), sum(one.by_emulator for one in found)]
    return [f"[{cloud.title}](#{anchor})", *map(str, counts)]


def _operation(cloud: Cloud, found: Covered) -> list[str]:
    one = found.operation
    method = {ANY: "any", RPC: "gRPC"}.get(one.method, one.method)
    place = f"{one.host}{one.path}" if one.host else one.path
    return [
        one.name,
        f"{method} `{place}`",
        _yes(found.by_client),
        _yes(found.by_emulator),
        page_link(cloud, one.source),
    ]


def _yes(found: bool) -> str:
    return "yes" if found else "no"


def _reasons(found: list[Covered]) -> Iterator[str]:
    """Why something lacks, each reason once."""
    lacking: dict[str, list[Covered]] = {}
    for one in found:
        if one.operation.missing:
            lacking.setdefault(one.operation.missing, []).append(one)
    if lacking:
        yield "What is missing, and why:\n"
        yield _table(["Operation", "Missing in", "Why"], [_reason(ones, why) for why, ones in lacking.items()])


def _reason(ones: list[Covered], why: str) -> list[str]:
    where = dict.fromkeys(
        "client and emulator"
        if not one.by_client and not one.by_emulator
        else "emulator"
        if one.by_client
        else "client"
        for one in ones
    )
    return ["; ".join(one.operation.name for one in ones), "; ".join(where), why]


def _resources(found: list[Target]) -> Iterator[str]:
    rows = []
    for target in found:
        given = [facts for model in _models(target.spec) for facts in facts_of(model).values() if not facts.resolved]
        inner = [facts for facts in given if not facts.local]
        rows.append(
            [
                f"[{target.room}.{target.name}](reference/{target.room}-{target.name.lower()}.md)",
                str(len(given)),
                str(sum(facts.immutable for facts in given)),
                str(len(answers := _answers(target))),
                _pages(target.cloud, [*inner, *answers]),
            ]
        )
    yield _table(["Resource", "Arguments", "Of them replace", "Outputs", "Documented at"], rows)


def _answers(target: Target) -> list[FieldFacts]:
    return [facts for model in _models(target.outputs) for facts in facts_of(model).values()]


def _models(model: type[Spec]) -> Iterator[type[Spec]]:
    """A model and all that is inside of it, each as often as it is there."""
    yield model
    for facts in facts_of(model).values():
        if facts.item is not None:
            yield from _models(facts.item)


def _pages(cloud: Cloud, fields: Iterable[FieldFacts]) -> str:
    sources = dict.fromkeys(facts.source for facts in fields if facts.source != OURS)
    return ", ".join(page_link(cloud, source) for source in sorted(sources))


def _left_out(fields: tuple[LeftOut, ...]) -> list[str]:
    if not fields:
        return []
    intro = "### Fields that are left out\n"
    names = [", ".join(f"`{name}`" for name in one.name.split(", ")) for one in fields]
    return [
        intro,
        _table(
            ["Where", "Field", "Why"],
            [[f"`{one.where}`", name, one.reason] for one, name in zip(fields, names, strict=True)],
        ),
    ]


def _table(columns: list[str], rows: list[list[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
