"""`pulumi-inference modelartsv2 from-v1` on the emulator."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.cloud import Cloud
from tests.unit.cli.conftest import Deploy, Run

FROM_V1 = ("modelartsv2", "from-v1")
ITEM = {"model_id": "model-a", "specification": "modelarts.vm.cpu.2u", "weight": 100, "instance_count": 2}
POOL = "pool-demo-01"
SECRET = "hunter2/token"

Seed = Callable[..., None]


@pytest.fixture
def seed(embedded_cloud: Cloud) -> Seed:
    """Puts a model there; by default one that was made of an image."""

    def put(model_id: str = "model-a", **changes: Any) -> None:
        image = f"swr.example.test/vision/{model_id}:1"
        item = {"model_id": model_id, "model_name": "resnet", "model_version": "1.0.0", "source_location": image}
        embedded_cloud.admin("POST", "/seed", {"models": [{**item, **changes}]})

    return put


def test_the_program_of_a_model_on_the_public_pool(project: Path, run: Run, deploy: Deploy, seed: Seed) -> None:
    seed()
    service_id = deploy(description="Sorts pictures", config=[{**ITEM, "envs": {"BATCH": "8"}}])
    result = run(*FROM_V1, service_id)
    assert result.exit_code == 0, result.output
    comments, _, program = result.stdout.partition("\n\n")
    assert comments.startswith(
        f"# Made by `pulumi-inference modelartsv2 from-v1 {service_id}`.\n# By hand:\n# - flavor"
    )
    assert all(line.startswith("# ") for line in comments.splitlines())
    assert (
        program
        == """\
import pulumi

from pulumi_inference import modelartsv2

classifier = modelartsv2.Service(
    "classifier",
    name="classifier",
    runtime_config=modelartsv2.RuntimeConfigArgs(
        service_invoke=modelartsv2.ServiceInvokeArgs(
            port=8080,
            protocol="HTTP",
            auth_type="TOKEN",
            internet_access_enable=True,
        ),
        service_limit=modelartsv2.ServiceLimitArgs(
            rate_limit=modelartsv2.RateLimitArgs(num=10000, unit="SECONDS"),
            request_size_limit=50,
            request_timeout=7200,
        ),
    ),
    deployment=modelartsv2.InlineDeploymentArgs(
        weight=100,
        count=2,
        unit_configs=[
            modelartsv2.UnitConfigArgs(
                image=modelartsv2.ImageArgs(
                    swr_path="swr.example.test/vision/model-a:1",
                ),
                flavor="modelarts.vm.cpu.2u",
                envs={"BATCH": "8"},
                port=8080,
            ),
        ],
        advanced_config=modelartsv2.AdvancedConfigArgs(port=8080, protocol="HTTP"),
        name="resnet",
    ),
    description="Sorts pictures",
)

pulumi.export("classifier_url", classifier.url)
"""
    )
    assert "Put the text above into the program of a stack, then run:\n  pulumi preview\nBy hand:\n" in result.stderr


def test_deployments_refer_to_their_service(
    project: Path, run: Run, deploy: Deploy, seed: Seed, embedded_cloud: Cloud
) -> None:
    seed()
    seed("model-b", model_version="1.1.0")
    service_id = deploy(config=[{**ITEM, "weight": 90}, {**ITEM, "model_id": "model-b", "weight": 10}])
    refused = run(*FROM_V1, service_id)
    assert refused.exit_code == 1
    assert f"Error: classifier ({service_id}) has 2 models on the public pool" in refused.stderr
    assert "Name a dedicated pool with --pool; `pulumi-inference modelartsv2 pools` lists them." in refused.stderr

    embedded_cloud.forget_requests()
    words = ("--pool", POOL, "--name", "class", "--auth", "api_key", "--program", "moved.py", "--stack", "dev")
    assert run(*FROM_V1, service_id, *words).exit_code == 1  # there is no such stack
    result = run(*FROM_V1, service_id, *words[:-2])
    assert result.exit_code == 0, result.output
    assert "Wrote moved.py.\nPut its text into the program of a stack" in result.stderr
    program = (project / "moved.py").read_text()
    ast.parse(program)
    assert 'class_ = modelartsv2.Service(\n    "class",\n    name="classifier",\n' in program
    assert 'class_resnet_1_1_0 = modelartsv2.Deployment(\n    "class-resnet-1-1-0",\n    weight=10,\n' in program
    assert program.count("    service_id=class_.service_id,\n") == 2
    assert program.count(f'    pool_id="{POOL}",\n') == 2
    assert 'auth_type="API_KEY"' in program
    assert 'pulumi.export("class_url", class_resnet_1_0_0.url)' in program
    # Each model is read once, and nothing is written.
    assert [one.path for one in embedded_cloud.sent()].count("/models/model-a") == 1
    assert embedded_cloud.sent("POST", "PUT", "DELETE") == []


def test_secrets_stay_out_of_program_and_terminal(
    project: Path, run: Run, deploy: Deploy, seed: Seed, fake_pulumi: Callable[[str], Path], embedded_cloud: Cloud
) -> None:
    seed()
    envs = {"DB_PASSWORD": SECRET, "MAX_TOKENS": "100", "SORT_KEY": "name", "PIN": "pin-1234"}
    service_id = deploy(config=[{**ITEM, "envs": envs}])
    choice = ("--plain-env", "SORT_KEY", "--secret-env", "PIN")
    result = run(*FROM_V1, service_id, *choice)
    assert result.exit_code == 0, result.output
    assert 'envs={"MAX_TOKENS": "100", "SORT_KEY": "name"}' in result.stdout
    assert '"DB_PASSWORD": config.require_secret("classifier-DB_PASSWORD")' in result.stdout
    assert "  pulumi config set --secret classifier-PIN\n" in result.stderr
    assert SECRET not in result.output
    assert "pin-1234" not in result.output

    config = json.dumps({"inference:modelartsEndpoint": {"value": embedded_cloud.endpoint}})
    fake_pulumi(f'if [ "$2" = set ]; then echo "$* $(cat)" >> calls; else echo \'{config}\'; fi')
    stored = run(*FROM_V1, service_id, *choice, "--set-secrets", "--stack", "dev")
    assert stored.exit_code == 0, stored.output
    assert (project / "calls").read_text().splitlines() == [
        f"config set --secret classifier-DB_PASSWORD --stack dev {SECRET}",
        "config set --secret classifier-PIN --stack dev pin-1234",
    ]
    assert "config set" not in stored.stderr
    assert "pulumi preview --stack dev" in stored.stderr


def test_an_image_that_nobody_knows_is_asked_of_the_configuration(project: Path, run: Run, deploy: Deploy) -> None:
    # The emulator lets services have models that it does not know.
    result = run(*FROM_V1, deploy())
    assert result.exit_code == 0, result.output
    assert "config = pulumi.Config()\n" in result.stdout
    assert 'swr_path=config.require("classifier-image"),\n' in result.stdout
    example = "swr.REGION.myhuaweicloud.com/ORGANISATION/IMAGE:TAG"
    assert f"  pulumi config set classifier-image {example}\n  pulumi preview\n" in result.stderr
    assert "  classifier: v1 says no image of the model model-a; the configuration has to\n" in result.stderr


def test_what_a_preview_would_refuse_is_said(project: Path, run: Run, deploy: Deploy, seed: Seed) -> None:
    seed()
    result = run(*FROM_V1, deploy(config=[{**ITEM, "instance_count": 128, "envs": {"2X": "a", "T": "<b>"}}]))
    assert result.exit_code == 0, result.output
    for words in ("classifier: deployment.unit_configs[0].envs.2X: names of variables", "envs.T: must not contain"):
        assert words in result.stderr
        assert words in result.stdout.replace("\n#   ", " ")


def test_texts_of_a_cloud_stay_in_their_comment(
    project: Path, run: Run, deploy: Deploy, seed: Seed, embedded_cloud: Cloud
) -> None:
    seed(source_location='swr.test/a:1"\nimport os\n', cmd="sh -c 'echo \"hi\"'\nexit")
    service_id = deploy(started=False)
    embedded_cloud.change(status="failed", error_msg="boom\nimport os  # \x1b[31m\u2028import sys")
    result = run(*FROM_V1, service_id, "--pool", "p\nimport os")
    assert result.exit_code == 0, result.output
    tree = ast.parse(result.stdout)
    assert [type(one).__name__ for one in tree.body] == ["Import", "ImportFrom", "Assign", "Assign", "Expr"]
    assert "\x1b" not in result.output
    assert "v1's service has failed: boom import os" in result.stdout
    assert run(*FROM_V1, service_id, "--pool", POOL, "--program", "moved.py").exit_code == 0
    assert "\x1b" not in (project / "moved.py").read_text()


def test_a_named_connection_goes_on(project: Path, run: Run, deploy: Deploy, seed: Seed, embedded_cloud: Cloud) -> None:
    seed()
    service_id = deploy()
    (project / "Pulumi.yaml").write_text(
        "name: trial\nruntime: python\nconfig:\n  inference:connections:\n    value:\n      other:\n"
        f"        endpoint: {embedded_cloud.endpoint}\n"
    )
    result = run(*FROM_V1, service_id, "--connection", "other", "--pool", POOL)
    assert result.exit_code == 0, result.output
    assert result.stdout.count('    connection="other",\n') == 2


def test_batch_services_are_refused(project: Path, run: Run, deploy: Deploy) -> None:
    batch = {"src_path": "/b/in", "dest_path": "/b/out", "req_uri": "/", "mapping_type": "file"}
    item = {name: value for name, value in ITEM.items() if name != "weight"}
    result = run(*FROM_V1, deploy(infer_type="batch", config=[{**item, **batch}]), "--program", "moved.py")
    assert result.exit_code == 1
    assert "is a batch service: v2 has none" in result.stderr
    assert not (project / "moved.py").exists()


def test_a_service_that_is_not_there(project: Path, run: Run) -> None:
    result = run(*FROM_V1, "7c1f0f5e-8c1e-4d53-9f6c-2d6a4bb0a001")
    assert result.exit_code == 1
    assert "there is no service 7c1f0f5e-8c1e-4d53-9f6c-2d6a4bb0a001" in result.stderr


def test_a_model_that_may_not_be_read(
    project: Path, run: Run, deploy: Deploy, seed: Seed, embedded_cloud: Cloud
) -> None:
    seed()
    service_id = deploy()
    embedded_cloud.fault(path="/models", status=403, error_code="ModelArts.0010")
    result = run(*FROM_V1, service_id)
    assert result.exit_code == 0, result.output
    assert "warning: the model model-a could not be read: " in result.stderr
    assert 'config.require("classifier-image")' in result.stdout


def test_nothing_is_overwritten(project: Path, run: Run, deploy: Deploy, seed: Seed) -> None:
    seed()
    (project / "moved.py").write_text("mine")
    service_id = deploy()
    result = run(*FROM_V1, service_id, "--program", "moved.py")
    assert result.exit_code == 1
    assert "moved.py exists already" in result.stderr
    assert run(*FROM_V1, service_id, "--program", "moved.py", "--force").exit_code == 0
    assert (project / "moved.py").read_text() != "mine"


def test_it_is_one_of_the_commands_of_its_cloud(elsewhere: Path, run: Run) -> None:
    listed = run("modelartsv2", "--help").stdout
    assert "from-v1 " in listed
    assert "from-v1 " not in run("modelarts", "--help").stdout
    shown = " ".join(run(*FROM_V1, "--help").stdout.split())
    for words in ("from-v1 [OPTIONS] SERVICE_ID", "--pool POOL_ID", "--auth [token|api_key]", "--set-secrets"):
        assert words in shown


def test_init_writes_a_project_that_stands(elsewhere: Path, run: Run) -> None:
    assert run("init", "modelartsv2", "new", "--emulator").exit_code == 0
    program = (elsewhere / "new" / "__main__.py").read_text()
    compile(program, "__main__.py", "exec")
    assert f'config.get("pool") or "{POOL}"' in program
    result = run("init", "modelartsv2", "real", "--region", "cn-north-4")
    for words in ("--secret inference:modelartsSecretKey", "set pool POOL_ID", "set image swr."):
        assert words in result.stdout
    assert 'config.require("image")' in (elsewhere / "real" / "__main__.py").read_text()
