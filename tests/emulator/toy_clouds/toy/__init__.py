"""A cloud of toys: a folder as any other beside the shell, with names that ModelArts has, too."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .. import faults
from ..admincalls import RefusedError, explained, json_object
from ..cloud import Cloud, Welcome
from ..messages import ApiError, Response, json_response
from ..routing import Call, Route

_KIND = "toy.service"


class ToyError(ApiError):
    """An error in the envelope of this cloud."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, message)
        self.code = code

    def body(self, request_id: str) -> dict[str, Any]:
        return {"oops": {"code": self.code, "text": self.message, "id": request_id}}


class NoToyError(RefusedError):
    """The admin door was asked for a toy that there is not."""


@dataclass(frozen=True, slots=True)
class ToySettings:
    """One setting that ModelArts has and one that it has not."""

    max_services: int = 1
    colour: str = "red"


@dataclass(frozen=True, slots=True)
class ToyFault:
    """How the next toys go wrong."""

    outcome: str
    name: str = ""

    def __post_init__(self) -> None:
        re.compile(self.name)


def _create(call: Call) -> Response:
    settings = call.settings.of(ToySettings)
    if len(call.tx.find_all(_KIND)) >= settings.max_services:
        raise ToyError(409, "Full", "the box is full")
    name = str(json_object(call.request)["name"])
    fault = faults.take(call.tx, ToyFault, lambda one: re.search(one.name, name) is not None)
    _save(call, name, {"state": fault.outcome if fault else "new", "colour": settings.colour})
    return json_response({"name": name}, 201)


def _read(call: Call) -> Response:
    toy = call.tx.get(_KIND, call.params["name"])
    if toy is None:
        raise ToyError(404, "NoToy", "there is no such toy")
    return json_response(toy)


def _save(call: Call, name: str, toy: Mapping[str, Any]) -> None:
    due_ms = call.now_ms + round(call.settings.deploy_seconds * 1000) if toy["state"] == "new" else None
    call.tx.put(_KIND, name, {"name": name, **toy}, due_ms=due_ms)


def _advance(call: Call) -> None:
    for toy in call.tx.due(_KIND, call.now_ms):
        _save(call, toy["name"], {**toy, "state": "old"})


def _seed(call: Call, items: Mapping[str, Any]) -> Mapping[str, Any]:
    for item in items["services"]:
        _save(call, item["name"], {"state": "seeded", **item})
    return {"services": [item["name"] for item in items["services"]]}


def _change(call: Call) -> Response:
    with explained():
        toy = call.tx.get(_KIND, call.params["name"])
        if toy is None:
            raise NoToyError(f"there is no toy {call.params['name']}")
        _save(call, toy["name"], {**toy, **json_object(call.request)})
    return Response(204)


def _break(_call: Call) -> Response:
    raise LookupError("a mistake")


def _error(status: int, code: str | None, message: str) -> ApiError:
    return ToyError(status, code or "Trouble", message)


def _miss(method: str, allowed: Sequence[str]) -> ApiError:
    return ToyError(405 if allowed else 404, "Nowhere", f"{method} leads nowhere")


CLOUD = Cloud(
    name="toy",
    paths=("/v2/toys",),
    hosts=r".*\.toys\.example",
    routes=(
        Route("POST", "/v2/toys", _create),
        Route("GET", "/v2/toys/broken", _break),
        Route("GET", "/v2/toys/{name}", _read),
    ),
    error=_error,
    miss=_miss,
    advance=_advance,
    settings=ToySettings,
    seeds=("services",),
    seed=_seed,
    faults={"deploy": ToyFault},
    admin=(Route("PATCH", "/services/{name}", _change),),
    overview=lambda call: {"services": [toy["name"] for toy in call.tx.find_all(_KIND)]},
    secret_headers=("x-toy-key",),
    request_id_header="X-Toy-Request",
    welcome=lambda url: Welcome(title="Toys", notes=("no key needed",), variables={"TOY_URL": url}),
)
