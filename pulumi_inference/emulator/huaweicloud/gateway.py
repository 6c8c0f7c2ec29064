"""The API gateway in front of every service: who may pass (modelarts.md sections 1 and 3.6)."""

from collections.abc import Sequence

from ..routing import Call
from . import tokens
from .accounts import ACCESS_KEY, SECRET_KEY
from .errors import GatewayError, HuaweiError
from .settings import settings_of
from .signature import ALGORITHM, Authorization, parse_authorization, signing_time, verify

FAILURES_UNTIL_LOCK = 5
LOCK_SECONDS = 300

_LOCK = "gateway.lock"


def not_found() -> GatewayError:
    """No such path."""
    return GatewayError(404, "APIG.0101", "The API does not exist or has not been published in the environment")


def miss(method: str, allowed: Sequence[str]) -> GatewayError:
    """No such path, or it exists, but with other methods."""
    if not allowed:
        return not_found()
    message = f"The API does not support the request method {method}"
    return GatewayError(405, "APIG.0101", message, headers={"Allow": ", ".join(allowed)})


def unauthorized(tail: str) -> GatewayError:
    """401 with one of the tails that the gateway is known for."""
    return GatewayError(401, "APIG.0301", f"Incorrect IAM authentication information: {tail}")


def authenticate(call: Call) -> None:
    """Check the signature if there is one, otherwise the token.

    Raises:
        HuaweiError: 401 or 403, as documented; 413 for a signed body that is too large.
    """
    header = call.request.headers.get("authorization", "")
    if header.startswith(ALGORITHM):
        if len(call.request.body) > settings_of(call).max_body_bytes:
            raise HuaweiError(413, "ModelArts.4104", "The request body is too large.")
        _check_signature(call, parse_authorization(header))
        _check_project(call, call.request.headers.get("x-project-id"))
        return
    check_token(call)


def check_token(call: Call) -> None:
    """Check the token, whatever else there is.

    Raises:
        HuaweiError: 401 or 403, as documented.
    """
    value = call.request.headers.get("x-auth-token")
    if not value:
        raise unauthorized("x-auth-token not found")
    token = tokens.find(call, value)
    if token is None:
        raise unauthorized("decrypt token fail")
    if call.now >= token.expires_at:
        raise unauthorized(f"token expires, expires_at: {tokens.iso_time(token.expires_at)}")
    if token.project_id is None:
        raise HuaweiError(401, "ModelArts.0207", "The token does not contain the project information.")
    call.scope = token.project_id
    _check_project(call, token.project_id)


def _check_project(call: Call, project_id: str | None) -> None:
    """Refuse a path of another project than the one that the credentials are for, if they are for one."""
    if project_id is not None and call.params.get("project_id", project_id) != project_id:
        raise HuaweiError(403, "ModelArts.0210", "The project ID in the URL differs from that in the token.")


def _check_signature(call: Call, authorization: Authorization | None) -> None:
    if authorization is None:
        raise unauthorized("verify aksk signature fail")
    access_key = authorization.access_key
    if access_key != ACCESS_KEY:
        raise unauthorized(f"Get secretKey failed,ak:{access_key},err:ak not exist")
    record = call.tx.get(_LOCK, access_key) or {"failures": 0, "locked_until": 0}
    if call.now < record["locked_until"]:
        raise unauthorized("AK access failed to reach the limit,forbidden")
    _check_date(call)
    if verify(call.request, authorization, SECRET_KEY):
        if record["failures"]:
            call.tx.delete(_LOCK, access_key)
        return
    failures = record["failures"] + 1
    locked = failures >= FAILURES_UNTIL_LOCK
    call.tx.put(
        _LOCK,
        access_key,
        {"failures": 0 if locked else failures, "locked_until": call.now + LOCK_SECONDS if locked else 0},
    )
    raise unauthorized("verify aksk signature fail")


def _check_date(call: Call) -> None:
    """Clients sign with their own clock, so the date is compared with the time that nobody has moved."""
    moment = signing_time(call.request)
    if moment is None:
        raise unauthorized("verify aksk signature fail, x-sdk-date is missing or malformed")
    limit = settings_of(call).max_skew_seconds
    if limit is not None and abs(call.wall - moment) > limit:
        raise unauthorized("verify aksk signature fail, x-sdk-date is more than 15 minutes off")
