"""Huawei Cloud ModelArts, the inference services of its API version 2: typed resources, lookups, and calls."""

from typing import TYPE_CHECKING

from pulumi_inference.core.exports import exports

if TYPE_CHECKING:
    from pulumi_inference.modelartsv2.inputs import *
    from pulumi_inference.modelartsv2.invocation import *
    from pulumi_inference.modelartsv2.lookups import *
    from pulumi_inference.modelartsv2.resources import *
else:
    __getattr__, __dir__ = exports(__name__, "resources", "inputs", "lookups", "invocation")
