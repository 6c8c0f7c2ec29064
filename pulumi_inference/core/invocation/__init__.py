"""Calling a deployed thing, and the smoke test that a deployment has to pass."""
