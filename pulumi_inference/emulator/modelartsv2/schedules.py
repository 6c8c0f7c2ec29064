"""The auto-stop of a service (modelarts-v2.md sections 4.1 and 5.1)."""

from typing import Final

from ..store import Document
from .bodies.services import UNIT_MS
from .deployment import SERVING
from .service import Service

STEP: Final = "auto_stop"


def replace(service: Service, rules: list[Document], at: int) -> None:
    """Put other rules in place, which count from now where something runs."""
    disarm(service)
    service.schedule = [{**rule, "processed": False} for rule in rules]
    if any(one.status in SERVING for one in service.deployments):
        arm(service, at)


def arm(service: Service, at: int) -> None:
    """Something runs: plan the stop, unless it is planned already."""
    if any(step["step"] == STEP for step in service.timeline):
        return
    for rule in service.schedule:
        due = at + rule["duration"] * UNIT_MS[rule["time_unit"]]
        rule |= {"due_time": due, "processed": False}
        service.plan(due, STEP)


def disarm(service: Service) -> None:
    """Nothing runs any more, so there is nothing to stop."""
    service.timeline = [step for step in service.timeline if step["step"] != STEP]
    for rule in service.schedule:
        if not rule.get("processed"):
            rule.pop("due_time", None)


def mark_processed(service: Service, at: int) -> None:
    """The time has come."""
    for rule in service.schedule:
        rule["processed"] = True
    service.tell(at, "NORMAL", "The auto stop time is due, the service is being stopped.")
