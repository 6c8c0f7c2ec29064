"""Draw the review of a real preview as readers see it: `python -m tools.review_picture` writes docs/review*.

A stack with services of three clouds is deployed onto the embedded emulator, changed behind its back, and then by its
program. What `pulumi-inference review` says of that is kept as the comment (Markdown) and as a picture (SVG).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from pulumi_inference.emulator.transport import EmulatorTransport
from tools.engine.bootstrap import ensure
from tools.environment import ROOT, engine_environment

COMMENT = ROOT / "docs/review-example.md"
PICTURE = ROOT / "docs/review.svg"
WIDTH, HEIGHT = 960, 2360

PROJECT = """\
name: fleet
runtime: python
options:
  refresh: always
config:
  inference:modelartsEndpoint: emulator:cloud.db
  inference:nvcfEndpoint: emulator:cloud.db
  inference:alayaEndpoint: emulator:cloud.db
"""

PROGRAM = """\
import pulumi

from pulumi_inference import alaya, modelarts, nvcf

config = pulumi.Config()
after = config.get_bool("after")


def model(model_id, weight, instance_count):
    return modelarts.ServiceConfigArgs(
        model_id=model_id,
        weight=weight,
        instance_count=instance_count,
        specification="custom",
        custom_spec=modelarts.CustomSpecArgs(cpu=4, memory=8192, gpu_p4=1),
    )


modelarts.Service(
    "classifier",
    name="classifier",
    pool_name="pool-a",
    config=[model("bert-1", 30 if after else 70, 2), model("bert-2", 70 if after else 30, 4 if after else 2)],
    secret_envs={"bert-1": {"REGISTRY_TOKEN": config.require_secret("token")}},
)

echo = nvcf.Function(
    "echo",
    name="echo",
    container_image="nvcr.io/acme/echo:2.0" if after else "nvcr.io/acme/echo:1.0",
    inference_url="/echo",
    inference_port=8000,
)
nvcf.Deployment(
    "echo",
    function_id=echo.function_id,
    version_id=echo.version_id,
    specifications=[
        nvcf.DeploymentSpecificationArgs(
            gpu="L40", instance_type="NCP.GPU.L40_1x", min_instances=1, max_instances=4 if after else 2
        ),
    ],
)


def chat(name, gpu_type, gpu_count, most):
    place = alaya.ResourceArgs(cpu=4, mem=32, gpu=alaya.GpuArgs(gpu_type=f"nvidia.com/gpu-{gpu_type}", count=gpu_count))
    head = alaya.HeadConfigArgs(image="registry.example.com/vllm:1.0", resource=place)
    alaya.Deployment(
        name,
        name=name,
        vks_id="vc0000000001",
        namespace="default",
        model_id="00000000-0000-4000-8000-0000000000aa",
        served_name=[name],
        expert=alaya.ExpertArgs(head_config=head),
        scale=alaya.ScaleArgs(min=1, max=most, rps_value=5, idle_time=60),
        on_offline_change="restart",
    )


chat("chat", "h800", 8, 2)
chat("chat-eu", "l40s", 1, 2)
chat("chat-us", "l40s", 1, 2)
if not after:
    chat("chat-old", "l40s", 1, 1)
"""

SETTINGS = """\
time_zone: Europe/Berlin
prices:
  - unit: DCU
    unit_price: 18
    currency: RMB
    per_hour: {nvidia.com/gpu-h800: 2.56, nvidia.com/gpu-l40s: 0.65}
  - currency: USD
    per_hour: {L40: 1.1, gpu_p4: 0.6}
"""

ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
FOLD = "<details><summary><code>classifier</code>"
"""What the picture shows open; a picture cannot be clicked."""

FRAME = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">
<foreignObject width="{width}" height="{height}">
<div xmlns="http://www.w3.org/1999/xhtml" class="page">
<style>{style}</style>
{body}
</div>
</foreignObject>
</svg>
"""


def draw() -> tuple[str, str]:
    """The comment as Markdown, and the picture of the page as SVG."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "Pulumi.yaml").write_text(PROJECT, encoding="utf-8")
        (folder / "__main__.py").write_text(PROGRAM, encoding="utf-8")
        (folder / "review.yaml").write_text(SETTINGS, encoding="utf-8")
        environment = engine_environment(ensure(), folder / "state")
        _run(["pulumi", "--non-interactive", "stack", "init", "dev"], folder, environment)
        _configure({"token": "registry-token-1"}, folder, environment)
        _run(["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"], folder, environment)
        _change_behind_its_back(folder / "cloud.db")
        _configure({"token": "registry-token-2"}, folder, environment)
        _run(["pulumi", "config", "set", "after", "true"], folder, environment)
        said = _run(["pulumi-inference", "review", "--html", "page.html"], folder, environment, ends_with=3)
        told = _same_ids([said, _picture((folder / "page.html").read_text(encoding="utf-8"))])
        return told[0], told[1]


def _run(command: list[str], folder: Path, environment: Mapping[str, str], ends_with: int = 0) -> str:
    done = subprocess.run(command, cwd=folder, env=dict(environment), capture_output=True, text=True, check=False)
    if done.returncode != ends_with:
        raise RuntimeError(f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def _configure(secrets: Mapping[str, str], folder: Path, environment: Mapping[str, str]) -> None:
    for key, value in secrets.items():
        _run(["pulumi", "config", "set", "--secret", key, value], folder, environment)


def _change_behind_its_back(database: Path) -> None:
    """What colleagues have done in the consoles: a model scaled, another one too, which the program scales otherwise,
    and the image of two others replaced.
    """
    with (
        EmulatorTransport(database) as transport,
        httpx.Client(transport=transport, base_url="http://emulator.localhost") as client,
    ):
        [service] = _answer(client, "GET", "/_emulator")["services"]
        _answer(
            client,
            "PATCH",
            f"/_emulator/services/{service['service_id']}",
            {"config": {"bert-1": {"instance_count": 5}, "bert-2": {"instance_count": 3}}},
        )
        for one in _answer(client, "GET", "/_emulator/alaya/services")["services"]:
            if one["name"] in ("chat-eu", "chat-us"):
                head = {**one["headConfig"], "image": "registry.example.com/vllm:1.1-hotfix"}
                _answer(client, "PATCH", f"/_emulator/alaya/services/{one['serviceId']}", {"headConfig": head})


def _answer(client: httpx.Client, method: str, path: str, body: object = None) -> Any:
    answer = client.request(method, path, json=body).raise_for_status()
    return answer.json() if answer.content else None


def _same_ids(texts: list[str]) -> list[str]:
    """The texts with ids that are the same in each run, where the cloud has given others."""
    found = dict.fromkeys(one for text in texts for one in ID.findall(text) if not one.startswith("00000000"))
    for number, one in enumerate(found, 1):
        texts = [text.replace(one, f"{number:08x}-5d0a-4a53-9e43-2d5d6b7a1c01") for text in texts]
    return texts


def _picture(page: str) -> str:
    """The page as a picture: its style and its body, as they are."""
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    body = re.search(r"<body>\n(.*)\n</body>", page, re.DOTALL)
    if style is None or body is None:
        raise RuntimeError("the page is not what it was")
    drawn = re.sub(r"(?m)^body ", ".page ", style[1])
    return FRAME.format(
        width=WIDTH,
        height=HEIGHT,
        style=drawn,
        body=body[1].replace(FOLD, FOLD.replace("<details>", '<details open="open">')),
    )


def main() -> int:
    """Write the files."""
    comment, picture = draw()
    for file, text in ((COMMENT, comment), (PICTURE, picture)):
        file.write_text(text, encoding="utf-8")
        print(f"wrote: {file.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
