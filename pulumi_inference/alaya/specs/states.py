"""The states of a deployment (alaya.md, section 7.5)."""

STARTING, RUNNING, STOPPING, STOPPED, FAILED = "starting", "running", "stopping", "stopped", "failed"
STATES = (STARTING, RUNNING, STOPPING, STOPPED, FAILED)
AT_REST = (STOPPED, FAILED)
"""The states in which a deployment can be updated and deleted."""
