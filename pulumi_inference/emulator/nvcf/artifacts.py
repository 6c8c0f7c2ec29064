"""What a function is made of, and what the registries say of it (nvcf.md section 5.1)."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from ..routing import Call
from ..store import Document
from . import lookups
from .errors import ProblemError, invalid
from .faults import Moment, take_for_artifact
from .settings import settings_of

CREDENTIAL: Final = "nvcf.registry_credential"

_REGISTRY: Final = "https://api.ngc.nvidia.com"
_FILES: Final = re.compile(r"/v2/org/[^/]+(/team/[^/]+)?/(models|resources)/(?!versions/)[^/]+/[^/]+/files")
_WORDS: Final = {
    400: "is not a valid artifact",
    401: "cannot be read: the registry does not accept the credential",
    403: "cannot be read: the credential has no access to it",
    404: "does not exist in the registry",
    429: "cannot be read: too many requests to the registry",
}


def complete(call: Call, version: Document) -> None:
    """Give models and resources the registry's host, where that is set, in place."""
    if not settings_of(call).complete_artifact_uris:
        return
    for artifact in (*(version.get("models") or ()), *(version.get("resources") or ())):
        if artifact.get("uri", "").startswith("/"):
            artifact["uri"] = f"{_REGISTRY}{artifact['uri']}"


def check(call: Call, version: Document, moment: Moment) -> None:
    """Ask the registries about all that a version is made of.

    Raises:
        ProblemError: 400, 401, 403, 404 or 429, as a registry says; 400 for want of a credential.
    """
    artifacts = list(_artifacts(version))
    is_strict = settings_of(call).strict_artifacts
    for kind, uri in artifacts if is_strict else ():
        if not _is_well_formed(kind, uri):
            raise _refused(version, 400, f"'{uri}' {_WORDS[400]}")
        _check_credential(call, version, kind, host_of(kind, uri))
    for _, uri in artifacts:
        fault = take_for_artifact(call, uri, moment)
        if fault is not None:
            raise _refused(version, fault.verdict, fault.message or f"'{uri}' {_WORDS[fault.verdict]}")


def host_of(kind: str, uri: str) -> str:
    """The registry's host of an artifact; images without one are Docker's."""
    if kind != "CONTAINER":
        return urlsplit(uri).hostname or ""
    first, slash, _ = uri.partition("/")
    return first if slash and ("." in first or ":" in first) else "docker.io"


def uses(version: Document, kind: str, host: str) -> bool:
    """Whether a version has an artifact of that kind from that host."""
    return any(kind == one and host == host_of(one, uri) for one, uri in _artifacts(version))


def _artifacts(version: Document) -> Iterator[tuple[str, str]]:
    for model in version.get("models") or ():
        if "uri" in model:
            yield "MODEL", model["uri"]
    for resource in version.get("resources") or ():
        yield "RESOURCE", resource["uri"]
    if version.get("helmChart"):
        yield "HELM", version["helmChart"]
    if version.get("containerImage"):
        yield "CONTAINER", version["containerImage"]


def _is_well_formed(kind: str, uri: str) -> bool:
    if kind == "CONTAINER":
        return host_of(kind, uri) != "nvcr.io" or uri.count(":") == 1
    parts = urlsplit(uri)
    if kind == "HELM":
        return parts.scheme in ("http", "https", "oci") and bool(parts.hostname)
    if not parts.hostname:
        return False
    return parts.hostname != "api.ngc.nvidia.com" or _FILES.fullmatch(parts.path) is not None


def _check_credential(call: Call, version: Document, kind: str, host: str) -> None:
    credentials = call.tx.find_all(CREDENTIAL, version["ncaId"])
    if not any(one["registryHostname"] == host and kind in one["artifactTypes"] for one in credentials):
        raise invalid(f"Missing {kind} registry credential for hostname '{host}'")


def _refused(version: Document, status: int, text: str) -> ProblemError:
    return ProblemError(status, f"Account '{version['ncaId']}', {lookups.where(version)}: {text}")
