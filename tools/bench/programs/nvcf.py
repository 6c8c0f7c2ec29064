"""As many deployments as `BENCH_COUNT` says, each of a middling size; the function versions are there."""

import os
from uuid import UUID

import pulumi

from pulumi_inference import nvcf

for number in range(int(os.environ["BENCH_COUNT"])):
    version = str(UUID(int=number + 1))
    deployment = nvcf.Deployment(
        f"deployment-{number}",
        function_id=version,
        version_id=version,
        specifications=[
            nvcf.DeploymentSpecificationArgs(
                gpu="L40",
                instance_type="NCP.GPU.L40_1x",
                min_instances=1,
                max_instances=4,
                max_request_concurrency=8,
                regions=["us-east-1", "us-west-2"],
            ),
            nvcf.DeploymentSpecificationArgs(
                gpu="H100",
                instance_type="NCP.GPU.H100_1x",
                min_instances=0,
                max_instances=2,
                max_request_concurrency=8,
            ),
        ],
    )
    if "BENCH_READ" in os.environ:
        pulumi.export(f"deployment-id-{number}", deployment.deployment_id)
