"""A LoRA adapter: a deployment of its own, loaded onto the instances of a base deployment."""

import pulumi

from pulumi_inference import alaya

config = pulumi.Config()

base = alaya.Deployment(
    "base",
    vks_id=config.get("cluster", "vc0000000001"),
    namespace="default",
    model_id=config.get("baseModel", "00000000-0000-4000-8000-0000000000aa"),
    served_name=["base"],
    expert=alaya.ExpertArgs(
        head_config=alaya.HeadConfigArgs(
            image=config.get("image", "registry.example.com/acme/vllm:0.9.0.1"),
            args=["--enable-lora", "--max-loras", config.get("maxLoras", "4")],
            # Quick Start sets this by itself; a container of one's own has to be told to load adapters while it runs.
            env={"VLLM_ALLOW_RUNTIME_LORA_UPDATING": "true"},
            resource=alaya.ResourceArgs(cpu=8, mem=64, gpu=alaya.GpuArgs(gpu_type="nvidia.com/gpu-l40s", count=1)),
        ),
    ),
    scale=alaya.ScaleArgs(min=1, max=2, rps_value=10, idle_time=300),
    on_offline_change="restart",
)

style = alaya.Deployment(
    "style",
    model_id=config.get("adapter", "00000000-0000-4000-8000-0000000000bb"),
    served_name=["style"],
    lora=alaya.LoraArgs(base_service_id=base.service_id),
)

pulumi.export("base_url", base.service_url)
pulumi.export("adapter_url", style.service_url)
