"""Services: create, detail, list (alaya.md sections 4 to 8)."""

from collections.abc import Callable

from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import bodies, clusters, machine, models, paging, views
from .accounts import Caller, caller_of
from .envelope import RefusalError, answer
from .fields import object_body
from .service import KIND, Mode, Service, find, find_all, get, save
from .settings import settings_of


def create_quick_start(call: Call) -> Response:
    """``POST /deployment``."""
    service = _make(call, "quickStart", bodies.read_quick_start(object_body(call)))
    return answer(call, {"serviceId": service.serviceId})


def create_expert(call: Call) -> Response:
    """``POST /deployment/expert``."""
    settings = settings_of(call)
    service = _make(call, "expert", bodies.read_expert(object_body(call), settings))
    return answer(call, {} if settings.empty_create_answer else {"serviceId": service.serviceId})


def create_lora(call: Call) -> Response:
    """``POST /deployment/lora``."""
    service = _make(call, "lora", bodies.read_lora(object_body(call)))
    data = {} if settings_of(call).empty_create_answer else {"serviceId": service.serviceId}
    return answer(call, data, as_text=True)


def read(call: Call) -> Response:
    """``GET /deployment/{serviceId}``."""
    service = find(call, caller_of(call).account)
    shown = views.detail(call, service)
    return json_response(shown) if service.is_lora and settings_of(call).bare_lora_detail else answer(call, shown)


def read_all(call: Call) -> Response:
    """``GET /deployment/list``."""
    given, settings = paging.query(call), settings_of(call)
    shown_until = call.now_ms - round(settings.list_seconds * 1000)
    fits = _filters(call, given)
    found = [
        service
        for service in find_all(call, caller_of(call).account)
        if service.made_at <= shown_until and all(fit(service) for fit in fits)
    ]
    if settings.newest_first:
        found.reverse()
    return paging.rows(call, found, [views.row(call, service) for service in paging.page(call, found)], as_text=True)


def new(call: Call, account: str, mode: Mode, body: Document) -> Service:
    """A service that is not kept yet.

    Raises:
        RefusalError: its base cannot have a LoRA.
    """
    if mode == "lora":
        base = base_of(call, account, body["baseServiceId"])
        body = {**body, "vksId": base.vksId, "namespace": base.namespace}
    return Service(account=account, mode=mode, made_at=call.now_ms, **body)


def base_of(call: Call, account: str, service_id: str) -> Service:
    """The running service that a LoRA hangs on.

    Raises:
        RefusalError: there is none, it is a LoRA itself, or it does not run.
    """
    base = get(call.tx, service_id)
    if base is None or base.account != account:
        raise RefusalError(f"base service {service_id} does not exist")
    if base.is_lora:
        raise RefusalError(f"service {service_id} is a LoRA service and cannot be a base")
    if base.status != "running" or base.deleting:
        raise RefusalError(f"base service {service_id} is {base.status}, not running")
    return base


def check(call: Call, caller: Caller, service: Service) -> None:
    """Refuse what cannot be deployed.

    Raises:
        EnvelopeError: 403 for a cluster that the account may not use.
        RefusalError: any other reason.
    """
    caller.check_cluster(service.vksId)
    clusters.check_place(call, service.vksId, service.namespace)
    models.check(call, caller.account, service.modelId, service.kind)
    if settings_of(call).unique_names:
        others = call.tx.find_all(KIND, caller.account, name=service.name)
        if any(other["serviceId"] != service.serviceId for other in others):
            raise RefusalError(f"the name {service.name} is taken")
    if not service.is_lora:
        clusters.check_quota(call, service, service.wanted)


def _make(call: Call, mode: Mode, body: Document) -> Service:
    caller = caller_of(call)
    service = new(call, caller.account, mode, body)
    check(call, caller, service)
    machine.start(call, service, "create")
    save(call.tx, service)
    return service


def _filters(call: Call, given: dict[str, str]) -> list[Callable[[Service], bool]]:
    """What a service has to fulfil to be listed."""
    fuzzy = settings_of(call).fuzzy_names
    known: dict[str, Callable[[Service, str], bool]] = {
        "aidcId": lambda service, value: value == clusters.aidc_of(call, service.vksId),
        "vksId": lambda service, value: value == service.vksId,
        "namespace": lambda service, value: value == service.namespace,
        "name": lambda service, value: value in service.name if fuzzy else value == service.name,
        "modelId": lambda service, value: value == service.modelId,
        "modelType": lambda service, value: value.lower() == service.kind,
        "model": lambda service, value: value.lower() == service.mode.lower(),
        "mode": lambda service, value: value.lower() == service.mode.lower(),
        "status": lambda service, value: views.status_of(value) == service.status,
    }
    asked = [_bound(known[name], value) for name, value in given.items() if name in known]
    return [lambda service: paging.has(service.extensions, given, "extensions."), *asked]


def _bound(fits: Callable[[Service, str], bool], value: str) -> Callable[[Service], bool]:
    return lambda service: fits(service, value)
