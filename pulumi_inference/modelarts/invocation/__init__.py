"""Calling a deployed service, without Pulumi."""
