"""Faults that wait for services."""

import re
from dataclasses import dataclass
from typing import Literal

from .. import faults
from ..routing import Call
from .service import Service

Outcome = Literal["fail", "hang", "crash"]
Phase = Literal["any", "create", "update", "scale", "stop"]


@dataclass(frozen=True, slots=True)
class DeployFault:
    """How the next deployments go wrong.

    Args:
        outcome: ``fail``, ``hang`` (for ever), ``crash`` (it runs first). New instances of ``scale`` that fail go away
            again and the old ones stay; a stop can only hang.
        name: regular expression, searched for in the service's name.
        phase: creation, offline update, change of scale, stop; any is creation or offline update.
        after_seconds: when it fails, or how long it has run when it crashes; None is the usual duration.
        instances: how many instances come up all the same.
    """

    outcome: Outcome
    name: str = ""
    phase: Phase = "any"
    after_seconds: float | None = None
    instances: int = 0

    def __post_init__(self) -> None:
        re.compile(self.name)
        if self.phase == "stop" and self.outcome != "hang":
            raise TypeError("a stop can only hang")


def take(call: Call, service: Service, phase: Phase) -> DeployFault | None:
    """The fault that hits this service, counted down."""
    return faults.take(
        call.tx,
        DeployFault,
        lambda fault: (
            (fault.phase == phase or (fault.phase == "any" and phase in ("create", "update")))
            and re.search(fault.name, service.name) is not None
        ),
    )
