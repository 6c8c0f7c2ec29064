"""Few requests go first until the server has accepted who asks; then all go at once."""

import itertools
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from scripted import World

from pulumi_inference.core.errors import AuthenticationError
from pulumi_inference.core.http import retry
from pulumi_inference.core.http.exchange import WireRequest
from tests.support.patience import PATIENCE

THREADS = 32
FIRST = 2


class Key:
    """Somebody whose credentials never change."""

    def authenticate(self, request: WireRequest) -> Mapping[str, str]:
        return {"x-key": "k"}

    def refresh(self, rejected: Mapping[str, str]) -> bool:
        return False


def test_after_the_first_answer_nobody_waits_for_another() -> None:
    together = threading.Barrier(THREADS - FIRST, timeout=PATIENCE)
    numbers = itertools.count()

    def answer(_request: httpx.Request) -> httpx.Response:
        if next(numbers) >= FIRST:
            together.wait()
        return httpx.Response(200, json={})

    world = World(httpx.Response(200), authenticator=Key(), transport=httpx.MockTransport(answer))
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda _: world.client.request("GET", "/x").status, range(THREADS)))
    assert answers == [200] * THREADS


def test_what_was_refused_to_the_first_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_ANSWER_SECONDS", PATIENCE)
    world = World(httpx.Response(401, text="who are you?"), authenticator=Key())

    def ask(_: int) -> str:
        with pytest.raises(AuthenticationError) as caught:
            world.client.request("GET", "/x")
        return str(caught.value)

    with ThreadPoolExecutor(THREADS) as pool:
        texts = set(pool.map(ask, range(THREADS)))
    assert len(texts) == 1
    assert world.tries <= FIRST
