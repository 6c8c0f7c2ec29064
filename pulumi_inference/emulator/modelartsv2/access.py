"""Who may call a service, and how often (modelarts-v2.md sections 4.2 and 8.2)."""

from ipaddress import ip_address, ip_network
from typing import Final

from ..huaweicloud import gateway
from ..huaweicloud.errors import GatewayError, HuaweiError
from ..routing import Call
from ..store import Document
from . import keys
from .service import Service

ADDRESS_HEADER: Final = "x-forwarded-for"
KIND_HEADER: Final = "x-api-key-type"

_HERE: Final = "127.0.0.1"
_MEGABYTE: Final = 1024 * 1024
_WINDOW_MS: Final = {"SECONDS": 1000, "MINUTES": 60_000}


def check(call: Call, service: Service) -> None:
    """Refuse a call that may not be made; what may be is counted.

    Raises:
        HuaweiError: 401, 403, 413 or 429.
    """
    runtime: Document = service.current["runtime_config"]
    limits, invoke = runtime["service_limit"], runtime["service_invoke"]
    _check_address(call, limits)
    _authenticate(call, service, invoke["auth_type"])
    if len(call.request.body) > limits["request_size_limit"] * _MEGABYTE:
        raise GatewayError(413, "APIG.0201", f"The request is larger than {limits['request_size_limit']} MB")
    if invoke["protocol"] in ("WS", "WSS"):
        raise GatewayError(426, "APIG.0201", "The service takes WebSocket connections only")
    _count(call, service, limits["rate_limit"])


def _authenticate(call: Call, service: Service, kind: str) -> None:
    if kind == "NONE":
        return
    if kind == "TOKEN":
        gateway.check_token(call)
        if call.scope != service.project:
            raise HuaweiError(403, "ModelArts.0210", "The service belongs to a project other than the token's.")
        return
    value = call.request.headers.get("authorization", "")
    scheme, _, rest = value.partition(" ")
    value = rest.strip() if scheme.lower() == "bearer" else value
    form = call.request.headers.get(KIND_HEADER, "normal").lower()
    if not value or not keys.accepts(call, service, value, temporary=form == "temp"):
        raise GatewayError(
            401, "APIG.0303", "Incorrect app authentication information: the API key is missing or wrong"
        )


def _check_address(call: Call, limits: Document) -> None:
    """Who asks says so by a header, as behind a gateway; else it is this machine."""
    address = call.request.headers.get(ADDRESS_HEADER, _HERE).split(",")[0].strip()
    white, black = limits.get("ip_white_list"), limits.get("ip_black_list")
    if (white and not _is_in(address, white)) or (black and _is_in(address, black)):
        raise GatewayError(403, "APIG.0304", f"The address {address} may not call this service")


def _is_in(address: str, networks: list[str]) -> bool:
    try:
        own = ip_address(address)
    except ValueError:
        return False
    for text in networks:
        try:
            if own in ip_network(text, strict=False):
                return True
        except ValueError:
            continue
    return False


def _count(call: Call, service: Service, rate: Document) -> None:
    number = call.now_ms // _WINDOW_MS[rate["unit"]]
    current, calls = service.window
    calls = calls + 1 if current == number else 1
    if calls > rate["num"]:
        raise GatewayError(429, "APIG.0308", "The throttling threshold has been reached", headers={"Retry-After": "1"})
    service.window = (number, calls)
