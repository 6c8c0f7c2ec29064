"""Temporary keys and intranet connections, as a program asks for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import set_all_config
from pulumi.runtime import test as untyped_test

from pulumi_inference import modelartsv2
from pulumi_inference.core.clock import iso_time
from pulumi_inference.core.errors import ResponseError
from pulumi_inference.core.redact import MASK
from pulumi_inference.modelartsv2.apikeys import ApiKeyLifecycle
from pulumi_inference.modelartsv2.specs.lookups import GetTemporaryApiKey
from tests.support.cloud import Cloud
from tests.support.modelartsv2_keys import Account
from tests.support.runs import begin_run

run_program: Callable[[Callable[[], Any]], Callable[[], None]] = untyped_test
Begin = Callable[..., None]

HOUR = 3_600_000
VALUE = "tmp-9f4c-very-secret"


@pytest.fixture
def begin(event_loop: None, embedded_cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Begins a run of a program that is configured for the emulator."""
    for name in ("HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_REGION_NAME", "HW_PROJECT_ID"):
        monkeypatch.delenv(name, raising=False)

    def new_run() -> None:
        begin_run({"inference:modelartsEndpoint": embedded_cloud.endpoint})

    new_run()
    yield new_run
    run_program(lambda: None)()
    set_all_config({})


def made(cloud: Cloud) -> list[Any]:
    """The bodies of the calls that made one."""
    return [one.body for one in cloud.sent("POST") if one.path.endswith("/api-keys/temp")]


def answers(cloud: Cloud, body: Any) -> None:
    """What the next call answers, which makes one all the same."""
    cloud.fault(method="POST", path="/temp$", commit=True, status=200, body=json.dumps(body))


def test_one_is_made_for_so_many_hours(begin: Begin, embedded_cloud: Cloud) -> None:
    found = modelartsv2.get_temporary_api_key(8)
    assert made(embedded_cloud) == [{"expire_time": 8}]
    assert found.api_key.startswith("tmp-")
    assert found.created_at is not None
    assert found.expires_at == found.created_at + 8 * HOUR
    assert found.api_key not in repr(found)
    assert MASK in repr(found)
    modelartsv2.get_temporary_api_key(1, workspace_id="0")
    assert made(embedded_cloud)[-1] == {"expire_time": 1, "workspace_id": "0"}


def test_each_question_makes_one_for_the_whole_run(begin: Begin, embedded_cloud: Cloud) -> None:
    keys = {modelartsv2.get_temporary_api_key(8).api_key for _ in range(3)}
    assert (len(keys), len(made(embedded_cloud))) == (1, 1)
    assert modelartsv2.get_temporary_api_key(hours=9).api_key not in keys
    begin()
    assert modelartsv2.get_temporary_api_key(8).api_key not in keys
    assert len(made(embedded_cloud)) == 3


def test_in_a_program_it_is_a_secret_and_can_be_awaited(begin: Begin) -> None:
    seen: list[Any] = []

    @run_program
    def program() -> Any:
        async def ask() -> None:
            seen.append((await modelartsv2.get_temporary_api_key(8)).api_key[:4])

        later = modelartsv2.get_temporary_api_key_output(pulumi.Output.from_input(8))
        return pulumi.Output.all(
            pulumi.Output.from_input(ask()),
            pulumi.Output.from_input(later.is_secret()).apply(seen.append),
        )

    program()
    assert sorted(map(str, seen)) == ["True", "tmp-"]


@pytest.mark.parametrize("hours", [0, 25, -1, 1.5, "many", None, True])
def test_hours_are_whole_and_of_one_day(begin: Begin, embedded_cloud: Cloud, hours: Any) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        modelartsv2.get_temporary_api_key(hours)
    expected = f"modelartsv2.get_temporary_api_key: hours: must be a whole number from 1 to 24, not {hours!r}"
    assert str(caught.value) == expected
    assert made(embedded_cloud) == []


def test_whole_hours_of_another_type_are_whole_hours(begin: Begin, embedded_cloud: Cloud) -> None:
    """An output hands numbers on as floats."""
    modelartsv2.get_temporary_api_key(24.0)  # type: ignore[arg-type]
    assert made(embedded_cloud) == [{"expire_time": 24}]


@pytest.mark.parametrize(
    ("times", "created", "ends"),
    [
        ({"create_time": "1700000000000", "expire_time": "1700007200000"}, 1_700_000_000_000, 1_700_007_200_000),
        ({"create_time": 1_700_000_000_000, "expire_time": 2}, 1_700_000_000_000, 1_700_000_000_000 + 2 * HOUR),
        ({"create_time": 1_700_000_000_000}, 1_700_000_000_000, 1_700_000_000_000 + 2 * HOUR),
        ({"expire_time": "2026-01-01"}, None, None),
        ({}, None, None),
    ],
    ids=["texts", "hours", "beginning alone", "a date", "nothing"],
)
def test_when_it_ends_is_understood(
    begin: Begin, embedded_cloud: Cloud, times: dict[str, Any], created: int | None, ends: int | None
) -> None:
    answers(embedded_cloud, {"api_key": VALUE, **times})
    found = modelartsv2.get_temporary_api_key(2)
    assert (found.api_key, found.created_at, found.expires_at) == (VALUE, created, ends)
    assert ends is None or iso_time(ends, "ms")


@pytest.mark.parametrize("body", [{}, {"api_key": ""}, {"key": VALUE}, [VALUE], VALUE], ids=str)
def test_an_answer_without_a_key_is_told_without_its_content(v2: Account, body: Any) -> None:
    world = v2.world
    world.cloud.fault(method="POST", path="/temp$", count=None, status=200, body=json.dumps(body))
    client = ApiKeyLifecycle().connect(world.context(), {}).client()
    with pytest.raises(ResponseError) as caught:
        GetTemporaryApiKey(hours=2).ask(client)
    assert VALUE not in str(caught.value)


def test_no_trace_has_the_key(
    begin: Begin, embedded_cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_INFERENCE_TRACE", str(tmp_path / "trace"))
    begin()
    found = modelartsv2.get_temporary_api_key(2)
    trace = (tmp_path / "trace").read_text()
    assert "/api-keys/temp" in trace
    assert found.api_key not in trace


def test_intranet_connections_are_listed(begin: Begin, embedded_cloud: Cloud) -> None:
    assert modelartsv2.get_intranet_connections() == []
    assert modelartsv2.get_intranet_connections(status="APPROVING", scene="VPC", vpc_id="vpc-1") == []
