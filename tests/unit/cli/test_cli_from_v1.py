"""`pulumi-inference modelartsv2 from-v1` on the emulator."""

from __future__ import annotations

from pathlib import Path
from tests.support.cloud import Cloud
from tests.unit.cli.conftest import Deploy, Run


def test_x(project: Path, run: Run, deploy: Deploy, embedded_cloud: Cloud) -> None:
    item = {"specification": "modelarts.vm.cpu.2u", "instance_count": 2, "envs": {"A": "b", "API_KEY": "hunter2"}}
    embedded_cloud.admin(
        "POST",
        "/seed",
        {
            "models": [
                {
                    "model_id": one,
                    "model_name": "resnet",
                    "model_version": v,
                    "source_location": f"swr.example.test/demo/{one}:1",
                }
                for one, v in (("model-a", "1.0.0"), ("model-b", "1.1.0"))
            ]
        },
    )
    s = deploy(config=[{**item, "model_id": "model-a", "weight": 90}, {**item, "model_id": "model-b", "weight": 10}])
    r = run("modelartsv2", "from-v1", s)
    print(r.output)
    r = run("modelartsv2", "from-v1", s, "--pool", "pool-demo-01")
    print(r.output)
    s = deploy("b", config=[{**item, "model_id": "model-a", "weight": 100}])
    r = run("modelartsv2", "from-v1", s)
    print(r.output, r.exception)
    r = run("modelartsv2", "from-v1", "--help")
    print(r.output, r.exception)
    r = run("modelartsv2", "--help")
    print(r.output, r.exception)
