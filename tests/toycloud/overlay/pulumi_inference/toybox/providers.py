"""FROZEN: the state refers to this class by its module and name."""

from pulumi_inference.engine.provider import LifecycleProvider


class BoxProvider(LifecycleProvider):
    """`toybox.Box`."""

    lifecycle = "pulumi_inference.toybox.boxes:BoxLifecycle"
