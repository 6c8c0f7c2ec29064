"""A batch service: each line of a CSV file becomes one request to the model, and the answers go to a folder in OBS."""

import pulumi

from pulumi_inference import modelarts

config = pulumi.Config()
bucket = config.get("bucket", "https://measurements.obs.cn-north-4.myhuaweicloud.com")
day = config.get("day", "2026-11-21")

scoring = modelarts.Service(
    "scoring",
    infer_type="batch",
    config=[
        modelarts.ServiceConfigArgs(
            model_id=config.get("model", "6f1d2c1e-50b7-4a35-8a55-2b7f0c4d9e03"),
            specification="modelarts.vm.cpu.2u",
            src_path=f"{bucket}/in/",
            dest_path=f"{bucket}/out/",
            req_uri="/",
            mapping_type="csv",
            # A line "5.1,3.5,…" becomes {"data": {"length": 5.1, "width": 3.5}}.
            mapping_rule={
                "type": "object",
                "properties": {
                    "data": {
                        "type": "object",
                        "properties": {
                            "length": {"type": "number", "index": 0},
                            "width": {"type": "number", "index": 1},
                        },
                    },
                },
            },
        ),
    ],
    # The paths stay the same each day, so that only this tells that there is something new to read.
    rerun_triggers={"day": day},
)

pulumi.export("answers", f"{bucket}/out/")
