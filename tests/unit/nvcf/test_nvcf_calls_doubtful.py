"""Answers to calls that look like results and are none, and what a caller may say wrong."""

from __future__ import annotations

import errno
import json
import tempfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from pulumi_inference.core.errors import ApiError, ConfigurationError, InferenceError, ResponseError
from pulumi_inference.core.invocation.calls import Call, send, stream
from tests.support.nvcf_calls import FUNCTION, REQUEST, VERSION, Scripted, archive, fulfilled, lies_at, problem

STORAGE = "https://storage.example.com/results/7?signature=abcdefghijklmnopqrstuvwxyz"


def envelope(**members: Any) -> httpx.Response:
    return httpx.Response(200, json={"reqId": REQUEST, "response": None, **members})


def refused(process: Scripted, kind: type[InferenceError], match: str, **options: Any) -> str:
    for way in (send, stream):
        with pytest.raises(kind, match=match) as caught:
            way(process.endpoint(**options), Call(b"{}"))
    return str(caught.value)


@pytest.mark.parametrize("state", ["errored", "rejected", "Errored"])
def test_what_has_failed_is_no_result(state: str) -> None:
    answer = fulfilled({"error": "no memory"}, **{"nvcf-status": state})
    text = refused(Scripted(answer), ResponseError, f"POST .*says that the request was {state.lower()}")
    assert "no memory" in text


@pytest.mark.parametrize("state", ["errored", "rejected"])
def test_what_has_failed_in_an_envelope_is_no_result(state: str) -> None:
    process = Scripted(envelope(status=state, errorCode=500, response={"error": "no memory"}))
    assert "no memory" in refused(process, ResponseError, f"the request was {state}", via="exec")


@pytest.mark.parametrize("state", ["pending-evaluation", "in-progress"])
def test_what_is_still_to_come_in_an_envelope_is_polled(state: str) -> None:
    process = Scripted(envelope(status=state), envelope(status="fulfilled", response={"said": "hello"}))
    assert send(process.endpoint(via="exec"), Call(b"{}")).json() == {"said": "hello"}


@pytest.mark.parametrize("status", [202, 204, 206, 301, 400, 401, 403, 404, 410, 500])
def test_what_a_storage_says_is_not_about_the_key_or_the_function(status: int) -> None:
    answer = httpx.Response(status, content=b"<Error/>", headers={"nvcf-status": "fulfilled"})
    process = Scripted(lambda request: answer if request.url.host.startswith("storage") else lies_at(STORAGE))
    text = refused(process, InferenceError, rf"the storage at storage.example.com .*\(HTTP {status}\)")
    assert not any(word in text for word in ("scope", "doctor", "deployed", "abcdef"))


def test_a_large_result_for_which_there_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_error: object) -> None:
            pass

        def write(self, _piece: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", Full)
    refused(Scripted(lies_at(STORAGE), archive(), lies_at(STORAGE), archive()), ConfigurationError, "No space left")


@pytest.mark.parametrize(
    "host", ["evil.example\\.nvcf.nvidia.com", "evil%2f.nvcf.nvidia.com", "evil;.nvcf.nvidia.com", ".nvcf.nvidia.com"]
)
def test_what_only_ends_like_a_host_of_nvidias_gets_no_key(host: str) -> None:
    process = Scripted(lies_at(f"https://{host}/x"), archive())
    try:
        send(process.endpoint(), Call(b"{}"))
    except InferenceError:
        pass
    assert not any(process.server.keys()[1:])


@pytest.mark.parametrize("models", ["abc", [5, None], [{"name": None}], {"a": 1}, [{}]])
def test_models_that_are_none(models: Any) -> None:
    listed = httpx.Response(200, json={"functions": [{"id": FUNCTION, "versionId": VERSION, "models": models}]})
    process = Scripted(listed, nvcfLlmEndpoint="https://llm.invocation.example.com")
    with pytest.raises(ConfigurationError, match="say which model"):
        send(process.endpoint(via="llm"), Call(b"{}"))


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"via": "grpc"}, "via must be pexec, host, exec, llm, not 'grpc'"),
        ({"poll_seconds": 5.5}, "poll_seconds must be 1 to 3600, not 5.5"),
        ({"poll_seconds": "5"}, "poll_seconds must be 1 to 3600, not '5'"),
        ({"grpc": "a.B/C", "via": "llm"}, "a call by gRPC takes no via"),
        ({"grpc": "a.B/C", "assets": ["x"], "poll_seconds": 5}, "takes no assets and no poll_seconds"),
    ],
)
def test_what_a_caller_may_not_say(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        Scripted().endpoint_of_any(**options)


def test_an_asset_that_is_gone_is_told_from_a_function() -> None:
    process = Scripted(problem(404, f"Asset '{REQUEST}' does not exist for account 'a'"))
    assert "upload it again" in refused(process, ApiError, "does not exist")


@pytest.mark.parametrize("url", ["https://[", "https://storage.example.com/x"])
def test_what_was_made_for_an_upload_that_fails_is_deleted(tmp_path: Path, url: str) -> None:
    (tmp_path / "cat.png").write_bytes(b"cat")
    kinds = {"contentType": "image/png", "description": "cat.png"}
    made = httpx.Response(200, json={"assetId": REQUEST, "uploadUrl": url, **kinds})
    process = Scripted(made, httpx.Response(403))
    with pytest.raises(InferenceError):
        send(process.endpoint(assets=[str(tmp_path / "cat.png")]), Call(b"{}"))
    assert process.server.sent()[-1] == f"DELETE https://api.nvcf.nvidia.com/v2/nvcf/assets/{REQUEST}"


@pytest.mark.parametrize(
    "address",
    ["http://[::1", "https://grpc.example.com/path", "unix:/tmp/x", "http://localhost@evil:1", "x y", "a:99999"],
)
def test_a_grpc_endpoint_that_is_none(address: str) -> None:
    process = Scripted(nvcfGrpcEndpoint=address)
    with pytest.raises(ConfigurationError, match=r"nvcfGrpcEndpoint: .* is no host and port"):
        _ = process.account.grpc_address


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("grpc.example.com:443", ("grpc.example.com:443", True)),
        ("HTTPS://grpc.example.com", ("grpc.example.com", True)),
        ("http://[::1]:10081/", ("[::1]:10081", False)),
    ],
)
def test_a_grpc_endpoint(address: str, found: tuple[str, bool]) -> None:
    assert Scripted(nvcfGrpcEndpoint=address).account.grpc_address == found


@pytest.mark.parametrize("headers", [{"a~b": "c"}, {"x-bin": "no base64"}])
def test_headers_that_grpc_has_not(headers: dict[str, str]) -> None:
    line = Scripted(nvcfGrpcEndpoint="http://127.0.0.1:1").endpoint_of_any(grpc="a.B/C")
    with pytest.raises(ConfigurationError, match=next(iter(headers))):
        send(line, Call(json.dumps({}).encode(), headers=headers))


@pytest.mark.parametrize(
    ("text", "is_gone"),
    [
        ("Organization 'acme' not found", False),
        ("Team 'vision' not found in org 'acme'", False),
        (f"Function id '{FUNCTION}', version '{VERSION}': Not found in account 'a'", True),
    ],
)
def test_a_function_is_not_gone_with_the_organisation_that_is_asked(text: str, *, is_gone: bool) -> None:
    body = {"requestStatus": {"statusCode": "NOT_FOUND", "statusDescription": text}}
    process = Scripted(httpx.Response(404, json=body))
    with pytest.raises(ApiError) as caught:
        process.account.client().list_versions(FUNCTION)
    assert caught.value.is_gone == is_gone
    assert ("org and team" in str(caught.value)) != is_gone


def test_a_function_alone_is_no_version() -> None:
    client = Scripted().account.client()
    for ask in (client.get_version, client.get_deployment):
        with pytest.raises(ConfigurationError, match="Write it as function_id,version_id"):
            ask(FUNCTION)
