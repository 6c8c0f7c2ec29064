"""Alaya NeW: deployments of models, and calling them."""

from typing import TYPE_CHECKING

from pulumi_inference.core.exports import exports

if TYPE_CHECKING:
    from pulumi_inference.alaya.inputs import *
    from pulumi_inference.alaya.invocation import *
    from pulumi_inference.alaya.lookups import *
    from pulumi_inference.alaya.resources import *
else:
    __getattr__, __dir__ = exports(__name__, "resources", "inputs", "lookups", "invocation")
