"""What is said of services and deployments that are not well (modelarts-v2.md, sections 5.1 and 7)."""

from __future__ import annotations

from pulumi_inference.core.lifecycle.memory import Answer

NO_REASON = "ModelArts gives no reason"


def reason_in(service: Answer) -> str | None:
    """Why a service, or a deployment of it, has failed."""
    reason = service.get("failure_reason")
    return reason if isinstance(reason, str) and reason.strip() else None


def broken(answer: Answer, reason: str | None) -> str:
    """What is said of one that has failed."""
    return f"{answer['name']} is {answer['status']}: {reason or NO_REASON}"


def alarm(name: str) -> str:
    """What is said of one of which only a part is well."""
    return f"{name} is CONCERNING: some of its replicas are not healthy"
