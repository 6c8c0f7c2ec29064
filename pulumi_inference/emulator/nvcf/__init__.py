"""NVIDIA Cloud Functions, as nvcf.md describes it."""

from ..cloud import Cloud, Welcome
from ..messages import ApiError
from . import accounts, grpcserver, hosts, invocation, results
from .callsettings import InvocationSettings
from .errors import ProblemError


def _error(status: int, _code: str | None, message: str) -> ApiError:
    return ProblemError(status, message)


def _welcome(url: str) -> Welcome:
    return Welcome(
        title="NVIDIA Cloud Functions",
        notes=(f"NVCF: key {accounts.API_KEY}, organisation {accounts.ORG}",),
        variables={"NVCF_ENDPOINT": url, "NGC_API_KEY": accounts.API_KEY, "NGC_ORG": accounts.ORG},
        rpc_variable="NVCF_GRPC_ENDPOINT",
    )


CLOUD = Cloud(
    name="nvcf",
    paths=("/v2/nvcf", "/v2/orgs", "/v3/keys", "/v3/orgs", results.PREFIX),
    hosts=hosts.NAMES,
    headers=hosts.HEADERS,
    rpc=grpcserver.open_rpc,
    elsewhere=hosts.elsewhere,
    routes=(*invocation.ROUTES,),
    error=_error,
    advance=invocation.advance,
    settings=InvocationSettings,
    welcome=_welcome,
)
