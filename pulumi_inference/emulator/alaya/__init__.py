"""Alaya NeW, serverless inference and what it depends on, as alaya.md describes it."""

from ..cloud import Cloud, Welcome
from . import accounts, admin, behind, machine, routes, seeds, views
from .envelope import unforeseen
from .faults import DeployFault
from .serving import KEY_HEADER
from .settings import AlayaSettings


def _welcome(url: str) -> Welcome:
    return Welcome(
        title="Alaya NeW",
        notes=(f"Alaya NeW: access key {accounts.ACCESS_KEY}, secret key {accounts.SECRET_KEY}",),
        variables={
            "ALAYA_ENDPOINT": url,
            "ALAYA_ACCESS_KEY": accounts.ACCESS_KEY,
            "ALAYA_SECRET_KEY": accounts.SECRET_KEY,
        },
    )


CLOUD = Cloud(
    name="alaya",
    paths=(routes.INFERENCE, routes.MODELS, routes.CLUSTERS, routes.CENTRES, views.PREFIX),
    hosts=r"api\.alayanew\.com",
    routes=routes.ROUTES,
    error=unforeseen,
    advance=machine.advance,
    settings=AlayaSettings,
    seeds=seeds.COLLECTIONS,
    seed=seeds.seed,
    faults={"deploy": DeployFault},
    admin=admin.ROUTES,
    overview=behind.overview,
    secret_headers=(KEY_HEADER,),
    secret_fields=("imagePullSecret.password", "env", "apikey", "apiKey"),
    welcome=_welcome,
)
