"""The same model on two clouds: `clouds` says on which, and what is common to both stands here once."""

import pulumi

from pulumi_inference import alaya, nvcf

config = pulumi.Config()
clouds = config.get("clouds", "alaya,nvcf").split(",")
most = config.get_int("maxInstances", 2)

CHAT = "/v1/chat/completions"
question = {"model": "chat", "messages": [{"role": "user", "content": "Say yes."}]}

if "alaya" in clouds:
    deployment = alaya.Deployment(
        "chat-alaya",
        vks_id=config.get("cluster", "vc0000000001"),
        namespace="default",
        model_id=config.get("model", "00000000-0000-4000-8000-0000000000aa"),
        served_name=["chat"],
        quick_start=alaya.QuickStartArgs(
            backend="vllm",
            backend_version="0.9.0.1",
            resource=alaya.QuickStartResourceArgs(
                cpu=8, mem=64, gpu=alaya.GpuArgs(gpu_type="nvidia.com/gpu-l40s", count=1)
            ),
        ),
        scale=alaya.ScaleArgs(min=1, max=most, rps_value=10, idle_time=300),
        smoke_test=alaya.SmokeTestArgs(path=CHAT, body=question, attempts=5),
    )
    pulumi.export("alaya_url", deployment.service_url)

if "nvcf" in clouds:
    function = nvcf.Function(
        "chat-nvcf",
        container_image=config.get("image", "nvcr.io/nim/meta/llama-3.1-8b-instruct:1.8.4"),
        inference_url=CHAT,
        inference_port=8000,
    )
    nvcf.Deployment(
        "chat-nvcf",
        function_id=function.function_id,
        version_id=function.version_id,
        specifications=[
            nvcf.DeploymentSpecificationArgs(
                gpu="L40S", instance_type="NCP.GPU.L40S_1x", min_instances=1, max_instances=most
            ),
        ],
        smoke_test=nvcf.SmokeTestArgs(body=question, attempts=5),
    )
    pulumi.export("nvcf_function_id", function.function_id)
