"""Calling as an APIG application, which a service's owner has authorised, and not as an account."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping

from pulumi_inference.core.clock import SystemClock
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import ParseError, WireRequest
from pulumi_inference.core.http.trace import Trace
from pulumi_inference.core.redact import Redactor

APP_CODE_HEADER = "x-apig-appcode"


class AppCodeAuthenticator:
    """Adds the application's AppCode to each request (ModelArts user guide, access through app authentication)."""

    def __init__(self, app_code: str) -> None:
        self._app_code = app_code

    def authenticate(self, request: WireRequest) -> Mapping[str, str]:  # noqa: ARG002 - the protocol's parameter
        """The header with the AppCode."""
        return {APP_CODE_HEADER: self._app_code}

    def refresh(self, rejected: Mapping[str, str]) -> bool:  # noqa: ARG002 - the protocol's parameter
        """Never: there is only the one AppCode."""
        return False


class ApplicationConnection:
    """An application in place of an account: it needs no settings, and can do nothing but call services."""

    signs_requests = False

    def __init__(self, app_code: str) -> None:
        self.redactor = Redactor([app_code])
        self._authenticator = AppCodeAuthenticator(app_code)

    def http_to(self, base_url: str, *, parse_error: ParseError, timeout: float) -> HttpClient:
        """A client for a service's address; `timeout` in seconds."""
        return HttpClient(
            base_url,
            clock=SystemClock(),
            cancelled=threading.Event(),
            redactor=self.redactor,
            parse_error=parse_error,
            authenticator=self._authenticator,
            trace=Trace.from_environment(os.environ, self.redactor),
            timeout=timeout,
        )
