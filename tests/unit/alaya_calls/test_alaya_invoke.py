"""`alaya.invoke` in a script, on the emulator in this process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from pulumi_inference import alaya
from pulumi_inference.engine import lookups
from tests.support.alaya_calls import ADAPTER, BASE, deployments
from tests.support.cloud import Cloud
from tests.support.projects import FOREIGN

QUESTION: dict[str, Any] = {"model": "demo", "messages": [{"role": "user", "content": "hello"}]}


@pytest.fixture(autouse=True)
def script(embedded_cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A script whose environment names the emulator, and nothing of this machine's settings."""
    for name in [name for name in os.environ if name.startswith((*FOREIGN, "PULUMI_", "ALAYA_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ALAYA_ENDPOINT", embedded_cloud.endpoint)
    monkeypatch.setattr(lookups, "_script", lookups._environment())
    # A test before may have left a run of its own behind.
    monkeypatch.setattr(lookups, "get_monitor", lambda: None)
    embedded_cloud.admin("POST", "/seed", {"alaya.services": deployments()})
    yield


def test_a_deployment_is_called() -> None:
    for thing in (BASE, "base"):
        answer = alaya.invoke(thing, json=QUESTION)
        assert isinstance(answer, alaya.InvokeResult)
        assert answer.json()["object"] == "chat.completion"
    text = alaya.invoke(ADAPTER, json={"model": "style", "prompt": "x"}, path="/v1/completions").json()
    assert (text["object"], text["model"]) == ("text_completion", "style")
    listed = alaya.invoke("base", path="/v1/models", method="GET").json()
    assert [one["id"] for one in listed["data"]] == ["demo", "demo-2", "style"]


def test_an_answer_is_streamed() -> None:
    with alaya.invoke("base", json={**QUESTION, "stream": True}, stream=True) as answer:
        assert isinstance(answer, alaya.StreamedResponse)
        assert [one.data for one in answer.events()][-1] == "[DONE]"


def test_the_models_error_is_raised() -> None:
    with pytest.raises(alaya.ModelError) as caught:
        alaya.invoke("base", json={**QUESTION, "model": "huge"})
    assert caught.value.status == 404


def test_what_is_no_deployment() -> None:
    with pytest.raises(TypeError, match="call invoke inside of its apply"):
        alaya.invoke(object(), json={})  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="one body"):
        alaya.invoke(BASE, json={}, text="x")
