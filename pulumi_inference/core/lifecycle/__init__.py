"""The life of one thing in a cloud: checked, compared, made, read, changed, deleted."""

from pulumi_inference.core.lifecycle.lifecycle import (
    Checked,
    Difference,
    Inputs,
    Lifecycle,
    Live,
    State,
    UnhealthyError,
    observed_state,
)

__all__ = ["Checked", "Difference", "Inputs", "Lifecycle", "Live", "State", "UnhealthyError", "observed_state"]
