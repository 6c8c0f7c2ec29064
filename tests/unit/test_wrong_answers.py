"""Whatever a cloud answers in place of the truth: the state is untouched, nothing is lost, the next run is right."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle import State, UnhealthyError
from tests.support.world import URL, Values, World
from tests.support.wrong_answer_kinds import KINDS, Kind, id_in, toy_cloud
from tests.support.wrong_answers import ALWAYS, STUBBORN, WHOLE, WRONG, Lie, LyingTransport, Spoil

pytestmark = pytest.mark.sweep

DEPLOY_SECONDS = 0.3
LATER = 60.0
PATIENCE = 30.0
"""Seconds that a call of a verb may take."""

CREDIBLE = ("id of another", "another thing", "list empty")
"""What nobody can tell from the truth in a list, when the thing itself is said to be gone as well."""

UNTRUE = WHOLE["not there"]


@pytest.fixture(scope="module", autouse=True)
def toys() -> Iterator[None]:
    """The toy cloud is one of all."""
    with toy_cloud():
        yield


@dataclass
class Scene:
    """A cloud, what the time is there, and what the engine's state knows of the thing."""

    kind: Kind
    folder: Path
    now: float = 1_700_000_000.0
    state: State | None = None

    def copy(self, folder: Path) -> Scene:
        """The same in another folder."""
        shutil.copytree(self.folder, folder)
        return replace(self, folder=folder)

    @contextmanager
    def process(self, *lies: Lie) -> Iterator[World]:
        """A new process, which is told these lies."""
        clock = ManualClock(self.now)
        transport = LyingTransport(self.folder / "cloud.db", clock, self.kind.names, DEPLOY_SECONDS)
        transport.lies = list(lies)
        with httpx.Client(transport=transport, base_url=URL) as client:
            world = World(transport, clock, client)
            world.lifecycle = self.kind.lifecycle
            world.configuration.values |= self.kind.config
            world.next_operation()
            yield world
        self.now = clock.now()


def create(world: World, scene: Scene, values: Values) -> State:
    """What `up` does with a resource that the state does not have."""
    kind = scene.kind
    inputs = world.known(world.valid(kind.program(world, values), urn=kind.urn))
    return world.recorded(world.lifecycle.create(world.context(kind.urn, timeout=PATIENCE), inputs))


def update(world: World, scene: Scene, values: Values) -> State:
    """What `up` does with one that it has."""
    assert scene.state is not None
    state, kind = scene.state, scene.kind
    inputs = world.known(world.valid(kind.program(world, values), state, urn=kind.urn))
    difference = world.lifecycle.diff(world.context(kind.urn, timeout=PATIENCE), state.id, state, inputs)
    assert difference.replaces == [], "nothing is to be replaced"
    if difference.changes is False:
        return state
    return world.recorded(world.lifecycle.update(world.context(kind.urn, timeout=PATIENCE), state.id, state, inputs))


def refresh(world: World, scene: Scene, _values: Values) -> State | None:
    """What `refresh` does."""
    assert scene.state is not None
    found = world.lifecycle.read(world.context(scene.kind.urn, timeout=PATIENCE), scene.state.id, scene.state)
    return world.recorded(found) if found else None


def destroy(world: World, scene: Scene, _values: Values) -> None:
    """What `destroy` does with `refresh: always`; what is not ready is kept, and goes on."""
    try:
        state = refresh(world, scene, {})
    except UnhealthyError as error:
        state = world.recorded(error.state)
    if state is not None:
        world.lifecycle.delete(world.context(scene.kind.urn, timeout=PATIENCE), state.id, state)


def delete(world: World, scene: Scene, _values: Values) -> None:
    """What `destroy` does without."""
    assert scene.state is not None
    world.lifecycle.delete(world.context(scene.kind.urn, timeout=PATIENCE), scene.state.id, scene.state)


VERBS = {"create": create, "update": update, "refresh": refresh, "destroy": destroy, "delete": delete}
HAVE = ("update", "refresh", "destroy", "delete")
GO = ("destroy", "delete")


@dataclass(frozen=True)
class Question:
    """Which answers of an operation are wrong."""

    verb: str
    asked: str
    skip: int = 0
    count: int = 1
    is_done: bool = True
    orphaned: bool = False

    def __str__(self) -> str:
        often = "always" if self.count > 1 else "later" if self.skip else "once"
        done = "" if self.asked not in ("write",) else " done" if self.is_done else " not done"
        return f"{self.verb}, {self.asked}{done} {often}{', orphaned' if self.orphaned else ''}"

    def values(self, kind: Kind) -> Values:
        """What the program says."""
        return kind.after if kind.after and self.verb not in ("create", "refresh") else kind.before

    def answers(self, kind: Kind) -> Iterator[tuple[str, Spoil]]:
        """The wrong answers to it."""
        is_made = self.asked == "write" and self.verb == "create" and kind.write == "POST"
        for name, spoil in WRONG["create" if is_made else self.asked].items():
            is_listed = self.asked == "list" or (self.asked == "detail" and kind.is_only_listed and self.count > 1)
            is_credible = is_listed and self.verb in HAVE and name in (*CREDIBLE, *kind.credible)
            if not is_credible and ((self.count == 1 and not self.skip) or name in STUBBORN):
                yield name, spoil

    def lies(self, kind: Kind, spoil: Spoil) -> list[Lie]:
        """The lies about it."""
        if self.asked == "write":
            is_new = self.verb == "create" and kind.write == "POST"
            method = kind.write if self.verb == "create" else kind.remove if self.verb in GO else kind.change
            path = (kind.creates or kind.list) if is_new else kind.detail
            return [Lie(method, path, spoil, self.skip, self.count, self.is_done)]
        if self.asked == "list":
            missing = [] if self.verb == "create" else [Lie("GET", kind.detail, UNTRUE, count=ALWAYS)]
            return [Lie("GET", kind.list, spoil, self.skip, self.count), *missing]
        return [Lie("GET", kind.detail, spoil, self.skip, self.count)]


QUESTIONS = [
    *(Question("create", "detail", skip) for skip in (0, 1)),
    Question("create", "detail", count=ALWAYS),
    Question("create", "list", orphaned=True),
    *(Question("create", "write", count=count, is_done=done) for done in (True, False) for count in (1, ALWAYS)),
    *(Question("update", "detail", skip) for skip in (0, 1)),
    Question("update", "detail", count=ALWAYS),
    *(Question("update", "write", count=count, is_done=done) for done in (True, False) for count in (1, ALWAYS)),
    Question("refresh", "detail"),
    Question("refresh", "detail", count=ALWAYS),
    Question("refresh", "list"),
    *(Question("destroy", "detail", skip) for skip in (0, 1)),
    Question("delete", "detail", count=ALWAYS),
    Question("destroy", "list"),
    *(Question("delete", "write", count=count, is_done=done) for done in (True, False) for count in (1, ALWAYS)),
]


def prepare(scene: Scene, question: Question) -> None:
    """Makes what is there."""
    with scene.process() as world:
        scene.kind.prepare(world)
    with scene.process() as world:
        if question.verb in HAVE or question.orphaned:
            scene.state = create(world, scene, scene.kind.before)
            world.clock.advance(LATER)
        if question.orphaned:
            scene.state = None


def go_on(scene: Scene, question: Question, values: Values) -> None:
    """What the next clean runs bring about: just one thing, as the program has it, or none."""
    kind = scene.kind
    with scene.process() as world:
        world.clock.advance(LATER)
        if question.verb in GO:
            if scene.state is not None:
                destroy(world, scene, values)
            assert kind.live(world) == [], "nothing is left behind"
            return
        if scene.state is not None:
            try:
                scene.state = refresh(world, scene, values)
            except UnhealthyError as error:
                scene.state = world.recorded(error.state)
    with scene.process() as world:
        scene.state = update(world, scene, values) if scene.state else create(world, scene, values)
    with scene.process() as world:
        world.clock.advance(LATER)
        [live] = kind.live(world)
        assert scene.state.id.partition(",")[0] == live[kind.names.id], "what is there is what the state has"
        assert scene.state.id.count(",") or id_in(scene.state, kind) == live[kind.names.id]
        inputs = world.known(world.valid(kind.program(world, values), scene.state, urn=kind.urn))
        last = world.lifecycle.diff(world.context(kind.urn, timeout=PATIENCE), scene.state.id, scene.state, inputs)
        assert (last.changes, last.replaces) == (False, [])


def judge(scene: Scene, question: Question, spoil: Spoil) -> tuple[bool, object]:
    """One answer to one question: whether anybody was told it, and what came of it."""
    kind, before, message = scene.kind, scene.state, ""
    with scene.process(*question.lies(kind, spoil)) as world:
        try:
            scene.state = VERBS[question.verb](world, scene, question.values(kind))
        except UnhealthyError as error:
            scene.state, message = world.recorded(error.state), str(error)
        except InferenceError as error:
            message = str(error)
        told = world.transport.told  # type: ignore[attr-defined]
        left = kind.live(world)
    assert "Traceback" not in message
    assert "please report" not in message
    if question.verb == "refresh":
        assert scene.state is not None
        assert before is not None
        assert scene.state.inputs == before.inputs, "the state is untouched"
        # A word that nobody knows may be a new state.
        assert scene.state.facts == before.facts or scene.state.facts[kind.fact or kind.names.status] == "purring"
    if before is not None and scene.state is not None:
        assert scene.state.id == before.id
        assert scene.state.inputs.keys() == before.inputs.keys()
    is_right = scene.state is not None and [scene.state.id.partition(",")[0]] == [one[kind.names.id] for one in left]
    known = scene.state and (scene.state.inputs, scene.state.facts.get(kind.fact or kind.names.status))
    return bool(told), (is_right, repr(known), repr([{**one, kind.names.id: ""} for one in left]))


CELLS = [
    pytest.param(kind, question, id=f"{name}-{question}")
    for name, kind in KINDS.items()
    for question in QUESTIONS
    if kind.is_asked(question.verb)
    and (kind.lists or not question.orphaned)
    and (kind.has_list or question.asked != "list")
    and (kind.waits or question.verb != "create" or not question.skip)
]


@pytest.mark.parametrize(("kind", "question"), CELLS)
def test_a_wrong_answer_changes_nothing_in_the_end(tmp_path: Path, kind: Kind, question: Question) -> None:
    start = Scene(kind, tmp_path / "start")
    start.folder.mkdir()
    prepare(start, question)
    told, seen = 0, set()
    for number, (name, spoil) in enumerate(question.answers(kind)):
        scene = start.copy(tmp_path / str(number))
        try:
            was_told, outcome = judge(scene, question, spoil)
            if outcome not in seen:
                go_on(scene, question, question.values(kind))
        except Exception as error:
            error.add_note(f"the answer: {name}")
            raise
        told += was_told
        seen.add(outcome)
    assert told
