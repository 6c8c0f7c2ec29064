"""As many services as `BENCH_COUNT` says, each of a middling size."""

import os

import pulumi

from pulumi_inference import modelarts

for number in range(int(os.environ["BENCH_COUNT"])):
    service = modelarts.Service(
        f"service-{number}",
        description=f"Service number {number} of the benchmark",
        config=[
            modelarts.ServiceConfigArgs(
                model_id="0c3f8a52-6d1e-4b0a-9f5c-2f7d6f0f1a11",
                weight=70,
                specification="modelarts.vm.cpu.2u",
                instance_count=2,
                envs={"BATCH": "8", "LOG_LEVEL": "info", "MODEL_CACHE": "/cache/models"},
            ),
            modelarts.ServiceConfigArgs(
                model_id="0c3f8a52-6d1e-4b0a-9f5c-2f7d6f0f1a12",
                weight=30,
                specification="modelarts.vm.cpu.2u",
                instance_count=1,
                envs={"BATCH": "4", "LOG_LEVEL": "info"},
            ),
        ],
    )
    if "BENCH_READ" in os.environ:
        pulumi.export(f"url-{number}", service.access_address)
