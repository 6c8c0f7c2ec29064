"""The truth about ModelArts' resources: every field declared once, with its facts."""

from pulumi_inference.modelarts.specs.config import Affinity, ConfigAdditionalProperties, CustomSpec, ServiceConfig
from pulumi_inference.modelarts.specs.detail import DeployedModel, ServiceDetail, ServiceOutputs
from pulumi_inference.modelarts.specs.model import ModelOutputs, ModelSpec
from pulumi_inference.modelarts.specs.parts import (
    AdditionalProperties,
    ServiceSchedule,
    ServiceSecret,
    Timeouts,
)
from pulumi_inference.modelarts.specs.schedule import ScheduleOutputs, ScheduleSpec
from pulumi_inference.modelarts.specs.service import ServiceSpec
from pulumi_inference.modelarts.specs.smoke import SmokeTest

__all__ = [
    "AdditionalProperties",
    "Affinity",
    "ConfigAdditionalProperties",
    "CustomSpec",
    "DeployedModel",
    "ModelOutputs",
    "ModelSpec",
    "ScheduleOutputs",
    "ScheduleSpec",
    "ServiceConfig",
    "ServiceDetail",
    "ServiceOutputs",
    "ServiceSchedule",
    "ServiceSecret",
    "ServiceSpec",
    "SmokeTest",
    "Timeouts",
]
