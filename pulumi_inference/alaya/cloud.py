"""What the rest of the library may know of Alaya NeW."""

from pulumi_inference.core.cloud import Cloud, Kind

CLOUD = Cloud(
    name="alaya",
    short="Alaya NeW",
    title="Alaya NeW",
    documented_at="https://docs.alayanew.com/en/docs/{page}",
    kinds=(
        Kind(
            name="Deployment",
            provider="pulumi_inference.alaya.providers:DeploymentProvider",
            lifecycle="pulumi_inference.alaya.deployments.lifecycle:DeploymentLifecycle",
            importing="pulumi_inference.alaya.importing:DEPLOYMENT",
            footprint="pulumi_inference.alaya.deployments.footprint:footprint",
        ),
    ),
    settings="pulumi_inference.alaya.settings:SETTINGS",
    connections="pulumi_inference.alaya.connection:CONNECTIONS",
    lookups="pulumi_inference.alaya.specs.lookups",
    starter="pulumi_inference.alaya.starter:STARTER",
    calling="pulumi_inference.alaya.invocation:CALLING",
    api="pulumi_inference.alaya.specs.operations:API",
)
