"""An LLM service with two deployments behind one address; their weights say how many requests each of them gets."""

import pulumi

from pulumi_inference import modelartsv2

config = pulumi.Config()

chat = modelartsv2.Service(
    "chat",
    task_type="TEXT_GENERATION",
    runtime_config=modelartsv2.RuntimeConfigArgs(
        service_invoke=modelartsv2.ServiceInvokeArgs(port=8000, auth_type="API_KEY", internet_access_enable=True),
        service_limit=modelartsv2.ServiceLimitArgs(
            rate_limit=modelartsv2.RateLimitArgs(num=50), request_size_limit=10, request_timeout=300
        ),
    ),
)


def deployment(colour: str, image: str, weight: int) -> modelartsv2.Deployment:
    """A workload of its own behind the service: one image, the same weights of the model, one NPU in each replica."""
    return modelartsv2.Deployment(
        colour,
        name=colour,
        service_id=chat.service_id,
        pool_id=config.get("pool", "pool-demo-01"),
        weight=weight,
        count=2,
        unit_configs=[
            modelartsv2.UnitConfigArgs(
                image=modelartsv2.ImageArgs(swr_path=image, category="ASCEND"),
                custom_spec=modelartsv2.CustomSpecArgs(cpu=24, memory=196608, ascend=1, arch="arm64"),
                cmd="vllm serve /models/chat --served-model-name chat --port 8000",
                port=8000,
                files=[
                    modelartsv2.MountedFilesArgs(
                        source="OBS", address="obs://acme-models/chat/", mount_path="/models/chat/", read_only=True
                    ),
                ],
                readiness_health=modelartsv2.HealthArgs(url="/health", timeout_seconds=5),
            ),
        ],
        advanced_config=modelartsv2.AdvancedConfigArgs(
            port=8000,
            deploy_timeout_minutes=30,
            upgrade_config=modelartsv2.UpgradeConfigArgs(
                rolling_update=modelartsv2.RollingUpdateArgs(max_surge="50%", max_unavailable="1%")
            ),
        ),
        # After each roll-out, and before a larger weight is set.
        smoke_test=modelartsv2.SmokeTestArgs(
            path="/v1/chat/completions",
            body={"model": "chat", "messages": [{"role": "user", "content": "Say yes."}], "max_tokens": 8},
            expect_schema={"type": "object", "required": ["choices"]},
            attempts=5,
        ),
    )


blue = deployment(
    "blue",
    config.get("blueImage", "swr.cn-north-4.myhuaweicloud.com/acme/vllm-ascend:0.9.1"),
    config.get_int("blueWeight", 100),
)
deployment(
    "green",
    config.get("greenImage", "swr.cn-north-4.myhuaweicloud.com/acme/vllm-ascend:0.10.0"),
    config.get_int("greenWeight", 0),
)

key = modelartsv2.ApiKey("callers", scope="SERVICE", description="For the chat page")
modelartsv2.ApiKeyBinding("callers", service_id=chat.service_id, key_id=key.key_id)

pulumi.export("url", blue.url)
pulumi.export("api_key", key.api_key)
