"""A service that works during the day: its schedule stops it after some hours, and `pulumi up` starts it again."""

import pulumi

from pulumi_inference import modelarts

config = pulumi.Config()

classifier = modelarts.Service(
    "classifier",
    config=[
        modelarts.ServiceConfigArgs(
            model_id=config.get("model", "6f1d2c1e-50b7-4a35-8a55-2b7f0c4d9e01"),
            specification="modelarts.vm.cpu.2u",
        ),
    ],
    desired_status="running",
    # Without this, a service that its schedule has stopped stays stopped, although it is to run.
    restart_after_schedule=config.get_bool("restart", False),
)
evening = modelarts.Schedule(
    "evening-stop",
    service_id=classifier.service_id,
    time_unit="HOURS",
    duration=config.get_int("hours", 10),
)

pulumi.export("status", classifier.status)
pulumi.export("stops_at", evening.due_time)
