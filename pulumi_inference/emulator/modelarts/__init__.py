"""ModelArts, inference services v1, as modelarts.md describes it."""

from ..cloud import Cloud, Welcome
from ..huaweicloud import accounts, gateway
from ..huaweicloud.errors import unforeseen
from ..routing import Call
from . import admin, machine, models, seeds
from .faults import DeployFault, PublishFault
from .routes import ROUTES
from .settings import ModelArtsSettings


def _advance(call: Call) -> None:
    models.advance(call)
    machine.advance(call)


def _welcome(url: str) -> Welcome:
    return Welcome(
        title="ModelArts and IAM",
        notes=(
            f"access key {accounts.ACCESS_KEY}, secret key {accounts.SECRET_KEY}",
            f"IAM user {accounts.USER}, password {accounts.PASSWORD}, domain {accounts.DOMAIN}; any project id",
        ),
        variables={
            "HW_MODELARTS_ENDPOINT": url,
            "HW_ACCESS_KEY": accounts.ACCESS_KEY,
            "HW_SECRET_KEY": accounts.SECRET_KEY,
            "HW_REGION_NAME": accounts.HOME_REGION,
            "HW_PROJECT_ID": accounts.HOME_PROJECT,
        },
    )


CLOUD = Cloud(
    name="modelarts",
    unprefixed=True,
    paths=("/v1", "/v2"),
    routes=ROUTES,
    error=unforeseen,
    miss=gateway.miss,
    advance=_advance,
    settings=ModelArtsSettings,
    seeds=("services", *seeds.COLLECTIONS),
    seed=admin.seed,
    faults={"deploy": DeployFault, "publish": PublishFault},
    admin=admin.ROUTES,
    overview=admin.overview,
    welcome=_welcome,
)
