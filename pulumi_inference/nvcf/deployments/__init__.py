"""Deployments of function versions."""
