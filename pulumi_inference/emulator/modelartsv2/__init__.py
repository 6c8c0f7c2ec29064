"""ModelArts, inference services v2, as modelarts-v2.md describes it; who may come in is as in v1."""

from ..cloud import Cloud, Welcome
from ..huaweicloud import gateway
from ..huaweicloud.errors import unforeseen
from ..routing import Call
from . import admin, behind, intranet, machine, provider, routes, seeds, views
from .faults import ConnectFault, DeployFault
from .settings import ModelArtsV2Settings


def _advance(call: Call) -> None:
    machine.advance(call)
    intranet.advance(call)


def _welcome(_url: str) -> Welcome:
    return Welcome(title="ModelArts v2")


CLOUD = Cloud(
    name="modelartsv2",
    paths=(
        *(pattern.replace("{project_id}", "{any}") for pattern in (routes.SERVICES, routes.TAGGED, routes.INTRANET)),
        views.PREFIX,
    ),
    routes=routes.ROUTES,
    error=unforeseen,
    miss=gateway.miss,
    advance=_advance,
    settings=ModelArtsV2Settings,
    seeds=seeds.COLLECTIONS,
    seed=seeds.seed,
    faults={"deploy": DeployFault, "connect": ConnectFault},
    admin=admin.ROUTES,
    overview=behind.overview,
    secret_headers=(provider.HEADER, "x-user-token"),
    secret_fields=("secret_volumes.secret_value", "envs", "api_key"),
    welcome=_welcome,
)
