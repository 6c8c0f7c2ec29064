"""Toybox on this machine, written from its documentation alone."""

from typing import Any
from uuid import uuid4

from ..admincalls import json_object
from ..cloud import Cloud, Welcome
from ..messages import ApiError, Response, json_response, parse_json
from ..routing import Call, Route

KEY, ROOT, HOLDS = "emulator-key", "/toybox/v1", 9
_BOX, _TICKET = "toybox.box", "toybox.ticket"


class ToyboxError(ApiError):
    """An error, which HTTP knows nothing of."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(200, message)
        self.code = code

    def body(self, request_id: str) -> dict[str, Any]:  # noqa: ARG002 - as in the base
        """Toybox' envelope."""
        return {"code": self.code, "msg": self.message}


def _authenticate(call: Call) -> None:
    if call.request.headers.get("toy-key") != KEY:
        raise ToyboxError(-401, "nobody has this key")


def _create(call: Call) -> Response:
    body = json_object(call.request)
    box_id = body.pop("boxId", uuid4().hex[:8])
    newest = max((int(box["revision"]) for box in call.tx.find_all(_BOX, box_id)), default=0)
    return _pack(call, {"boxId": box_id, "revision": str(newest + 1), **body})


def _replace(call: Call) -> Response:
    return _pack(call, {**_found(call), **json_object(call.request)})


def _pack(call: Call, box: dict[str, Any]) -> Response:
    if " " in box.pop("lock", ""):
        raise ToyboxError(-1, f"a lock is one word, unlike {json_object(call.request)['lock']}")
    _save(call, {**box, "status": "packing"}, due_ms=_later(call))
    return _answer(box)


def _advance(call: Call) -> None:
    for box in call.tx.due(_BOX, call.now_ms):
        fits = box["contents"]["count"] <= HOLDS
        _save(call, {**box, "status": "packed" if fits else "failed", "reason": f"it holds {HOLDS} toys"})


def _save(call: Call, box: dict[str, Any], due_ms: int | None = None) -> None:
    call.tx.put(_BOX, f"{box['boxId']}/{box['revision']}", box, scope=box["boxId"], due_ms=due_ms)


def _later(call: Call) -> int:
    return call.now_ms + round(call.settings.deploy_seconds * 1000)


def _found(call: Call) -> dict[str, Any]:
    box = call.tx.get(_BOX, f"{call.params['box']}/{call.params['revision']}")
    if box is None:
        raise ToyboxError(-404, "there is no such box")
    return box


def _read(call: Call) -> Response:
    return _answer(_found(call))


def _list(call: Call) -> Response:
    return _answer(call.tx.find_all(_BOX, **dict(call.request.query))[::-1])


def _delete(call: Call) -> Response:
    call.tx.delete(_BOX, "{boxId}/{revision}".format(**_found(call)))
    return _answer(None)


def _call(call: Call) -> Response:
    box, ticket = _found(call), uuid4().hex
    if box["status"] != "packed":
        raise ToyboxError(-409, f"the box is {box['status']}")
    answer = {"toy": box["contents"]["toy"], "colour": box["colour"], "echo": parse_json(call.request.body or b"null")}
    call.tx.put(_TICKET, ticket, {"ready_ms": _later(call), "answer": answer})
    return json_response(None, 202, {"Toy-Ticket": ticket})


def _show(call: Call) -> Response:
    ticket = call.tx.get(_TICKET, call.params["ticket"])
    if ticket is None:
        raise ToyboxError(-404, "there is no such ticket")
    if call.now_ms < ticket["ready_ms"]:
        return json_response(None, 202, {"Toy-Ticket": call.params["ticket"]})
    return json_response(ticket["answer"], 200, {"Toy-Answer": "yes"})


def _answer(data: Any) -> Response:
    return json_response({"code": 0, "msg": "ok", "data": data})


_ONE = f"{ROOT}/boxes/{{box}}/{{revision}}"

CLOUD = Cloud(
    name="toybox",
    paths=(ROOT,),
    routes=(
        Route("GET", f"{ROOT}/boxes", _list, _authenticate),
        Route("POST", f"{ROOT}/boxes", _create, _authenticate),
        Route("GET", _ONE, _read, _authenticate),
        Route("PUT", _ONE, _replace, _authenticate),
        Route("DELETE", _ONE, _delete, _authenticate),
        Route("POST", f"{_ONE}/call", _call, _authenticate),
        Route("GET", f"{ROOT}/tickets/{{ticket}}", _show, _authenticate),
    ),
    error=lambda status, code, message: ToyboxError(int(code or -status), message),
    miss=lambda method, _allowed: ToyboxError(-404, f"{method} leads nowhere"),
    advance=_advance,
    secret_headers=("toy-key",),
    request_id_header="Toy-Request",
    welcome=lambda url: Welcome(title="Toybox", variables={"TOYBOX_ENDPOINT": url, "TOYBOX_API_KEY": KEY}),
)
