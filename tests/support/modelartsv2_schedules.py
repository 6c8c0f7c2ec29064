"""Replica schedules of ModelArts v2 on the emulator, without an engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pulumi_inference.core.lifecycle import State
from pulumi_inference.modelartsv2.schedules.lifecycle import ReplicaScheduleLifecycle
from tests.support.cloud import OUTSIDER
from tests.support.modelartsv2 import STACK, ModelArtsV2, deployment, new_modelartsv2
from tests.support.world import Values, World

URN, OTHER_URN = f"{STACK}:ReplicaSchedule::hours", f"{STACK}:ReplicaSchedule::weekend"

MORNING = {"name": "morning", "schedule": "0 8 * * 1-5", "target_replicas": 4}
EVENING = {"name": "evening", "schedule": "0 20 * * 1-5", "target_replicas": 1}


def wire(*rules: Values) -> list[Values]:
    """Rules as they are sent."""
    sent = [{"disable": one.get("disabled", False), **one, "type": "CRON_HPA"} for one in rules]
    return [{name: value for name, value in one.items() if name != "disabled"} for one in sent]


class Schedules:
    """A deployment in a world, and its replica schedule: looked at from outside, and the world's resource."""

    def __init__(self, room: ModelArtsV2) -> None:
        self.room, self.world = room, room.world
        self.deployed = room.deployment(deployment(room.service()))
        self.service_id, self.deployment_id = self.deployed.id.split(",")
        scheduling(self.world)

    def program(self, *rules: Values, **changes: Any) -> Values:
        """What a program says, by default of two rules."""
        ids = {"service_id": self.service_id, "deployment_id": self.deployment_id}
        return {**ids, "rules": list(rules or (MORNING, EVENING)), **changes}

    def made(self, *rules: Values, **changes: Any) -> State:
        """Makes a schedule."""
        return self.world.create(self.program(*rules, **changes))

    def api(self, method: str, body: Any = None, path: str = "/hpa") -> Any:
        """A request of somebody else than the program about the deployment; the answer's JSON."""
        return outside(self.world, method, f"/services/{self.service_id}/deployments/{self.deployment_id}{path}", body)

    def policy(self) -> Values:
        """What the cloud has."""
        found: Values = self.api("GET")
        return found

    def rules(self) -> list[tuple[str, str, int, str]]:
        """The rules that the cloud has: name, cron text, replicas, disabled or not."""
        names = ("name", "schedule", "target_replicas", "disable")
        return [tuple(one[name] for name in names) for one in self.policy()["hpa_rules"]]  # type: ignore[misc]

    def change(self, *orders: Values) -> None:
        """Changes rules behind the program's back; a rule is named by its name."""
        policy = self.policy()
        ids = {one["name"]: one for one in policy["hpa_rules"]}
        whole = [{**ids.get(one["name"], {}), "disable": False, "type": "CRON_HPA", **one} for one in orders]
        self.api("PUT", {"id": policy["id"], "hpa_rules": whole})

    def orders(self) -> list[list[tuple[str, str]]]:
        """What the operation has asked for in each change: what is to become of which rule."""
        found = self.world.cloud.sent("PUT")
        return [[(rule["operate"], rule["name"]) for rule in one.body["hpa_rules"]] for one in found]

    def sent(self) -> list[str]:
        """The methods of the writes of the operation."""
        return [one.method for one in self.world.writes()]


def scheduling(world: World, urn: str = URN) -> None:
    """The world's resource is a replica schedule from here on."""
    world.lifecycle, world.urn = ReplicaScheduleLifecycle(), urn
    world.next_operation()


def outside(world: World, method: str, path: str, body: Any = None, *, may_fail: bool = False) -> Any:
    """A request of somebody else than the program to the API of ModelArts v2; the answer's JSON.

    One that `may_fail` has no answer then.
    """
    cloud = world.cloud
    headers = {"X-Auth-Token": cloud.token(), "User-Agent": OUTSIDER}
    answer = cloud.client.request(method, f"/v2/{cloud.project_id}{path}", json=body, headers=headers)
    if may_fail and not answer.is_success:
        return None
    answer.raise_for_status()
    return answer.json() if answer.content else None


@contextmanager
def new_schedules(folder: Path) -> Iterator[Schedules]:
    """A deployment that runs, in a folder."""
    with new_modelartsv2(folder) as room:
        yield Schedules(room)
