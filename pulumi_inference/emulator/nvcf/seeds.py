"""What the admin door puts there: what the calls make, with ids and states of one's choice."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import uuid4

from ..admincalls import RefusedError, refuse_unknown
from ..routing import Call
from ..store import Document
from . import accounts, catalogue, deployments, functions, lookups, machine, records, registries, specbody, telemetries
from .accounts import KEY, ORG, ORGANISATION
from .behind import check_status
from .fields import fields_of
from .functionbody import CREATE, read_function

_LIMITS: Final = ("maxFunctionsAllowed", "maxTelemetriesAllowed", "maxRegistryCredentialsAllowed")
_OWN_OF_FUNCTIONS: Final = (
    *("org", "id", "versionId", "createdAt", "status", "functionParties", "versionParties"),
    *("deployment", "deploymentId"),
)


def seed(call: Call, items: Mapping[str, Any]) -> Document:
    """Put things there; the functions last, since they may need the others."""
    for name, put in _PLAIN.items():
        for item in items[name]:
            if not isinstance(item, dict):
                raise RefusedError(f"the items of {name} are objects")
            put(call, item)
    made = [_seed_function(call, item) for item in items["functions"]]
    return {"functions": made} if made else {}


def _seed_account(call: Call, item: Document) -> None:
    refuse_unknown(item, ("org", "ncaId", *_LIMITS), "field of an account")
    org = str(item["org"])
    call.tx.put(ORGANISATION, org, {"ncaId": accounts.account_of(org), **item})


def _seed_key(call: Call, item: Document) -> None:
    refuse_unknown(item, ("key", "scopes", "resources", "org", "subject"), "field of a key")
    for name in ("scopes", "resources"):
        value = item.get(name)
        if value is not None and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            raise RefusedError(f"{name} of a key are strings, not {value!r}")
    if not str(item["key"]).startswith("nvapi-"):
        raise RefusedError("a key begins with nvapi-")
    call.tx.put(KEY, item["key"], item)


def _seed_telemetry(call: Call, item: Document) -> None:
    body, own = _split(item, ("org", "telemetryId", "createdAt"))
    found, secret = telemetries.read_telemetry(fields_of(body, telemetries.CREATE))
    telemetries.keep(call, _account(call, own), telemetries.new(call, found, secret) | own, secret["value"])


def _seed_credential(call: Call, item: Document) -> None:
    body, own = _split(item, ("org", "registryCredentialId", "createdAt", "provisionedBy"))
    found = registries.read_credential(fields_of(body, registries.CREATE))
    secret = found.pop("secret")
    credential = registries.new(call, _account(call, own), found, secret["name"])
    registries.keep(call, credential | own, secret["value"])


_PLAIN: Final[dict[str, Callable[[Call, Document], None]]] = {
    "accounts": _seed_account,
    "keys": _seed_key,
    "cluster_groups": catalogue.seed,
    "telemetries": _seed_telemetry,
    "registry_credentials": _seed_credential,
}

COLLECTIONS: Final = ("functions", *_PLAIN)
"""What can be seeded."""


def _seed_function(call: Call, item: Any) -> Document:
    """A version, and its deployment when the item has one: it is in service at once."""
    if not isinstance(item, dict):
        raise RefusedError("the items of functions are objects")
    body, own = _split(item, _OWN_OF_FUNCTIONS)
    found = read_function(fields_of(body, CREATE))
    secrets = found.pop("secrets", [])
    deployment, deployment_id = own.pop("deployment", None), own.pop("deploymentId", None)
    function_id = str(own.get("id") or uuid4())
    siblings = records.find_versions(call.tx, function_id)
    version = functions.new(call, _account(call, own), function_id, found, siblings) | own
    version["secrets"] = {secret["name"]: secret["value"] for secret in secrets}
    lookups.join_family(version, siblings)
    answer = {"id": version["id"], "versionId": version["versionId"]}
    if deployment is not None:
        specs = specbody.read_specs(call, fields_of(deployment, specbody.CREATE))
        deployments.check_specs(call, version, specs)
        made = deployments.new(call, version, specs)
        made["deploymentId"] = deployment_id or made["deploymentId"]
        machine.stand(call, version, made)
        records.save_deployment(call.tx, made)
        answer["deploymentId"] = made["deploymentId"]
    if "status" in own:
        check_status(own["status"])
        version["status"] = own["status"]
    for one in (version, *siblings):
        records.save_version(call.tx, one)
    return answer


def _split(item: Document, own: tuple[str, ...]) -> tuple[Document, Document]:
    """What a call would send, and what only a seed can say."""
    return (
        {name: value for name, value in item.items() if name not in own},
        {name: item[name] for name in own if name in item},
    )


def _account(call: Call, own: Document) -> str:
    org = own.pop("org", ORG)
    found = accounts.organisation(call.tx, org)
    if found is None:
        raise RefusedError(f"there is no organisation {org}; seed it as one of the accounts first")
    return str(found["ncaId"])
