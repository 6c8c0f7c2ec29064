"""Huawei Cloud ModelArts: inference services as typed resources, and lookups of those that exist."""

from typing import TYPE_CHECKING

from pulumi_inference.core.exports import exports

if TYPE_CHECKING:
    from pulumi_inference.modelarts.inputs import *
    from pulumi_inference.modelarts.invocation import *
    from pulumi_inference.modelarts.lookups import *
    from pulumi_inference.modelarts.resources import *
else:
    # What a program that only declares resources needs comes first: it must not pay for the rest.
    __getattr__, __dir__ = exports(__name__, "resources", "inputs", "lookups", "invocation")
