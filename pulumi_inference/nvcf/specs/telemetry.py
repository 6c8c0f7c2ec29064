"""Where a function's logs, metrics and traces go (reference 12)."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.fields.record import Record
from pulumi_inference.core.lifecycle.options import connection_name
from pulumi_inference.nvcf.specs.function import KEY_NAME
from pulumi_inference.nvcf.specs.placed import Placed
from pulumi_inference.nvcf.specs.secrets import KEY_NAME_HINT, KEY_NAME_LENGTH

TelemetryType: TypeAlias = Literal["LOGS", "METRICS", "TRACES"]


class TelemetrySpec(Placed):
    """A telemetry endpoint of an account of NVIDIA Cloud Functions: where functions send logs, metrics and traces."""

    name: str | None = field(
        None,
        description="Name of the endpoint and of its secret, unique in the account. Left out, it is the resource's "
        "name with a hash.",
        source="api",
        max_length=KEY_NAME_LENGTH,
        pattern=KEY_NAME,
        hint=KEY_NAME_HINT,
        immutable=True,
        examples=("splunk-prod",),
    )
    telemetry_endpoint: str = field(
        description="Address that it is sent to.",
        source="api",
        wire="endpoint",
        pattern=r"^\S+$",
        hint="must be an address without blanks",
        immutable=True,
        examples=("https://otlp.example.com:4318",),
    )
    protocol: Literal["HTTP", "GRPC"] = field(description="Protocol that it is sent by.", source="api", immutable=True)
    provider: Literal[
        "PROMETHEUS",
        "GRAFANA_CLOUD",
        "SPLUNK",
        "DATADOG",
        "SERVICENOW",
        "KRATOS",
        "KRATOS_THANOS",
        "TIMESTREAM",
        "VICTORIAMETRICS",
        "AZURE_MONITOR",
        "OTEL_COLLECTOR",
    ] = field(description="What receives it.", source="api", immutable=True)
    types: list[TelemetryType] = field(
        description="What is sent.", source="api", min_length=1, unordered=True, immutable=True
    )
    secret: Any = field(
        None,
        description="What the receiver knows the sender by: a text, or a JSON object such as "
        '{"instanceId": "…", "apiKey": "…"}. Required to make one; left out of one that was imported, its value stays.',
        source="api",
        secret=True,
        write_only=True,
        update="secret",
    )
    connection: str | None = connection_name()


class TelemetryOutputs(Spec):
    """What is known of it besides."""

    telemetry_id: str = field(
        description="Id, by which functions name it.", source="api", wire="telemetryId", stable_unless=()
    )
    created_at: str | None = field(
        None, description="When it was made, ISO 8601 in UTC.", source="api", wire="createdAt", stable_unless=()
    )


class TelemetryDetail(Record):
    """A telemetry endpoint as the cloud answers it, in its list too."""

    telemetry_id: str = field(description="Its id.", source="api", wire="telemetryId", always_answered=True)
    name: str = field(description="Its name.", source="api", always_answered=True)
    telemetry_endpoint: str = field(description="Its address.", source="api", wire="endpoint", always_answered=True)
    protocol: str = field(description="Its protocol.", source="api", always_answered=True)
    provider: str = field(description="What receives.", source="api", always_answered=True)
    types: list[str] = field(description="What is sent.", source="api", always_answered=True, min_length=1)
    created_at: str | None = field(None, description="When it was made.", source="api", wire="createdAt")
