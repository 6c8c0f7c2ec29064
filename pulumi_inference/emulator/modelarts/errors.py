"""The errors of ModelArts by name (modelarts.md section 11)."""

from ..huaweicloud.errors import HuaweiError


def invalid(field: str, reason: str) -> HuaweiError:
    """A value breaks a rule; the documents map no code to a field, section 14 number 17."""
    return HuaweiError(400, "ModelArts.0104", f"Invalid parameter {field}: {reason}.")


def missing(field: str) -> HuaweiError:
    """A required value is not there."""
    return HuaweiError(400, "ModelArts.3610", f"Parameter {field} cannot be empty.")


def not_json() -> HuaweiError:
    """The body cannot be read."""
    return HuaweiError(400, "ModelArts.2787", "The request body is not in JSON format.")


def no_service(service_id: str) -> HuaweiError:
    """There is no such service, or none any more."""
    return HuaweiError(404, "ModelArts.3502", f"Service {service_id} does not exist.")


def state_forbids(what: str, status: str) -> HuaweiError:
    """The present state does not allow the change."""
    return HuaweiError(400, "ModelArts.3519", f"The service cannot {what} while it is {status}.")


def refused(number: str, message: str) -> HuaweiError:
    """400 with any other number."""
    return HuaweiError(400, f"ModelArts.{number}", message)


def no_resources(flavour: str) -> HuaweiError:
    """A flavour is sold out."""
    return refused("3976", f"No resources are available for the selected specification {flavour}.")


def shared(name: str) -> HuaweiError:
    """A subscribed service belongs to somebody else."""
    return refused("3525", f"Forbidden to update service {name} because it is a shared service.")


def not_owner(name: str) -> HuaweiError:
    """Only its owner may do that to a service."""
    return refused("3540", f"Operation failed because you are not the owner of service {name}.")


def due_time_over(field: str) -> HuaweiError:
    """A schedule that stops the service in the past."""
    return refused("3562", f"The value of field {field} must be a future time.")
