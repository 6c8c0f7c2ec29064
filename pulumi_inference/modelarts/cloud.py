"""What the rest of the library may know of ModelArts."""

from pulumi_inference.core.cloud import Cloud, Kind

CLOUD = Cloud(
    name="modelarts",
    short="ModelArts",
    title="Huawei Cloud ModelArts",
    documented_at="https://support.huaweicloud.com/api-modelarts/{page}.html",
    kinds=(
        Kind(
            name="Service",
            provider="pulumi_inference.providers:ModelArtsServiceProvider",
            lifecycle="pulumi_inference.modelarts.services.lifecycle:ServiceLifecycle",
            importing="pulumi_inference.modelarts.importing:SERVICE",
            footprint="pulumi_inference.modelarts.services.footprint:footprint",
            secrets_when_read=("config",),
        ),
        Kind(
            name="Schedule",
            provider="pulumi_inference.providers:ModelArtsScheduleProvider",
            lifecycle="pulumi_inference.modelarts.schedules.lifecycle:ScheduleLifecycle",
            mixin="pulumi_inference.modelarts.mixins:OneSchedule",
        ),
        Kind(
            name="Model",
            provider="pulumi_inference.providers:ModelArtsModelProvider",
            lifecycle="pulumi_inference.modelarts.models.lifecycle:ModelLifecycle",
            importing="pulumi_inference.modelarts.importing:MODEL",
        ),
    ),
    settings="pulumi_inference.huaweicloud.settings:SETTINGS",
    connections="pulumi_inference.modelarts.connection:CONNECTIONS",
    lookups="pulumi_inference.modelarts.specs.lookups",
    calling="pulumi_inference.modelarts.invocation:CALLING",
    starter="pulumi_inference.modelarts.starter:STARTER",
    api="pulumi_inference.modelarts.specs.operations:API",
)
