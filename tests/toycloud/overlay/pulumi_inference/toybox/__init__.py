"""Toybox: boxes of toys that answer when they are called. A cloud that there is not, to learn and to test with."""

from typing import TYPE_CHECKING

from pulumi_inference.core.exports import exports

if TYPE_CHECKING:
    from pulumi_inference.toybox.inputs import *
    from pulumi_inference.toybox.lookups import *
    from pulumi_inference.toybox.resources import *
else:
    __getattr__, __dir__ = exports(__name__, "resources", "inputs", "lookups")
