"""The one answer that has a key: whatever form it has, the value is read, and nobody sees it."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle import State
from pulumi_inference.modelartsv2.apikeys import ApiKeyLifecycle
from tests.support.modelartsv2_keys import KEY_URN, Account, api_key
from tests.support.secrets import Planted
from tests.support.world import World

VALUE = "ak-9f4c+T/7w==very-secret"
OTHER_ID = "f" * 32


@pytest.fixture(autouse=True)
def world(v2: Account) -> World:
    """The world of a key."""
    v2.world.lifecycle, v2.world.urn = ApiKeyLifecycle(), KEY_URN
    return v2.world


def made(v2: Account, body: str) -> State:
    """A new key whose answer has this body."""
    v2.world.cloud.fault(method="POST", path="/api-keys$", commit=True, status=200, body=body, count=None)
    return v2.world.create(api_key())


READABLE = {
    "JSON": json.dumps({"api_key": VALUE}),
    "JSON with more": json.dumps({"name": "x", "api_key": f" {VALUE} ", "services": []}),
    "CSV": f"api_key\n{VALUE}\n",
    "CSV with a byte order mark and CRLF": f"\ufeffname,api_key\r\nx,{VALUE}\r\n",
    "CSV with a byte order mark before its only head": f"\ufeffapi_key\r\n{VALUE}\r\n",
    "CSV in another order": f"api_key,name\r\n{VALUE},x\r\n",
    "CSV with quotes": f'"name","api_key","description"\r\n"a, ""b""","{VALUE}","c"\r\n',
    "CSV with blanks, tabs and empty lines": f"\r\n name , API_KEY \r\n\r\nx,\t{VALUE} \r\n\r\n",
    "CSV without an end": f"name,api_key\nx,{VALUE}",
    "CSV with old line ends": f"name,api_key\rx,{VALUE}\r",
    "CSV with fewer cells than heads": f"api_key,name,description\n{VALUE}\n",
    "CSV with semicolons": f"name;api_key\r\nx;{VALUE}\r\n",
    "CSV with semicolons, commas in a cell": f"description;api_key\na, b;{VALUE}\n",
    "CSV with tabs": f"\ufeffname\tapi_key\r\nx\t{VALUE}\r\n",
    "CSV with a line break in a cell": f'description,api_key\r\n"one\r\ntwo",{VALUE}\r\n',
}


@pytest.mark.parametrize("body", READABLE.values(), ids=READABLE)
def test_the_value_is_read(v2: Account, body: str) -> None:
    state = made(v2, body)
    assert state.facts["api_key"] == VALUE
    assert [one["key_id"] for one in v2.keys()] == [state.id]
    assert v2.writes() == ["POST /services/api-keys"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a_file_of_two_bytes_each_is_read(v2: Account, world: World, encoding: str) -> None:
    carry_out = world.transport.handle_request
    mark = "\ufeff" if encoding == "utf-16-be" else ""

    def handle(request: httpx.Request) -> httpx.Response:
        answer = carry_out(request)
        if request.method != "POST" or not request.url.path.endswith("/api-keys"):
            return answer
        body = f"{mark}name\tapi_key\r\nx\t{VALUE}\r\n".encode(encoding)
        return httpx.Response(200, content=body, headers={"Content-Type": "text/csv"})

    world.transport.handle_request = handle  # type: ignore[method-assign]
    assert v2.world.create(api_key()).facts["api_key"] == VALUE


@pytest.mark.parametrize("spelled", ["hex", "uuid"])
def test_an_id_in_the_answer_is_compared_whatever_its_spelling(v2: Account, world: World, spelled: str) -> None:
    v2.set(key_answer="json", key_id_form=spelled)
    state = v2.world.create(api_key())
    v2.set(key_id_form="hex" if spelled == "uuid" else "uuid")
    assert v2.keys()[0]["key_id"] != state.id
    assert world.diff(state, api_key()).changes is False
    world.delete(state)
    assert v2.keys() == []


def test_an_id_that_the_list_spells_otherwise_is_the_same_one(v2: Account, world: World) -> None:
    """What the list says is what the state has: calls take it for certain."""
    v2.set(key_answer="json")
    carry_out = world.transport.handle_request

    def handle(request: httpx.Request) -> httpx.Response:
        answer = carry_out(request)
        if request.method != "POST" or not request.url.path.endswith("/api-keys"):
            return answer
        body = json.loads(answer.read())
        return httpx.Response(200, json={**body, "key_id": f"{body['key_id'][:8]}-{body['key_id'][8:].upper()}"})

    world.transport.handle_request = handle  # type: ignore[method-assign]
    assert v2.world.create(api_key()).id == v2.keys()[0]["key_id"]


def test_an_id_in_the_answer_that_is_another_keys_is_not_believed(v2: Account, world: World) -> None:
    v2.seed(keys=[{"name": "theirs", "scope": "USER", "key_id": OTHER_ID}])
    state = made(v2, json.dumps({"api_key": VALUE, "key_id": OTHER_ID}))
    assert (state.id != OTHER_ID, state.facts["api_key"]) == (True, VALUE)
    assert [one["name"] for one in v2.keys()] == [state.inputs["name"], "theirs"]


UNREADABLE = {
    "nothing": "",
    "a web page": f"<html>{VALUE}</html>",
    "JSON without a value": json.dumps({"apiKey": VALUE}),
    "JSON with an empty value": json.dumps({"api_key": "", "secret": VALUE}),
    "JSON with a number": json.dumps({"api_key": 7, "secret": VALUE}),
    "JSON with an error": json.dumps({"error_code": "ModelArts.1", "error_msg": "No.", "api_key_of": VALUE}),
    "a JSON list": json.dumps([{"api_key": VALUE}]),
    "a JSON text": json.dumps(VALUE),
    "CSV without the head": f"name,key\nx,{VALUE}\n",
    "CSV without a line": "name,api_key\n",
    "CSV with an empty value": f"name,api_key,x\nx,,{VALUE}\n",
    "CSV with a blank inside": f"name,api_key\nx,a {VALUE}\n",
    "CSV with a character that no header takes": f"name,api_key\nx,é{VALUE}\n",
    "CSV with a formula": f'name,api_key\nx,="{VALUE}"\n',
    "CSV with a formula in quotes": f'name;api_key\nx;"=""{VALUE}"""\n',
    "CSV with other signs between cells": f"name|api_key\nx|{VALUE}\n",
    "a value that is far too long": f"name,api_key\nx,{VALUE * 200}\n",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_an_answer_without_a_value_is_told_without_its_content_and_leaves_nothing_behind(
    v2: Account, world: World, body: str
) -> None:
    with pytest.raises(InferenceError, match="was not created") as caught:
        made(v2, body)
    shown = [str(caught.value), *world.told, *world.warned, *world.progress]
    assert Planted(value=VALUE).found_in("".join(shown)) == []
    assert v2.keys() == []
    if "error_code" in body:
        assert "ModelArts.1: No." in str(caught.value)
    elif body:
        assert "has no api_key, neither as JSON nor as CSV" in str(caught.value)


@pytest.mark.parametrize("form", ["csv", "csv_bom", "json"])
def test_no_trace_and_no_message_has_the_value(v2: Account, world: World, tmp_path: Path, form: str) -> None:
    v2.set(key_answer=form)
    world.environment.environ = {"PULUMI_INFERENCE_TRACE": str(tmp_path / "trace")}
    inputs = world.known(world.valid(api_key()))
    state = world.recorded(world.lifecycle.create(world.context(), inputs))
    world.lifecycle.read(world.context(), state.id, state)
    world.lifecycle.delete(world.context(), state.id, state)
    trace = (tmp_path / "trace").read_text()
    assert [json.loads(one)["method"] for one in trace.splitlines()].count("POST") == 1
    value = str(state.facts["api_key"])
    assert Planted(value=value).found_in(trace + "".join(world.told + world.warned + world.progress)) == []
