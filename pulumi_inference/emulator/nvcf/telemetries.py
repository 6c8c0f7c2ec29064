"""Where logs, metrics and traces of functions go (nvcf.md section 12)."""

from typing import Final
from uuid import uuid4

from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import accounts, records
from .accounts import Caller
from .errors import ProblemError, invalid
from .fields import Fields, object_body
from .secretbody import read_secret
from .settings import settings_of
from .times import iso

TELEMETRY: Final = "nvcf.telemetry"
CREATE: Final = "telemetryRequest"
"""What the body is called in messages."""

PROTOCOLS: Final = ("HTTP", "GRPC")
PROVIDERS: Final = (
    *("PROMETHEUS", "GRAFANA_CLOUD", "SPLUNK", "DATADOG", "SERVICENOW", "KRATOS", "KRATOS_THANOS", "TIMESTREAM"),
    *("VICTORIAMETRICS", "AZURE_MONITOR", "OTEL_COLLECTOR"),
)
TYPES: Final = ("LOGS", "METRICS", "TRACES")

_USES: Final = {"logsTelemetryId": "LOGS", "metricsTelemetryId": "METRICS", "tracesTelemetryId": "TRACES"}


def create(call: Call) -> Response:
    """``POST /telemetries``; its secret's name is its name."""
    found, secret = read_telemetry(object_body(call, CREATE))
    caller = accounts.caller_of(call)
    own = call.tx.find_all(TELEMETRY, caller.account)
    most = accounts.limit(call.tx, caller.account, "maxTelemetriesAllowed", settings_of(call).max_telemetries)
    if most is not None and len(own) >= most:
        text = f"Cannot create telemetry - maximum allowed telemetries ({most}) exceeded. Current count: {len(own)}"
        raise invalid(f"Account '{caller.account}': {text}")
    if any(one["name"] == secret["name"] for one in own):
        text = f"Telemetry and corresponding secret with name '{secret['name']}' already exists in the account"
        raise invalid(f"Account '{caller.account}': {text} - Telemetries must have unique names within an account")
    telemetry = new(call, found, secret)
    keep(call, caller.account, telemetry, secret["value"])
    return json_response({"telemetry": view(telemetry)})


def read_telemetry(body: Fields) -> tuple[Document, Document]:
    """The body that makes one: what it is, and its secret.

    Raises:
        ProblemError: 400.
    """
    found = {
        "endpoint": body.text("endpoint", required=True, least=1),
        "protocol": body.choice("protocol", PROTOCOLS, required=True),
        "provider": body.choice("provider", PROVIDERS, required=True),
        "types": body.choices("types", TYPES, required=True),
    }
    secret = _secret(body)
    body.check()
    return found, secret


def new(call: Call, found: Document, secret: Document) -> Document:
    """One that is not kept yet."""
    return {"telemetryId": str(uuid4()), "name": secret["name"], **found, "createdAt": iso(call.now_ms)}


def read_all(call: Call) -> Response:
    """``GET /telemetries``."""
    caller = accounts.caller_of(call)
    return json_response({"telemetries": [view(one) for one in call.tx.find_all(TELEMETRY, caller.account)]})


def read(call: Call) -> Response:
    """``GET /telemetries/{telemetryId}``."""
    return json_response({"telemetry": view(_own(call, accounts.caller_of(call), call.params["telemetryId"]))})


def delete(call: Call) -> Response:
    """``DELETE /telemetries/{telemetryId}``: not while a function uses it."""
    caller = accounts.caller_of(call)
    telemetry = _own(call, caller, call.params["telemetryId"])
    users = [
        version
        for version in call.tx.find_all(records.VERSION, caller.account)
        if telemetry["telemetryId"] in (version.get("telemetries") or {}).values()
    ]
    if users:
        texts = [
            f"Telemetry '{telemetry['telemetryId']}': Cannot be deleted as it is in use by Function id "
            f"'{version['id']}', version '{version['versionId']}' - Delete the function first to be able to delete "
            "the telemetry."
            for version in users
        ]
        raise invalid(f"[{', '.join(texts)}]")
    call.tx.delete(TELEMETRY, telemetry["telemetryId"])
    return Response(204)


def update_secret(call: Call) -> Response:
    """``PUT /secrets/telemetries/{telemetryId}``: the only thing that can be changed."""
    body, caller = object_body(call, "updateTelemetrySecretRequest"), accounts.caller_of(call)
    secret = _secret(body)
    body.check()
    telemetry = _own(call, caller, call.params["telemetryId"])
    keep(call, caller.account, telemetry, secret["value"])
    return Response(204)


def check_used(call: Call, caller: Caller, used: Document | None) -> None:
    """See that the telemetries of a function exist and are of the kind.

    Raises:
        ProblemError: 404, 400.
    """
    for name, telemetry_id in (used or {}).items():
        if _USES[name] not in _own(call, caller, telemetry_id)["types"]:
            raise invalid("Invalid telemetry type")


def keep(call: Call, account: str, telemetry: Document, value: object) -> None:
    """Keep one with its secret."""
    document = {**telemetry, "ncaId": account, "secret": value}
    call.tx.put(TELEMETRY, telemetry["telemetryId"], document, scope=account)


def view(telemetry: Document) -> Document:
    """One as it is answered."""
    return {name: value for name, value in telemetry.items() if name not in ("ncaId", "secret")}


def _secret(body: Fields) -> Document:
    secret = body.section("secret", required=True)
    return read_secret(secret) if secret is not None else {}


def _own(call: Call, caller: Caller, telemetry_id: str) -> Document:
    telemetry = call.tx.get(TELEMETRY, telemetry_id)
    if telemetry is None or telemetry["ncaId"] != caller.account:
        raise ProblemError(404, f"Account '{caller.account}' Telemetry '{telemetry_id}': Not found")
    return telemetry
