"""The state of a service, and the share of each deployment, which both follow from the deployments (section 7.1)."""

from typing import Final

from .deployment import Deployment
from .service import Service
from .settings import ModelArtsV2Settings

STATUSES: Final = (
    *("INIT", "DEPLOYING", "RUNNING", "CONCERNING", "UPGRADING", "INTERRUPTING", "STOPPING", "STOPPED", "FAILED"),
    *("ERROR", "DELETING"),
)
_FIRST: Final = (
    ({"DEPLOYING", "RESTARTING"}, "DEPLOYING"),
    ({"UPGRADING", "INTERRUPTING"}, "UPGRADING"),
    ({"STOPPING"}, "STOPPING"),
)


def status_of(service: Service, settings: ModelArtsV2Settings) -> str:
    """The state of a service."""
    if service.deleting or service.status:
        return "DELETING" if service.deleting else service.status
    states = [one.status for one in service.deployments if one.status != "DELETING"]
    if not states:
        return settings.no_deployment_state
    for some, status in _FIRST:
        if some & set(states):
            return status
    if service.pending is not None:
        return "UPGRADING"
    for one in ("STOPPED", "FAILED"):
        if set(states) == {one}:
            return one
    return "RUNNING" if set(states) <= {"RUNNING", "STOPPED"} else "CONCERNING"


def weight_of(deployment: Deployment) -> int:
    """What counts of a deployment's weight as things are."""
    return deployment.weight if deployment.serves else 0


def ratio_of(service: Service, deployment: Deployment) -> str:
    """The share of the calls that a deployment gets, as text."""
    total = sum(weight_of(one) for one in service.deployments)
    return f"{100 * weight_of(deployment) / total if total else 0:.2f}%"
