"""Faults that wait for deployments, and for what a registry says of an artifact."""

import re
from dataclasses import dataclass
from typing import Literal

from .. import faults
from ..routing import Call
from ..store import Document

Outcome = Literal["error", "check_error", "hang", "degrading", "degraded", "refused", "chart"]
Phase = Literal["any", "create", "update"]
Moment = Literal["any", "create", "deploy", "credential"]
Verdict = Literal[400, 401, 403, 404, 429]


@dataclass(frozen=True, slots=True)
class DeployFault:
    """How the next deployments go wrong.

    Args:
        outcome: ``error`` (instances fail), ``check_error`` (the service's own look at them fails), ``hang`` (they
            start for ever), ``degrading`` (one is lost after all have come up), ``degraded`` (all are lost),
            ``refused`` (none can be had, and the call fails), ``chart`` (the check of a Helm chart with its values
            fails, and so the call).
        function_name: regular expression, searched for in the function's name.
        gpu: regular expression for the GPU of the specifications that are hit.
        instance_type: regular expression for their instance type.
        phase: the call that makes the deployment, or one that changes how many instances there are to be.
        after_seconds: when it happens; None is the usual duration of a deployment, and at once for what is lost.
        heal_seconds: after how many seconds all is well again; None is never.
        instances: how many come up all the same, or are left.
        error: what the instances, the refusal or the check say.
        status: of a refusal.
    """

    outcome: Outcome
    function_name: str = ""
    gpu: str = ""
    instance_type: str = ""
    phase: Phase = "any"
    after_seconds: float | None = None
    heal_seconds: float | None = None
    instances: int | None = None
    error: str = "Inference container exited with code 1: out of memory"
    status: int = 400

    def __post_init__(self) -> None:
        for pattern in (self.function_name, self.gpu, self.instance_type):
            re.compile(pattern)
        if not 400 <= self.status <= 599:
            raise TypeError("status is from 400 to 599")

    def hits(self, spec: Document) -> bool:
        """Whether it is about that specification."""
        kind = re.search(self.instance_type, spec["instanceType"])
        return re.search(self.gpu, spec["gpu"]) is not None and kind is not None


@dataclass(frozen=True, slots=True)
class RegistryFault:
    """What a registry says of the next artifacts.

    Args:
        verdict: the status that comes through.
        artifact: regular expression, searched for in the image, chart or URI, or in the host of a credential.
        call: making a version, deploying it, or handing in a credential for the registry.
        message: the registry's words; None is the emulator's for the status.
    """

    verdict: Verdict
    artifact: str = ""
    call: Moment = "any"
    message: str | None = None

    def __post_init__(self) -> None:
        re.compile(self.artifact)


def take_for_deployment(call: Call, name: str, specs: list[Document], phase: Phase) -> DeployFault | None:
    """The fault that hits this deployment, counted down."""
    return faults.take(
        call.tx,
        DeployFault,
        lambda fault: (
            fault.phase in ("any", phase)
            and (phase == "create" or fault.outcome not in ("check_error", "refused", "chart"))
            and re.search(fault.function_name, name) is not None
            and any(map(fault.hits, specs))
        ),
    )


def take_for_artifact(call: Call, artifact: str, moment: Moment) -> RegistryFault | None:
    """The fault that hits this artifact, counted down."""
    return faults.take(
        call.tx,
        RegistryFault,
        lambda fault: fault.call in ("any", moment) and re.search(fault.artifact, artifact) is not None,
    )
