"""Two models behind one URL. `canaryShare` moves traffic to the newer one, and a smoke test follows each roll-out."""

import pulumi

from pulumi_inference import modelarts

config = pulumi.Config()
canary_share = config.get_int("canaryShare", 10)
flavour = "modelarts.vm.cpu.2u"

classifier = modelarts.Service(
    "classifier",
    config=[
        modelarts.ServiceConfigArgs(
            model_id=config.get("stableModel", "6f1d2c1e-50b7-4a35-8a55-2b7f0c4d9e01"),
            weight=100 - canary_share,
            specification=flavour,
            instance_count=2,
        ),
        modelarts.ServiceConfigArgs(
            model_id=config.get("canaryModel", "6f1d2c1e-50b7-4a35-8a55-2b7f0c4d9e02"),
            weight=canary_share,
            specification=flavour,
        ),
    ],
    # The emulator's models answer with an echo of what they were sent.
    smoke_test=modelarts.SmokeTestArgs(body={"x": 1}, expect_json={"echo": {"x": 1}}, attempts=5),
)

pulumi.export("url", classifier.access_address)
