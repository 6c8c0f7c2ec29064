"""What the rest of the library may know of NVCF."""

from pulumi_inference.core.cloud import Cloud, Kind

CLOUD = Cloud(
    name="nvcf",
    short="NVCF",
    title="NVIDIA Cloud Functions",
    documented_at="https://docs.nvidia.com/cloud-functions/user-guide/latest/cloud-function/{page}.html",
    kinds=(
        Kind(
            name="Function",
            provider="pulumi_inference.nvcf.providers:FunctionProvider",
            lifecycle="pulumi_inference.nvcf.functions.lifecycle:FunctionLifecycle",
            importing="pulumi_inference.nvcf.importing:FUNCTION",
        ),
        Kind(
            name="Deployment",
            provider="pulumi_inference.nvcf.providers:DeploymentProvider",
            lifecycle="pulumi_inference.nvcf.deployments.lifecycle:DeploymentLifecycle",
            importing="pulumi_inference.nvcf.importing:DEPLOYMENT",
            footprint="pulumi_inference.nvcf.deployments.footprint:footprint",
        ),
        Kind(
            name="Authorization",
            provider="pulumi_inference.nvcf.providers:AuthorizationProvider",
            lifecycle="pulumi_inference.nvcf.authorizations:AuthorizationLifecycle",
            importing="pulumi_inference.nvcf.authorizations:AUTHORIZATION",
        ),
        Kind(
            name="Telemetry",
            provider="pulumi_inference.nvcf.providers:TelemetryProvider",
            lifecycle="pulumi_inference.nvcf.telemetries:TelemetryLifecycle",
            importing="pulumi_inference.nvcf.telemetries:TELEMETRY",
        ),
        Kind(
            name="RegistryCredential",
            provider="pulumi_inference.nvcf.providers:RegistryCredentialProvider",
            lifecycle="pulumi_inference.nvcf.registrycredentials:RegistryCredentialLifecycle",
            importing="pulumi_inference.nvcf.registrycredentials:REGISTRY_CREDENTIAL",
            filled_in=("name", "user"),
        ),
        Kind(
            name="Asset",
            provider="pulumi_inference.nvcf.providers:AssetProvider",
            lifecycle="pulumi_inference.nvcf.assets:AssetLifecycle",
        ),
    ),
    settings="pulumi_inference.nvcf.settings:SETTINGS",
    connections="pulumi_inference.nvcf.connection:CONNECTIONS",
    lookups="pulumi_inference.nvcf.specs.lookups",
    starter="pulumi_inference.nvcf.starter:STARTER",
    calling="pulumi_inference.nvcf.invocation:CALLING",
    api="pulumi_inference.nvcf.specs.operations:API",
)
