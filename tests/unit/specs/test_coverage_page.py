"""What the coverage page says of client and emulator is what they have, and they have nothing else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference import clouds
from pulumi_inference.core.fields.facts import Spec, facts_of
from pulumi_inference.core.operations import ANY, RPC, Api, LeftOut, Operation
from pulumi_inference.emulator import clouds as emulated
from pulumi_inference.emulator.messages import Request
from pulumi_inference.emulator.routing import Miss, Route, find_route
from pulumi_inference.emulator.shell import Emulator
from tests.support.sent_otherwise import DRIVES

ROOT = Path(__file__).resolve().parents[3]
ROOMS = [pytest.param(clouds.cloud(name), id=name) for name in clouds.CLOUDS]
OPERATIONS = [one for name in clouds.CLOUDS for one in clouds.load(clouds.cloud(name).api).operations]


@pytest.fixture(scope="module")
def coverage() -> Iterator[Any]:
    """The generator of the page."""
    sys.path.insert(0, str(ROOT / "tools"))
    yield import_module("generators.coverage")
    sys.path.remove(str(ROOT / "tools"))


def lacking(coverage: Any, cloud: Any) -> list[str]:
    """The operations whose reason to lack is not there, or is there and nothing lacks."""
    return [
        str(one.operation)
        for one in coverage.covered(cloud)
        if (one.by_client and one.by_emulator) == bool(one.operation.missing)
    ]


@pytest.mark.parametrize("cloud", ROOMS)
def test_every_request_of_a_client_is_listed(coverage: Any, cloud: Any) -> None:
    sent = import_module("generators.calls").calls_of(cloud)
    assert len(sent) > 10
    unlisted = {name: one for name, calls in sent.items() for one in calls if coverage.named(cloud, *one) is None}
    assert unlisted == {}


def test_every_route_of_the_emulator_is_listed(coverage: Any) -> None:
    listed = {(one.method, coverage.shape_of(path)) for one in OPERATIONS for path in one.paths}
    for table in {id(table): table for table in tables(coverage)}.values():
        rows = [one for one in table if one.method != "OPTIONS" and not is_rest(table, one)]
        assert [one for one in rows if (one.method, coverage.shape_of(one.pattern)) not in listed] == []


def tables(coverage: Any) -> Iterator[tuple[Route, ...]]:
    """All tables of routes, those of other hosts too."""
    for cloud in emulated.find():
        yield cloud.routes
    for one in OPERATIONS:
        if one.host:
            asked = Request(one.method, "/", host=coverage.filled(one.host))
            yield emulated.cloud_of(asked).routes_for(asked)


def is_rest(table: tuple[Route, ...], route: Route) -> bool:
    """Whether a row behind others is what is answered to all that is none of them."""
    return len(table) > 1 and route is table[-1] and route.pattern == "/{path...}"


@pytest.mark.parametrize("cloud", ROOMS)
def test_what_lacks_has_a_reason_and_nothing_else_has(coverage: Any, cloud: Any) -> None:
    assert lacking(coverage, cloud) == []


def test_an_operation_that_is_not_there_is_not_covered(coverage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = clouds.cloud(clouds.CLOUDS[0])
    invented = (
        Operation("POST", "/v1/{project_id}/services/{service_id}/paint", "Paint a service", "PaintService"),
        Operation("GET", "/v1/{project_id}/services/colours", "List colours", "ListColours"),
        Operation(ANY, "/v1/{project_id}/services", "Anything", "PaintService"),
    )
    monkeypatch.setattr(coverage, "api_of", lambda _cloud: Api(invented))
    assert [(one.by_client, one.by_emulator) for one in coverage.covered(cloud)] == [(False, False)] * 3
    assert lacking(coverage, cloud) == [str(one) for one in invented]


def test_a_new_call_has_to_be_listed(coverage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = clouds.cloud(clouds.CLOUDS[0])
    client = type(client_of(cloud))
    monkeypatch.setattr(client, "paint_service", lambda self: self._http.request("PUT", "/v1/p/paint"), raising=False)
    calls = import_module("generators.calls")
    assert calls.calls_of(cloud)["paint_service"] == {("PUT", "/v1/p/paint")}
    assert coverage.named(cloud, "PUT", "/v1/p/paint") is None
    monkeypatch.setattr(client, "paint_service", lambda _self: None)
    with pytest.raises(calls.CallError, match="paint_service sends no request"):
        calls.calls_of(cloud)


def client_of(cloud: Any) -> Any:
    return import_module("generators.calls").client_of(cloud)


@pytest.mark.parametrize("room", clouds.CLOUDS)
def test_what_no_client_sends_is_sent(
    coverage: Any, room: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = list[Request]()
    handle = Emulator.handle

    def noted(emulator: Emulator, request: Request) -> Any:
        seen.append(request)
        return handle(emulator, request)

    monkeypatch.setattr(Emulator, "handle", noted)
    spoke_rpc = DRIVES[room](tmp_path)
    found = {identity(one) for one in seen if not one.path.startswith("/_emulator")}
    api = clouds.load(clouds.cloud(room).api)
    missing = [
        str(one)
        for one in api.operations
        if one.sent_by and not (spoke_rpc if one.method == RPC else identity(asked(coverage, one)) in found)
    ]
    assert missing == []


def asked(coverage: Any, one: Operation) -> Request:
    return Request(one.method, coverage.filled(one.path), host=coverage.filled(one.host) or "emulator.localhost")


def identity(request: Request) -> tuple[int, str]:
    """The row of the emulator's tables that a request finds."""
    table = emulated.cloud_of(request).routes_for(request)
    found = find_route(table, request.method, request.path)
    return (0, str(request)) if isinstance(found, Miss) else (id(table), f"{found[0].method} {found[0].pattern}")


@pytest.mark.parametrize("cloud", ROOMS)
def test_what_is_left_out_is_in_no_resource_and_no_lookup(coverage: Any, cloud: Any) -> None:
    there = {name for model in models(cloud) for facts in facts_of(model).values() for name in (facts.name, facts.wire)}
    left_out: tuple[LeftOut, ...] = coverage.api_of(cloud).left_out
    assert [name for one in left_out for name in one.name.split(", ") if name in there - BESIDES] == []


BESIDES = {"action"}
"""Names that mean another thing elsewhere."""


def models(cloud: Any) -> Iterator[type[Spec]]:
    """All specs of a room's resources and lookups, with what is inside of them."""
    lifecycles = [clouds.load(clouds.load(kind.provider).lifecycle) for kind in cloud.kinds]
    tops = [model for one in lifecycles for model in (one.spec, one.outputs)]
    todo = [*tops, *(part for lookup in clouds.lookups(cloud) for part in (lookup, lookup.answers()[0]))]
    while todo:
        model = todo.pop()
        yield model
        todo += [facts.item for facts in facts_of(model).values() if facts.item is not None]


@pytest.mark.parametrize("cloud", ROOMS)
def test_the_source_of_a_field_is_a_page_of_an_operation(coverage: Any, cloud: Any) -> None:
    api = coverage.api_of(cloud)
    pages = {one.source for one in api.operations} | set(api.pages) | {"pulumi-inference"}
    sources = {facts.source for model in models(cloud) for facts in facts_of(model).values()}
    assert sources - pages == set()


def test_the_page_counts_what_it_lists() -> None:
    page = (ROOT / "docs" / "coverage.md").read_text("utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| ")]
    said = [[int(cell.rstrip(" |")) for cell in row[1:]] for row in rows if row[0].startswith("| [") and len(row) == 4]
    listed = [row for row in rows if len(row) == 5 and row[2] in ("yes", "no")]
    assert len(said) == len(clouds.CLOUDS)
    assert [sum(column) for column in zip(*said, strict=True)] == [
        len(listed),
        *(sum(row[place] == "yes" for row in listed) for place in (2, 3)),
    ]
