"""The replica schedule of a deployment: fields, outputs and answer (reference/modelarts-v2.md, 6.6)."""

from __future__ import annotations

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.lifecycle.options import connection_name
from pulumi_inference.huaweicloud.placed import Placed
from pulumi_inference.modelartsv2.specs.base import ModelArtsRecord

_CREATE = "CreateInferDeploymentHpa"
_SHOW = "ShowInferDeploymentHpa"


class ReplicaRule(Spec):
    """When a deployment gets how many replicas."""

    name: str = field(
        description="Name of the rule in this schedule.",
        source=_CREATE,
        min_length=4,
        max_length=64,
        pattern=r"^[a-z]([a-z0-9-]*[a-z0-9])?$",
        hint='must begin with a lower-case letter, end in one or in a digit, have only those and "-" between, and be '
        "4 or more characters",
        examples=("office-hours",),
    )
    schedule: str = field(
        description="When the rule runs, as cron text of five fields: minute, hour, day of month, month and day of "
        "week.",
        source=_CREATE,
        min_length=1,
        max_length=128,
        update="rules",
        effect=("schedule",),
        examples=("0 8 * * 1-5",),
    )
    target_replicas: int = field(
        description="How many replicas the deployment has from then on.",
        source=_CREATE,
        ge=1,
        le=128,
        update="rules",
        effect=("schedule",),
        examples=(4,),
    )
    disabled: bool = field(
        False,
        description="Whether the rule is kept and never runs.",
        source=_CREATE,
        wire="disable",
        update="rules",
        effect=("schedule",),
    )


class ReplicaScheduleSpec(Placed):
    """How many replicas a ModelArts deployment has at which times."""

    service_id: str = field(
        description="Id of the service that the deployment belongs to.",
        source=_CREATE,
        min_length=1,
        immutable=True,
    )
    deployment_id: str = field(
        description="Id of the deployment, which is in a dedicated pool.",
        source=_CREATE,
        wire="target_resource_id",
        min_length=1,
        immutable=True,
    )
    rules: list[ReplicaRule] = field(
        description="The rules, each with a name of its own.",
        source=_CREATE,
        wire="hpa_rules",
        min_length=1,
        update="rules",
        keyed_by="name",
    )
    time_zone: str | None = field(
        None,
        description="Time zone in which the preview reads the rules, such as Asia/Shanghai; UTC when left out. It is "
        "not sent: which one the cloud uses is not documented.",
        source="pulumi-inference",
        local=True,
        min_length=1,
        examples=("Asia/Shanghai",),
    )
    connection: str | None = connection_name(": that of the deployment")


class ReplicaScheduleOutputs(ModelArtsRecord):
    """What stays true about a replica schedule until somebody changes it."""

    service_id: str = field(description="Id of the service.", source=_SHOW, stable_unless=())
    deployment_id: str = field(
        description="Id of the deployment.", source=_SHOW, wire="target_resource_id", stable_unless=()
    )
    status: str = field(description="ACTIVE or INACTIVE.", source=_SHOW)


class RuleDetail(ModelArtsRecord):
    """A rule as ModelArts answers it."""

    id: str = field(description="Id of the rule.", source=_SHOW, always_answered=True)
    name: str = field(description="Name of the rule.", source=_SHOW, always_answered=True)
    type: str | None = field(None, description="CRON_HPA or METRIC_HPA.", source=_SHOW)
    schedule: str | None = field(None, description="When the rule runs.", source=_SHOW)
    target_replicas: int | None = field(None, description="How many replicas the deployment gets.", source=_SHOW)
    disabled: bool | None = field(None, description="Whether the rule never runs.", source=_SHOW, wire="disable")
    status: str | None = field(
        None,
        description="CREATING, CONFIG_SUCCESS, EXECUTE_SUCCESS, FAILED or DELETED.",
        source=_SHOW,
    )


class ReplicaScheduleDetail(ModelArtsRecord):
    """The scaling policy of a deployment as ModelArts answers it."""

    id: str = field(description="Id of the scaling policy.", source=_SHOW, always_answered=True)
    name: str | None = field(None, description="Name of the scaling policy.", source=_SHOW)
    service_id: str = field(description="Id of the service; asked for, and not answered.", source=_SHOW)
    deployment_id: str = field(
        description="Id of the deployment.", source=_SHOW, wire="target_resource_id", always_answered=True
    )
    status: str = field(description="ACTIVE, INACTIVE or DELETED.", source=_SHOW, always_answered=True)
    hpa_rules: list[RuleDetail] = field(description="The rules.", source=_SHOW, always_answered=True)
