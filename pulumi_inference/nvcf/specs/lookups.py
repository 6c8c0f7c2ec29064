"""The questions that programs and people ask NVCF."""

from __future__ import annotations

from pulumi_inference.nvcf.specs.account_lookups import (
    GetAsset,
    GetAssets,
    GetAuthorizations,
    GetQueuePosition,
    GetQueues,
    GetRegistryCredentials,
    GetTelemetries,
)
from pulumi_inference.nvcf.specs.catalogue_lookups import GetClusterGroups, GetGpuQuota, GetGpus, GetInstanceTypes
from pulumi_inference.nvcf.specs.function_lookups import GetDeployment, GetDeployments, GetFunction, GetFunctions

__all__ = [
    "GetAsset",
    "GetAssets",
    "GetAuthorizations",
    "GetClusterGroups",
    "GetDeployment",
    "GetDeployments",
    "GetFunction",
    "GetFunctions",
    "GetGpuQuota",
    "GetGpus",
    "GetInstanceTypes",
    "GetQueuePosition",
    "GetQueues",
    "GetRegistryCredentials",
    "GetTelemetries",
]
