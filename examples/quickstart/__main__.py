"""One real-time service. `make up` deploys it onto the embedded emulator."""

import pulumi

from pulumi_inference import modelarts

classifier = modelarts.Service(
    "classifier",
    description="Quickstart of pulumi-inference",
    config=[
        modelarts.ServiceConfigArgs(
            model_id="0c3f8a52-6d1e-4b0a-9f5c-2f7d6f0f1a11",
            specification="modelarts.vm.cpu.2u",
            instance_count=2,
            envs={"BATCH": "8"},
        ),
    ],
)

pulumi.export("service_id", classifier.service_id)
pulumi.export("url", classifier.access_address)
