"""Sharing, telemetries, registry credentials and assets of NVCF, in a world of their own."""

from __future__ import annotations

from typing import Any

from pulumi_inference.core.lifecycle import State
from tests.support.nvcf import STACK, Nvcf
from tests.support.world import Values

TELEMETRY_URN = f"{STACK}:Telemetry::logs"
CREDENTIAL_URN = f"{STACK}:RegistryCredential::hub"
AUTHORIZATION_URN = f"{STACK}:Authorization::partners"
ASSET_URN = f"{STACK}:Asset::bridge"

SECRET = "s3cret-of-the-receiver"


def telemetry(**changes: Any) -> Values:
    """What a program says of a telemetry endpoint; None takes a field away."""
    values = {
        "telemetry_endpoint": "https://otlp.example.com:4318",
        "protocol": "HTTP",
        "provider": "SPLUNK",
        "types": ["LOGS", "METRICS"],
        "secret": SECRET,
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def credential(**changes: Any) -> Values:
    """What a program says of a registry credential; None takes a field away."""
    values = {
        "registry_hostname": "docker.io",
        "user": "alice",
        "password": "pa55-word",
        "artifact_types": ["CONTAINER"],
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def problems(nvcf: Nvcf, values: Values, old: State | None = None) -> list[str]:
    """What the preview finds wrong."""
    return [str(one) for one in nvcf.world.check(values, old).problems]
