"""What stands in front of deployed things: Huawei Cloud's API gateway, whose errors are not the model's."""

from __future__ import annotations

import re

from pulumi_inference.core.errors import ResponseError
from pulumi_inference.core.http.exchange import Response
from pulumi_inference.core.invocation.endpoint import Endpoint

_PLATFORM_CODE = re.compile(r"(APIG|APIGW|ModelArts)\.\d+")


class GatewayEndpoint(Endpoint):
    """The address of a service behind the gateway, whoever calls it."""

    def is_platforms(self, answer: Response) -> bool:
        """Gateway and platform have their own envelope; any other error is the model's."""
        try:
            body = answer.json()
        except ResponseError:
            body = None
        code = body.get("error_code") if isinstance(body, dict) else None
        return answer.status == 401 or _PLATFORM_CODE.fullmatch(str(code)) is not None
