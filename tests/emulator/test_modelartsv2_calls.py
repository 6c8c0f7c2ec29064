"""Calling services of ModelArts v2 (modelarts-v2.md section 8)."""

import csv
import io
import json
from collections import Counter
from typing import Any

import httpx
import pytest

from .cloud import token_body
from .modelartsv2cloud import STOP_SECONDS, UNKNOWN, ModelArtsV2, image, runtime, unit


def key(v2: ModelArtsV2, scope: str = "USER", name: str = "app") -> str:
    answer = v2.call("POST", "/services/api-keys", {"name": name, "scope": scope})
    (row,) = csv.DictReader(io.StringIO(answer.text))
    return row["api_key"]


def plain(v2: ModelArtsV2, sid: str, path: str = "/ask", **headers: str) -> httpx.Response:
    """A call without the token."""
    client = httpx.Client(transport=v2.http._transport, base_url=v2.http.base_url)
    return client.post(f"/v2/infer/{sid}{path}", headers=headers)


def test_the_echo(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    address = v2.service(sid)["predict_url"][0]["urls"][0]
    answer = v2.http.put(f"{address}/any/path?x=1", json={"a": [1]})
    said = answer.json()
    instance = said.pop("instance")
    assert said == {
        "deployment": "blue",
        "deployment_id": did,
        "version": "1.0.0",
        "image": "swr.example.com/demo/echo:1",
        "path": "/any/path",
        "method": "PUT",
        "echo": {"a": [1]},
    }
    assert answer.headers["X-Emulator-Deployment"] == "blue"
    assert answer.headers["X-Emulator-Version"] == "1.0.0"
    assert answer.headers["X-Emulator-Instance"] == instance
    assert v2.http.get(address).json()["path"] == "/"
    assert v2.ask(sid, content=b"plain").json()["echo"] == "plain"
    assert v2.ask(sid).json()["instance"] != v2.ask(sid).json()["instance"]
    assert v2.deployment(sid, did)["last_used_time"] == round(v2.clock.now() * 1000)


def test_streams(v2: ModelArtsV2) -> None:
    sid, _ = v2.running()
    answer = v2.ask(sid, json={"stream": True})
    assert answer.headers["Content-Type"] == "text/event-stream"
    events = [line.removeprefix("data: ") for line in answer.text.splitlines() if line]
    assert (json.loads(events[0])["deployment"], events[-1]) == ("blue", "[DONE]")


def test_openai_paths(v2: ModelArtsV2) -> None:
    sid, _ = v2.running()
    chat: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "hello there"}]}
    answer = v2.ask(sid, "/v1/chat/completions", json=chat)
    assert answer.json()["choices"][0]["message"]["content"] == "hello there"
    assert answer.headers["X-Emulator-Deployment"] == "blue"
    stream = v2.ask(sid, "/v1/chat/completions", json={**chat, "stream": True})
    assert stream.text.endswith("data: [DONE]\n\n")
    assert v2.ask(sid, "/v1/completions", json={"prompt": "a b"}).json()["choices"][0]["text"] == "a b"
    assert len(v2.ask(sid, "/v1/embeddings", json={"input": "a"}).json()["data"]) == 1
    assert v2.ask(sid, "/v1/responses", json={"input": "a"}).json()["object"] == "response"
    models = v2.http.get(f"/v2/infer/{sid}/v1/models").json()
    assert [model["id"] for model in models["data"]] == ["blue"]


def test_a_model_that_fails(v2: ModelArtsV2) -> None:
    sid, _ = v2.running()
    answer = v2.ask(sid, headers={"X-Emulator-Status": "500"})
    assert (answer.status_code, answer.json()["version"]) == (500, "1.0.0")
    for wrong in ("99", "x", "600"):
        assert v2.ask(sid, headers={"X-Emulator-Status": wrong}).status_code == 400
    late = v2.ask(sid, headers={"X-Emulator-Seconds": "91"})
    assert (late.status_code, "90 seconds" in late.json()["error_msg"]) == (504, True)
    assert v2.ask(sid, headers={"X-Emulator-Seconds": "90"}).status_code == 200


def test_what_does_not_run(v2: ModelArtsV2) -> None:
    sid = v2.make()
    assert v2.ask(sid).status_code == 503
    did = v2.add(sid)
    assert v2.ask(sid).status_code == 503
    v2.pass_time()
    assert v2.ask(sid).status_code == 200
    v2.ok("POST", f"/services/{sid}/deployments/{did}/stop")
    assert v2.ask(sid).status_code == 503
    v2.pass_time(STOP_SECONDS)
    assert (v2.ask(sid).status_code, v2.ask(UNKNOWN).status_code) == (503, 404)
    v2.ok("POST", f"/services/{sid}/start")
    v2.pass_time()
    v2.ok("POST", "/services/delete", {"service_ids": [sid]})
    assert v2.ask(sid).status_code == 503
    asynchronous, _ = v2.running(service={"name": "later", "type": "ASYNC_REAL_TIME"})
    assert v2.ask(asynchronous).status_code == 404


def test_tokens(v2: ModelArtsV2) -> None:
    sid, _ = v2.running(service={"runtime_config": runtime("TOKEN")})
    assert v2.ask(sid).status_code == 200
    assert plain(v2, sid).status_code == 401
    assert v2.ask(sid, headers={"X-Auth-Token": "wrong"}).status_code == 401
    other = v2.http.post("/v3/auth/tokens", json=token_body({"project": {"name": "cn-east-3"}}))
    token = other.headers["X-Subject-Token"]
    assert v2.ask(sid, headers={"X-Auth-Token": token}).status_code == 403
    unscoped = v2.http.post("/v3/auth/tokens", json=token_body()).headers["X-Subject-Token"]
    assert v2.ask(sid, headers={"X-Auth-Token": unscoped}).status_code == 401


def test_keys_of_the_user(v2: ModelArtsV2) -> None:
    sid, _ = v2.running(service={"runtime_config": runtime("API_KEY")})
    value = key(v2)
    for text in (f"Bearer {value}", f"bearer {value}", value):
        assert plain(v2, sid, Authorization=text).status_code == 200
    for text in ("Bearer wrong", "Bearer", f"Basic {value}", ""):
        assert plain(v2, sid, Authorization=text).status_code == 401, text
    assert v2.ask(sid).status_code == 401
    assert plain(v2, sid, Authorization=value, **{"X-Api-Key-Type": "temp"}).status_code == 401
    assert plain(v2, sid, Authorization=value, **{"X-Api-Key-Type": "normal"}).status_code == 200


def test_keys_of_a_service(v2: ModelArtsV2) -> None:
    sid, _ = v2.running(service={"runtime_config": runtime("API_KEY")})
    value = key(v2, "SERVICE")
    assert plain(v2, sid, Authorization=f"Bearer {value}").status_code == 401
    (found,) = v2.ok("GET", "/services/api-keys")["data"]
    v2.ok("POST", f"/services/{sid}/api-keys/{found['key_id']}/bind")
    assert plain(v2, sid, Authorization=f"Bearer {value}").status_code == 200
    v2.ok("POST", f"/services/{sid}/api-keys/{found['key_id']}/unbind")
    assert plain(v2, sid, Authorization=f"Bearer {value}").status_code == 401


def test_temporary_keys(v2: ModelArtsV2) -> None:
    sid, _ = v2.running(service={"runtime_config": runtime("API_KEY")})
    value = v2.ok("POST", "/services/api-keys/temp", {"expire_time": 1})["api_key"]
    temporary = {"Authorization": value, "X-Api-Key-Type": "temp"}
    assert plain(v2, sid, **temporary).status_code == 200
    assert plain(v2, sid, Authorization=value).status_code == 401
    v2.pass_time(3599)
    assert plain(v2, sid, **temporary).status_code == 200
    v2.pass_time(1)
    assert plain(v2, sid, **temporary).status_code == 401


def test_keys_of_another_project(v2: ModelArtsV2) -> None:
    sid, _ = v2.running(service={"runtime_config": runtime("API_KEY")})
    v2.seed(keys=[{"name": "k", "scope": "USER", "project_id": "other", "api_key": "theirs"}])
    assert plain(v2, sid, Authorization="theirs").status_code == 401
    v2.seed(keys=[{"name": "k", "scope": "USER", "project_id": v2.project, "api_key": "ours"}])
    assert plain(v2, sid, Authorization="ours").status_code == 200


def shares(v2: ModelArtsV2, sid: str, calls: int) -> Counter[str]:
    return Counter(v2.ask(sid).headers["X-Emulator-Deployment"] for _ in range(calls))


def ratios(v2: ModelArtsV2, sid: str) -> dict[str, str]:
    return {one["name"]: one["traffic_ratio"] for one in v2.groups(sid)}


def test_traffic_goes_by_weight(v2: ModelArtsV2) -> None:
    sid, did = v2.running(weight=2)
    green = v2.add(sid, name="green", weight=1)
    assert shares(v2, sid, 6) == {"blue": 6}
    v2.pass_time()
    assert ratios(v2, sid) == {"blue": "66.67%", "green": "33.33%"}
    assert shares(v2, sid, 3) == {"blue": 2, "green": 1}
    assert shares(v2, sid, 30) == {"blue": 20, "green": 10}
    v2.ok("POST", f"/services/{sid}/deployments/{did}/stop")
    assert ratios(v2, sid) == {"blue": "0.00%", "green": "100.00%"}
    assert shares(v2, sid, 5) == {"green": 5}
    v2.change(sid, green, name="green", weight=0)
    v2.pass_time()
    assert ratios(v2, sid) == {"blue": "0.00%", "green": "0.00%"}
    assert v2.ask(sid).status_code == 503


def test_shares_are_exact_from_each_change_of_the_weights_on(v2: ModelArtsV2) -> None:
    sid, did = v2.running(weight=90)
    v2.add(sid, name="green", weight=10)
    v2.pass_time()
    shares(v2, sid, 7)
    v2.change(sid, did, weight=10)
    v2.pass_time()
    assert shares(v2, sid, 2) == {"blue": 1, "green": 1}


def test_the_address_answers_at_every_moment_of_an_upgrade(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    v2.change(sid, did, unit_configs=[unit(image=image("2"))], weight=50)
    seen = []
    for _ in range(32):
        answer = v2.ask(sid)
        assert answer.status_code == 200
        seen.append(answer.json()["image"][-1])
        v2.pass_time(1)
    assert (seen[:30], seen[30:]) == (["1"] * 30, ["2"] * 2)


def test_mirrors_get_copies(v2: ModelArtsV2) -> None:
    sid, _ = v2.running()
    v2.add(sid, name="shadow", weight=0, mirror_traffic_enable=True, mirror_traffic_weight="25")
    v2.pass_time()
    assert shares(v2, sid, 8) == {"blue": 8}
    counted = {one["name"]: (one["calls"], one["mirrored"]) for one in v2.behind(sid)["deployments"]}
    assert counted == {"blue": (8, 0), "shadow": (0, 2)}


def test_limits_of_size_rate_and_place(v2: ModelArtsV2) -> None:
    limit: dict[str, Any] = {
        "request_size_limit": 1,
        "rate_limit": {"num": 2, "unit": "MINUTES"},
        "ip_black_list": ["10.0.0.0/8"],
    }
    sid, _ = v2.running(service={"runtime_config": runtime(limit=limit)})
    assert v2.ask(sid, content=b"x" * (1024 * 1024 + 1)).status_code == 413
    assert v2.ask(sid, content=b"x" * (1024 * 1024)).status_code == 200
    assert v2.ask(sid, headers={"X-Forwarded-For": "10.1.2.3"}).status_code == 403
    assert v2.ask(sid).status_code == 200
    refused = v2.ask(sid)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    v2.pass_time(60)
    assert v2.ask(sid).status_code == 200


def test_only_those_on_the_white_list(v2: ModelArtsV2) -> None:
    limit = {"ip_white_list": ["192.168.1.1", "no address"]}
    sid, _ = v2.running(service={"runtime_config": runtime(limit=limit)})
    assert v2.ask(sid).status_code == 403
    for address, status in (("192.168.1.1", 200), ("192.168.1.2", 403), ("nowhere", 403)):
        assert v2.ask(sid, headers={"X-Forwarded-For": address}).status_code == status


@pytest.mark.parametrize("protocol", ["WS", "WSS"])
def test_a_websocket_service_takes_no_other_calls(v2: ModelArtsV2, protocol: str) -> None:
    sid, _ = v2.running(service={"runtime_config": runtime(protocol=protocol)})
    assert v2.ask(sid).status_code == 426
