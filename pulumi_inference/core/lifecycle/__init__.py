"""The life of one thing in a cloud: checked, compared, made, read, changed, deleted."""

from pulumi_inference.core.lifecycle.difference import Difference
from pulumi_inference.core.lifecycle.lifecycle import Lifecycle
from pulumi_inference.core.lifecycle.state import Checked, Inputs, Live, State, UnhealthyError, observed_state

__all__ = ["Checked", "Difference", "Inputs", "Lifecycle", "Live", "State", "UnhealthyError", "observed_state"]
