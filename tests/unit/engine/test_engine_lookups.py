"""How a program asks: once in a run, with a message that names the question, and what it may do with the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, cast

import pulumi
import pytest
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, rpc, set_all_config, set_mocks
from pulumi.runtime import test as untyped_test
from pulumi.runtime.stack import massage

from pulumi_inference import modelarts
from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.lifecycle.connections import Connections
from pulumi_inference.engine.answers import Records
from pulumi_inference.engine.lookups import Lookups, later
from tests.support.runs import begin_run
from tests.support.toy_lookups import CHIP, AnimalRecord, AwaitableAnimal, GetAnimal, GetAnimals, Shops

run_program: Callable[[Callable[[], Any]], Callable[[], None]] = untyped_test

ANT = {"name": "ant", "legs": 6, "chip": CHIP}


@pytest.fixture
def shops() -> Shops:
    """A cloud that nobody has asked yet."""
    return Shops()


@pytest.fixture
def ask(shops: Shops) -> Lookups:
    """A program's questions to it."""
    return Lookups("toyland", cast("Connections[Any]", shops))


Run = Callable[..., None]


@pytest.fixture
def begin(event_loop: None) -> Iterator[Run]:
    """Begins a run with an engine, and ends it."""
    yield begin_run
    run_program(lambda: None)()
    set_all_config({})


@pytest.fixture
def run(begin: Run) -> None:
    """A run, with an engine."""
    begin({})


def get_ant(ask: Lookups) -> AwaitableAnimal:
    return ask.record(GetAnimal, AwaitableAnimal, None, name="ant")


# --- answers ---


def test_records_are_a_list_that_may_be_awaited(ask: Lookups) -> None:
    found = ask.records(GetAnimals, AnimalRecord, None, shop_id="s", legs=4)
    assert found == [AnimalRecord(name="cat", legs=4), AnimalRecord(name="cow", legs=4)]

    async def program() -> list[AnimalRecord]:
        return await found

    awaited = asyncio.run(program())
    assert (awaited, type(awaited)) == (found, list)


def test_a_record_that_was_awaited_cannot_be_awaited_again(ask: Lookups) -> None:
    async def program() -> AnimalRecord:
        return await get_ant(ask)

    awaited = asyncio.run(program())
    assert (type(awaited), awaited) == (AnimalRecord, AnimalRecord(**ANT))
    assert isinstance(get_ant(ask), AnimalRecord)


def test_a_secret_is_at_hand_and_not_shown(ask: Lookups) -> None:
    found = get_ant(ask)
    assert found.chip == CHIP
    assert repr(found) == "AwaitableAnimal(name='ant', legs=6, chip=[secret])"


@pytest.mark.parametrize("wrapped", [lambda one: one, lambda one: [one], lambda one: {"deep": [{"one": one}]}])
def test_what_is_exported_is_an_object_with_its_secret(run: None, ask: Lookups, wrapped: Callable[[Any], Any]) -> None:
    exported: list[Any] = []

    @run_program
    async def program() -> None:
        both = (wrapped(get_ant(ask)), wrapped(later(get_ant, ask=ask)), wrapped(await get_ant(ask)))
        for one in both:
            exported.append(await rpc.serialize_property(massage(one, []), [], "out"))

    program()
    assert len(exported) == 3
    for one in exported:
        value, was_secret = unwrapped(one)
        assert (value, was_secret) == (wrapped(ANT), True)


def unwrapped(value: Any) -> tuple[Any, bool]:
    """A value as it goes to the engine, without the marks of secrets; whether the chip was behind one."""
    if isinstance(value, dict) and rpc._special_sig_key in value:
        return unwrapped(value["value"])[0], True
    if isinstance(value, dict):
        found = {key: unwrapped(one) for key, one in value.items()}
        return {key: one for key, (one, _) in found.items()}, any(mark for _, mark in found.values())
    if isinstance(value, list):
        items = [unwrapped(one) for one in value]
        return [one for one, _ in items], any(mark for _, mark in items)
    return value, False


def test_empty_lists_end_too(run: None, ask: Lookups) -> None:
    @run_program
    async def program() -> None:
        for one in (Records([]), [Records([])], {"none": Records([])}):
            assert "Records" not in repr(await pulumi.Output.from_input(one).future())
            await rpc.serialize_property(massage(one, []), [], "out")

    program()


def test_inside_of_outputs_a_record_stays_one(run: None, ask: Lookups) -> None:
    @run_program
    async def program() -> None:
        first, second, many = (
            await pulumi.Output.all(
                get_ant(ask), later(get_ant, ask=ask), ask.records(GetAnimals, AnimalRecord, None, shop_id="s")
            ).future()
            or ()
        )
        assert first == second == AnimalRecord(**ANT)
        assert [one.name for one in many] == ["ant", "cat", "cow"]
        assert await later(get_ant, ask=ask).name.future() == "ant"

    program()


def test_an_output_form_is_secret_when_there_is_a_secret_in_it(run: None, ask: Lookups) -> None:
    def get_animals(ask: Lookups) -> Records[AnimalRecord]:
        return ask.records(GetAnimals, AnimalRecord, None, shop_id="s")

    @run_program
    async def program() -> None:
        assert await later(get_ant, ask=ask).is_secret()
        assert not await later(get_animals, ask=ask).is_secret()

    program()


# --- how often ---


def test_questions_that_differ_here_only_share_a_request(run: None, ask: Lookups, shops: Shops) -> None:
    for legs in (None, 4, 6):
        ask.records(GetAnimals, AnimalRecord, None, shop_id="s", legs=legs)
    ask.records(GetAnimals, AnimalRecord, None, shop_id="s", colour="red")
    assert shops.asked == [
        {"shopId": "s", "order": "name", "winged": False},
        {"shopId": "s", "colour": "red", "order": "name", "winged": False},
    ]


def test_without_a_run_nothing_is_kept(ask: Lookups, shops: Shops) -> None:
    for _ in range(3):
        get_ant(ask)
    assert len(shops.asked) == 3


def test_messages_name_the_question(ask: Lookups) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        ask.records(GetAnimals, AnimalRecord, None, shop_id="nowhere", legs=3)
    question = "shop_id='nowhere', order='name', winged=False"
    assert str(caught.value).startswith(f"toyland.get_animals({question}): there is no shop nowhere")
    with pytest.raises(pulumi.RunError, match=r"toyland\.get_animal\(name='ant'\): there is no connection 'europe'"):
        ask.record(GetAnimal, AwaitableAnimal, "europe", name="ant")
    with pytest.raises(pulumi.RunError, match=r"^toyland\.get_animals: give colour or not_colour, not both"):
        ask.records(GetAnimals, AnimalRecord, None, shop_id="s", colour="red", not_colour="blue")


# --- mocks ---


class Answers(Mocks):
    """Answers each call with the same, and keeps what was asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Any resource."""
        return args.name, args.inputs

    def call(self, args: MockCallArgs) -> Any:
        """Any call."""
        self.asked.append((args.token, args.args))
        return self.answer


@pytest.fixture
def mock(event_loop: None) -> Iterator[Callable[[Any], Answers]]:
    """Begins a run with mocks that answer this, and ends it."""

    def begin_with(answer: Any) -> Answers:
        mocks = Answers(answer)
        set_mocks(mocks)
        return mocks

    yield begin_with
    run_program(lambda: None)()


@pytest.mark.parametrize("answer", [{"name": "bee"}, ({"name": "bee"}, None), ({"name": "bee"}, [])])
def test_mocks_are_asked_and_no_cloud(mock: Callable[[Any], Answers], ask: Lookups, shops: Shops, answer: Any) -> None:
    mocks = mock(answer)
    found = ask.record(GetAnimal, AwaitableAnimal, "europe", name="ant")
    assert (found.name, found.legs) == ("bee", None)
    assert mocks.asked == [("toyland:index:getAnimal", {"name": "ant", "connection": "europe"})]
    assert shops.asked == []


@pytest.mark.parametrize(
    ("answer", "names"), [({"animals": [{"name": "bee"}]}, ["bee"]), ({"animals": []}, []), ({}, [])]
)
def test_mocks_answer_a_list_in_an_objects_one_field(
    mock: Callable[[Any], Answers], ask: Lookups, answer: Any, names: list[str]
) -> None:
    mocks = mock(answer)
    assert [one.name for one in ask.records(GetAnimals, AnimalRecord, None, shop_id="s")] == names
    assert mocks.asked[0][0] == "toyland:index:getAnimals"


def test_output_forms_ask_the_mocks_too(mock: Callable[[Any], Answers], ask: Lookups) -> None:
    mock({"name": "bee"})
    seen: list[Any] = []

    @run_program
    def program() -> pulumi.Output[Any]:
        return later(get_ant, ask=ask).name.apply(seen.append)

    program()
    assert seen == ["bee"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"nam": "bee"}, r"the mock's answer: AwaitableAnimal: unknown property `nam`; did you mean `name`\?"),
        (({}, [("name", "there is no such animal")]), "there is no such animal"),
    ],
)
def test_what_is_wrong_with_a_mocks_answer_is_told(
    mock: Callable[[Any], Answers], ask: Lookups, answer: Any, message: str
) -> None:
    mock(answer)
    with pytest.raises(pulumi.RunError, match=f"toyland:index:getAnimal: {message}"):
        get_ant(ask)


def test_with_mocks_nothing_else_is_sent_to_a_cloud(mock: Callable[[Any], Answers]) -> None:
    mock({})
    with pytest.raises(ConfigurationError, match="with Pulumi's mocks nothing is sent to a cloud"):
        modelarts.invoke("https://modelarts.example.com/v1/infers/1", json={})


# --- keys that mean nothing ---


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            {"inference:modelartsRegoin": "x"},
            "there is no setting inference:modelartsRegoin; did you mean `modelartsRegion`?\n"
            "  Remove it: pulumi config rm --path 'inference:modelartsRegoin'",
        ),
        ({"inference:colour": "x"}, "there is no setting inference:colour; there are connections, modelartsEndpoint, "),
        (
            {"inference:connections": '{"europe": {"regoin": "x"}}'},
            "there is no setting inference:connections.europe.regoin; did you mean `region`?",
        ),
    ],
)
def test_a_key_that_means_nothing_is_refused(begin: Run, ask: Lookups, config: dict[str, str], message: str) -> None:
    begin(config)
    with pytest.raises(pulumi.RunError) as caught:
        get_ant(ask)
    assert message in str(caught.value)


def test_a_project_of_our_name_has_keys_of_its_own(begin: Run, ask: Lookups) -> None:
    begin({"inference:colour": "x"}, project="inference")
    assert get_ant(ask).name == "ant"
    begin({"inference:modelartsRegoin": "x"}, project="inference")
    with pytest.raises(pulumi.RunError, match="did you mean `modelartsRegion`"):
        get_ant(ask)
