"""What the rest of the library may know of ModelArts v2."""

from pulumi_inference.core.cloud import Cloud, Kind

CLOUD = Cloud(
    name="modelartsv2",
    short="ModelArts v2",
    title="Huawei Cloud ModelArts v2",
    documented_at="https://support.huaweicloud.com/api-modelarts/{page}.html",
    kinds=(
        Kind(
            name="Service",
            provider="pulumi_inference.modelartsv2.providers:ServiceProvider",
            lifecycle="pulumi_inference.modelartsv2.services.lifecycle:ServiceLifecycle",
            importing="pulumi_inference.modelartsv2.importing:SERVICE",
            footprint="pulumi_inference.modelartsv2.footprint:service",
            secrets_when_read=("deployment",),
        ),
        Kind(
            name="Deployment",
            provider="pulumi_inference.modelartsv2.providers:DeploymentProvider",
            lifecycle="pulumi_inference.modelartsv2.deployments.lifecycle:DeploymentLifecycle",
            importing="pulumi_inference.modelartsv2.importing:DEPLOYMENT",
            footprint="pulumi_inference.modelartsv2.footprint:deployment",
            secrets_when_read=("unit_configs",),
        ),
        Kind(
            name="ReplicaSchedule",
            provider="pulumi_inference.modelartsv2.providers:ReplicaScheduleProvider",
            lifecycle="pulumi_inference.modelartsv2.schedules.lifecycle:ReplicaScheduleLifecycle",
            importing="pulumi_inference.modelartsv2.importing:REPLICA_SCHEDULE",
            mixin="pulumi_inference.modelartsv2.mixins:OneReplicaSchedule",
        ),
        Kind(
            name="ApiKey",
            provider="pulumi_inference.modelartsv2.providers:ApiKeyProvider",
            lifecycle="pulumi_inference.modelartsv2.apikeys:ApiKeyLifecycle",
            importing="pulumi_inference.modelartsv2.apikeys:API_KEY",
        ),
        Kind(
            name="ApiKeyBinding",
            provider="pulumi_inference.modelartsv2.providers:ApiKeyBindingProvider",
            lifecycle="pulumi_inference.modelartsv2.apikeybindings:ApiKeyBindingLifecycle",
            importing="pulumi_inference.modelartsv2.apikeybindings:API_KEY_BINDING",
            mixin="pulumi_inference.modelartsv2.mixins:OneBinding",
            filled_in=(),
        ),
        Kind(
            name="IntranetConnection",
            provider="pulumi_inference.modelartsv2.providers:IntranetConnectionProvider",
            lifecycle="pulumi_inference.modelartsv2.intranetconnections:IntranetConnectionLifecycle",
            importing="pulumi_inference.modelartsv2.intranetconnections:INTRANET_CONNECTION",
            filled_in=(),
        ),
    ),
    settings="pulumi_inference.huaweicloud.settings:SETTINGS",
    connections="pulumi_inference.modelartsv2.connection:CONNECTIONS",
    lookups="pulumi_inference.modelartsv2.specs.lookups",
    calling="pulumi_inference.modelartsv2.invocation:CALLING",
    starter="pulumi_inference.modelartsv2.starter:STARTER",
    conversions=("pulumi_inference.modelartsv2.migration.conversion:FROM_V1",),
    api="pulumi_inference.modelartsv2.specs.operations:API",
)
