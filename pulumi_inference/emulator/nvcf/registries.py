"""Credentials for the registries that artifacts come from (nvcf.md section 12)."""

import binascii
from base64 import b64decode
from typing import Final
from uuid import uuid4

from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import accounts, artifacts, records
from .accounts import Caller
from .artifacts import CREDENTIAL
from .errors import ProblemError, invalid
from .faults import take_for_artifact
from .fields import Fields, as_set, object_body, without_nulls
from .secretbody import read_secret
from .settings import settings_of
from .times import iso

CREATE: Final = "addRegistryCredentialRequest"
"""What the body is called in messages."""
KINDS: Final = ("CONTAINER", "HELM", "MODEL", "RESOURCE")
PROVISIONED: Final = ("SYSTEM", "USER")

RECOGNIZED: Final[dict[str, dict[str, str]]] = {
    "CONTAINER": {
        "NGC Private Registry": "nvcr.io",
        "Docker Hub": "docker.io",
        "AWS ECR Public": "public.ecr.aws",
        "Azure Container Registry": "azurecr.io",
        "Amazon ECR": "amazonaws.com",
    },
    "HELM": {"NGC Private Registry": "helm.ngc.nvidia.com", "Docker Hub": "docker.io"},
    "MODEL": {"NGC Private Registry": "api.ngc.nvidia.com"},
    "RESOURCE": {"NGC Private Registry": "api.ngc.nvidia.com"},
}
"""Hosts by name; one of ``azurecr.io`` and ``amazonaws.com`` is any host below it."""

_SUFFIXES: Final = ("azurecr.io", "amazonaws.com")
_HOSTNAME: Final = r"[A-Za-z0-9]([A-Za-z0-9.\-]*[A-Za-z0-9])?(:[0-9]+)?"
_LONGEST_HOSTNAME: Final = 253
_LONGEST_DESCRIPTION: Final = 256
_NGC_USER: Final = "$oauthtoken"


def create(call: Call) -> Response:
    """``POST /registry-credentials``."""
    found = read_credential(object_body(call, CREATE))
    caller, secret = accounts.caller_of(call), found.pop("secret")
    host, name = found["registryHostname"], secret["name"]
    credential = new(call, caller.account, found, name)
    own = call.tx.find_all(CREDENTIAL, caller.account)
    _check_limit(call, caller, len(own))
    if any(_is_same(one, host, name) for one in own):
        text = f"Registry credential '{name}' for hostname '{host}' already exists in the account"
        rule = "Registry credentials must have unique hostname and credential name within an account"
        raise ProblemError(409, f"Account '{caller.account}': {text} - {rule}")
    _try(call, host)
    return json_response({"registryCredential": view(keep(call, credential, secret["value"]))})


def new(call: Call, account: str, found: Document, name: str) -> Document:
    """One that is not kept yet.

    Raises:
        ProblemError: 400 for a registry that the service does not know.
    """
    now = iso(call.now_ms)
    return {
        "registryCredentialId": str(uuid4()),
        "ncaId": account,
        "registryCredentialName": name,
        "registryName": _recognized(found["artifactTypes"], found["registryHostname"]),
        **found,
        "provisionedBy": "USER",
        "createdAt": now,
        "lastUpdatedAt": now,
    }


def read_all(call: Call) -> Response:
    """``GET /registry-credentials``, by kind of artifact and by who made them."""
    caller = accounts.caller_of(call)
    kinds, makers = _filter(call, "artifactType", KINDS), _filter(call, "provisionedBy", PROVISIONED)
    found = [
        view(one)
        for one in call.tx.find_all(CREDENTIAL, caller.account)
        if one["provisionedBy"] in makers and not kinds.isdisjoint(one["artifactTypes"])
    ]
    return json_response({"registryCredentials": found})


def read(call: Call) -> Response:
    """``GET /registry-credentials/{registryCredentialId}``."""
    return json_response({"registryCredential": view(_own(call, accounts.caller_of(call)))})


def update(call: Call) -> Response:
    """``PATCH /registry-credentials/{registryCredentialId}``: another secret, more kinds of artifacts."""
    body, caller = object_body(call, "updateRegistryCredentialRequest"), accounts.caller_of(call)
    section = body.section("secret")
    secret = read_secret(section) if section else None
    kinds = body.choices("artifactTypeEnums", KINDS) or []
    body.check()
    credential = _own(call, caller)
    host = credential["registryHostname"]
    if secret is None and not kinds:
        raise invalid("Invalid request: Either secret or artifact types must be specified")
    if secret is not None:
        _check_secret(host, secret["value"])
        _check_rename(call, caller, credential, secret["name"])
    for kind in kinds:
        if _registry_of(kind, host) is None:
            text = f"'{credential['registryName']}' with hostname '{host}' not recognized for artifact type '{kind}'"
            raise invalid(f"Invalid request: {text}")
    _try(call, host)
    credential["artifactTypes"] = as_set([*credential["artifactTypes"], *kinds])
    credential["lastUpdatedAt"] = iso(call.now_ms)
    if secret is not None:
        credential["registryCredentialName"] = secret["name"]
        credential["secret"] = secret["value"]
    return json_response({"registryCredential": view(keep(call, credential, credential["secret"]))})


def delete(call: Call) -> Response:
    """``DELETE /registry-credentials/{registryCredentialId}``: not the system's, and none in use."""
    caller = accounts.caller_of(call)
    credential = _own(call, caller)
    if credential["provisionedBy"] == "SYSTEM":
        raise invalid("Invalid request: Cannot delete system provisioned registry credential")
    users = _users(call, credential)
    if users:
        texts = [
            f"Registry Credential '{credential['registryCredentialId']}': Cannot be deleted as it is in use by "
            f"Function id '{version['id']}', version '{version['versionId']}' - Delete the function first to be able "
            "to delete the registry credential."
            for version in users
        ]
        raise invalid(f"[{', '.join(texts)}]")
    call.tx.delete(CREDENTIAL, credential["registryCredentialId"])
    return Response(204)


def recognized(_call: Call) -> Response:
    """``GET /recognized-registries``."""
    found = {
        kind: [{"name": name, "hostname": host} for name, host in registries.items()]
        for kind, registries in RECOGNIZED.items()
    }
    return json_response({"recognizedRegistries": found})


def keep(call: Call, credential: Document, value: object) -> Document:
    """Keep one with its secret."""
    document = {**credential, "secret": value}
    call.tx.put(CREDENTIAL, credential["registryCredentialId"], document, scope=credential["ncaId"])
    return document


def view(credential: Document) -> Document:
    """One as it is answered; ``keyType`` is there for keys of NGC in their former form only."""
    found = {name: value for name, value in credential.items() if name != "secret" and value not in (None, [])}
    if _is_ngc(credential["registryHostname"]) and not _password(credential["secret"]).startswith("nvapi-"):
        found["keyType"] = "LEGACY"
    return found


def read_credential(body: Fields) -> Document:
    """The body that makes one, its secret included.

    Raises:
        ProblemError: 400.
    """
    section = body.section("secret", required=True)
    found: Document = {
        "registryHostname": body.text(
            "registryHostname",
            required=True,
            pattern=_HOSTNAME,
            least=1,
            longest=_LONGEST_HOSTNAME,
            wrong_pattern=f"Invalid hostname: Must conform to regex {_HOSTNAME}",
            wrong_length=f"Invalid hostname: Must be 1 - {_LONGEST_HOSTNAME} chars long",
        ),
        "secret": read_secret(section) if section else None,
        "artifactTypes": body.choices("artifactTypes", KINDS, required=True),
        "tags": body.tags(),
        "description": body.text(
            "description",
            longest=_LONGEST_DESCRIPTION,
            wrong_length=f"Maximum description length of {_LONGEST_DESCRIPTION} is exceeded.",
        ),
    }
    body.check()
    _check_secret(str(found["registryHostname"]), found["secret"]["value"])
    return without_nulls(found)


def _check_secret(host: str, value: object) -> None:
    """A user and a password in Base64; NGC knows one user only."""
    text = _decoded(value)
    parts = text.split(":")
    if len(parts) != 2 or not all(part.strip() for part in parts):
        raise invalid("Invalid request: Registry credential secret must be base64 encoded username:password format")
    if _is_ngc(host) and _NGC_USER not in text:
        raise invalid(f"Invalid request: Missing {_NGC_USER} username in NGC registry credential")


def _is_ngc(host: str) -> bool:
    return host.endswith(("nvcr.io", "ngc.nvidia.com"))


def _password(value: object) -> str:
    return _decoded(value).rpartition(":")[2]


def _decoded(value: object) -> str:
    try:
        return b64decode(value, validate=True).decode() if isinstance(value, str) else ""
    except (binascii.Error, ValueError):
        return ""


def _registry_of(kind: str, host: str) -> str | None:
    for name, known in RECOGNIZED[kind].items():
        if host == known or (known in _SUFFIXES and host.endswith(f".{known}")):
            return name
    return None


def _recognized(kinds: list[str], host: str) -> str:
    names = {kind: _registry_of(kind, host) for kind in kinds}
    for kind, name in names.items():
        if name is None:
            raise invalid(f"Invalid request: {kind} registry with hostname {host} is not yet recognized")
    return next(name for name in names.values() if name)


def _check_limit(call: Call, caller: Caller, count: int) -> None:
    default = settings_of(call).max_registry_credentials
    most = accounts.limit(call.tx, caller.account, "maxRegistryCredentialsAllowed", default)
    if most is not None and count >= most:
        text = "Cannot add registry credential - maximum allowed registry credentials"
        raise invalid(f"Account '{caller.account}': {text} ({most}) exceeded. Current count: {count}")


def _check_rename(call: Call, caller: Caller, credential: Document, name: str) -> None:
    host, own_id = credential["registryHostname"], credential["registryCredentialId"]
    others = [one for one in call.tx.find_all(CREDENTIAL, caller.account) if one["registryCredentialId"] != own_id]
    if any(_is_same(one, host, name) for one in others):
        text = f"Registry credential '{own_id}' with name '{name}' for hostname '{host}' exists"
        rule = "Registry credentials must have unique hostname and credential name within an account"
        raise ProblemError(409, f"Account '{caller.account}': {text} - {rule}")


def _is_same(credential: Document, host: str, name: str) -> bool:
    return bool(credential["registryHostname"] == host and credential["registryCredentialName"] == name)


def _try(call: Call, host: str) -> None:
    """The registry looks at the credential, and its refusal comes through."""
    fault = take_for_artifact(call, host, "credential")
    if fault is not None:
        text = fault.message or f"The registry {host} does not accept the credential"
        raise ProblemError(fault.verdict, text)


def _users(call: Call, credential: Document) -> list[Document]:
    """The versions for whose artifacts there is no other credential."""
    host, kinds = credential["registryHostname"], credential["artifactTypes"]
    others = [
        one
        for one in call.tx.find_all(CREDENTIAL, credential["ncaId"])
        if one["registryHostname"] == host and one["registryCredentialId"] != credential["registryCredentialId"]
    ]
    left = [kind for kind in kinds if not any(kind in one["artifactTypes"] for one in others)]
    return [
        version
        for version in call.tx.find_all(records.VERSION, credential["ncaId"])
        if any(artifacts.uses(version, kind, host) for kind in left)
    ]


def _filter(call: Call, name: str, choices: tuple[str, ...]) -> set[str]:
    given = [value for key, value in call.request.query if key == name]
    wanted = {word.strip().upper() for value in given for word in value.split(",") if word.strip()}
    if not wanted <= set(choices):
        raise ProblemError(400, f"Failed to convert '{name}' with value: '{','.join(sorted(wanted))}'")
    return wanted or set(choices)


def _own(call: Call, caller: Caller) -> Document:
    credential_id = call.params["registryCredentialId"]
    credential = call.tx.get(CREDENTIAL, credential_id)
    if credential is None or credential["ncaId"] != caller.account:
        raise ProblemError(404, f"Registry Credential '{credential_id}': Not found in account '{caller.account}'")
    return credential
