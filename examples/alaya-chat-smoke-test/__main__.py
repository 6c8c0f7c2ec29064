"""A deployment that counts when it chats: each change makes another one beside it, which has to answer first."""

import pulumi

from pulumi_inference import alaya

config = pulumi.Config()

chat = alaya.Deployment(
    "chat",
    vks_id=config.get("cluster", "vc0000000001"),
    namespace="default",
    model_id=config.get("model", "00000000-0000-4000-8000-0000000000aa"),
    served_name=["chat"],
    quick_start=alaya.QuickStartArgs(
        backend="vllm",
        backend_version="0.9.0.1",
        backend_args=["--max-model-len", config.get("maxModelLength", "8192")],
        resource=alaya.QuickStartResourceArgs(
            cpu=8, mem=64, gpu=alaya.GpuArgs(gpu_type="nvidia.com/gpu-l40s", count=1)
        ),
    ),
    smoke_test=alaya.SmokeTestArgs(
        path="/v1/chat/completions",
        body={"model": "chat", "messages": [{"role": "user", "content": "Say yes."}], "max_tokens": 8},
        expect_schema={
            "type": "object",
            "required": ["choices"],
            "properties": {"choices": {"type": "array", "minItems": 1}},
        },
        attempts=5,
        timeout="1m",
    ),
    # The new deployment is made and tested before this one goes; it has another address and key.
    on_offline_change="replace",
)

pulumi.export("url", chat.service_url)
pulumi.export("api_key", chat.api_key)
