"""A language model whose prefill and decode run in pods of their own, two roles in each replica."""

import pulumi

from pulumi_inference import modelartsv2

config = pulumi.Config()

image = modelartsv2.ImageArgs(
    swr_path=config.get("image", "swr.cn-north-4.myhuaweicloud.com/acme/vllm-ascend:0.10.0"), category="ASCEND"
)
npus = modelartsv2.CustomSpecArgs(cpu=96, memory=786432, ascend=4, arch="arm64")
weights = modelartsv2.MountedFilesArgs(
    source="EFS", address="sfs-turbo-demo", efs_sub_path="/chat-large", mount_path="/models/chat/", read_only=True
)
ready = modelartsv2.HealthArgs(url="/health", initial_delay_seconds=120, timeout_seconds=5)


def unit(name: str, role: str, groups: int, pods: int) -> modelartsv2.UnitConfigArgs:
    """A role: so many groups of it in each replica, of so many pods; the start script is the image's own."""
    return modelartsv2.UnitConfigArgs(
        name=name,
        role=role,
        image=image,
        custom_spec=npus,
        group_count=groups,
        count=pods,
        cmd=f"/start.sh {name}",
        envs={"MODEL": "/models/chat"},
        port=8000,
        files=[weights],
        readiness_health=ready,
        recovery="Role",
        group_policy=modelartsv2.GroupPolicyArgs(schedule_scope="HYPERNODE"),
    )


chat = modelartsv2.Service(
    "chat",
    deploy_type="MULTI",
    workload_type="LWS",
    task_type="TEXT_GENERATION",
    runtime_config=modelartsv2.RuntimeConfigArgs(
        service_invoke=modelartsv2.ServiceInvokeArgs(port=8000, auth_type="API_KEY", internet_access_enable=True),
        service_limit=modelartsv2.ServiceLimitArgs(
            rate_limit=modelartsv2.RateLimitArgs(num=20), request_size_limit=20, request_timeout=600
        ),
    ),
)
large = modelartsv2.Deployment(
    "large",
    service_id=chat.service_id,
    pool_id=config.get("pool", "pool-demo-01"),
    framework="VLLM",
    deploy_type="MULTI",
    workload_type="LWS",
    count=config.get_int("replicas", 1),
    unit_configs=[
        unit("prefill", "PREFILL", config.get_int("prefillGroups", 1), 1),
        unit("decode", "DECODE", 1, 2),
    ],
    advanced_config=modelartsv2.AdvancedConfigArgs(
        port=8000, deploy_timeout_minutes=60, dynamic_routing_enable=True, strategy="MIN_FIRST_TOKEN_TIME"
    ),
    # A roll-out that is no longer wanted ends at once, and frees its NPUs.
    on_cancel="interrupt",
    smoke_test=modelartsv2.SmokeTestArgs(
        path="/v1/completions",
        body={"model": "chat", "prompt": "Say yes.", "max_tokens": 8},
        expect_schema={"type": "object", "required": ["choices"]},
        attempts=5,
        timeout="1m",
    ),
)

pulumi.export("url", large.url)
pulumi.export("version", large.version)
