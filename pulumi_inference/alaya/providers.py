"""FROZEN: the state refers to these classes by their module and names, for ever."""

from pulumi_inference.engine.provider import LifecycleProvider


class DeploymentProvider(LifecycleProvider):
    """`alaya.Deployment`."""

    lifecycle = "pulumi_inference.alaya.deployments.lifecycle:DeploymentLifecycle"
