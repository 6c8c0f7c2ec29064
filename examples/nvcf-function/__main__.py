"""A container as a function, with its deployment: environment, secret, health check, rate limit and a smoke test."""

import pulumi

from pulumi_inference import nvcf

config = pulumi.Config()

echo = nvcf.Function(
    "echo",
    description="Says back what it is told",
    container_image=config.get("image", "nvcr.io/acme/echo:1.0"),
    inference_url="/echo",
    inference_port=8000,
    container_environment={"LOG_LEVEL": "info"},
    health=nvcf.FunctionHealthArgs(
        protocol="HTTP", uri="/health", port=8000, timeout="PT10S", expected_status_code=200
    ),
    secrets={"API_TOKEN": config.require_secret("apiToken")},
    rate_limit=nvcf.FunctionRateLimitArgs(rate_limit="100-S"),
    tags=["team:speech"],
)

deployment = nvcf.Deployment(
    "echo",
    function_id=echo.function_id,
    version_id=echo.version_id,
    specifications=[
        nvcf.DeploymentSpecificationArgs(
            gpu="L40",
            instance_type="NCP.GPU.L40_1x",
            min_instances=1,
            max_instances=config.get_int("maxInstances", 2),
            max_request_concurrency=4,
        ),
    ],
    # The emulator's containers answer with an echo of what they were sent.
    smoke_test=nvcf.SmokeTestArgs(body={"x": 1}, expect_json={"echo": {"x": 1}}, attempts=5),
    timeouts=nvcf.DeploymentTimeoutsArgs(create="1h", update="1h", delete="30m"),
)

pulumi.export("function_id", echo.function_id)
pulumi.export("version_id", echo.version_id)
pulumi.export("status", deployment.status)
