"""Which path of the invocation plane is answered by what."""

from collections.abc import Callable
from typing import Final

from ..messages import Response
from ..routing import Call, Handler, Route
from . import accounts, assets, pexec, queues, results
from .guarded import CALL, guarded

_API: Final = "/v2/nvcf"
_FAMILIES: Final = (_API, "/v2/orgs/{org}/nvcf", "/v2/orgs/{org}/teams/{team}/nvcf")


def _called(method: str, path: str, handler: Handler) -> tuple[Route, ...]:
    pattern = f"{_API}{path}"
    return Route(method, pattern, guarded(handler)), Route("OPTIONS", pattern, pexec.preflight)


def _managed(method: str, path: str, handler: Handler, authenticate: Callable[[Call], None]) -> tuple[Route, ...]:
    return tuple(Route(method, f"{family}{path}", handler, authenticate) for family in _FAMILIES)


_CALLER: Final = accounts.authenticate(CALL)
_QUEUES: Final = accounts.authenticate("queue_details")

ROUTES = (
    *_called("POST", "/pexec/functions/{function_id}", pexec.invoke),
    *_called("POST", "/pexec/functions/{function_id}/versions/{version_id}", pexec.invoke),
    *_called("GET", "/pexec/status/{request_id}", pexec.poll),
    *_called("POST", "/exec/functions/{function_id}", pexec.exec_invoke),
    *_called("POST", "/exec/functions/{function_id}/versions/{version_id}", pexec.exec_invoke),
    *_called("GET", "/exec/status/{request_id}", pexec.exec_poll),
    *_managed("GET", "/queues/functions/{function_id}", queues.read, _QUEUES),
    *_managed("GET", "/queues/functions/{function_id}/versions/{version_id}", queues.read, _QUEUES),
    *_managed("GET", "/queues/{request_id}/position", queues.read_position, _QUEUES),
    *_managed("POST", "/assets", assets.create, _CALLER),
    *_managed("GET", "/assets", assets.read_all, _CALLER),
    *_managed("GET", "/assets/{asset_id}", assets.read, _CALLER),
    *_managed("DELETE", "/assets/{asset_id}", assets.delete, _CALLER),
    *_managed("GET", "/assets/{asset_id}/content-redirect", assets.redirect, _CALLER),
    Route("GET", "/health", lambda _call: Response(200)),
    Route("PUT", f"{results.PREFIX}/assets/{{asset_id}}", assets.upload),
    Route("GET", f"{results.PREFIX}/assets/{{asset_id}}", assets.download),
    Route("GET", f"{results.PREFIX}/results/{{token}}", results.read),
)


def advance(call: Call) -> None:
    """Let everything happen that is due by now."""
    queues.advance(call)
    assets.advance(call)
