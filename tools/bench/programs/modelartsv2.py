"""As many services as `BENCH_COUNT` says, each of a middling size, with its deployment inside."""

import os

import pulumi

from pulumi_inference import modelartsv2

for number in range(int(os.environ["BENCH_COUNT"])):
    service = modelartsv2.Service(
        f"service-{number}",
        description=f"Service number {number} of the benchmark",
        runtime_config=modelartsv2.RuntimeConfigArgs(
            service_invoke=modelartsv2.ServiceInvokeArgs(port=8000, auth_type="API_KEY", internet_access_enable=True),
            service_limit=modelartsv2.ServiceLimitArgs(
                rate_limit=modelartsv2.RateLimitArgs(num=50), request_size_limit=10, request_timeout=300
            ),
        ),
        deployment=modelartsv2.InlineDeploymentArgs(
            count=2,
            unit_configs=[
                modelartsv2.UnitConfigArgs(
                    image=modelartsv2.ImageArgs(swr_path="swr.cn-north-4.myhuaweicloud.com/acme/chat:1.0"),
                    flavor="modelarts.vm.cpu.2u",
                    cmd="/start.sh",
                    port=8000,
                    envs={"BATCH": "8", "LOG_LEVEL": "info", "MODEL_CACHE": "/cache/models"},
                    readiness_health=modelartsv2.HealthArgs(url="/health", timeout_seconds=5),
                ),
            ],
            advanced_config=modelartsv2.AdvancedConfigArgs(port=8000),
        ),
    )
    if "BENCH_READ" in os.environ:
        pulumi.export(f"url-{number}", service.url)
