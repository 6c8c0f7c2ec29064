"""Whatever bytes a cloud answers: only errors of ours come of it, and nothing of a wrong type."""

from __future__ import annotations

import inspect
import json
import math
import typing
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pydantic
import pytest

from pulumi_inference import clouds
from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.cloud import Cloud
from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.facts import Spec, facts_of
from pulumi_inference.core.fields.record import is_name
from pulumi_inference.core.http.exchange import Response
from pulumi_inference.core.lifecycle import State, UnhealthyError
from pulumi_inference.core.lifecycle.account import open_http
from pulumi_inference.core.lifecycle.context import Context, Environment
from pulumi_inference.huaweicloud.iam import PasswordCredentials, find_project, log_in
from pulumi_inference.modelarts.errors import ERRORS
from tests.support.fuzz import SEEDS, Answering, answer, bounded, can_be_written, junk, keys_of, misplaced, spoilt
from tests.support.world import URL, World
from tests.support.wrong_answer_kinds import KINDS, toy_cloud
from tests.support.wrong_answers import Answer as Lied
from tests.support.wrong_answers import Lie, LyingTransport
from tools.generators.calls import arguments_of, methods_of

BASE_URL = "http://emulator.localhost"
LOOKUPS = [(clouds.cloud(name), one) for name in clouds.CLOUDS for one in clouds.lookups(clouds.cloud(name))]


class Configured:
    """A configuration that says where the cloud is, and who asks."""

    def __init__(self, cloud: Cloud, values: Mapping[str, str]) -> None:
        settings = clouds.load(cloud.settings)
        self.values = {settings.key(name): value for name, value in {"endpoint": "emulator:x", **values}.items()}

    def get(self, key: str) -> str | None:
        """The value of a key."""
        return self.values.get(key)

    def connections(self) -> Mapping[str, Mapping[str, str]]:
        """There is only the default connection."""
        return {}


def context_of(cloud: Cloud, transport: Any, **values: str) -> Context:
    """A process in which a cloud is asked through a transport."""
    opened = lambda _endpoint: (BASE_URL, transport)  # noqa: E731
    return Context(Environment(Configured(cloud, values), opened, environ={}, clock=ManualClock()))


def client_of(cloud: Cloud, transport: Any) -> Any:
    """A client that tries everything once."""
    return clouds.load(cloud.connections).today(context_of(cloud, transport), None).client(0.0)


def records(cloud: Cloud) -> list[type[Spec]]:
    """What a cloud answers, as its room declares it."""
    lifecycles = [clouds.load(clouds.load(kind.provider).lifecycle) for kind in cloud.kinds]
    details = [one.detail for one in lifecycles if hasattr(one, "detail")]
    return list(dict.fromkeys([*details, *(one.answers()[0] for one in clouds.lookups(cloud))]))


def is_told_well(error: InferenceError) -> bool:
    """Whether an error can be shown, and is no longer than anybody reads."""
    return can_be_written(str(error)) and 0 < len(str(error)) < 100_000


@pytest.mark.parametrize("room", clouds.CLOUDS)
def test_any_answer_to_a_call(room: str) -> None:
    cloud = clouds.cloud(room)
    models, methods = records(cloud), methods_of(cloud)
    clients = type(client_of(cloud, None))
    hints = {name: typing.get_type_hints(getattr(clients, name)).get("return") for name in methods}
    types = {name: pydantic.TypeAdapter(list[hint], config=LOOSE) for name, hint in hints.items()}

    @bounded(4 * len(methods), SEEDS)
    def ask(seed: int) -> None:
        chance = Random(seed)
        method = chance.choice(methods)
        keys, several = keys_of(clients, method), chance.sample(models, 2)
        client = client_of(cloud, Answering(chance, lambda one: answer(one, keys, several)))
        call = getattr(client, method)
        try:
            found = call(**chance.choice(list(arguments_of(call))))
        except InferenceError as error:
            assert is_told_well(error)
            return
        types[method].validate_python([found], strict=True)
        assert isinstance(found, Response) or can_be_written(found)

    ask()


LOOSE = pydantic.ConfigDict(arbitrary_types_allowed=True)


@pytest.mark.parametrize(
    ("cloud", "lookup"), [pytest.param(*pair, id=f"{pair[0].name}-{pair[1].__name__}") for pair in LOOKUPS]
)
def test_any_answer_to_a_question(cloud: Cloud, lookup: Any) -> None:
    model, is_list = lookup.answers()
    given = {name: VALUES[facts.type] for name, facts in facts_of(lookup).items() if facts.required}
    clients = type(client_of(cloud, None))
    asked = [name for name in lookup.ask.__code__.co_names if inspect.isfunction(getattr(clients, name, None))]
    keys = [key for name in asked for key in keys_of(clients, name)]

    @bounded(15, SEEDS)
    def ask(seed: int) -> None:
        client = client_of(cloud, Answering(Random(seed), lambda one: answer(one, keys, [model])))
        question = lookup(**given)
        try:
            found = question.select(question.ask(client))
        except InferenceError as error:
            assert is_told_well(error)
            return
        for record in found if is_list else [found]:
            values = record.model_dump()
            assert list(misplaced(model, values)) == []
            assert can_be_written(values)

    ask()


VALUES = {"string": "id", "integer": 1, "boolean": True, "array": []}


@pytest.mark.parametrize("log_in", [log_in, find_project], ids=["token", "project"])
def test_any_answer_to_a_login(log_in: Any) -> None:
    keys = ("token", "project", "expires_at", "projects", "id", "name", "user")

    def body(chance: Random) -> bytes:
        inner = {key: junk(chance) for key in keys}
        holders = {"token": inner if chance.random() < 0.7 else junk(chance), "projects": [inner, junk(chance)]}
        return json.dumps(holders).encode() if chance.random() < 0.8 else answer(chance, keys, [])

    @bounded(60, SEEDS)
    def ask(seed: int) -> None:
        chance = Random(seed)
        environment = context_of(clouds.cloud(clouds.CLOUDS[0]), None).environment
        transport = Answering(chance, body)
        http = open_http(environment, BASE_URL, parse_error=ERRORS.parse_error, transport=transport)
        try:
            found = log_in(http, *LOGINS[log_in])
        except InferenceError as error:
            assert is_told_well(error)
            return
        if isinstance(found, str):
            assert is_name(found)
        else:
            assert is_name(found.value)
            assert math.isfinite(found.expires_at)
            assert found.project_id is None or is_name(found.project_id)

    ask()


LOGINS = {log_in: (PasswordCredentials("u", "p", "d"), {"name": "name"}), find_project: ("name",)}


@pytest.fixture(scope="module", autouse=True)
def toys() -> Iterator[None]:
    """The toy cloud is one of all."""
    with toy_cloud():
        yield


@pytest.mark.parametrize("name", KINDS)
def test_any_detail_of_a_thing(name: str, tmp_path: Path) -> None:
    kind, clock = KINDS[name], ManualClock(1_700_000_000.0)
    transport = LyingTransport(tmp_path / "cloud.db", clock, kind.names, 0.3)
    with closing(transport), httpx.Client(transport=transport, base_url=URL) as client:
        world = World(transport, clock, client)
        world.configuration.values |= kind.config
        world.lifecycle = kind.lifecycle
        world.next_operation()
        kind.prepare(world)
        clock.advance(60.0)
        world.lifecycle = kind.lifecycle
        world.next_operation()
        inputs = world.known(world.valid(kind.program(world, kind.before), urn=kind.urn))
        world.next_operation()
        state = world.recorded(world.lifecycle.create(world.context(kind.urn, timeout=60.0), inputs))
        clock.advance(60.0)

        @bounded(10, SEEDS)
        def read(seed: int) -> None:
            chance = Random(seed)
            path = kind.list if kind.is_only_listed else kind.detail
            transport.lies = [Lie("GET", path, lambda true, _names: Lied(_lied(chance, true)), count=50)]
            world.next_operation()
            is_import = chance.random() < 0.3
            recorded = State(state.id, {}, {}) if is_import else state
            try:
                found = world.lifecycle.read(world.context(kind.urn, timeout=30.0), state.id, recorded)
            except UnhealthyError as error:
                found = error.state
                assert is_told_well(error)
            except InferenceError as error:
                assert is_told_well(error)
                return
            if found is not None:
                assert list(misplaced(world.lifecycle.outputs, found.facts)) == []
                assert can_be_written(found.facts)
                assert can_be_written(found.inputs)

        read()


def _lied(chance: Random, true: bytes) -> bytes:
    """A true answer in which something is another thing."""
    return json.dumps(spoilt(chance, json.loads(true or b"{}"))).encode()


def test_every_kind_of_resource_is_read() -> None:
    there = {kind.lifecycle.kind for kind in KINDS.values()}
    assert {f"{cloud.name}.{kind.name}" for cloud, kind in clouds.kinds()} - there == set()
