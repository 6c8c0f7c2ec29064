"""The program that `pulumi-inference init modelartsv2` writes."""

from pulumi_inference.core.starter import Starter

EXAMPLE_IMAGE, EXAMPLE_POOL = "swr.cn-north-4.myhuaweicloud.com/demo/echo:1", "pool-demo-01"

_PROGRAM = '''\
"""Inference services on Huawei Cloud ModelArts v2."""

import pulumi

from pulumi_inference import modelartsv2

config = pulumi.Config()

service = modelartsv2.Service(
    "echo",
    description="Made by pulumi-inference init",
    runtime_config=modelartsv2.RuntimeConfigArgs(
        service_invoke=modelartsv2.ServiceInvokeArgs(port=8080, auth_type="API_KEY", internet_access_enable=True),
        service_limit=modelartsv2.ServiceLimitArgs(
            rate_limit=modelartsv2.RateLimitArgs(num=50),
            request_size_limit=10,
            request_timeout=90,
        ),
    ),
)

# A second deployment with a weight of its own takes its share of the requests.
blue = modelartsv2.Deployment(
    "blue",
    service_id=service.service_id,
    # `pulumi-inference modelartsv2 pools` lists the dedicated pools.
    pool_id=config.{pool},
    weight=100,
    count=1,
    unit_configs=[
        modelartsv2.UnitConfigArgs(
            image=modelartsv2.ImageArgs(swr_path=config.{image}),
            custom_spec=modelartsv2.CustomSpecArgs(cpu=1, memory=2048),
            port=8080,
        ),
    ],
    advanced_config=modelartsv2.AdvancedConfigArgs(port=8080),
)

pulumi.export("service_id", service.service_id)
pulumi.export("url", blue.url)
'''

STARTER = Starter(
    description="Inference services on Huawei Cloud ModelArts v2",
    thing="A ModelArts v2 service with a deployment",
    program=_PROGRAM.format(pool='require("pool")', image='require("image")'),
    emulated_program=_PROGRAM.format(
        pool=f'get("pool") or "{EXAMPLE_POOL}"', image=f'get("image") or "{EXAMPLE_IMAGE}"'
    ),
    invoke="pulumi-inference invoke modelartsv2 echo --data '{\"x\": 1}'",
    credentials=(
        "pulumi config set inference:modelartsAccessKey AK",
        "pulumi config set --secret inference:modelartsSecretKey",
        "pulumi config set pool POOL_ID",
        "pulumi config set image swr.REGION.myhuaweicloud.com/ORGANISATION/IMAGE:TAG",
    ),
    region="cn-north-4",
)
