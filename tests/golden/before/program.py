"""What the code before the common ground has deployed: its state and its cloud stand beside this file."""

import pulumi

from pulumi_inference import modelarts

digits = modelarts.Model(
    "digits",
    version="1.0.0",
    model_type="TensorFlow",
    source_location="https://models.obs.cn-north-4.myhuaweicloud.com/digits/1.0.0/",
    runtime="tf1.13-python3.7-gpu",
    architecture="x86_64",
    accelerator="gpu",
    install_type=["real-time"],
)
classifier = modelarts.Service(
    "classifier",
    description="first",
    config=[
        modelarts.ServiceConfigArgs(
            model_id=digits.model_id,
            specification="modelarts.vm.gpu.pnt004",
            instance_count=2,
            weight=100,
            envs={"BATCH": "8"},
        ),
    ],
    secret_envs=digits.model_id.apply(lambda model_id: {model_id: {"TOKEN": pulumi.Output.secret("hush")}}),
    tags={"team": "a"},
    desired_status="running",
    smoke_test=modelarts.SmokeTestArgs(body={"x": 1}, expect_status=200),
    timeouts={"create": "20m"},
)
named = modelarts.Service(
    "named",
    name="a-name-of-my-own",
    description="marked",
    config=[
        modelarts.ServiceConfigArgs(model_id=digits.model_id, specification="modelarts.vm.cpu.2u", instance_count=1),
    ],
)
modelarts.Schedule("stop", service_id=named.service_id, type="stop", time_unit="DAYS", duration=36000)

pulumi.export("classifier", classifier.service_id)
pulumi.export("named", named.service_id)
