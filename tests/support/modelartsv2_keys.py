"""Keys, bindings and intranet connections of ModelArts v2, as programs say them."""

from __future__ import annotations

from typing import Any

from tests.support.modelartsv2 import POOL, SERVICE_ID, STACK, changed
from tests.support.world import Values

KEY_URN = f"{STACK}:ApiKey::clients"
BINDING_URN = f"{STACK}:ApiKeyBinding::clients-of-chat"
CONNECTION_URN = f"{STACK}:IntranetConnection::office"

VPC, SUBNET = "vpc-0001", "subnet-0001"


def api_key(**changes: Any) -> Values:
    """What a program says of a key; None takes a field away."""
    return changed({"scope": "SERVICE", "description": "For the search team."}, **changes)


def from_vpc(**changes: Any) -> Values:
    """What a program says of a connection from a VPC; None takes a field away."""
    return changed({"scene": "VPC", "vpc_id": VPC, "subnet_id": SUBNET, "service_id": SERVICE_ID}, **changes)


def from_pool(**changes: Any) -> Values:
    """What a program says of a connection from a dedicated pool; None takes a field away."""
    return changed({"scene": "POOL", "pool_id": POOL, "service_id": SERVICE_ID}, **changes)
