"""What is answered of a function version (nvcf.md section 5.2)."""

from typing import Final

from ..routing import Call
from ..store import Document
from . import machine, records
from .accounts import Caller

_ALWAYS: Final = ("id", "versionId", "ncaId", "name", "status", "functionType", "healthUri", "createdAt")
_OPEN: Final = ("health", "apiBodyFormat", "description", "tags", "telemetries", "llmInvocationConfig")
_OWN: Final = (
    *("inferenceUrl", "inferencePort", "containerImage", "containerArgs", "containerEnvironment", "models"),
    *("resources", "helmChart", "helmChartServiceName", "rateLimit"),
)
_EMPTY: Final[tuple[object, ...]] = ([], {}, "")


def answer(
    call: Call,
    version: Document,
    caller: Caller,
    *,
    secrets: bool = False,
    details: bool = False,
    as_sent: bool = False,
) -> Document:
    """The version as a caller sees it.

    Args:
        call: the request.
        version: as kept.
        caller: who asks.
        secrets: with the names of the secrets.
        details: with the instances.
        as_sent: models in the order of the request, as only the create call answers them.
    """
    is_own = version["ncaId"] == caller.account
    names = (*_ALWAYS, *_OPEN, *(_OWN if is_own else ()))
    found = {name: version[name] for name in names if version.get(name) is not None}
    for name in ("tags", "models", "resources", "containerEnvironment", "description"):
        if found.get(name) in _EMPTY:
            del found[name]
    if "models" in found and not as_sent:
        found["models"] = sorted(found["models"], key=lambda model: str(model["name"]))
    if not is_own:
        return {**found, "ownedByDifferentAccount": True}
    if secrets and version.get("secrets"):
        found["secrets"] = sorted(version["secrets"])
    if details:
        deployment = records.find_deployment(call.tx, version["id"], version["versionId"])
        found["activeInstances"] = machine.instances(call, deployment) if deployment else []
    return found
