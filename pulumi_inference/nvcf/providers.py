"""FROZEN: the state refers to these classes by their module and names, for ever."""

from pulumi_inference.engine.provider import LifecycleProvider


class FunctionProvider(LifecycleProvider):
    """`nvcf.Function`."""

    lifecycle = "pulumi_inference.nvcf.functions.lifecycle:FunctionLifecycle"


class DeploymentProvider(LifecycleProvider):
    """`nvcf.Deployment`."""

    lifecycle = "pulumi_inference.nvcf.deployments.lifecycle:DeploymentLifecycle"


class AuthorizationProvider(LifecycleProvider):
    """`nvcf.Authorization`."""

    lifecycle = "pulumi_inference.nvcf.authorizations:AuthorizationLifecycle"


class TelemetryProvider(LifecycleProvider):
    """`nvcf.Telemetry`."""

    lifecycle = "pulumi_inference.nvcf.telemetries:TelemetryLifecycle"


class RegistryCredentialProvider(LifecycleProvider):
    """`nvcf.RegistryCredential`."""

    lifecycle = "pulumi_inference.nvcf.registrycredentials:RegistryCredentialLifecycle"


class AssetProvider(LifecycleProvider):
    """`nvcf.Asset`."""

    lifecycle = "pulumi_inference.nvcf.assets:AssetLifecycle"
