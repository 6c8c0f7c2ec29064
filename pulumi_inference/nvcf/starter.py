"""The program that `pulumi-inference init nvcf` writes."""

from pulumi_inference.core.starter import Starter

EXAMPLE_IMAGE = "nvcr.io/acme/echo:1"

_PROGRAM = '''\
"""Functions on NVIDIA Cloud Functions."""

import pulumi

from pulumi_inference import nvcf

config = pulumi.Config()

function = nvcf.Function(
    "echo",
    container_image=config.{image},
    inference_url="/echo",
    inference_port=8000,
    health=nvcf.FunctionHealthArgs(
        protocol="HTTP", uri="/health", port=8000, timeout="PT10S", expected_status_code=200
    ),
    description="Made by pulumi-inference init",
)

deployment = nvcf.Deployment(
    "echo",
    function_id=function.function_id,
    version_id=function.version_id,
    specifications=[
        nvcf.DeploymentSpecificationArgs(
            gpu="L40",
            instance_type="NCP.GPU.L40_1x",
            min_instances=1,
            max_instances=1,
        ),
    ],
)

pulumi.export("function_id", function.function_id)
pulumi.export("version_id", function.version_id)
pulumi.export("status", deployment.status)
'''

STARTER = Starter(
    description="Functions on NVIDIA Cloud Functions",
    thing="A function of NVIDIA Cloud Functions with its deployment",
    program=_PROGRAM.format(image='require("image")'),
    emulated_program=_PROGRAM.format(image=f'get("image") or "{EXAMPLE_IMAGE}"'),
    invoke="pulumi-inference invoke nvcf echo --data '{\"x\": 1}'",
    credentials=(
        "pulumi config set inference:nvcfOrg ORG",
        "pulumi config set --secret inference:nvcfApiKey",
        "pulumi config set image nvcr.io/ORG/IMAGE:TAG",
    ),
)
