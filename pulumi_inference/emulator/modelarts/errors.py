"""The errors of ModelArts by name (modelarts.md section 11)."""

from ..huaweicloud.errors import HuaweiError
from ..huaweicloud.refusals import invalid, missing, no_resources, no_service, refused, state_forbids

__all__ = [
    "due_time_over",
    "invalid",
    "missing",
    "no_resources",
    "no_service",
    "not_owner",
    "refused",
    "shared",
    "state_forbids",
]


def shared(name: str) -> HuaweiError:
    """A subscribed service belongs to somebody else."""
    return refused("3525", f"Forbidden to update service {name} because it is a shared service.")


def not_owner(name: str) -> HuaweiError:
    """Only its owner may do that to a service."""
    return refused("3540", f"Operation failed because you are not the owner of service {name}.")


def due_time_over(field: str) -> HuaweiError:
    """A schedule that stops the service in the past."""
    return refused("3562", f"The value of field {field} must be a future time.")
