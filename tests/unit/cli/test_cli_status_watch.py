"""`pulumi-inference status --watch`: one look after the other, on a clock that never sleeps."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_inference.core.clock import ManualClock
from tests.support.cloud import Cloud
from tests.support.states import State
from tests.unit.cli.conftest import Deploy, Status


class Patience(ManualClock):
    """A clock on which somebody presses Ctrl-C in the wait number `count`; `meanwhile` happens in each before."""

    def __init__(self, count: int, meanwhile: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self._left = count
        self._meanwhile = meanwhile

    def wait(self, seconds: float, cancelled: threading.Event) -> bool:
        self._left -= 1
        if not self._left:
            raise KeyboardInterrupt
        self._meanwhile()
        return super().wait(seconds, cancelled)


def test_watching_goes_on_until_ctrl_c(state: State, status: Status, deploy: Deploy, embedded_cloud: Cloud) -> None:
    state.add("classifier", deploy(started=False))
    clock = Patience(3, embedded_cloud.pass_time)
    result = status("--watch", "--json", "--interval", "7", obj=clock)
    assert (result.exit_code, result.stderr) == (130, "")
    looks = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["resources"][0]["state"] for one in looks] == ["deploying", "running", "running"]
    assert [one["time"] - looks[0]["time"] for one in looks] == [0, 7000, 14000]


def looks_of(text: str) -> list[str]:
    """What was drawn, look by look."""
    return text.split("trial/dev, ")[1:]


def test_watching_sees_resources_that_come(state: State, status: Status, deploy: Deploy) -> None:
    service_id = deploy()
    clock = Patience(2, lambda: state.add("classifier", service_id))
    result = status("--watch", "--interval", "15", obj=clock)
    first, second = looks_of(result.stdout)
    assert "classifier" not in first
    assert "classifier" in second
    assert result.exit_code == 130


@pytest.mark.parametrize(("interval", "reads"), [("5", 3), ("14", 4), ("60", 7)])
def test_the_state_is_not_read_for_each_look(
    project: Path, state: State, status: Status, interval: str, reads: int
) -> None:
    result = status("--watch", "--interval", interval, obj=Patience(7))
    assert len(looks_of(result.stdout)) == 7
    assert len((project / "exports.log").read_text().splitlines()) == reads


def test_a_state_that_cannot_be_read_for_a_while_does_not_end_it(
    project: Path, state: State, status: Status, deploy: Deploy, embedded_cloud: Cloud
) -> None:
    state.add("classifier", deploy(started=False))
    export = project / "export.json"
    text = export.read_text()
    steps: list[Callable[[], object]] = [
        lambda: export.write_text(text),
        embedded_cloud.pass_time,
        export.unlink,
    ]

    def happen() -> None:
        steps.pop()()

    result = status("--watch", "--json", "--interval", "15", obj=Patience(4, happen))
    assert (result.exit_code, result.stderr) == (130, "")
    looks = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["resources"][0]["state"] for one in looks] == ["deploying", "deploying", "running", "running"]
    problem = "cat: export.json: No such file or directory"
    assert [one["problem"] for one in looks] == [None, problem, problem, None]


def test_a_look_says_that_its_resources_are_former_ones(
    project: Path, state: State, status: Status, deploy: Deploy
) -> None:
    state.add("classifier", deploy())
    clock = Patience(2, (project / "export.json").unlink)
    first, second = looks_of(status("--watch", "--interval", "15", obj=clock).stdout)
    note = "the stack could not be read again, so these are its former resources: cat: export.json: No such file"
    assert note not in first
    assert note in second
    assert "classifier" in second


def test_a_chosen_resource_that_leaves_the_stack_stays_in_the_picture(
    project: Path, state: State, status: Status, deploy: Deploy
) -> None:
    empty = (project / "export.json").read_text()
    state.add("classifier", deploy())
    clock = Patience(2, lambda: (project / "export.json").write_text(empty))
    result = status("--watch", "--json", "--interval", "15", "classifier", obj=clock)
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert [one["name"] for one in second["resources"]] == [one["name"] for one in first["resources"]] == ["classifier"]
    assert second["problem"] == "dev has no resource 'classifier'; there is none"


def test_a_stack_that_was_never_read_is_an_error(project: Path, state: State, status: Status) -> None:
    (project / "export.json").unlink()
    result = status("--watch", obj=Patience(2))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: cat: export.json: No such file or directory\n"
