"""A real-time service on a dedicated pool: a canary beside the stable model, secrets, and a wanted status."""

import pulumi

from pulumi_inference import modelarts

config = pulumi.Config()
pool = config.get("pool") or "pool-a"
stable = config.get("stableModel") or "6f1d2c1e-50b7-4a35-8a55-2b7f0c4d9e01"
canary = config.get("canaryModel") or "6f1d2c1e-50b7-4a35-8a55-2b7f0c4d9e02"
canary_share = config.get_int("canaryShare") or 10
running = config.get_bool("running")
token = config.require_secret("registryToken")

classifier = modelarts.Service(
    "classifier",
    description="Stable model with a canary",
    pool_name=pool,
    config=[
        modelarts.ServiceConfigArgs(
            model_id=stable,
            weight=100 - canary_share,
            instance_count=2,
            specification="custom",
            custom_spec=modelarts.CustomSpecArgs(cpu=4, memory=8192, gpu_p4=1),
            envs={"BATCH": "8"},
            additional_properties=modelarts.ConfigAdditionalPropertiesArgs(max_surge=1, max_unavailable=0),
        ),
        modelarts.ServiceConfigArgs(
            model_id=canary,
            weight=canary_share,
            specification="custom",
            custom_spec=modelarts.CustomSpecArgs(cpu=2, memory=4096, gpu_p4=0.5),
            envs={"BATCH": "1"},
        ),
    ],
    secret_envs={stable: {"REGISTRY_TOKEN": token}, canary: {"REGISTRY_TOKEN": token}},
    desired_status="stopped" if running is False else "running",
    timeouts=modelarts.TimeoutsArgs(create="40m", update="40m", delete="10m"),
)

pulumi.export("service_id", classifier.service_id)
pulumi.export("name", classifier.name)
pulumi.export("status", classifier.status)
pulumi.export("url", classifier.access_address)
