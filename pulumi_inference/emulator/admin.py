"""The admin door under ``/_emulator``: no authentication, and nothing that a cloud would answer (docs/emulator.md)."""

from dataclasses import replace
from typing import Any

from . import clock, clouds, faults, settings
from .admincalls import AdminError, RefusedError, explained, json_object, refuse_unknown
from .messages import Request, Response, json_response
from .routing import Call, Route

PREFIX = "/_emulator"

_LONGEST_JUMP = 10**9


def is_meant(request: Request) -> bool:
    """Whether the request is for the admin door."""
    return request.path == PREFIX or request.path.startswith(f"{PREFIX}/")


def overview(call: Call) -> Response:
    """``GET /``: what there is."""
    document: dict[str, Any] = {
        "now": call.now,
        "clock_offset": clock.offset(call.tx),
        "settings": settings.as_document(call.settings),
    }
    for cloud in clouds.find():
        document |= {f"{cloud.prefix}{name}": value for name, value in cloud.overview(call).items()}
    document |= {"faults": len(faults.find_all(call.tx)), "requests": len(call.tx.requests())}
    return json_response(document)


def reset(call: Call) -> Response:
    """``POST /reset``: forget everything, moved time included, but keep the settings."""
    if call.request.body:
        with explained():
            refuse_unknown(json_object(call.request), ())
    call.tx.clear()
    call.tx.clear_requests()
    settings.change(call.tx, call.settings, {})
    return Response(204)


def read_settings(call: Call) -> Response:
    """``GET /settings``."""
    return json_response(settings.as_document(call.settings))


def change_settings(call: Call) -> Response:
    """``PATCH /settings``."""
    with explained():
        changed = settings.change(call.tx, call.settings, json_object(call.request))
    return json_response(settings.as_document(changed))


def move_clock(call: Call) -> Response:
    """``POST /clock`` with ``{"advance": seconds}``."""
    document = json_object(call.request)
    with explained():
        refuse_unknown(document, ("advance",))
    seconds = document.get("advance")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= _LONGEST_JUMP:
        raise AdminError(f"advance is the number of seconds to move the clock forward, at most {_LONGEST_JUMP}")
    clock.advance(call.tx, seconds)
    return json_response({"now": call.now + seconds, "clock_offset": clock.offset(call.tx)})


def seed(call: Call) -> Response:
    """``POST /seed``: put things of the clouds there."""
    document = json_object(call.request)
    with explained():
        known = [f"{cloud.prefix}{name}" for cloud in clouds.find() for name in cloud.seeds]
        refuse_unknown(document, known, "collection")
        for name, value in document.items():
            if not isinstance(value, list):
                raise RefusedError(f"{name} is a list of what is to be there")
    answer: dict[str, Any] = {}
    for cloud in clouds.find():
        given = {name: document.get(f"{cloud.prefix}{name}", ()) for name in cloud.seeds}
        with explained():
            answer |= {f"{cloud.prefix}{name}": value for name, value in cloud.seed(call, given).items()}
    return json_response(answer)


def add_fault(call: Call) -> Response:
    """``POST /faults``."""
    with explained():
        return json_response({"id": faults.add(call.tx, json_object(call.request)).id})


def read_faults(call: Call) -> Response:
    """``GET /faults``: those still waiting."""
    return json_response({"faults": faults.find_all(call.tx)})


def clear_faults(call: Call) -> Response:
    """``DELETE /faults``."""
    faults.clear(call.tx)
    return Response(204)


def read_requests(call: Call) -> Response:
    """``GET /requests``: the request log, oldest first; ``?after=<id>`` leaves out what is older."""
    with explained():
        refuse_unknown((name for name, _ in call.request.query), ("after",), "parameter")
    after = call.request.query_value("after") or "0"
    if not after.isdigit():
        raise AdminError("after is the id of a request")
    return json_response({"requests": [entry for entry in call.tx.requests() if entry["id"] > int(after)]})


def clear_requests(call: Call) -> Response:
    """``DELETE /requests``."""
    call.tx.clear_requests()
    return Response(204)


_ROUTES = (
    Route("GET", PREFIX, overview),
    Route("POST", f"{PREFIX}/reset", reset),
    Route("GET", f"{PREFIX}/settings", read_settings),
    Route("PATCH", f"{PREFIX}/settings", change_settings),
    Route("POST", f"{PREFIX}/clock", move_clock),
    Route("POST", f"{PREFIX}/seed", seed),
    Route("POST", f"{PREFIX}/faults", add_fault),
    Route("GET", f"{PREFIX}/faults", read_faults),
    Route("DELETE", f"{PREFIX}/faults", clear_faults),
    Route("GET", f"{PREFIX}/requests", read_requests),
    Route("DELETE", f"{PREFIX}/requests", clear_requests),
)


def routes() -> tuple[Route, ...]:
    """The door's own routes and those of the clouds, which have the cloud's name before them."""
    of_clouds = [
        replace(route, pattern=f"{PREFIX}{'' if cloud.unprefixed else f'/{cloud.name}'}{route.pattern}")
        for cloud in clouds.find()
        for route in cloud.admin
    ]
    return (*_ROUTES, *of_clouds)
