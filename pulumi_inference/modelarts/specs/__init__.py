"""The truth about ModelArts' resources: every field declared once, with its facts."""

from pulumi_inference.modelarts.specs.config import Affinity, ConfigAdditionalProperties, CustomSpec, ServiceConfig
from pulumi_inference.modelarts.specs.detail import DeployedModel, ServiceDetail, ServiceOutputs
from pulumi_inference.modelarts.specs.service import (
    AdditionalProperties,
    ServiceSchedule,
    ServiceSecret,
    ServiceSpec,
    Timeouts,
)

__all__ = [
    "AdditionalProperties",
    "Affinity",
    "ConfigAdditionalProperties",
    "CustomSpec",
    "DeployedModel",
    "ServiceConfig",
    "ServiceDetail",
    "ServiceOutputs",
    "ServiceSchedule",
    "ServiceSecret",
    "ServiceSpec",
    "Timeouts",
]
