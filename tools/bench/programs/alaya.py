"""As many deployments as `BENCH_COUNT` says, each of a middling size."""

import os

import pulumi

from pulumi_inference import alaya

node = alaya.ResourceArgs(cpu=8, mem=64, gpu=alaya.GpuArgs(gpu_type="nvidia.com/gpu-h800", count=1))
weights = alaya.PvcMountArgs(pvc_name="weights", container_path="/models", read_only=True)

for number in range(int(os.environ["BENCH_COUNT"])):
    deployment = alaya.Deployment(
        f"deployment-{number}",
        vks_id="vc0000000001",
        namespace="default",
        model_id="00000000-0000-4000-8000-0000000000aa",
        served_name=[f"model-{number}"],
        expert=alaya.ExpertArgs(
            head_config=alaya.HeadConfigArgs(
                image="registry.example.com/acme/vllm-ray:0.9.0.1",
                cmd=["/start.sh", "head"],
                args=["--model", "/models", "--pipeline-parallel-size", "2"],
                env={"LOG_LEVEL": "info"},
                resource=node,
                pvc_mounts=[weights],
            ),
            worker_config=alaya.WorkerConfigArgs(
                workers=1,
                image="registry.example.com/acme/vllm-ray:0.9.0.1",
                cmd=["/start.sh", "worker"],
                env={"LOG_LEVEL": "info"},
                resource=node,
                pvc_mounts=[weights],
            ),
        ),
        scale=alaya.ScaleArgs(min=1, max=1, rps_value=10, idle_time=300),
    )
    if "BENCH_READ" in os.environ:
        pulumi.export(f"url-{number}", deployment.service_url)
