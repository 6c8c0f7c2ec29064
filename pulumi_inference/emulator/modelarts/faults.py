"""Faults that wait for deployments and for new models."""

import re
from dataclasses import dataclass
from typing import Literal

from .. import faults
from ..routing import Call

Outcome = Literal["fail", "hang", "concerning", "partial", "waiting"]
Phase = Literal["any", "create", "update", "start"]
Failure = Literal["failed", "building_failed", "hang"]


@dataclass(frozen=True, slots=True)
class DeployFault:
    """How the next deployments go wrong.

    Args:
        outcome: ``fail``; ``hang`` (deploys for ever); ``concerning`` (an alarm once deployed); ``partial`` (only
            ``instances`` of the instances come up, which is an alarm too); ``waiting`` (queued for resources first).
        service_name: regular expression, searched for in the service's name.
        phase: which deployments: the first, one by a new configuration, one by a start.
        after_seconds: when it fails; how long it waits. None is the usual duration of a deployment.
        heal_seconds: after how many seconds an alarm ends by itself; None is never.
        instances: how many instances come up with ``partial``.
        error_code: of the failure.
        error_msg: of the failure.
        rollback_fails: the roll-back of a failed update fails as well.
    """

    outcome: Outcome
    service_name: str = ""
    phase: Phase = "any"
    after_seconds: float | None = None
    heal_seconds: float | None = None
    instances: int = 0
    error_code: str = "ModelArts.3976"
    error_msg: str = "NO_CAPACITY: no resources are available for the selected flavor"
    rollback_fails: bool = False

    def __post_init__(self) -> None:
        re.compile(self.service_name)


@dataclass(frozen=True, slots=True)
class PublishFault:
    """How the next models fail to be published.

    Args:
        outcome: the state that they end in; ``hang`` publishes for ever.
        model_name: regular expression, searched for in the model's name.
        after_seconds: when it fails; None is the usual duration.
    """

    outcome: Failure
    model_name: str = ""
    after_seconds: float | None = None

    def __post_init__(self) -> None:
        re.compile(self.model_name)


def take_for_deployment(call: Call, service_name: str, phase: Phase) -> DeployFault | None:
    """The fault that hits this deployment, counted down."""
    return faults.take(
        call.tx,
        DeployFault,
        lambda fault: fault.phase in ("any", phase) and re.search(fault.service_name, service_name) is not None,
    )


def take_for_publishing(call: Call, model_name: str) -> PublishFault | None:
    """The fault that hits this new model, counted down."""
    return faults.take(call.tx, PublishFault, lambda fault: re.search(fault.model_name, model_name) is not None)
