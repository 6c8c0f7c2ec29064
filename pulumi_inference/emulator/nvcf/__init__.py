"""NVIDIA Cloud Functions, as nvcf.md describes it."""

from ..cloud import Cloud, Welcome
from ..messages import ApiError
from ..routing import Call
from . import accounts, admin, behind, control, grpcserver, hosts, invocation, machine, results, seeds
from .errors import ProblemError
from .faults import DeployFault, RegistryFault
from .settings import NvcfSettings


def _error(status: int, _code: str | None, message: str) -> ApiError:
    return ProblemError(status, message)


def _advance(call: Call) -> None:
    # what a graceful end of a deployment waits for comes first
    invocation.advance(call)
    machine.advance(call)


def _welcome(url: str) -> Welcome:
    return Welcome(
        title="NVIDIA Cloud Functions",
        notes=(f"NVCF: key {accounts.API_KEY}, organisation {accounts.ORG}",),
        variables={"NVCF_ENDPOINT": url, "NGC_API_KEY": accounts.API_KEY, "NGC_ORG": accounts.ORG},
        rpc_variable="NVCF_GRPC_ENDPOINT",
    )


CLOUD = Cloud(
    name="nvcf",
    paths=("/v2/nvcf", "/v2/org", "/v2/orgs", "/v3/keys", "/v3/orgs", "/health", results.PREFIX),
    hosts=hosts.NAMES,
    headers=hosts.HEADERS,
    rpc=grpcserver.open_rpc,
    elsewhere=hosts.elsewhere,
    routes=(*control.ROUTES, *invocation.ROUTES),
    error=_error,
    advance=_advance,
    settings=NvcfSettings,
    seeds=seeds.COLLECTIONS,
    seed=seeds.seed,
    faults={"deploy": DeployFault, "registry": RegistryFault},
    admin=admin.ROUTES,
    overview=behind.overview,
    secret_fields=("secrets.value", "secret.value", "credentials"),
    welcome=_welcome,
)
