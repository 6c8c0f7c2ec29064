"""Tests of programs: the emulated clouds as a pytest fixture, and a program run by the real engine against them.

With the package, pytest has two fixtures: ``inference_emulator``, an :class:`EmulatedClouds`, and
``new_inference_stack``, which makes a :class:`Stack` of a program. Without pytest the two classes serve as well.
"""

from typing import TYPE_CHECKING

from pulumi_inference.core.exports import exports

if TYPE_CHECKING:
    from pulumi_inference.testing.emulated import *
    from pulumi_inference.testing.results import *
    from pulumi_inference.testing.stack import *
else:
    __getattr__, __dir__ = exports(__name__, "emulated", "results", "stack")
