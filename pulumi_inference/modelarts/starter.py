"""The program that `pulumi-inference init modelarts` writes."""

from pulumi_inference.core.starter import Starter

EXAMPLE_MODEL = "0c3f8a52-6d1e-4b0a-9f5c-2f7d6f0f1a11"

_PROGRAM = '''\
"""Inference services on Huawei Cloud ModelArts."""

import pulumi

from pulumi_inference import modelarts

config = pulumi.Config()

service = modelarts.Service(
    "classifier",
    description="Made by pulumi-inference init",
    config=[
        modelarts.ServiceConfigArgs(
            model_id=config.{model},
            specification="modelarts.vm.cpu.2u",
            weight=100,
            instance_count=1,
        ),
    ],
)

pulumi.export("service_id", service.service_id)
pulumi.export("url", service.access_address)
'''

STARTER = Starter(
    description="Inference services on Huawei Cloud ModelArts",
    thing="A ModelArts service",
    program=_PROGRAM.format(model='require("modelId")'),
    emulated_program=_PROGRAM.format(model=f'get("modelId") or "{EXAMPLE_MODEL}"'),
    invoke="pulumi-inference invoke modelarts classifier --data '{\"x\": 1}'",
    credentials=(
        "pulumi config set inference:modelartsAccessKey AK",
        "pulumi config set --secret inference:modelartsSecretKey",
        "pulumi config set modelId ID",
    ),
    region="cn-north-4",
)
