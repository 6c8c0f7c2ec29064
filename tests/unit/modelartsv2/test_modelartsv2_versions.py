"""A pinned version, there and back: what is sent, what waits meanwhile, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.lifecycle import State, UnhealthyError
from tests.support.modelartsv2 import ModelArtsV2, deployment, service, unit
from tests.support.world import Values

UPDATE, SCALE = "PUT ID/deployments/ID", "PUT ID/deployments/NAME/scale"
START, STOP = "POST ID/deployments/ID/start", "POST ID/deployments/ID/stop"
MOUNTED = {"mount_path": "/s/", "secret_key": "key", "secret_value": "czNjcmV0"}
OTHER = {**MOUNTED, "secret_value": "b3RoZXI="}


def switch(number: str) -> str:
    return f"POST ID/deployments/ID/versions/{number}/switch"


def image(number: int, **changes: Any) -> Values:
    return unit(image={"swr_path": f"i:{number}"}, **changes)


class Pinning:
    """A deployment with two versions, of which the second is at work."""

    def __init__(self, cloud: ModelArtsV2) -> None:
        self.cloud, self.world = cloud, cloud.world
        self.service = cloud.service(service(name="chat"))
        self.state = cloud.deployment(self.program(1))
        self.up(self.program(2))

    def program(self, number: int, **changes: Any) -> Values:
        return deployment(self.service, image(number), name="blue", **changes)

    def up(self, program: Values) -> list[str]:
        """Changes it, and answers what was written; nothing is left to do then."""
        self.state = self.world.update(self.state, program)
        written = self.cloud.writes()
        self.is_settled(program)
        return written

    def is_settled(self, program: Values) -> None:
        assert self.world.diff(self.state, program).changes is False
        assert self.world.told == []
        assert self.world.read(self.state) == self.state

    def told(self, program: Values) -> list[str]:
        """What the preview says."""
        self.world.diff(self.state, program)
        assert self.cloud.writes() == []
        return self.world.told

    def there(self) -> Values:
        """The deployment as the cloud has it: number, image, count and how many versions."""
        found = self.cloud.services()[0]["deployments"][0]
        content = next(one for one in found["versions"] if one["version"] == found["version"])["content"]
        return {
            "version": found["version"],
            "image": content["unit_configs"][0]["image"]["swr_path"],
            "count": found["count"],
            "weight": found["weight"],
            "versions": len(found["versions"]),
        }

    def switched_by_somebody(self, number: str) -> None:
        self.world.next_operation()
        client = self.world.lifecycle.connect(self.world.context(), self.state.inputs).client()  # type: ignore[attr-defined]
        client.switch_version(self.service.id, self.state.id.partition(",")[2], number)
        self.world.clock.advance(5)


@pytest.fixture
def pinning(cloud: ModelArtsV2) -> Pinning:
    return Pinning(cloud)


BASE = {"image": "i:2", "count": 1, "weight": 100, "versions": 2}


def test_there_and_back_makes_no_new_version(pinning: Pinning) -> None:
    pinned = pinning.program(2, pinned_version="1.0.0")
    assert pinning.told(pinned) == ["switches from version 1.0.1 to 1.0.0"]
    assert pinning.up(pinned) == [switch("1.0.0")]
    assert pinning.there() == {**BASE, "version": "1.0.0", "image": "i:1"}
    assert pinning.state.facts["version"] == "1.0.0"
    back = pinning.program(2)
    assert pinning.told(back) == ["no longer pinned to version 1.0.0; becomes what the program says again"]
    assert pinning.up(back) == [switch("1.0.1")]
    assert pinning.there() == {**BASE, "version": "1.0.1"}


def test_changes_wait_while_it_is_pinned(pinning: Pinning) -> None:
    pinning.up(pinning.program(2, pinned_version="1.0.0"))
    waiting = pinning.program(3, pinned_version="1.0.0")
    assert pinning.told(waiting) == [
        "stays pinned to version 1.0.0: besides weight and count, changes wait until it is not"
    ]
    assert pinning.up(waiting) == []
    assert pinning.up(pinning.program(3)) == [UPDATE]
    assert pinning.there() == {**BASE, "version": "1.0.2", "image": "i:3", "versions": 3}


BESIDE: dict[str, tuple[Values, list[str]]] = {
    "count": ({"count": 3}, [SCALE]),
    "weight": ({"weight": 40}, [UPDATE]),
    "both": ({"weight": 40, "count": 3}, [UPDATE]),
}


@pytest.mark.parametrize("number", [2, 3], ids=["alone", "with what waits"])
@pytest.mark.parametrize(("beside", "calls"), BESIDE.values(), ids=BESIDE)
def test_weight_and_count_change_while_it_is_pinned(
    pinning: Pinning, beside: Values, calls: list[str], number: int
) -> None:
    pinning.up(pinning.program(2, pinned_version="1.0.0"))
    changes = {"advanced_config": {"port": 9000}} if number == 3 else {}
    assert pinning.up(pinning.program(number, pinned_version="1.0.0", **changes, **beside)) == calls
    assert pinning.there() == {**BASE, "version": "1.0.0", "image": "i:1", **beside}


@pytest.mark.parametrize(("beside", "calls"), BESIDE.values(), ids=BESIDE)
def test_a_switch_with_weight_and_count(pinning: Pinning, beside: Values, calls: list[str]) -> None:
    written = pinning.up(pinning.program(2, pinned_version="1.0.0", **beside))
    assert sorted(written) == sorted([*calls, switch("1.0.0")])
    assert pinning.there() == {**BASE, "version": "1.0.0", "image": "i:1", **beside}


def test_back_with_another_count(pinning: Pinning) -> None:
    pinning.up(pinning.program(2, pinned_version="1.0.0"))
    assert pinning.up(pinning.program(2, count=3)) == [switch("1.0.1"), SCALE]
    assert pinning.there() == {**BASE, "version": "1.0.1", "count": 3}


def test_back_to_what_a_third_version_says(pinning: Pinning) -> None:
    pinning.up(pinning.program(3))
    pinning.up(pinning.program(3, pinned_version="1.0.2"))
    assert pinning.up(pinning.program(1)) == [switch("1.0.0")]
    assert pinning.there() == {**BASE, "version": "1.0.0", "image": "i:1", "versions": 3}


def test_the_version_at_work_is_pinned_without_a_call(pinning: Pinning) -> None:
    assert pinning.up(pinning.program(2, pinned_version="1.0.1")) == []
    assert pinning.up(pinning.program(2)) == []


def test_an_unknown_version_is_refused_in_the_preview(pinning: Pinning) -> None:
    with pytest.raises(ConfigurationError) as caught:
        pinning.world.diff(pinning.state, pinning.program(2, pinned_version="4.0.0"))
    assert str(caught.value) == "pinned_version: there is no version 4.0.0; the versions are 1.0.1, 1.0.0"
    assert pinning.cloud.writes() == []


def test_a_new_one_has_its_first_version_only(pinning: Pinning) -> None:
    pinning.cloud.deploying(f"{pinning.world.urn}-new")
    program = {**pinning.program(1, pinned_version="1.0.1"), "name": "new"}
    pinning.world.next_operation()
    checked = pinning.world.check(program)
    text = "pinned_version: a new deployment has version 1.0.0 only; leave it out until there is another one"
    assert [str(one) for one in checked.problems] == [text]
    with pytest.raises(ConfigurationError) as caught:
        pinning.world.lifecycle.create(pinning.world.context(), pinning.world.known(checked.inputs))
    assert text in str(caught.value)
    assert pinning.cloud.writes() == []
    fine = {**program, "pinned_version": "1.0.0"}
    state = pinning.world.create(fine)
    assert pinning.world.diff(state, fine).changes is False


def test_what_somebody_has_switched_is_switched_back(pinning: Pinning) -> None:
    pinned = pinning.program(2, pinned_version="1.0.0")
    pinning.up(pinned)
    pinning.switched_by_somebody("1.0.1")
    assert pinning.told(pinned) == [
        "pinned_version: changed outside of the program: program '1.0.0', live '1.0.1'; `pulumi up` puts it back",
        "switches from version 1.0.1 to 1.0.0",
    ]
    read = pinning.world.read(pinning.state)
    assert read is not None
    assert read.inputs["pinned_version"] == "1.0.1"
    pinning.state = read
    assert pinning.up(pinned) == [switch("1.0.0")]


def test_what_somebody_has_switched_is_drift_where_nothing_is_pinned(pinning: Pinning) -> None:
    pinning.switched_by_somebody("1.0.0")
    program = pinning.program(2)
    [told] = pinning.told(program)
    assert told.startswith("unit_configs[0].image.swr_path: changed outside of the program")
    assert pinning.up(program) == [UPDATE]
    assert pinning.there()["image"] == "i:2"


def test_a_stopped_one_is_started_to_be_switched_and_stops_again(pinning: Pinning) -> None:
    stopped = pinning.program(2, desired_status="stopped")
    assert pinning.up(stopped) == [STOP]
    assert pinning.up({**stopped, "pinned_version": "1.0.0"}) == [START, switch("1.0.0"), STOP]
    assert pinning.up(pinning.program(2, desired_status="running")) == [START, switch("1.0.1")]


def test_a_switch_that_is_taken_back_is_told_at_once(pinning: Pinning) -> None:
    pinning.cloud.deploy_fault("rollback", phase="switch", reason="no GPU is free")
    before = pinning.world.clock.monotonic()
    pinned = pinning.program(2, pinned_version="1.0.0")
    with pytest.raises(UnhealthyError) as caught:
        pinning.world.update(pinning.state, pinned)
    assert str(caught.value).startswith("blue did not update: it still runs version 1.0.1 (after ")
    assert "last event: Upgrade of deployment blue failed and was rolled back: no GPU is free." in str(caught.value)
    assert pinning.world.clock.monotonic() - before < 5
    pinning.state = pinning.world.recorded(caught.value.state)
    assert pinning.up(pinned) == [switch("1.0.0")]


def test_one_that_failed_with_the_switch_is_started_and_switched(pinning: Pinning) -> None:
    pinning.cloud.deploy_fault("fail", phase="switch")
    pinned = pinning.program(2, pinned_version="1.0.0")
    with pytest.raises(UnhealthyError) as caught:
        pinning.world.update(pinning.state, pinned)
    pinning.state = pinning.world.recorded(caught.value.state)
    assert pinning.state.facts["status"] == "FAILED"
    assert pinning.up(pinned) == [START, switch("1.0.0")]


@pytest.mark.parametrize("answer", ["plain", "missing"])
def test_mounted_secrets_of_a_pinned_version_stay(pinning: Pinning, answer: str) -> None:
    program = pinning.program(2, service_secret={"secret_volumes": [MOUNTED]})
    pinning.up(program)
    pinning.up(pinning.program(2, service_secret={"secret_volumes": [OTHER]}))
    pinning.up(pinning.program(2, service_secret={"secret_volumes": [OTHER]}, pinned_version="1.0.2"))
    pinning.cloud.set(secret_in_answer=answer)
    heavy = pinning.program(2, service_secret={"secret_volumes": [OTHER]}, pinned_version="1.0.2", weight=7)
    written = pinning.up(heavy)
    assert written == ([UPDATE] if answer == "plain" else [UPDATE, switch("1.0.2")])
    versions = pinning.cloud.services()[0]["deployments"][0]["versions"]
    active = next(one for one in versions if one["version"] == pinning.there()["version"])
    secret = active["content"]["advanced_config"]["service_secret"]["secret_volumes"][0]["secret_value"]
    assert secret == MOUNTED["secret_value"]


def test_nobody_waits_for_a_switch(pinning: Pinning) -> None:
    program = pinning.program(2, pinned_version="1.0.0", wait=False)
    state: State = pinning.world.update(pinning.state, program)
    assert pinning.cloud.writes() == [switch("1.0.0")]
    assert state.facts["status"] == "UPGRADING"
    pinning.world.clock.advance(5)
    pinning.state = state
    assert pinning.up(program) == []
    assert pinning.there() == {**BASE, "version": "1.0.0", "image": "i:1"}


def test_a_cloud_that_makes_a_version_of_every_update_is_switched_back(pinning: Pinning) -> None:
    pinning.cloud.set(every_put_adds_version=True)
    pinning.up(pinning.program(2, pinned_version="1.0.0"))
    written = pinning.up(pinning.program(2, pinned_version="1.0.0", weight=7))
    assert written == [UPDATE, switch("1.0.0")]
    assert pinning.there() == {**BASE, "version": "1.0.0", "image": "i:1", "weight": 7, "versions": 3}
