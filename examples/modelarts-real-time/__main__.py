"""A real-time service on a dedicated pool: its resources, roll-out, variables, tags and wanted status."""

import pulumi

from pulumi_inference import modelarts

config = pulumi.Config()
model_id = config.get("model", "6f1d2c1e-50b7-4a35-8a55-2b7f0c4d9e01")

classifier = modelarts.Service(
    "classifier",
    description="Classifies pictures",
    pool_name=config.get("pool", "pool-a"),
    config=[
        modelarts.ServiceConfigArgs(
            model_id=model_id,
            instance_count=config.get_int("instances", 2),
            specification="custom",
            custom_spec=modelarts.CustomSpecArgs(cpu=4, memory=8192, gpu_p4=1),
            envs={"BATCH": "8"},
            additional_properties=modelarts.ConfigAdditionalPropertiesArgs(max_surge=1, max_unavailable=0),
        ),
    ],
    secret_envs={model_id: {"REGISTRY_TOKEN": config.require_secret("registryToken")}},
    desired_status="running" if config.get_bool("running", True) else "stopped",
    tags={"team": "vision"},
    timeouts=modelarts.TimeoutsArgs(create="40m", update="40m", delete="10m"),
)

pulumi.export("service_id", classifier.service_id)
pulumi.export("status", classifier.status)
pulumi.export("url", classifier.access_address)
