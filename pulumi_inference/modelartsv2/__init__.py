"""Huawei Cloud ModelArts v2: services, deployments, and calling them."""

from typing import TYPE_CHECKING

from pulumi_inference.core.exports import exports

if TYPE_CHECKING:
    from pulumi_inference.modelartsv2.inputs import *
    from pulumi_inference.modelartsv2.invocation import *
    from pulumi_inference.modelartsv2.lookups import *
    from pulumi_inference.modelartsv2.resources import *
else:
    __getattr__, __dir__ = exports(__name__, "resources", "inputs", "lookups", "invocation")
