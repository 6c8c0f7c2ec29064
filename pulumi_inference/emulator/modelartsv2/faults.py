"""Faults that wait for deployments, services and intranet connections."""

import re
from dataclasses import dataclass
from typing import Literal

from .. import faults
from ..routing import Call
from .service import Service

Outcome = Literal["fail", "rollback", "concerning", "error", "crash", "slow", "hang"]
Phase = Literal["any", "create", "start", "update", "switch", "scale", "stop", "delete", "service"]

_ENDINGS: tuple[Phase, ...] = ("stop", "delete")


@dataclass(frozen=True, slots=True)
class DeployFault:
    """How the next deployments go wrong.

    Args:
        outcome: ``fail`` (``FAILED``; an upgrade too, whose roll-back fails), ``rollback`` (an upgrade ends with the
            old version, all else fails), ``concerning`` (an alarm once it is done), ``error`` (``ERROR`` once it is
            done), ``crash`` (it runs first, then ``ERROR``), ``slow`` (it takes ``after_seconds``), ``hang`` (for ever,
            or until the time of the deployment is up).
        name: regular expression, searched for in the deployment's name.
        service: regular expression, searched for in the service's name.
        phase: what is hit: the first deployment, a start, a roll-out, a switch, a change of the scale; any is one of
            these five. An end, a deletion, and an update of the service alone have to be named.
        after_seconds: when it fails, how long it has run when it crashes, how long it takes when it is slow; None is
            the usual duration.
        heal_seconds: after how many seconds all is well again; None is never.
        instances: how many instances come up all the same.
        reason: what is said of it.
    """

    outcome: Outcome
    name: str = ""
    service: str = ""
    phase: Phase = "any"
    after_seconds: float | None = None
    heal_seconds: float | None = None
    instances: int = 0
    reason: str = "no resources are available for the deployment"

    def __post_init__(self) -> None:
        re.compile(self.name)
        re.compile(self.service)
        if self.phase in _ENDINGS and self.outcome not in ("fail", "slow", "hang"):
            raise TypeError(f"{self.phase} can fail, be slow or hang")
        if self.phase == "service" and self.outcome not in ("fail", "rollback", "slow", "hang"):
            raise TypeError("an update of a service can fail, be slow or hang")


@dataclass(frozen=True, slots=True)
class ConnectFault:
    """How the next intranet connections go wrong.

    Args:
        outcome: ``fail``, or ``hang`` for ever.
        message: what is said of it.
    """

    outcome: Literal["fail", "hang"]
    message: str = "the network cannot be reached"


def take(call: Call, service: Service, name: str, phase: Phase) -> DeployFault | None:
    """The fault that hits this deployment, counted down."""
    wanted = (phase,) if phase in (*_ENDINGS, "service") else (phase, "any")
    return faults.take(
        call.tx,
        DeployFault,
        lambda fault: (
            fault.phase in wanted
            and re.search(fault.name, name) is not None
            and re.search(fault.service, service.name) is not None
        ),
    )


def take_for_connection(call: Call) -> ConnectFault | None:
    """The fault that hits this intranet connection, counted down."""
    return faults.take(call.tx, ConnectFault, lambda _fault: True)
