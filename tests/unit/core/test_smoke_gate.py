"""A smoke test in a life that is core's alone: a failure keeps the state, and the test is due until it has passed."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.lifecycle import Difference, State, UnhealthyError
from pulumi_inference.core.lifecycle.context import Context
from tests.support import toy_deployments
from tests.support.toy_calls import ToyServer, answered, toy_environment, working
from tests.support.toy_deployments import ToyCloud, ToyDeploymentLifecycle

URN = "urn:pulumi:test::trial::toys:Deployment::car"
TEST = {"path": "/drive", "expect_json": {"sound": "brm"}, "attempts": 1}
GOOD, BAD = '{"sound": "brm"}', '{"sound": "clank"}'


class Row:
    """A deployment's row, each call in a process of its own."""

    def __init__(self) -> None:
        self.cloud = ToyCloud(ToyServer())
        self.lifecycle = ToyDeploymentLifecycle()
        self.told: list[str] = []
        self.progress: list[str] = []

    def answers(self, *texts: str) -> None:
        """What the model says from now on."""
        self.cloud.model.script[:] = [answered(text) for text in texts]
        self.cloud.model.requests.clear()

    @property
    def asked(self) -> int:
        """How often the model was called since it got its answers."""
        return len(self.cloud.model.requests)

    def context(self) -> Context:
        """A new process."""
        self.told.clear()
        environment = toy_environment()
        environment.environ = {"TOYS_ENDPOINT": "https://api.toys.example"}
        return Context(environment, URN, tell=self.told.append, progress=self.progress.append)

    def inputs(self, old: State | None = None, **values: Any) -> dict[str, Any]:
        """What `check` makes of a program."""
        program = {"image": "a", "smoke_test": TEST, **values}
        checked = self.lifecycle.check(self.context(), old.inputs if old else None, program)
        assert [str(problem) for problem in checked.problems] == []
        return checked.inputs

    def create(self, **values: Any) -> State:
        """Makes it."""
        return self.lifecycle.create(self.context(), self.inputs(**values))

    def update(self, state: State, **values: Any) -> State:
        """Changes it."""
        inputs = self.inputs(state, **values)
        return self.lifecycle.update(self.context(), state.id, state, inputs)

    def diff(self, state: State, **values: Any) -> Difference:
        """Compares it."""
        inputs = self.inputs(state, **values)
        return self.lifecycle.diff(self.context(), state.id, state, inputs)


@pytest.fixture
def row(monkeypatch: pytest.MonkeyPatch) -> Row:
    row = Row()
    monkeypatch.setattr(toy_deployments, "CLOUD", row.cloud)
    row.answers(GOOD)
    return row


def failed(row: Row, **values: Any) -> tuple[State, str]:
    """A create whose test fails: the state that is kept, and what is said."""
    row.answers(BAD)
    with pytest.raises(UnhealthyError) as caught:
        row.create(**values)
    return caught.value.state, str(caught.value)


def test_a_test_that_passes_is_remembered_and_not_run_again(row: Row) -> None:
    state = row.create()
    assert row.asked == 1
    assert row.progress[-2:] == ["smoke test: attempt 1 of 1", "smoke test passed"]
    assert "smoke_test_error" not in state.facts
    assert row.diff(state).changes is False
    assert row.update(state, note="new").facts["smoke_tested"] == state.facts["smoke_tested"]
    assert row.asked == 1


def test_a_failure_keeps_the_state_and_shows_the_answer(row: Row) -> None:
    state, text = failed(row)
    name = state.inputs["name"]
    assert text.splitlines()[0] == (
        f"{name} was deployed, but the smoke test (GET /drive) failed after 1 attempt: expect_json: sound must be "
        '"brm", not "clank" (after 0 s)'
    )
    assert BAD in text
    assert "the deployment is kept in the state" in text
    assert (state.id, state.facts["status"]) == ("d-1", "up")
    assert state.facts["smoke_test_error"].startswith("the smoke test (GET /drive) failed after 1 attempt")
    assert "smoke_tested" not in state.facts


def test_it_is_due_until_it_has_passed(row: Row) -> None:
    state, _ = failed(row)
    problem = f"{state.inputs['name']} has not passed its smoke test: {state.facts['smoke_test_error']}"
    for _ in range(2):
        assert row.diff(state).changes is True
        assert row.told == [problem]
        with pytest.raises(UnhealthyError) as unhealthy:
            row.lifecycle.read(row.context(), state.id, state)
        assert str(unhealthy.value) == problem
        row.answers(BAD)
        with pytest.raises(UnhealthyError) as again:
            row.update(state)
        assert row.asked == 1
        state = again.value.state
    row.answers(GOOD)
    state = row.update(state)
    assert row.asked == 1
    assert "smoke_test_error" not in state.facts
    assert row.diff(state).changes is False
    assert row.lifecycle.read(row.context(), state.id, state) == state


@pytest.mark.parametrize(
    ("changes", "times"),
    [({"image": "b"}, 1), ({"smoke_test": {**TEST, "method": "POST"}}, 1), ({"note": "new"}, 0)],
)
def test_what_it_is_about_makes_it_due(row: Row, changes: dict[str, Any], times: int) -> None:
    state = row.create()
    row.answers(GOOD)
    state = row.update(state, **changes)
    assert row.asked == times
    assert row.diff(state, **changes).changes is False


def test_a_change_behind_our_back_makes_it_due(row: Row) -> None:
    """As after a process that was killed between a roll-out and its test."""
    state = row.create()
    row.cloud.deployments["d-1"]["image"] = "b"
    refreshed = row.lifecycle.read(row.context(), state.id, state)
    assert refreshed is not None
    assert row.diff(refreshed, image="b").changes is True
    assert "has not passed its smoke test: it has not run since the last deployment" in row.told[-1]
    row.answers(GOOD)
    row.update(refreshed, image="b")
    assert row.asked == 1


def test_what_does_not_serve_is_neither_asked_nor_blamed(row: Row) -> None:
    state, _ = failed(row)
    row.cloud.deployments["d-1"]["status"] = "down"
    assert row.diff(state).changes is False
    assert row.told == []
    row.answers(BAD)
    kept = row.update(state)
    assert row.asked == 0
    assert kept.facts["smoke_test_error"] == state.facts["smoke_test_error"]


def test_without_a_test_nothing_is_asked_or_remembered(row: Row) -> None:
    state, _ = failed(row)
    row.answers(BAD)
    state = row.update(state, smoke_test=None)
    assert row.asked == 0
    assert not {"smoke_tested", "smoke_test_error"} & state.facts.keys()


def test_an_answer_that_is_polled_for_ends_with_its_attempt(row: Row) -> None:
    row.cloud.model.script[:] = [working(10), answered(GOOD)]
    assert row.create().facts["smoke_tested"]
    assert "10 %" in row.progress
    row.cloud.model.script[:] = [working(10)]
    state = row.create(smoke_test=None)
    with pytest.raises(UnhealthyError, match=r"failed after 1 attempt.*the answer has not come within 3 s"):
        row.update(state, smoke_test={**TEST, "timeout": "3s"})
