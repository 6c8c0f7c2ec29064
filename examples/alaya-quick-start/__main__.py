"""A model on an engine of the platform's: what it is, on which GPUs, and the engine's arguments."""

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
    scale=alaya.ScaleArgs(min=1, max=3, rps_value=10, idle_time=300),
    # Arguments cannot change while it runs; without this line a preview of such a change is an error.
    on_offline_change="restart",
)

pulumi.export("url", chat.service_url)
pulumi.export("api_key", chat.api_key)
