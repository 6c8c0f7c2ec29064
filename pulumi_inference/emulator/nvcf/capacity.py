"""Cluster groups, GPUs and instance types as they are asked for (nvcf.md section 8)."""

from collections import defaultdict
from typing import Final

from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import accounts, catalogue, records
from .errors import ProblemError

_AGENTS: Final = ("2.50.3", "2.49.0")


def cluster_groups(call: Call) -> Response:
    """``GET /clusterGroups``: what the account may use."""
    account = accounts.caller_of(call).account
    found = [
        group
        for group in catalogue.groups(call)
        if account == group["ncaId"] or not {"*", account}.isdisjoint(group["authorizedNcaIds"])
    ]
    return json_response({"clusterGroups": found})


def supported_gpus(call: Call) -> Response:
    """``GET /supportedGpus``, the older list, which has nothing to do with the account; not for API keys."""
    if accounts.caller_of(call).is_key:
        raise ProblemError(403, "Access Denied")
    return json_response([{"gpu": gpu, "backend": "GFN"} for gpu in ("A100", "A10G", "L40", "L40G", "T10")])


def instance_types(call: Call) -> Response:
    """``GET …/ngc/nvcf/deployments/instanceTypes``, with ``/available`` or without: records by GPU."""
    gpus, regions = _words(call, "gpus"), _words(call, "regions")
    found: dict[str, list[Document]] = {}
    for gpu, kinds in catalogue.details(call).items():
        shown = [kind for kind in kinds if not regions or not regions.isdisjoint(map(str.lower, kind["regions"]))]
        if shown and (not gpus or gpu.lower() in gpus):
            found[gpu] = shown
    return json_response(found)


def quota_rules(call: Call) -> Response:
    """``GET …/ngc/nvcf/gpu/quota/rules``: how many instances of each type the account may have, and has."""
    used = _most_used(call, accounts.caller_of(call).account)
    rules = [
        {
            "gpu": gpu,
            "instanceType": kind["name"],
            "maxInstances": kind.get("quota", 64),
            "currentUsage": used[kind["name"].lower()],
        }
        for gpu, kinds in catalogue.details(call).items()
        for kind in kinds
    ]
    return json_response({"rules": rules})


def clusters(call: Call) -> Response:
    """``GET …/sis/clusters``: a bare list."""
    account = accounts.caller_of(call).account
    found = [
        {
            "clusterId": cluster["id"],
            "clusterName": cluster["name"],
            "clusterGroupId": group["id"],
            "clusterGroupName": group["name"],
            "ncaId": group["ncaId"],
            "cloudProvider": group["name"],
            "nvcaVersion": _AGENTS[0],
            "status": cluster.get("status", "READY"),
            "gpus": group["gpus"],
        }
        for group in catalogue.groups(call)
        if account == group["ncaId"] or not {"*", account}.isdisjoint(group["authorizedNcaIds"])
        for cluster in group["clusters"]
    ]
    return json_response(found)


def cluster_versions(_call: Call) -> Response:
    """``GET …/sis/clusterVersions``: the agents, newest first."""
    return json_response({"nvcaVersions": [{"version": one, "operatorVersion": one} for one in _AGENTS]})


def gpu_usage(call: Call) -> Response:
    """``GET /accounts/{ncaId}/usage/gpus``: how many instances the deployments may want."""
    least: dict[tuple[str, str], int] = defaultdict(int)
    most: dict[tuple[str, str], int] = defaultdict(int)
    for spec in _specs_in_use(call, call.params["ncaId"]):
        key = (spec["gpu"], spec["instanceType"])
        least[key] += spec["minInstances"]
        most[key] += spec["maxInstances"]
    found = [
        {
            "gpu": gpu,
            "instanceType": kind,
            "currentMaxUsage": most[gpu, kind],
            "currentMinUsage": least[gpu, kind],
            "placements": [],
        }
        for gpu, kind in most
    ]
    return json_response({"gpus": found})


def _most_used(call: Call, account: str) -> dict[str, int]:
    used: dict[str, int] = defaultdict(int)
    for spec in _specs_in_use(call, account):
        used[spec["instanceType"].lower()] += spec["maxInstances"]
    return used


def _specs_in_use(call: Call, account: str) -> list[Document]:
    deployments = call.tx.find_all(records.DEPLOYMENT, account)
    return [spec for deployment in deployments for spec in deployment["deploymentSpecifications"]]


def _words(call: Call, name: str) -> set[str]:
    given = [value for key, value in call.request.query if key == name]
    return {word.strip().lower() for value in given for word in value.split(",") if word.strip()}
