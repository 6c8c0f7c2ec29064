"""Functions that are called on the emulator, by each way: what comes back, and whose an error is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.core.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    NotFoundError,
    RateLimitError,
    ServerError,
    TransportError,
)
from pulumi_inference.core.http.exchange import FileBody
from pulumi_inference.core.invocation.calls import Call, ModelError, ask, save, send, stream
from tests.support.nvcf_calls import KEY, FunctionWorld, function_world

JSON = {"content-type": "application/json"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FunctionWorld]:
    with function_world(tmp_path) as made:
        yield made


def call(body: Any = None, *, path: str = "", method: str = "POST", timeout: float = 60.0, **orders: str) -> Call:
    """A call with orders to the emulator's container."""
    headers = {f"x-emulator-{name}": value for name, value in orders.items()}
    content = json.dumps({"x": 1} if body is None else body).encode()
    return Call(content, path, method, {**JSON, **headers}, timeout)


def ordered(via: str, **orders: Any) -> Call:
    """The same; exec passes no headers on, so that the orders stand in the body."""
    if via == "exec":
        return call({"x": 1, "emulator": orders})
    return call(**{name: str(one) for name, one in orders.items()})


def function_of(thing: str) -> str:
    return thing.partition(",")[0]


def paths(world: FunctionWorld) -> list[str]:
    return [one["path"] for one in world.sent()]


# plain


@pytest.mark.parametrize("via", ["pexec", "exec", "host"])
def test_a_function_answers(world: FunctionWorld, via: str) -> None:
    thing = world.put()
    answer = send(world.endpoint(thing, via=via), call())
    assert answer.status == 200
    seen = answer.json()
    assert (seen["echo"], seen["version_id"]) == ({"x": 1}, thing.partition(",")[2])
    assert KEY not in answer.text


def test_without_a_path_it_is_pexec_and_with_one_the_functions_own_host(world: FunctionWorld) -> None:
    thing = world.put()
    assert send(world.endpoint(thing), call()).json()["path"] == "/echo"
    given = "/v1/score?k=a b"
    seen = send(world.endpoint(thing, path=given), call(path=given, method="PUT")).json()
    assert (seen["method"], seen["path"], seen["query"]) == ("PUT", "/v1/score", "k=a%20b")
    assert seen["version_id"] == thing.partition(",")[2]


def test_a_name_is_its_newest_version_that_can_be_called(world: FunctionWorld) -> None:
    function_id = function_of(world.put(createdAt="2024-01-01T00:00:00Z"))
    newest = world.put(id=function_id, createdAt="2024-02-01T00:00:00Z")
    world.put(id=function_id, createdAt="2024-03-01T00:00:00Z", status="DEPLOYING")
    found = world.endpoint("echo")
    assert f"{found.function_id},{found.version_id}" == newest
    first = world.endpoint("echo", version_id=newest.partition(",")[2])
    assert first.version_id == newest.partition(",")[2]
    with pytest.raises(ConfigurationError, match="there is no function with the id or name 'eco'"):
        world.endpoint("eco")
    with pytest.raises(ConfigurationError, match="the function echo has no version 1"):
        world.endpoint("echo", version_id="1")


def test_a_name_without_a_version_that_can_be_called_says_how_they_are(world: FunctionWorld) -> None:
    version_id = world.put(name="lazy", status="DEGRADED").partition(",")[2]
    with pytest.raises(ConfigurationError, match="has no version that can be called") as caught:
        world.endpoint("lazy")
    assert f"{version_id}: DEGRADED" in str(caught.value)


# polled


def test_a_long_answer_is_polled(world: FunctionWorld) -> None:
    told = list[str]()
    answer = send(world.endpoint(world.put()), call(seconds="3"), told.append)
    assert answer.json()["echo"] == {"x": 1}
    assert world.clock.waits == [1.0, 1.0, 1.0]
    assert len([path for path in paths(world) if "/pexec/status/" in path]) == 4


def test_exec_is_polled_too(world: FunctionWorld) -> None:
    answer = send(world.endpoint(world.put(), via="exec"), ordered("exec", seconds=2))
    assert answer.json()["echo"]["x"] == 1
    assert any("/exec/status/" in path for path in paths(world))


def test_progress_is_told(world: FunctionWorld) -> None:
    told = list[str]()
    send(world.endpoint(world.put()), call(seconds="8", progress="3"), told.append)
    assert [text for text in told if "%" in text] == ["25 % done", "50 % done", "75 % done"]


def test_who_waits_for_long_is_told_his_place(world: FunctionWorld) -> None:
    thing, told = world.put(), list[str]()
    world.client.post(
        f"/v2/nvcf/pexec/functions/{function_of(thing)}",
        json={},
        headers={"authorization": f"Bearer {KEY}", "x-emulator-seconds": "40", "nvcf-poll-seconds": "600"},
    )
    send(world.endpoint(thing), call(timeout=300), told.append)
    assert any("is number 1 in the queue" in text for text in told), told


def test_the_wait_ends_with_the_time_of_the_call(world: FunctionWorld) -> None:
    with pytest.raises(TransportError, match="the answer has not come within 5 s"):
        send(world.endpoint(world.put()), call(seconds="60", timeout=5))


# streamed


def test_events_are_streamed(world: FunctionWorld) -> None:
    for via in ("pexec", "host"):
        with stream(world.endpoint(world.put(), via=via), call()) as answer:
            events = [one.data for one in answer.events()]
        assert json.loads(events[0])["echo"] == {"x": 1}
        assert events[-1] == "[DONE]"
        accepted = world.sent()[-1]["headers"]["accept"]
        assert accepted == "text/event-stream"


# large


@pytest.mark.parametrize("via", ["pexec", "exec"])
def test_a_large_result_is_fetched_and_unpacked(world: FunctionWorld, via: str) -> None:
    answer = send(world.endpoint(world.put(), via=via), ordered(via, bytes=6000000, files="a.txt,sub/b.txt", seconds=2))
    assert len(answer.body) == 6_000_000
    assert answer.json()["echo"]["x"] == 1
    assert sorted(answer.files) == ["a.txt", "sub/b.txt"]
    assert answer.files["a.txt"].startswith(b"a.txt of request")


def test_a_large_result_is_streamed_from_its_archive(world: FunctionWorld) -> None:
    large = call(bytes="6000000")
    with stream(world.endpoint(world.put()), replace(large, headers={**large.headers, "accept": "*/*"})) as answer:
        assert sum(map(len, answer.chunks())) == 6_000_000


def test_a_result_is_saved_with_its_files(world: FunctionWorld, tmp_path: Path) -> None:
    target = tmp_path / "out" / "result.json"
    written = save(world.endpoint(world.put()), call(bytes="6000000", files="sub/b.txt"), target)
    assert [str(one.relative_to(tmp_path)) for one in written] == ["out/result.json", "out/result.json.files/sub/b.txt"]
    assert target.stat().st_size == 6_000_000
    assert save(world.endpoint(world.put()), call(), target) == [target]
    assert json.loads(target.read_text())["echo"] == {"x": 1}
    assert [one.name for one in target.parent.iterdir()] == ["result.json", "result.json.files"]


def test_a_result_in_another_region(world: FunctionWorld) -> None:
    assert send(world.endpoint(world.put()), call(region="true", seconds="2")).json()["echo"] == {"x": 1}


# the LLM gateway


def chat(**changes: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": "hello"}], **changes}


@pytest.mark.parametrize("model", [None, "tiny", "whole"])
def test_the_llm_gateway(world: FunctionWorld, model: str | None) -> None:
    function_id = world.put_llm()
    given = {None: {}, "tiny": {"model": "tiny"}, "whole": {"model": f"{function_id}/tiny"}}[model]
    answer = send(world.endpoint(function_id, via="llm"), call(chat(**given)))
    assert answer.status == 200, answer.text
    assert answer.json()["object"] == "chat.completion"
    assert world.sent()[-1]["path"] == "/v1/chat/completions"


def test_the_llm_gateway_streams(world: FunctionWorld) -> None:
    with stream(world.endpoint(world.put_llm(), via="llm"), call(chat(model="tiny"))) as answer:
        assert [one.data for one in answer.events()][-1] == "[DONE]"


def test_errors_of_the_gateway_and_of_the_model_behind_it(world: FunctionWorld) -> None:
    function_id = world.put_llm()
    with pytest.raises(ApiError, match="not found") as caught:
        send(world.endpoint(function_id, via="llm"), call(chat(model="huge")))
    assert caught.value.status == 404
    with pytest.raises(ModelError) as failed:
        ask(world.endpoint(function_id, via="llm"), call(chat(model="tiny"), status="422"), streamed=False)
    assert failed.value.status == 422


# errors


@pytest.mark.parametrize("via", ["pexec", "host", "exec"])
def test_the_containers_error_is_the_models(world: FunctionWorld, via: str) -> None:
    with pytest.raises(ModelError) as caught:
        ask(world.endpoint(world.put(), via=via), ordered(via, status=418, error="I am a teapot"), streamed=False)
    assert caught.value.status == 418
    if via != "exec":  # the envelope has no words for it
        assert "I am a teapot" in str(caught.value)


@pytest.mark.parametrize("via", ["pexec", "host", "exec"])
def test_what_is_not_deployed(world: FunctionWorld, via: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        send(world.endpoint(world.put(status="DEPLOYING"), via=via), call())
    assert "It has to be deployed, and ACTIVE or DEGRADING" in str(caught.value)


def test_what_is_degraded(world: FunctionWorld) -> None:
    with pytest.raises(BadRequestError, match="raise min_instances"):
        send(world.endpoint(world.put(status="DEGRADED")), call())


@pytest.mark.parametrize("via", ["pexec", "host"])
def test_nobody_takes_the_call(world: FunctionWorld, via: str) -> None:
    with pytest.raises(ServerError, match="no instance of the function has taken the call in time") as caught:
        send(world.endpoint(world.put(), via=via), call(silent="request"))
    assert caught.value.status == 504


def test_a_worker_that_is_silent(world: FunctionWorld) -> None:
    with pytest.raises(ServerError, match="worker did not acknowledge"):
        send(world.endpoint(world.put()), call(silent="status", seconds="3"))


@pytest.mark.parametrize("via", ["pexec", "host"])
@pytest.mark.parametrize(("trouble", "advice"), [("connection", "inference_port"), ("worker", "The worker beside")])
def test_what_is_between_is_the_platforms(world: FunctionWorld, via: str, trouble: str, advice: str) -> None:
    with pytest.raises(ServerError, match=advice):
        send(world.endpoint(world.put(), via=via), call(trouble=trouble))


def test_a_bad_key(world: FunctionWorld) -> None:
    world.configuration.values["nvcfApiKey"] = "nvapi-somebody-elses"
    for via in ("pexec", "host", "exec"):
        with pytest.raises(AuthenticationError) as caught:
            send(world.endpoint(world.put(), via=via), call())
        assert "nvapi-somebody-elses" not in str(caught.value)


def test_too_many_calls(world: FunctionWorld) -> None:
    thing = world.put(rateLimit={"rateLimit": "1-H"})
    send(world.endpoint(thing), call())
    with pytest.raises(RateLimitError, match="rate limit is reached"):
        send(world.endpoint(thing), call())


# assets


def test_files_are_uploaded_for_a_call_and_deleted_after_it(world: FunctionWorld, tmp_path: Path) -> None:
    picture = tmp_path / "größe.png"
    picture.write_bytes(b"a picture")
    seen = send(world.endpoint(world.put(), assets=[str(picture)]), call()).json()
    [asset] = seen["assets"]
    assert asset["contentType"] == "image/png"
    assert seen["headers"]["nvcf-function-asset-ids"] == asset["assetId"]
    sent = world.sent()
    assert [one["method"] for one in sent] == ["POST", "PUT", "POST", "DELETE"]
    assert "authorization" not in sent[1]["headers"]
    assert sent[-1]["path"].endswith(f"/assets/{asset['assetId']}")


def test_assets_are_deleted_after_a_failure_too(world: FunctionWorld, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    with pytest.raises(ServerError):
        send(world.endpoint(world.put(), assets=[str(tmp_path / "a.txt")]), call(silent="request"))
    assert world.sent()[-1]["method"] == "DELETE"


def test_only_pexec_takes_assets(world: FunctionWorld, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    for way in ({"via": "host"}, {"via": "llm"}):
        with pytest.raises(ConfigurationError, match="takes no input assets"):
            send(world.endpoint(world.put(), assets=[str(tmp_path / "a.txt")], **way), call())
    with pytest.raises(ConfigurationError, match="cannot be read"):
        send(world.endpoint(world.put(), assets=["nowhere.png"]), call())


# what cannot be sent


def test_a_large_body_is_refused_with_a_pointer_to_assets(world: FunctionWorld, tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    file.write_bytes(b" " * (5 * 2**20) + b"1")
    thing = world.put()
    with pytest.raises(ConfigurationError, match="at most 5 MB") as caught:
        send(world.endpoint(thing), Call(FileBody.of(file)))
    assert "--asset" in str(caught.value)
    assert send(world.endpoint(thing, via="host"), Call(FileBody.of(file))).status == 200


def test_a_path_is_not_for_pexec(world: FunctionWorld) -> None:
    with pytest.raises(ConfigurationError, match="pexec takes POST without a path"):
        send(world.endpoint(world.put(), via="pexec"), call(path="/x"))
    with pytest.raises(ConfigurationError, match="pexec takes POST without a path"):
        send(world.endpoint(world.put()), call(method="GET"))


@pytest.mark.parametrize("via", ["pexec", "host", "exec"])
@pytest.mark.parametrize("version_id", ["../../x", "a.example.com", "x"])
def test_what_is_no_id_becomes_no_path_and_no_host(world: FunctionWorld, via: str, version_id: str) -> None:
    with pytest.raises(ConfigurationError, match="is no id of a function or a version"):
        world.endpoint(function_of(world.put()), via=via, version_id=version_id)
