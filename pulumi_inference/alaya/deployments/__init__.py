"""Deployments of all three forms."""
