"""FROZEN: the state refers to these classes by their module and names, for ever."""

from pulumi_inference.engine.provider import LifecycleProvider


class FunctionProvider(LifecycleProvider):
    """`nvcf.Function`."""

    lifecycle = "pulumi_inference.nvcf.functions.lifecycle:FunctionLifecycle"


class DeploymentProvider(LifecycleProvider):
    """`nvcf.Deployment`."""

    lifecycle = "pulumi_inference.nvcf.deployments.lifecycle:DeploymentLifecycle"
