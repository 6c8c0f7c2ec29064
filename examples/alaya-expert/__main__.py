"""A model over two nodes: a head pod that serves HTTP, a worker pod that joins it, the weights on a volume."""

import pulumi

from pulumi_inference import alaya

config = pulumi.Config()

image = config.get("image", "registry.example.com/acme/vllm-ray:0.9.0.1")
token = config.require_secret("apiToken")
node = alaya.ResourceArgs(cpu=32, mem=512, gpu=alaya.GpuArgs(gpu_type="nvidia.com/gpu-h800", count=8))
weights = alaya.PvcMountArgs(pvc_name="weights", container_path="/models", read_only=True)

chat = alaya.Deployment(
    "chat",
    vks_id=config.get("cluster", "vc0000000001"),
    namespace="default",
    model_id=config.get("model", "00000000-0000-4000-8000-0000000000aa"),
    served_name=["chat-large"],
    expert=alaya.ExpertArgs(
        head_config=alaya.HeadConfigArgs(
            image=image,
            # The start script is the image's own: the head starts the cluster and serves HTTP on port 3000.
            cmd=["/start.sh", "head"],
            args=["--model", "/models", "--tensor-parallel-size", "8", "--pipeline-parallel-size", "2"],
            env={"LOG_LEVEL": "info"},
            labels={"team": "search"},
            resource=node,
            pvc_mounts=[weights],
        ),
        worker_config=alaya.WorkerConfigArgs(
            workers=1,
            image=image,
            cmd=["/start.sh", "worker"],
            env={"LOG_LEVEL": "info"},
            resource=node,
            pvc_mounts=[weights],
        ),
    ),
    scale=alaya.ScaleArgs(min=1, max=config.get_int("maxInstances", 2), rps_value=10, idle_time=300),
    extensions={"team": "search"},
    secret_env={"head": {"API_TOKEN": token}, "worker": {"API_TOKEN": token}},
    timeouts=alaya.DeploymentTimeoutsArgs(create="2h", update="2h"),
)

pulumi.export("url", chat.service_url)
pulumi.export("api_key", chat.api_key)
