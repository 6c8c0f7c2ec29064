"""The admin door under ``/_emulator``: no authentication, and nothing that a cloud would answer (docs/emulator.md)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from . import accounts, faults, moving_clock, settings
from .messages import ApiError, Response, json_response, parse_json
from .modelarts import behind, runtimes, seeds
from .routing import Call, Route

PREFIX = "/_emulator"

_LONGEST_JUMP = 10**9


class AdminError(ApiError):
    """A request to the admin door that makes no sense."""

    def __init__(self, message: str) -> None:
        super().__init__(400, "", message)

    def body(self, request_id: str) -> dict[str, Any]:  # noqa: ARG002  same signature as the others
        """The JSON body of the answer."""
        return {"error": self.message}


def overview(call: Call) -> Response:
    """``GET /``: what there is."""
    return json_response(
        {
            "now": call.now,
            "clock_offset": moving_clock.offset(call.tx),
            "settings": asdict(call.settings),
            "credentials": {
                "access_key": accounts.ACCESS_KEY,
                "secret_key": accounts.SECRET_KEY,
                "user": accounts.USER,
                "password": accounts.PASSWORD,
                "domain": accounts.DOMAIN,
            },
            "services": behind.overview(call),
            "models": seeds.overview(call),
            "faults": len(faults.find_all(call.tx)),
            "requests": len(call.tx.requests()),
        }
    )


def reset(call: Call) -> Response:
    """``POST /reset``: forget everything, moved time included, but keep the settings."""
    call.tx.clear()
    call.tx.clear_requests()
    settings.change(call.tx, asdict(call.settings))
    return Response(204)


def read_settings(call: Call) -> Response:
    """``GET /settings``."""
    return json_response(asdict(call.settings))


def change_settings(call: Call) -> Response:
    """``PATCH /settings``."""
    with _explained():
        return json_response(asdict(settings.change(call.tx, _object(call))))


def move_clock(call: Call) -> Response:
    """``POST /clock`` with ``{"advance": seconds}``."""
    seconds = _object(call).get("advance")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= _LONGEST_JUMP:
        raise AdminError(f"advance is the number of seconds to move the clock forward, at most {_LONGEST_JUMP}")
    moving_clock.advance(call.tx, seconds)
    return json_response({"now": call.now + seconds, "clock_offset": moving_clock.offset(call.tx)})


def seed(call: Call) -> Response:
    """``POST /seed``: put services, models, pools and so on there."""
    document = _object(call)
    known = ("services", *seeds.COLLECTIONS)
    unknown = sorted(set(document) - set(known))
    if unknown:
        raise AdminError(f"cannot seed {', '.join(unknown)}; there are {', '.join(known)}")
    with _explained():
        for collection in seeds.COLLECTIONS:
            for item in document.get(collection, ()):
                seeds.seed(call, collection, item)
        services = [behind.seed_service(call, item) for item in document.get("services", ())]
    return json_response({"services": [service.service_id for service in services]})


def change_service(call: Call) -> Response:
    """``PATCH /services/{service_id}``: change any field behind the program's back."""
    with _explained():
        behind.change(call, behind.find(call, call.params["service_id"]), _object(call))
    return Response(204)


def delete_service(call: Call) -> Response:
    """``DELETE /services/{service_id}``: let it vanish at once."""
    with _explained():
        behind.delete(call, behind.find(call, call.params["service_id"]))
    return Response(204)


def change_model(call: Call) -> Response:
    """``PATCH /models/{model_id}``: change any field behind the program's back."""
    with _explained():
        seeds.change_model(call, call.params["model_id"], _object(call))
    return Response(204)


def delete_model(call: Call) -> Response:
    """``DELETE /models/{model_id}``: let it vanish at once, in use or not."""
    with _explained():
        seeds.delete_model(call, call.params["model_id"])
    return Response(204)


def change_runtime(call: Call) -> Response:
    """``PATCH /runtimes/{engine}/{runtime}``: change what a runtime is, such as its ``status``."""
    with _explained():
        runtimes.change(call.tx, call.params["engine"], call.params["runtime"], _object(call))
    return Response(204)


def delete_runtime(call: Call) -> Response:
    """``DELETE /runtimes/{engine}/{runtime}``: take it off the list."""
    with _explained():
        runtimes.delete(call.tx, call.params["engine"], call.params["runtime"])
    return Response(204)


def add_fault(call: Call) -> Response:
    """``POST /faults``."""
    with _explained():
        return json_response({"id": faults.add(call.tx, _object(call)).id})


def read_faults(call: Call) -> Response:
    """``GET /faults``: those still waiting."""
    return json_response({"faults": faults.find_all(call.tx)})


def clear_faults(call: Call) -> Response:
    """``DELETE /faults``."""
    faults.clear(call.tx)
    return Response(204)


def read_requests(call: Call) -> Response:
    """``GET /requests``: the request log, oldest first; ``?after=<id>`` leaves out what is older."""
    after = call.request.query_value("after") or "0"
    if not after.isdigit():
        raise AdminError("after is the id of a request")
    return json_response({"requests": [entry for entry in call.tx.requests() if entry["id"] > int(after)]})


def clear_requests(call: Call) -> Response:
    """``DELETE /requests``."""
    call.tx.clear_requests()
    return Response(204)


ROUTES = (
    Route("GET", PREFIX, overview),
    Route("POST", f"{PREFIX}/reset", reset),
    Route("GET", f"{PREFIX}/settings", read_settings),
    Route("PATCH", f"{PREFIX}/settings", change_settings),
    Route("POST", f"{PREFIX}/clock", move_clock),
    Route("POST", f"{PREFIX}/seed", seed),
    Route("PATCH", f"{PREFIX}/services/{{service_id}}", change_service),
    Route("DELETE", f"{PREFIX}/services/{{service_id}}", delete_service),
    Route("PATCH", f"{PREFIX}/models/{{model_id}}", change_model),
    Route("DELETE", f"{PREFIX}/models/{{model_id}}", delete_model),
    Route("PATCH", f"{PREFIX}/runtimes/{{engine}}/{{runtime}}", change_runtime),
    Route("DELETE", f"{PREFIX}/runtimes/{{engine}}/{{runtime}}", delete_runtime),
    Route("POST", f"{PREFIX}/faults", add_fault),
    Route("GET", f"{PREFIX}/faults", read_faults),
    Route("DELETE", f"{PREFIX}/faults", clear_faults),
    Route("GET", f"{PREFIX}/requests", read_requests),
    Route("DELETE", f"{PREFIX}/requests", clear_requests),
)


_MISTAKES = (
    settings.SettingsError,
    faults.FaultError,
    behind.BehindError,
    seeds.SeedError,
    runtimes.RuntimeChangeError,
)


def _object(call: Call) -> dict[str, Any]:
    try:
        document = parse_json(call.request.body)
    except ValueError as error:
        raise AdminError("the body is not JSON") from error
    if not isinstance(document, dict):
        raise AdminError("the body is not a JSON object")
    return document


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what the caller got wrong into an answer."""
    try:
        yield
    except _MISTAKES as error:
        raise AdminError(str(error)) from error
    except KeyError as error:
        raise AdminError(f"an item lacks {error}") from error
