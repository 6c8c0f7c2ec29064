"""`nvcf.invoke` and `nvcf.grpc_channel` in a script, on the emulator in this process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference import nvcf
from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.engine import lookups
from tests.support.nvcf_calls import FUNCTION, FunctionWorld, function_world
from tests.support.projects import FOREIGN


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FunctionWorld]:
    """A script whose environment names the emulator, and nothing of this machine's settings."""
    for name in [name for name in os.environ if name.startswith((*FOREIGN, "PULUMI_", "NVCF_", "NGC_"))]:
        monkeypatch.delenv(name)
    with function_world(tmp_path) as made:
        monkeypatch.setenv("NVCF_ENDPOINT", f"emulator:{made.database}")
        monkeypatch.setattr(lookups, "_script", lookups._environment())
        # A test before may have left a run of its own behind.
        monkeypatch.setattr(lookups, "get_monitor", lambda: None)
        made.admin("PATCH", "/settings", {"seconds_per_request": 5})
        yield made


def test_a_function_is_called(world: FunctionWorld, tmp_path: Path) -> None:
    thing = world.put()
    function_id, version_id = thing.split(",")
    for function in (function_id, thing, "echo"):
        answer = nvcf.invoke(function, json={"x": "ä"})
        assert isinstance(answer, nvcf.InvokeResult)
        assert answer.json()["echo"] == {"x": "ä"}
    picture = tmp_path / "a.png"
    picture.write_bytes(b"a")
    seen = nvcf.invoke(function_id, json={}, version_id=version_id, assets=[picture], poll_seconds=5).json()
    assert [one["contentType"] for one in seen["assets"]] == ["image/png"]
    assert seen["headers"]["nvcf-poll-seconds"] == "5"


def test_each_way(world: FunctionWorld) -> None:
    thing = world.put()
    assert nvcf.invoke(thing, path="/v1/x", method="GET").json()["method"] == "GET"
    assert nvcf.invoke(thing, json={"x": 1}, via="exec").json()["echo"] == {"x": 1}
    with nvcf.invoke(thing, json={"x": 1}, stream=True) as answer:
        assert isinstance(answer, nvcf.StreamedResponse)
        assert [one.data for one in answer.events()][-1] == "[DONE]"
    question: Any = {"messages": [{"role": "user", "content": "hello"}]}
    function_id = world.put_llm()
    for function in (function_id, "echo-llm"):
        assert nvcf.invoke(function, json=question, via="llm").json()["object"] == "chat.completion"
    with pytest.raises(ConfigurationError, match="chooses the version itself"):
        nvcf.invoke(function_id, json=question, via="llm", version_id=thing.partition(",")[2])


def test_the_models_error_is_raised(world: FunctionWorld) -> None:
    with pytest.raises(nvcf.ModelError) as caught:
        nvcf.invoke(world.put(), json={}, headers={"X-Emulator-Status": "418"})
    assert caught.value.status == 418


def test_what_is_no_function() -> None:
    with pytest.raises(TypeError, match="call invoke inside of its apply"):
        nvcf.invoke(object(), json={})  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="one body"):
        nvcf.invoke(FUNCTION, json={}, text="x")


def test_a_channel_needs_a_proxy(world: FunctionWorld) -> None:
    with pytest.raises(ConfigurationError, match="NVCF_GRPC_ENDPOINT"):
        nvcf.grpc_channel(FUNCTION)
