"""Lists are read to their end, whichever way a server counts its pages."""

import httpx
import pytest

from pulumi_inference.modelarts.client import PAGE_SIZE
from tests.support.answers import Handler, client_on


def _pager(total: int, *, by_page: bool = False, duplicates: bool = False) -> tuple[Handler, list[int]]:
    """A server with so many services; its offset counts items, or (by_page) pages."""
    offsets: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        offset, limit = int(request.url.params["offset"]), int(request.url.params["limit"])
        offsets.append(offset)
        start = offset * limit if by_page else offset
        if duplicates and offset:
            start -= 1
        items = [{"service_id": f"s{number}"} for number in range(start, min(start + limit, total))]
        return httpx.Response(200, json={"total_count": total, "count": len(items), "services": items})

    return answer, offsets


@pytest.mark.parametrize("total", [0, 1, PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 1, 2 * PAGE_SIZE + 500])
def test_all_pages_are_read(total: int) -> None:
    server, offsets = _pager(total)
    assert [item["service_id"] for item in client_on(server).list_services()] == [f"s{n}" for n in range(total)]
    assert offsets == [PAGE_SIZE * page for page in range(max(1, -(-total // PAGE_SIZE)))]


def test_an_item_that_moves_between_pages_is_listed_once() -> None:
    server, _ = _pager(PAGE_SIZE + 10, duplicates=True)
    names = [item["service_id"] for item in client_on(server).list_services()]
    assert len(names) == len(set(names)) == PAGE_SIZE + 10


@pytest.mark.parametrize("total", [PAGE_SIZE - 1, PAGE_SIZE, PAGE_SIZE + 10, 2 * PAGE_SIZE, 2 * PAGE_SIZE + 500])
def test_a_server_that_counts_pages_loses_nothing(total: int) -> None:
    server, offsets = _pager(total, by_page=True)
    assert [item["service_id"] for item in client_on(server).list_services()] == [f"s{n}" for n in range(total)]
    assert offsets == [0, *([PAGE_SIZE, *range(1, -(-total // PAGE_SIZE))] if total > PAGE_SIZE else [])]


def test_a_server_whose_total_is_never_reached_does_not_make_it_loop() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params["offset"])
        return httpx.Response(200, json={"total_count": 10**6, "services": [{"service_id": "only"}]})

    assert client_on(answer).list_services() == [{"service_id": "only"}]
    assert asked == ["0", "1", "1"]


def test_a_list_without_a_total_ends_with_a_page_that_is_not_full() -> None:
    full, offsets = _pager(PAGE_SIZE + 3)

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"services": full(request).json()["services"]})

    assert len(client_on(answer).list_services()) == PAGE_SIZE + 3
    assert offsets == [0, PAGE_SIZE]


def test_the_runtimes_list_has_total_and_page_size_the_other_way_round() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        engines = ["TensorFlow", "PyTorch", "MindSpore"][int(request.url.params["offset"]) :][:2]
        entries = [{"ai_engine": engine} for engine in engines]
        return httpx.Response(200, json={"count": 3, "total_count": len(entries), "engine_runtimes": entries})

    assert [entry["ai_engine"] for entry in client_on(answer).list_runtimes()] == ["TensorFlow", "PyTorch", "MindSpore"]


def test_two_entries_of_one_engine_are_both_listed() -> None:
    entries = [{"ai_engine": "PyTorch", "arch": [one]} for one in ("x86_64", "aarch64")]
    body = {"count": 2, "total_count": 2, "engine_runtimes": entries}
    assert client_on(lambda _request: httpx.Response(200, json=body)).list_runtimes() == entries
