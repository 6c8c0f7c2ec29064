"""Two versions of one function, blue and green: `live` says which of them are deployed, and so answer calls."""

import pulumi

from pulumi_inference import nvcf

config = pulumi.Config()
live = config.get("live", "blue").split(",")


def version(colour: str, image: str, function_id: pulumi.Input[str] | None = None) -> nvcf.Function:
    """A version of the function; without an id, the first one, which makes the function."""
    made = nvcf.Function(
        colour,
        name="ranker",
        function_id=function_id,
        container_image=image,
        inference_url="/rank",
        inference_port=8000,
        tags=[f"colour:{colour}"],
    )
    if colour in live:
        nvcf.Deployment(
            colour,
            function_id=made.function_id,
            version_id=made.version_id,
            specifications=[
                nvcf.DeploymentSpecificationArgs(
                    gpu="L40S", instance_type="NCP.GPU.L40S_1x", min_instances=1, max_instances=2
                ),
            ],
            # The emulator's containers answer with an echo of what they were sent.
            smoke_test=nvcf.SmokeTestArgs(body={"query": "x"}, expect_json={"echo": {"query": "x"}}, attempts=5),
        )
    return made


blue = version("blue", config.get("blueImage", "nvcr.io/acme/ranker:1.0"))
green = version("green", config.get("greenImage", "nvcr.io/acme/ranker:2.0"), blue.function_id)

pulumi.export("function_id", blue.function_id)
