"""A service on the public pool: its one deployment stands in it, and it stops by itself when nobody stops it."""

import pulumi

from pulumi_inference import modelartsv2

config = pulumi.Config()

echo = modelartsv2.Service(
    "echo",
    runtime_config=modelartsv2.RuntimeConfigArgs(
        service_invoke=modelartsv2.ServiceInvokeArgs(port=8080, auth_type="NONE", internet_access_enable=True),
        service_limit=modelartsv2.ServiceLimitArgs(
            rate_limit=modelartsv2.RateLimitArgs(num=10), request_size_limit=1, request_timeout=30
        ),
    ),
    # Without a pool, the deployment has no life of its own: it is made, changed, started and stopped with the service.
    deployment=modelartsv2.InlineDeploymentArgs(
        count=config.get_int("replicas", 1),
        unit_configs=[
            modelartsv2.UnitConfigArgs(
                image=modelartsv2.ImageArgs(
                    swr_path=config.get("image", "swr.cn-north-4.myhuaweicloud.com/acme/echo:1.0")
                ),
                flavor="modelarts.vm.cpu.2u",
                port=8080,
                envs={"LOG_LEVEL": "info"},
            ),
        ],
        advanced_config=modelartsv2.AdvancedConfigArgs(port=8080),
    ),
    secret_envs={"main": {"API_TOKEN": config.require_secret("apiToken")}},
    tags={"team": "search", "purpose": "demo"},
    schedule=modelartsv2.ServiceScheduleArgs(time_unit="HOURS", duration=config.get_int("hours", 10)),
    desired_status="running",
    # Without this, a service that its schedule has stopped stays stopped, although it is to run.
    restart_after_schedule=config.get_bool("restart", False),
    smoke_test=modelartsv2.SmokeTestArgs(path="/echo", body={"x": 1}, expect_json={"echo": {"x": 1}}, attempts=5),
)

pulumi.export("url", echo.url)
pulumi.export("stops_at", echo.due_time)
