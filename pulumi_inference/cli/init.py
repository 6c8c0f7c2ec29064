"""`pulumi-inference init`: a small project that works right away."""

from __future__ import annotations

import re
from pathlib import Path

import click

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.engine.project import PROJECT_FILES

COMING = ("nvcf", "alaya")
EMULATOR_FILE = "emulator.db"
EXAMPLE_MODEL = "0c3f8a52-6d1e-4b0a-9f5c-2f7d6f0f1a11"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_REGION = re.compile(r"[a-z0-9-]+")

PROJECT = """\
name: {name}
description: Inference services on Huawei Cloud ModelArts
# Python of the active virtual environment, the one that pulumi-inference is installed in.
runtime: python
options:
  # Previews then show, property by property, what somebody changed outside of the program.
  refresh: always
config:
  {key}:
    value: {value}
"""

PROGRAM = '''\
"""Inference services on Huawei Cloud ModelArts."""

import pulumi

from pulumi_inference import modelarts

config = pulumi.Config()

service = modelarts.Service(
    "classifier",
    description="Made by pulumi-inference init",
    config=[
        modelarts.ServiceConfigArgs(
            model_id=config.{getter},
            specification="modelarts.vm.cpu.2u",
            weight=100,
            instance_count=1,
        ),
    ],
)

pulumi.export("service_id", service.service_id)
pulumi.export("url", service.access_address)
'''

REQUIREMENTS = "pulumi-inference~={version}\n"

GITIGNORE = """\
.venv/
__pycache__/
{database}*
import.json
"""

README = """\
# {name}

A ModelArts service, {where}.

```console
$ pulumi stack init dev
{steps}$ pulumi up
$ pulumi-inference invoke modelarts "$(pulumi stack output service_id)" --data '{{"x": 1}}'
$ pulumi destroy
```

Pulumi takes the Python of the active virtual environment. For one that belongs to the project, set
`runtime: {{name: python, options: {{virtualenv: .venv}}}}` in `Pulumi.yaml` and run `pulumi install`.

`pulumi-inference doctor` checks the engine, the environment and the credentials.
"""

EMULATOR_NOTE = """
To deploy to a real account, replace `inference:modelartsEndpoint` in `Pulumi.yaml` by
`inference:modelartsRegion` (for example `cn-north-4`), and set the credentials:

"""

CREDENTIALS = """\
pulumi config set inference:modelartsAccessKey AK
pulumi config set --secret inference:modelartsSecretKey
pulumi config set modelId ID
"""


@click.command()
@click.argument("cloud", type=click.Choice(("modelarts", *COMING)))
@click.argument("folder", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option("--emulator", is_flag=True, help="Deploy onto the embedded emulator; no account is needed.")
@click.option("--region", help="Deploy to this region of the cloud, for example cn-north-4.")
@click.option("--name", help="Name of the project (default: that of the folder).")
def init(cloud: str, folder: Path, emulator: bool, region: str | None, name: str | None) -> None:
    """Write a small working project for CLOUD into DIR (default: here); nothing is overwritten.

    Either --emulator or --region says where it deploys to.
    """
    if cloud in COMING:
        raise ConfigurationError(f"{cloud} is not supported yet; modelarts is")
    if emulator == bool(region):
        raise click.UsageError("give --emulator, or --region REGION")
    if region and not _REGION.fullmatch(region):
        raise click.BadParameter(f"{region!r} is no region name, such as cn-north-4", param_hint="--region")
    files = _files(name or _project_name(folder), region)
    taken = [file for file in (*files, *PROJECT_FILES) if (folder / file).exists()]
    if taken:
        raise ConfigurationError(
            f"{folder / taken[0]} exists already, and nothing is overwritten", next_step="Choose an empty folder."
        )
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in files.items():
        (folder / file).write_text(text, encoding="utf-8")
    click.echo(f"Wrote {', '.join(files)} in {folder.resolve()}.\n\nNext:")
    for step in ([] if folder.resolve() == Path.cwd() else [f"cd {folder}"]) + _steps(region):
        click.echo(f"  {step}")


def _project_name(folder: Path) -> str:
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", folder.resolve().name)[:100].strip("-.")
    return name or "inference"


def _files(name: str, region: str | None) -> dict[str, str]:
    if not _NAME.fullmatch(name):
        raise click.BadParameter(f"{name!r}; 1 to 100 of A-Z a-z 0-9 . _ -", param_hint="--name")
    key, value = ("modelartsRegion", region) if region else ("modelartsEndpoint", f"emulator:{EMULATOR_FILE}")
    getter = 'require("modelId")' if region else f'get("modelId") or "{EXAMPLE_MODEL}"'
    where = f"in the region {region}" if region else "on the embedded emulator: no account of any kind is needed"
    steps = "".join(f"$ {line}\n" for line in CREDENTIALS.splitlines())
    readme = README.format(name=name, where=where, steps=steps if region else "")
    return {
        "Pulumi.yaml": PROJECT.format(name=name, key=f"inference:{key}", value=value),
        "__main__.py": PROGRAM.format(getter=getter),
        "requirements.txt": REQUIREMENTS.format(version=_release()),
        ".gitignore": GITIGNORE.format(database=EMULATOR_FILE),
        "README.md": readme if region else f"{readme}{EMULATOR_NOTE}```console\n{steps}```\n",
    }


def _release() -> str:
    """Major and minor of this version: what is compatible with the project just written."""
    from importlib.metadata import version

    return ".".join(version("pulumi-inference").split(".")[:2])


def _steps(region: str | None) -> list[str]:
    return ["pulumi stack init dev", *(CREDENTIALS.splitlines() if region else []), "pulumi up"]
