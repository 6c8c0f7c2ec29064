"""A model on two edge nodes, the second of which is a spare that does not run it at first."""

import pulumi

from pulumi_inference import modelarts

config = pulumi.Config()
gate = config.get("gateNode", "7b4c1de0-3a55-4c1f-9d28-4f0a6de0c101")
spare = config.get("spareNode", "7b4c1de0-3a55-4c1f-9d28-4f0a6de0c102")

counter = modelarts.Service(
    "counter",
    infer_type="edge",
    config=[
        modelarts.ServiceConfigArgs(
            model_id=config.get("model", "6f1d2c1e-50b7-4a35-8a55-2b7f0c4d9e04"),
            specification="custom",
            custom_spec=modelarts.CustomSpecArgs(cpu=1, memory=2048),
            nodes=[gate, spare],
            envs={"CAMERA": "rtsp://camera.example.com/gate"},
        ),
    ],
    desired_node_status={gate: "running", spare: "running" if config.get_bool("useSpare") else "stopped"},
)

pulumi.export("status", counter.status)
