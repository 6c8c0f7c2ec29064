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
            importing="pulumi_inference.modelartsv2.importing:SERVICE",
            footprint="pulumi_inference.modelartsv2.footprint:service",
            secrets_when_read=("deployment",),
        ),
        Kind(
            name="Deployment",
            provider="pulumi_inference.modelartsv2.providers:DeploymentProvider",
            importing="pulumi_inference.modelartsv2.importing:DEPLOYMENT",
            footprint="pulumi_inference.modelartsv2.footprint:deployment",
            secrets_when_read=("unit_configs",),
        ),
        Kind(
            name="ReplicaSchedule",
            provider="pulumi_inference.modelartsv2.providers:ReplicaScheduleProvider",
            importing="pulumi_inference.modelartsv2.importing:REPLICA_SCHEDULE",
            mixin="pulumi_inference.modelartsv2.mixins:OneReplicaSchedule",
        ),
    ),
    settings="pulumi_inference.huaweicloud.settings:SETTINGS",
    connections="pulumi_inference.modelartsv2.connection:CONNECTIONS",
    lookups="pulumi_inference.modelartsv2.specs.lookups",
    calling="pulumi_inference.modelartsv2.invocation:CALLING",
    starter="pulumi_inference.modelartsv2.starter:STARTER",
    conversions=("pulumi_inference.modelartsv2.migration.conversion:FROM_V1",),
)
