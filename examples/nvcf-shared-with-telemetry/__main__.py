"""A function whose logs go to a receiver of one's own, and that the accounts of partners may call."""

import pulumi

from pulumi_inference import nvcf

config = pulumi.Config()

logs = nvcf.Telemetry(
    "logs",
    telemetry_endpoint=config.get("logs_endpoint", "https://otlp.example.com:4318"),
    protocol="HTTP",
    provider="OTEL_COLLECTOR",
    types=["LOGS", "TRACES"],
    secret=config.require_secret("logs_token"),
)
echo = nvcf.Function(
    "echo",
    container_image=config.get("image", "nvcr.io/acme/echo:1"),
    inference_url="/echo",
    inference_port=8000,
    telemetries=nvcf.FunctionTelemetriesArgs(
        logs_telemetry_id=logs.telemetry_id,
        traces_telemetry_id=logs.telemetry_id,
    ),
)
deployment = nvcf.Deployment(
    "echo",
    function_id=echo.function_id,
    version_id=echo.version_id,
    specifications=[
        nvcf.DeploymentSpecificationArgs(
            gpu=config.get("gpu", "L40"),
            instance_type=config.get("instance_type", "NCP.GPU.L40_1x"),
            min_instances=1,
            max_instances=1,
        ),
    ],
)
# All versions of the function are shared, those to come as well: callers keep its id.
partners = nvcf.Authorization(
    "partners",
    function_id=echo.function_id,
    accounts=config.get_object("partners", ["partner-a"]),
)

pulumi.export("function_id", echo.function_id)
pulumi.export("others_who_may_call", partners.other_accounts)
