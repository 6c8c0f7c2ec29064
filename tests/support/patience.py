"""How long a test waits for what is sure to come."""

PATIENCE = 600.0
"""Seconds after which something that hangs is given up; no result hangs on it, however slow the machine is."""
