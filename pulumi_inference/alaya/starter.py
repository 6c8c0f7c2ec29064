"""The program that `pulumi-inference init alaya` writes."""

from pulumi_inference.core.starter import Starter

EXAMPLE_CLUSTER, EXAMPLE_MODEL = "vc0000000001", "00000000-0000-4000-8000-0000000000aa"

_PROGRAM = '''\
"""Models on Alaya NeW."""

import pulumi

from pulumi_inference import alaya

config = pulumi.Config()

chat = alaya.Deployment(
    "chat",
    vks_id=config.{cluster},
    namespace="default",
    # `pulumi-inference alaya models --aidc-id ID` lists models, `pulumi-inference alaya data-centers` the ids for it.
    model_id=config.{model},
    served_name=["chat"],
    quick_start=alaya.QuickStartArgs(
        backend="vllm",
        backend_version="0.9.0.1",
        # `pulumi-inference alaya gpus --vks-id CLUSTER` lists the kinds of GPU that a cluster has.
        resource=alaya.QuickStartResourceArgs(
            cpu=8, mem=64, gpu=alaya.GpuArgs(gpu_type="nvidia.com/gpu-l40s", count=1)
        ),
    ),
)

pulumi.export("url", chat.service_url)
pulumi.export("api_key", chat.api_key)
'''

STARTER = Starter(
    description="Models on Alaya NeW",
    thing="A model on Alaya NeW, served by vLLM",
    program=_PROGRAM.format(cluster='require("cluster")', model='require("model")'),
    emulated_program=_PROGRAM.format(
        cluster=f'get("cluster") or "{EXAMPLE_CLUSTER}"', model=f'get("model") or "{EXAMPLE_MODEL}"'
    ),
    invoke="pulumi-inference invoke alaya chat --path /v1/chat/completions --data "
    """'{"model": "chat", "messages": [{"role": "user", "content": "Hello"}]}'""",
    credentials=(
        "pulumi config set inference:alayaAccessKey KEY",
        "pulumi config set --secret inference:alayaSecretKey",
        "pulumi config set cluster VKS_ID",
        "pulumi config set model MODEL_ID",
    ),
)
