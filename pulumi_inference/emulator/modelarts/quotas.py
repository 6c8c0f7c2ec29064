"""How much of everything a project may have (modelarts.md sections 5.9 and 11)."""

from ..routing import Call
from . import errors, flavours
from .service import Config, Service, find_all
from .settings import settings_of


def check_new(call: Call, infer_type: str, config: list[Config]) -> None:
    """Refuse one service more than the settings allow.

    Raises:
        HuaweiError: 400 ModelArts.3520, 3521, 3856 or 3857.
    """
    others = [service for service in find_all(call) if service.infer_type == infer_type]
    limit = {"real-time": settings_of(call).max_services, "batch": settings_of(call).max_batch_services}.get(infer_type)
    if limit is not None and len(others) >= limit:
        raise errors.refused("3520", f"A maximum of {limit} {infer_type} services are allowed.")
    _check_running(call, infer_type, others)
    _check_free(call, others, config)


def check_start(call: Call, service: Service) -> None:
    """Refuse to start a service when as many run as the settings allow.

    Raises:
        HuaweiError: 400 ModelArts.3521.
    """
    others = [other for other in find_all(call) if other.service_id != service.service_id]
    _check_running(call, service.infer_type, [other for other in others if other.infer_type == service.infer_type])


def _check_running(call: Call, infer_type: str, others: list[Service]) -> None:
    limit = settings_of(call).max_running_services
    running = [service for service in others if service.status not in ("stopped", "failed")]
    if infer_type == "real-time" and limit is not None and len(running) >= limit:
        raise errors.refused("3521", f"A maximum of {limit} {infer_type} services in running status are allowed.")


def _check_free(call: Call, others: list[Service], config: list[Config]) -> None:
    instances = _free_instances(config)
    if not instances:
        return
    taken = [count for service in others if (count := _free_instances(service.config))]
    services_limit, instances_limit = settings_of(call).max_free_services, settings_of(call).max_free_instances
    if services_limit is not None and len(taken) >= services_limit:
        raise errors.refused("3856", f"A maximum of {services_limit} free services are allowed.")
    if instances_limit is not None and sum(taken) + instances > instances_limit:
        raise errors.refused("3857", f"A maximum of {instances_limit} free service instances are allowed.")


def _free_instances(config: list[Config]) -> int:
    return sum(item["instance_count"] for item in config if item["specification"] == flavours.FREE)
