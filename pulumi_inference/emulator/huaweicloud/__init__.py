"""Huawei Cloud: account, IAM and gateway, for every service that is behind them (modelarts.md sections 1 to 3)."""

from ..cloud import Cloud
from . import accounts, errors, gateway, iam
from .settings import HuaweiSettings

CLOUD = Cloud(
    name="huaweicloud",
    unprefixed=True,
    paths=("/v3",),
    routes=iam.ROUTES,
    error=errors.unforeseen,
    miss=gateway.miss,
    settings=HuaweiSettings,
    overview=accounts.overview,
    secret_headers=("x-auth-token", "x-security-token", "x-subject-token", "x-apig-appcode"),
)
