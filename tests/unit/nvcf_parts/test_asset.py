"""Assets through the verbs of their lifecycle: uploaded, gone after a day, made anew with other content."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import State
from pulumi_inference.core.lifecycle.status import Wanted
from pulumi_inference.emulator.nvcf.accounts import API_KEY
from pulumi_inference.nvcf.assets import AssetLifecycle
from tests.support.cloud import OUTSIDER
from tests.support.nvcf import Nvcf
from tests.support.nvcf_parts import problems
from tests.support.world import Values, World

DAY = 24 * 3600
LIST = "/v2/nvcf/assets"


@pytest.fixture(autouse=True)
def world(nvcf: Nvcf) -> World:
    """The world of an asset."""
    nvcf.world.lifecycle = AssetLifecycle()
    return nvcf.world


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """What is uploaded."""
    found = tmp_path / "bridge.png"
    found.write_bytes(b"\x89PNG a bridge")
    return found


def asset(file: Path, **changes: Any) -> Values:
    """What a program says of an asset; None takes a field away."""
    values = {"content_type": "image/png", "source": str(file), **changes}
    return {name: value for name, value in values.items() if value is not None}


def ask(world: World, path: str) -> httpx.Response:
    """A question of somebody else than the program."""
    headers = {"Authorization": f"Bearer {API_KEY}", "User-Agent": OUTSIDER}
    return world.cloud.client.get(path, headers=headers)


def live(world: World) -> list[Values]:
    """All assets of the account."""
    ids = [one["assetId"] for one in ask(world, LIST).json()["assets"]]
    return [ask(world, f"{LIST}/{one}").json()["asset"] for one in ids]


def content(world: World, state: State) -> bytes:
    """What was uploaded."""
    url = ask(world, f"{LIST}/{state.id}/content-redirect").json()["presignedUrl"]
    return world.cloud.client.get(url, headers={"User-Agent": OUTSIDER}).content


def sent(world: World) -> list[str]:
    """The writes of this operation without ids."""
    known = [one["assetId"] for one in live(world)]
    return ["/".join(part for part in str(one).split("/") if part not in known) for one in world.writes()]


def test_a_life(world: World, file: Path) -> None:
    state = world.create(asset(file, description="A bridge."))
    [found] = live(world)
    assert (state.id, found["contentType"]) == (found["assetId"], "image/png")
    assert content(world, state) == file.read_bytes()
    assert found["description"].startswith("A bridge. [pulumi:")
    assert state.inputs["description"] == "A bridge."
    assert state.facts == {
        "asset_id": state.id,
        "created_at": "2023-11-14T22:13:20.000Z",
        "expires_at": "2023-11-15T22:13:20Z",
    }
    difference = world.diff(state, asset(file, description="A bridge."))
    assert (difference.changes, world.told, world.warned) == (False, [], [])
    assert world.read(state) == state
    world.delete(state)
    assert [one.method for one in world.writes()] == ["DELETE"]
    assert live(world) == []
    assert world.read(state) is None


def test_the_storage_gets_both_headers_and_no_key(world: World, file: Path) -> None:
    uploads: list[httpx.Request] = []
    true = world.transport.handle_request

    def listen(request: httpx.Request) -> httpx.Response:
        uploads.extend([request] if request.method == "PUT" else [])
        return true(request)

    world.transport.handle_request = listen  # type: ignore[method-assign]
    world.create(asset(file))
    [request] = uploads
    assert "authorization" not in request.headers
    assert request.headers["content-type"] == "image/png"
    [found] = live(world)
    assert request.headers["x-amz-meta-nvcf-asset-description"] == found["description"]
    # Who has the address can write to it.
    told = world.environment.redactor.redact(str(request.url))
    assert "[secret]" in told
    assert request.url.params["signature"] not in told


def test_text_of_the_program_is_uploaded_and_an_empty_file_too(world: World, file: Path) -> None:
    state = world.create(asset(file, source=None, content="Brücke", content_type="text/plain"))
    assert content(world, state) == "Brücke".encode()
    file.write_bytes(b"")
    assert content(world, world.create(asset(file))) == b""


def test_other_content_makes_it_anew_and_another_path_does_not(world: World, file: Path) -> None:
    state = world.create(asset(file))
    moved = file.rename(file.with_name("moved.png"))
    assert world.diff(state, asset(moved)).changes is False
    moved.write_bytes(b"another bridge")
    difference = world.diff(state, asset(moved))
    assert (difference.replaces, difference.delete_before_replace) == (["fingerprint"], False)


@pytest.mark.parametrize(("field", "value"), [("content_type", "image/jpeg"), ("description", "Another one.")])
def test_another_description_makes_it_anew(world: World, file: Path, field: str, value: str) -> None:
    state = world.create(asset(file, description="One."))
    assert world.diff(state, asset(file, **{"description": "One.", field: value})).replaces == [field]


def test_after_a_day_it_is_made_anew_and_the_preview_says_why(world: World, file: Path) -> None:
    state = world.create(asset(file))
    world.clock.advance(DAY - 1)
    assert world.diff(state, asset(file)).changes is False
    world.clock.advance(1)
    difference = world.diff(state, asset(file))
    assert (difference.changes, difference.replaces) == (True, ["asset_id"])
    assert world.told == [
        f"the asset {state.id} is gone from the cloud, which keeps assets for 24 hours; it will be made anew, with "
        "another id"
    ]
    world.delete(state)
    assert "was gone already" in world.warned[-1]


def test_status_says_until_when(world: World, file: Path) -> None:
    state = world.create(asset(file))
    world.next_operation()
    seen = world.lifecycle.observe(world.context(), state.id, state.inputs, Wanted())
    ends = (int(world.clock.now()) + DAY) * 1000
    assert (seen.state, seen.columns["type"], seen.columns["expires"].time) == ("ready", "image/png", ends)


def test_a_crashed_create_is_taken_over_only_with_the_same_content(world: World, file: Path) -> None:
    first = world.create(asset(file))
    again = world.create(asset(file))
    assert (again.id, sent(world)) == (first.id, [])
    file.write_bytes(b"another bridge")
    other = world.create(asset(file))
    assert other.id != first.id
    assert content(world, other) == b"another bridge"


@pytest.mark.parametrize("fault", [{"reset": True}, {"status": 502}], ids=["reset", "bad gateway"])
@pytest.mark.parametrize(("method", "path"), [("POST", "/assets$"), ("PUT", "/assets/")], ids=["create", "upload"])
def test_a_call_whose_answer_is_lost_makes_one(world: World, file: Path, method: str, path: str, fault: Values) -> None:
    world.cloud.fault(method=method, path=path, commit=True, **fault)
    state = world.create(asset(file))
    assert [one["assetId"] for one in live(world)] == [state.id]


def test_a_storage_that_refuses_is_named(world: World, file: Path) -> None:
    world.cloud.fault(method="PUT", path="/assets/", status=403, count=None)
    with pytest.raises(InferenceError) as caught:
        world.create(asset(file))
    assert "the storage at emulator.localhost refuses the upload (HTTP 403)" in str(caught.value)
    assert "scope" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://storage.example.com/x?s=1", "ftp://storage.example.com/x", "file:///etc/x"])
def test_nothing_is_sent_to_an_address_that_is_not_safe(world: World, file: Path, url: str) -> None:
    body = f'{{"assetId": "6f1f6a52-7d39-4b54-8f6c-0c4d7e2f9a10", "uploadUrl": "{url}"}}'
    world.cloud.fault(method="POST", path="/assets$", status=200, body=body, count=None)
    with pytest.raises(InferenceError, match="an address that nothing is sent to"):
        world.create(asset(file))
    assert [one.method for one in world.writes() if one.method == "PUT"] == []


def test_a_file_that_changes_in_between_is_not_uploaded(world: World, file: Path) -> None:
    world.next_operation()
    inputs = world.known(world.valid(asset(file)))
    file.write_bytes(b"meanwhile")
    with pytest.raises(InferenceError, match="the file has changed since it was looked at"):
        world.lifecycle.create(world.context(), inputs)
    assert live(world) == []


WRONG: dict[str, tuple[Values, str]] = {
    "nothing": ({"source": None}, "source: is required, or content"),
    "two": ({"content": "x"}, "content: cannot be given together with source; remove one of the two"),
    "no file": ({"source": "no/such.png"}, "source: no/such.png cannot be read: No such file or directory"),
    "a parameter": ({"content_type": "text/plain; charset=utf-8"}, "content_type: must be a plain type and subtype"),
    "half a type": ({"content_type": "image"}, "content_type: must be a plain type and subtype"),
    "a description beyond ASCII": ({"description": "Brücke"}, "description: must be letters, digits and signs of"),
    "two blanks": ({"description": "a  b"}, "description: must be letters, digits and signs of"),
    "a long description": ({"description": "x" * 1025}, "description: must have at most 1024 characters"),
}


@pytest.mark.parametrize(("changes", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_in_the_preview(nvcf: Nvcf, file: Path, changes: Values, expected: str) -> None:
    [found] = problems(nvcf, asset(file, **changes))
    assert found.startswith(expected)


def test_a_file_that_is_too_large_is_told_in_the_preview(nvcf: Nvcf, file: Path) -> None:
    with file.open("r+b") as opened:
        opened.truncate(5 * 2**30 + 1)  # a hole that takes no room
    [found] = problems(nvcf, asset(file))
    assert found.endswith("has 5,368,709,121 bytes; an asset can have 5 GB at most")


def test_a_path_that_is_not_known_yet_is_not_read(world: World, file: Path) -> None:
    checked = world.lifecycle.check(world.context(), None, {**asset(file), "source": UNKNOWN})
    assert (checked.problems, checked.inputs["fingerprint"]) == ([], UNKNOWN)


def test_an_organisation_that_is_named_later_changes_nothing(world: World, file: Path) -> None:
    state = world.create(asset(file))
    nameless = replace(state, inputs={name: one for name, one in state.inputs.items() if name != "org"})
    assert world.diff(nameless, asset(file)).changes is False
    file.write_bytes(b"another bridge")
    assert world.diff(nameless, asset(file)).replaces == ["fingerprint"]
