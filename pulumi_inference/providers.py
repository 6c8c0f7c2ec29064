"""One provider class per resource. FROZEN: state refers to these classes by module path and name, for ever.

Nothing here may be renamed, moved or given instance attributes; `tests/golden` holds what the state stores.
"""

from pulumi_inference.engine.provider import LifecycleProvider


class ModelArtsServiceProvider(LifecycleProvider):
    """`modelarts.Service`."""

    lifecycle = "pulumi_inference.modelarts.services.lifecycle:ServiceLifecycle"


class ModelArtsScheduleProvider(LifecycleProvider):
    """`modelarts.Schedule`."""

    lifecycle = "pulumi_inference.modelarts.schedules.lifecycle:ScheduleLifecycle"


class ModelArtsModelProvider(LifecycleProvider):
    """`modelarts.Model`."""

    lifecycle = "pulumi_inference.modelarts.models.lifecycle:ModelLifecycle"
