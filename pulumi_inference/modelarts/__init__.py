"""Huawei Cloud ModelArts: inference services as typed resources, and lookups of those that exist."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    from pulumi_inference.modelarts.lookups import get_service, get_service_output
    from pulumi_inference.modelarts.resources import Service
    from pulumi_inference.modelarts.specs import ServiceDetail

_MODULES = {
    "Service": "resources",
    "ServiceDetail": "specs",
    "get_service": "lookups",
    "get_service_output": "lookups",
}
"""Where names come from; all others are arguments. Nothing is loaded before it is asked for: a program that declares
resources must not pay for the imports of lookups, and the provider's process must not pay for the program's classes."""

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
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES.get(name, 'inputs')}"), name)
    globals()[name] = value
    return value
