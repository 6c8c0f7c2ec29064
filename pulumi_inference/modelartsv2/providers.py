"""FROZEN: the state refers to these classes by their module and names, for ever."""

from pulumi_inference.engine.provider import LifecycleProvider


class ServiceProvider(LifecycleProvider):
    """`modelartsv2.Service`."""

    lifecycle = "pulumi_inference.modelartsv2.services.lifecycle:ServiceLifecycle"


class DeploymentProvider(LifecycleProvider):
    """`modelartsv2.Deployment`."""

    lifecycle = "pulumi_inference.modelartsv2.deployments.lifecycle:DeploymentLifecycle"


class ReplicaScheduleProvider(LifecycleProvider):
    """`modelartsv2.ReplicaSchedule`."""

    lifecycle = "pulumi_inference.modelartsv2.schedules.lifecycle:ReplicaScheduleLifecycle"


class ApiKeyProvider(LifecycleProvider):
    """`modelartsv2.ApiKey`."""

    lifecycle = "pulumi_inference.modelartsv2.apikeys:ApiKeyLifecycle"


class ApiKeyBindingProvider(LifecycleProvider):
    """`modelartsv2.ApiKeyBinding`."""

    lifecycle = "pulumi_inference.modelartsv2.apikeybindings:ApiKeyBindingLifecycle"


class IntranetConnectionProvider(LifecycleProvider):
    """`modelartsv2.IntranetConnection`."""

    lifecycle = "pulumi_inference.modelartsv2.intranetconnections:IntranetConnectionLifecycle"
