"""NVIDIA Cloud Functions: functions, their deployments and sharing, and calling them."""

from typing import TYPE_CHECKING

from pulumi_inference.core.exports import exports

if TYPE_CHECKING:
    from pulumi_inference.nvcf.inputs import *
    from pulumi_inference.nvcf.invocation import *
    from pulumi_inference.nvcf.lookups import *
    from pulumi_inference.nvcf.resources import *
else:
    __getattr__, __dir__ = exports(__name__, "resources", "inputs", "lookups", "invocation")
