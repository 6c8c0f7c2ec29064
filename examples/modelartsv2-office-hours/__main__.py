"""A deployment that has more replicas while people work: a replica schedule sets them by the clock."""

import pulumi

from pulumi_inference import modelartsv2

config = pulumi.Config()

ranker = modelartsv2.Service(
    "ranker",
    task_type="RERANK",
    runtime_config=modelartsv2.RuntimeConfigArgs(
        service_invoke=modelartsv2.ServiceInvokeArgs(port=8080, auth_type="TOKEN"),
        service_limit=modelartsv2.ServiceLimitArgs(
            rate_limit=modelartsv2.RateLimitArgs(num=200), request_size_limit=5, request_timeout=30
        ),
    ),
)
main = modelartsv2.Deployment(
    "main",
    service_id=ranker.service_id,
    pool_id=config.get("pool", "pool-demo-01"),
    # What it begins with, and what it has without a schedule.
    count=1,
    unit_configs=[
        modelartsv2.UnitConfigArgs(
            image=modelartsv2.ImageArgs(
                swr_path=config.get("image", "swr.cn-north-4.myhuaweicloud.com/acme/ranker:1.0")
            ),
            custom_spec=modelartsv2.CustomSpecArgs(cpu=4, memory=8192),
            port=8080,
            readiness_health=modelartsv2.HealthArgs(url="/health", timeout_seconds=5),
        ),
    ],
    advanced_config=modelartsv2.AdvancedConfigArgs(port=8080),
)
office_hours = modelartsv2.ReplicaSchedule(
    "office-hours",
    service_id=main.service_id,
    deployment_id=main.deployment_id,
    rules=[
        modelartsv2.ReplicaRuleArgs(
            name="morning", schedule="0 8 * * 1-5", target_replicas=config.get_int("dayReplicas", 4)
        ),
        modelartsv2.ReplicaRuleArgs(name="evening", schedule="0 20 * * 1-5", target_replicas=1),
    ],
    # For the words of previews only: by which time zone ModelArts reads rules is not documented.
    time_zone="UTC",
)

pulumi.export("url", main.url)
pulumi.export("replicas", main.running_count)
