"""Services of a served emulator: called by a program, and by the openai package, over a socket."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import openai
import pytest

from pulumi_inference import modelartsv2
from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.engine import lookups
from tests.support.cloud import Cloud
from tests.support.modelartsv2_calls import KEY, KEYED, TOKENED, seeded
from tests.support.projects import FOREIGN

CHAT = "/v1/chat/completions"
QUESTION: Any = {"model": "demo", "messages": [{"role": "user", "content": "hello world"}]}


@pytest.fixture
def cloud(served_cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """The emulator on a port, with a service of each kind, for an account with an access key."""
    served_cloud.admin("POST", "/seed", seeded(served_cloud.project_id))
    for name in [name for name in os.environ if name.startswith((*FOREIGN, "PULUMI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(lookups, "_script", lookups._environment())
    # A test before may have left a run of its own behind.
    monkeypatch.setattr(lookups, "get_monitor", lambda: None)
    for name, value in {"HW_MODELARTS_ENDPOINT": served_cloud.endpoint, **served_cloud.credentials}.items():
        monkeypatch.setenv(name, value)
    return served_cloud


def headers(cloud: Cloud) -> dict[str, str]:
    """Those of the last call of a service."""
    logged = cloud.admin("GET", "/requests")["requests"]
    found: dict[str, str] = [one["headers"] for one in logged if "/v2/infer/" in one["path"]][-1]
    return found


def address(cloud: Cloud, service_id: str) -> str:
    """Where a service is, as the emulator has it."""
    return f"{cloud.endpoint}/v2/infer/{service_id}"


@pytest.mark.parametrize("thing", ["keyed", KEYED, "URL"])
def test_a_service_with_a_key(cloud: Cloud, thing: str) -> None:
    named = address(cloud, KEYED) if thing == "URL" else thing
    answer = modelartsv2.invoke(named, json=QUESTION, path=CHAT)
    assert answer.json()["choices"][0]["message"]["content"] == "hello world"
    assert headers(cloud)["x-api-key-type"] == "temp"
    answer = modelartsv2.invoke(named, json=QUESTION, path=CHAT, api_key=KEY)
    assert answer.status == 200
    assert "x-api-key-type" not in headers(cloud)


def test_a_key_and_an_address_need_no_account(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    url = address(cloud, KEYED)
    for name in ("HW_MODELARTS_ENDPOINT", *cloud.credentials):
        monkeypatch.delenv(name)
    assert modelartsv2.invoke(url, json=[1], path="/score", api_key=KEY).json()["echo"] == [1]
    with pytest.raises(ConfigurationError):
        modelartsv2.invoke(url, json=[1], path="/score")


def test_a_service_with_a_token(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="an access key gets none"):
        modelartsv2.invoke("tokened", json={})
    for name in cloud.credentials:
        monkeypatch.delenv(name)
    for name, value in cloud.password.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(lookups, "_script", lookups._environment())
    (tmp_path / "question.json").write_text('{"stream": true}')
    with modelartsv2.invoke(TOKENED, file=tmp_path / "question.json", stream=True) as answer:
        assert [event.data for event in answer.events()][-1] == "[DONE]"
    assert "x-auth-token" in headers(cloud)
    assert (headers(cloud)["content-type"], headers(cloud)["content-length"]) == ("application/json", "16")


def test_an_output_is_no_service() -> None:
    with pytest.raises(TypeError, match="service must be text; with an Output, call invoke inside of its apply"):
        modelartsv2.invoke(object())  # type: ignore[call-overload]


def test_the_openai_package_talks_to_a_service(cloud: Cloud) -> None:
    url = modelartsv2.get_service(KEYED).predict_url
    assert url
    assert url[0].urls
    client = openai.OpenAI(base_url=f"{url[0].urls[0]}/v1", api_key=KEY, max_retries=0)
    answer = client.chat.completions.create(**QUESTION)
    assert answer.choices[0].message.content == "hello world"
    parts = client.chat.completions.create(**QUESTION, stream=True)
    assert "".join(part.choices[0].delta.content or "" for part in parts) == "hello world"
    other = openai.OpenAI(base_url=client.base_url, api_key="another", max_retries=0)
    with pytest.raises(openai.AuthenticationError):
        other.chat.completions.create(**QUESTION)
