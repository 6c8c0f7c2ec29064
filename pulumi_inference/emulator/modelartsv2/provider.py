"""Services that belong to a third party, which says who it is with each change (modelarts-v2.md section 2)."""

from typing import Final

from ..huaweicloud import tokens
from ..huaweicloud.accounts import DOMAIN_ID, stable_id
from ..routing import Call
from . import errors
from .service import Service

HEADER: Final = "x-auth-token-provider"


def account_of(call: Call) -> str:
    """The account that the request has a token of; empty without one."""
    token = call.request.headers.get(HEADER)
    if not token:
        return ""
    return DOMAIN_ID if tokens.find(call, token) else stable_id("provider", token)


def check(call: Call, service: Service) -> None:
    """Refuse a change by anybody else.

    Raises:
        HuaweiError: 400.
    """
    if service.provider and account_of(call) != service.provider:
        raise errors.refused("The header X-Auth-Token-Provider has to be that of the provider.")
