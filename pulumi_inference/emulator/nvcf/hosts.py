"""Functions at hosts of their own, or named by a header: any method, path and query goes to the container as it is."""

from dataclasses import replace
from typing import Final

from ..messages import Request, Response
from ..routing import ANY_METHOD, Call, Route
from . import access, gateway
from .answers import in_trouble, marked
from .exchange import Asked, begin, poll_seconds
from .guarded import guarded

UUID: Final = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
FUNCTION_HEADER: Final = "function-id"
VERSION_HEADER: Final = "function-version-id"
HEADERS: Final = {FUNCTION_HEADER: UUID}
NAMES: Final = (
    # those of the cloud, and below a domain that nobody can own
    r"(stg\.)?api\.nvcf\.nvidia\.com|api(\.stg)?\.ngc\.nvidia\.com"
    r"|(.+\.)?invocation\.((stg\.)?api\.nvcf\.nvidia\.com|(.+\.)?(localhost|test|example|internal))"
)


def elsewhere(request: Request) -> tuple[Route, ...] | None:
    """What is answered for a function's host or header, and for the gateway's host."""
    if _named(request) is not None:
        return _ROUTES
    return gateway.ROUTES if request.host.lower().startswith("llm.invocation.") else None


def pass_on(call: Call) -> Response:
    """Hand a request to the container and its answer back; the caller's time to be held is all that there is."""
    function_id, version_id = _named(call.request) or ("", None)
    version = access.choose(call, function_id, version_id)
    request = call.request
    seconds = poll_seconds(request.headers)
    asked = Asked(request.method, request.path, request.query_text, request.headers, request.body, seconds)
    exchange = begin(call, version, asked)
    outcome = exchange.hold(polls=False)
    if outcome.kind == "done":
        answer = exchange.finish(outcome)
        answer = in_trouble(exchange.orders) or answer
    else:
        exchange.drop()
        answer = Response(504)
    return replace(marked(answer, exchange.work.id), delay_seconds=outcome.delay_ms / 1000)


def _named(request: Request) -> tuple[str, str | None] | None:
    """The function, and perhaps the version, that a request names by header or else by host."""
    function_id = request.headers.get(FUNCTION_HEADER, "")
    if access.is_uuid(function_id):
        version_id = request.headers.get(VERSION_HEADER, "").lower()
        return function_id.lower(), version_id if access.is_uuid(version_id) else None
    first, _, rest = request.host.lower().partition(".")
    if not access.is_uuid(first):
        return None
    second = rest.partition(".")[0]
    return (second, first) if access.is_uuid(second) else (first, None)


_ROUTES: Final = (Route(ANY_METHOD, "/{path...}", guarded(pass_on)),)
