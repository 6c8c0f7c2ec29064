"""What services behind the gateway say, whatever their version, to what does not go (modelarts.md section 11)."""

from .errors import HuaweiError


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


def refused(number: str, message: str) -> HuaweiError:
    """400 with any other number."""
    return HuaweiError(400, f"ModelArts.{number}", message)


def state_forbids(what: str, status: str, *, subject: str = "service") -> HuaweiError:
    """The present state does not allow the change."""
    return refused("3519", f"The {subject} cannot {what} while it is {status}.")


def no_resources(flavour: str) -> HuaweiError:
    """A flavour is sold out."""
    return refused("3976", f"No resources are available for the selected specification {flavour}.")
