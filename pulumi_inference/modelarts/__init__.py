"""Huawei Cloud ModelArts: inference services as typed resources, and lookups of those that exist."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pulumi_inference.modelarts.inputs import (
    AdditionalPropertiesArgs,
    AdditionalPropertiesArgsDict,
    AffinityArgs,
    AffinityArgsDict,
    AffinityNodeArgs,
    AffinityNodeArgsDict,
    AffinityPoolArgs,
    AffinityPoolArgsDict,
    ConfigAdditionalPropertiesArgs,
    ConfigAdditionalPropertiesArgsDict,
    CustomSpecArgs,
    CustomSpecArgsDict,
    LogReportChannelArgs,
    LogReportChannelArgsDict,
    LogReportConfigurationArgs,
    LogReportConfigurationArgsDict,
    LogVolumeArgs,
    LogVolumeArgsDict,
    NodeAffinityArgs,
    NodeAffinityArgsDict,
    PersistentVolumeArgs,
    PersistentVolumeArgsDict,
    ServiceConfigArgs,
    ServiceConfigArgsDict,
    ServiceScheduleArgs,
    ServiceScheduleArgsDict,
    ServiceSecretArgs,
    ServiceSecretArgsDict,
    SmnNotificationArgs,
    SmnNotificationArgsDict,
    TimeoutsArgs,
    TimeoutsArgsDict,
)
from pulumi_inference.modelarts.resources import Service

if TYPE_CHECKING:
    from pulumi_inference.modelarts.lookups import get_service, get_service_output
    from pulumi_inference.modelarts.specs import ServiceDetail

_LOADED_LATE = {
    "ServiceDetail": "pulumi_inference.modelarts.specs",
    "get_service": "pulumi_inference.modelarts.lookups",
    "get_service_output": "pulumi_inference.modelarts.lookups",
}
"""What needs heavy imports, which a program that only declares resources must not pay for."""

__all__ = [
    "AdditionalPropertiesArgs",
    "AdditionalPropertiesArgsDict",
    "AffinityArgs",
    "AffinityArgsDict",
    "AffinityNodeArgs",
    "AffinityNodeArgsDict",
    "AffinityPoolArgs",
    "AffinityPoolArgsDict",
    "ConfigAdditionalPropertiesArgs",
    "ConfigAdditionalPropertiesArgsDict",
    "CustomSpecArgs",
    "CustomSpecArgsDict",
    "LogReportChannelArgs",
    "LogReportChannelArgsDict",
    "LogReportConfigurationArgs",
    "LogReportConfigurationArgsDict",
    "LogVolumeArgs",
    "LogVolumeArgsDict",
    "NodeAffinityArgs",
    "NodeAffinityArgsDict",
    "PersistentVolumeArgs",
    "PersistentVolumeArgsDict",
    "Service",
    "ServiceConfigArgs",
    "ServiceConfigArgsDict",
    "ServiceDetail",
    "ServiceScheduleArgs",
    "ServiceScheduleArgsDict",
    "ServiceSecretArgs",
    "ServiceSecretArgsDict",
    "SmnNotificationArgs",
    "SmnNotificationArgsDict",
    "TimeoutsArgs",
    "TimeoutsArgsDict",
    "get_service",
    "get_service_output",
]


def __getattr__(name: str) -> Any:
    if name in _LOADED_LATE:
        return getattr(import_module(_LOADED_LATE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
