"""Any sequence of calls: the emulator keeps what it promises."""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from .cloud import SETTLE_SECONDS, Cloud, batch_body, config_item, create_body

LASTING = {"running", "concerning", "failed", "stopped", "finished"}
OUTCOMES = st.sampled_from(["fail", "concerning", "partial", "waiting"])


class Services(RuleBasedStateMachine):
    services = Bundle("services")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.cloud = Cloud(Path(self.folder.name) / "emulator.db")
        self.alive: set[str] = set()
        self.number = 0

    def teardown(self) -> None:
        self.cloud.http.close()
        self.folder.cleanup()

    def accepted(self, answer: Any) -> bool:
        """An answer is a success or the one documented refusal."""
        assert answer.status_code == 200 or answer.json()["error_code"] == "ModelArts.3519", answer.text
        return bool(answer.status_code == 200)

    @rule(target=services, batch=st.booleans())
    def create(self, batch: bool) -> str:
        self.number += 1
        body = {**(batch_body() if batch else create_body()), "service_name": f"s-{self.number}"}
        service_id = self.cloud.create(body)
        self.alive.add(service_id)
        return service_id

    @rule(service_id=services, status=st.sampled_from(["running", "stopped"]))
    def set_status(self, service_id: str, status: str) -> None:
        self.accepted(self.cloud.put(service_id, status=status))

    @rule(service_id=services, count=st.integers(1, 9))
    def update(self, service_id: str, count: int) -> None:
        before = self.cloud.detail(service_id)
        item = {**before["config"][0], "instance_count": count, "model_id": config_item()["model_id"]}
        if self.accepted(self.cloud.put(service_id, config=[item])):
            assert self.cloud.status(service_id) == "deploying" or self.cloud.status(service_id) == "waiting"

    @rule(outcome=OUTCOMES, after=st.floats(1, 40))
    def order_fault(self, outcome: str, after: float) -> None:
        self.cloud.fail_deployment(outcome, after_seconds=after, heal_seconds=5)

    @rule(seconds=st.floats(0, 100))
    def wait(self, seconds: float) -> None:
        self.cloud.wait(seconds)

    @rule(service_id=consumes(services))
    def delete(self, service_id: str) -> None:
        assert self.cloud.call("DELETE", f"/services/{service_id}").status_code == 200
        self.cloud.clock.advance(SETTLE_SECONDS)
        assert self.cloud.call("GET", f"/services/{service_id}").status_code == 404
        self.alive.discard(service_id)

    @invariant()
    def list_and_detail_agree(self) -> None:
        listed = {item["service_id"]: item for item in self.cloud.call("GET", "/services").json()["services"]}
        assert set(listed) == self.alive
        for service_id, item in listed.items():
            detail = self.cloud.detail(service_id)
            assert item["status"] == detail["status"]
            assert ("progress" in detail) == (detail["status"] == "deploying")
            assert ("error_msg" in detail) == (detail["status"] == "failed")
            assert detail["transition_at"] <= detail["operation_time"]

    @rule()
    def everything_settles(self) -> None:
        self.cloud.admin("DELETE", "/faults")
        self.cloud.wait(1000)
        self.cloud.wait(0)
        for service_id in self.alive:
            assert self.cloud.status(service_id) in LASTING
            events = self.cloud.call("GET", f"/services/{service_id}/events", params={"order": "asc"}).json()["events"]
            times = [event["occur_time"] for event in events]
            assert times == sorted(times)
            logs = self.cloud.call("GET", f"/services/{service_id}/logs").json()["logs"]
            assert {record["result"] for record in logs} <= {"SUCCESS", "FAIL"}


TestServices = Services.TestCase
TestServices.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
