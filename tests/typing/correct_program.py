"""What programs may write: type checkers find nothing wrong with it. Checked, never run."""

from typing import assert_type

import pulumi

from pulumi_inference import modelarts

model_id = pulumi.Output.from_input("5b1f3c0e-7a52-4c53-9c55-0a2f8f6d9b11")
settings = pulumi.Config()

smallest = modelarts.Service(
    "smallest", config=[modelarts.ServiceConfigArgs(model_id=model_id, specification="modelarts.vm.cpu.2u")]
)

with_classes = modelarts.Service(
    "with-classes",
    name="with-classes",
    infer_type="real-time",
    pool_name="pool-a",
    config=[
        modelarts.ServiceConfigArgs(
            model_id=model_id,
            weight=100,
            instance_count=2,
            specification="custom",
            custom_spec=modelarts.CustomSpecArgs(cpu=4, memory=8192, gpu_p4=0.5),
            envs={"BATCH": "8", "ENDPOINT": model_id},
            additional_properties=modelarts.ConfigAdditionalPropertiesArgs(
                max_surge=0.5, log_volume=[modelarts.LogVolumeArgs(host_path="/logs", mount_path="/var/log/model")]
            ),
        ),
    ],
    schedule=[modelarts.ServiceScheduleArgs(time_unit="HOURS", duration=10)],
    secret_envs={"model": {"TOKEN": settings.require_secret("token")}},
    desired_status="running",
    timeouts=modelarts.TimeoutsArgs(create="20m"),
    wait=False,
    opts=pulumi.ResourceOptions(protect=True, depends_on=[smallest]),
)

with_maps = modelarts.Service(
    "with-maps",
    config=[
        {
            "model_id": "m1",
            "specification": "custom",
            "weight": 60,
            "custom_spec": {"cpu": 1.5, "memory": 7500},
            "affinity": {"node_affinity": {"mode": "preferred", "pool_infos": [{"pool_name": "pool-a"}]}},
        },
        {"model_id": "m2", "specification": "modelarts.vm.cpu.2u", "weight": 40},
    ],
    pool_name="pool-a",
    timeouts={"create": "20m"},
    service_secrets=[{"secret_id": "s", "mount_path": "/secrets"}],
)

typed_config: modelarts.ServiceConfigArgsDict = {"model_id": "m", "specification": "modelarts.vm.cpu.2u"}
from_typed_map = modelarts.Service("from-typed-map", config=[typed_config])

looked_up = modelarts.Service.get("looked-up", "1d9e2c6b-6a0e-4ab2-8c38-6f8c1b2f5f10")
assert_type(looked_up, modelarts.Service)

assert_type(smallest.access_address, pulumi.Output[str])
assert_type(smallest.service_id, pulumi.Output[str])
assert_type(smallest.name, pulumi.Output[str])
assert_type(smallest.publish_at, pulumi.Output[int])
assert_type(smallest.due_time, pulumi.Output[int | None])
assert_type(smallest.is_shared, pulumi.Output[bool])
pulumi.export("url", pulumi.Output.concat(smallest.access_address, "/v1/predict"))

assert_type(modelarts.get_service("id").status, str)
assert_type(modelarts.get_services(name="classifier", infer_type="batch")[0], modelarts.ServiceSummary)
assert_type(modelarts.get_runtimes(status=None)[0].accelerator.type, str)
assert_type(modelarts.get_flavours(dedicated_pool=True, connection="europe")[0], modelarts.Flavour)
assert_type(modelarts.get_model(name="resnet", version="0.0.1").runtime, str | None)
assert_type(modelarts.get_pools_output().apply(lambda pools: pools[0]), pulumi.Output[modelarts.Pool])
assert_type(modelarts.get_service_events_output(smallest.service_id).apply(len), pulumi.Output[int])
assert_type(modelarts.get_models_output(name=smallest.name, order="asc").apply(len), pulumi.Output[int])


async def awaited() -> None:
    """Each lookup may be awaited too."""
    assert_type((await modelarts.get_service_monitor("id")).service_id, str)
    assert_type((await modelarts.get_service_update_records("id"))[0], modelarts.UpdateRecord)
