"""What the admin door puts there: what the calls make, with ids and states of one's choice."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ..admincalls import RefusedError, refuse_unknown
from ..messages import ApiError
from ..routing import Call
from ..store import Document
from . import accounts, behind, bodies, clusters, machine, models, services
from .accounts import ACCOUNT, KEY, Caller
from .fields import Fields
from .service import Mode, save
from .settings import settings_of

_OWN_OF_SERVICES: Final = ("account", "mode", "serviceId", "apikey", "status")
_OWN_OF_MODELS: Final = ("account", "id", "modelPath")
_MODES: Final[tuple[Mode, ...]] = ("expert", "quickStart", "lora")


def seed(call: Call, items: Mapping[str, Any]) -> Document:
    """Put things there; the services last, since they may need the others."""
    machine.advance(call)
    made: Document = {}
    for name, put in _COLLECTIONS.items():
        for item in items[name]:
            if not isinstance(item, dict):
                raise RefusedError(f"the items of {name} are objects")
            try:
                given = put(call, item)
            except ApiError as error:
                raise RefusedError(error.message) from error
            if given is not None:
                made.setdefault(name, []).append(given)
    return made


def _seed_account(call: Call, item: Document) -> None:
    refuse_unknown(item, ("accessKey", "secretKey", "account", "clusters"), "field of an account")
    wanted = item.get("clusters")
    if wanted is not None and not (isinstance(wanted, list) and all(isinstance(one, str) for one in wanted)):
        raise RefusedError(f"clusters of an account are ids, not {wanted!r}")
    access_key, secret_key = str(item["accessKey"]), str(item["secretKey"])
    if accounts.header_of(f"plain Credential={access_key},Signature={secret_key}") is None:
        raise RefusedError("keys have no blanks, and an access key has no comma")
    account = str(item.get("account", access_key))
    call.tx.put(KEY, access_key, {"secretKey": secret_key, "account": account, "clusters": wanted})


def _seed_model(call: Call, item: Document) -> Document:
    body, own = _split(item, _OWN_OF_MODELS)
    account = own.pop("account", ACCOUNT)
    model = models.new(call, Caller(account, account), models.read_model(Fields(body))) | own
    models.keep(call, model)
    return {"id": model["id"]}


def _seed_service(call: Call, item: Document) -> Document:
    """A service that runs at once, unless it has another status."""
    body, own = _split(item, _OWN_OF_SERVICES)
    mode = own.pop("mode", "lora" if "baseServiceId" in body else "quickStart" if "backend" in body else "expert")
    if mode not in _MODES:
        raise RefusedError(f"no such mode: {mode}; there are {', '.join(_MODES)}")
    status, account = own.pop("status", "running"), own.pop("account", ACCOUNT)
    service = services.new(call, account, mode, _read(call, mode, Fields(body)))
    for name, value in own.items():
        setattr(service, name, str(value))
    machine.stand(call, service)
    if status != "running":
        behind.enter(call, service, status)
    save(call.tx, service)
    return {"serviceId": service.serviceId}


def _read(call: Call, mode: Mode, body: Fields) -> Document:
    if mode == "expert":
        return bodies.read_expert(body, settings_of(call))
    return bodies.read_quick_start(body) if mode == "quickStart" else bodies.read_lora(body)


def _split(item: Document, own: tuple[str, ...]) -> tuple[Document, Document]:
    """What a call would send, and what only a seed can say."""
    return (
        {name: value for name, value in item.items() if name not in own},
        {name: item[name] for name in own if name in item},
    )


_COLLECTIONS: Final[dict[str, Callable[[Call, Document], Document | None]]] = {
    "accounts": _seed_account,
    "aidcs": clusters.seed_centre,
    "clusters": clusters.seed_cluster,
    "models": _seed_model,
    "services": _seed_service,
}

COLLECTIONS: Final = tuple(_COLLECTIONS)
"""What can be seeded."""
