"""`pulumi-inference init`: a small project that works right away."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pulumi_inference import clouds
from pulumi_inference.cli.distribution import GET_IT, requirement
from pulumi_inference.cli.terminal import say
from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.engine.project import PROJECT_FILES

if TYPE_CHECKING:
    from pulumi_inference.core.settings import Settings
    from pulumi_inference.core.starter import Starter

EMULATOR_FILE = "emulator.db"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_REGION = re.compile(r"[a-z0-9-]+")

PROJECT = """\
name: {name}
description: {description}
# Python of the active virtual environment, the one that pulumi-inference is installed in.
runtime: python
options:
  # Previews then show, property by property, what somebody changed outside of the program.
  refresh: always
"""

CONFIG = """\
config:
  inference:{key}:
    value: {value}
"""

REQUIREMENTS = """\
# From where this machine has it; the package is on no index yet.
{requirement}
"""

NO_REQUIREMENTS = f"""\
# The package is on no index yet, and from where this machine has it is not known: {GET_IT}.
"""

GITIGNORE = """\
.venv/
__pycache__/
{database}*
import.json
"""

README = """\
# {name}

{thing}, {where}.

```console
$ pulumi stack init dev
{steps}$ pulumi up
$ {invoke}
$ pulumi destroy
```

Pulumi takes the Python of the active virtual environment.{own_environment}

`pulumi-inference doctor` checks the engine, the environment and the credentials.
"""

OWN_ENVIRONMENT = """ For one that belongs to the project, set
`runtime: {name: python, options: {virtualenv: .venv}}` in `Pulumi.yaml` and run `pulumi install`."""

REPLACE = """\
replace `inference:{endpoint}` in `Pulumi.yaml` by
`inference:{region}` (for example `{example}`)"""

EMULATOR_NOTE = """
The emulator is embedded: nothing listens at the addresses that it answers. To reach what is deployed by HTTP too, run
`pulumi-inference emulator --database {database}`; it prints what to set.

To deploy to a real account, {change}, and set the credentials:

```console
{steps}```
"""


@click.command()
@click.argument("cloud", type=click.Choice([name for name in clouds.CLOUDS if clouds.cloud(name).starter]))
@click.argument("folder", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option("--emulator", is_flag=True, help="Deploy onto the embedded emulator; no account is needed.")
@click.option("--region", help="Deploy to this region of the cloud, for example cn-north-4.")
@click.option("--name", help="Name of the project (default: that of the folder).")
def init(cloud: str, folder: Path, emulator: bool, region: str | None, name: str | None) -> None:
    """Write a small working project for CLOUD into DIR (default: here); nothing is overwritten.

    --emulator, or --region where the cloud has regions, says where it deploys to.
    """
    chosen = clouds.cloud(cloud)
    starter: Starter = clouds.load(chosen.starter)
    _check_place(cloud, starter, emulator, region)
    settings: Settings = clouds.load(chosen.settings)
    files = _files(starter, settings, name or _project_name(folder), emulator, region)
    taken = [file for file in (*files, *PROJECT_FILES) if (folder / file).exists()]
    if taken:
        raise ConfigurationError(
            f"{folder / taken[0]} exists already, and nothing is overwritten", next_step="Choose an empty folder."
        )
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in files.items():
        (folder / file).write_text(text, encoding="utf-8")
    say(f"Wrote {', '.join(files)} in {folder.resolve()}.\n\nNext:")
    steps = ["pulumi stack init dev", *(() if emulator else starter.credentials), "pulumi up"]
    for step in ([] if folder.resolve() == Path.cwd() else [f"cd {folder}"]) + steps:
        say(f"  {step}")


def _check_place(cloud: str, starter: Starter, emulator: bool, region: str | None) -> None:
    if not starter.region:
        if region:
            raise click.UsageError(f"{cloud} has no regions; without --emulator, the project is for an account")
    elif emulator == bool(region):
        raise click.UsageError("give --emulator, or --region REGION")
    elif region and not _REGION.fullmatch(region):
        raise click.BadParameter(f"{region!r} is no region name, such as {starter.region}", param_hint="--region")


def _project_name(folder: Path) -> str:
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", folder.resolve().name)[:100].strip("-.")
    return name or "inference"


def _files(starter: Starter, settings: Settings, name: str, emulator: bool, region: str | None) -> dict[str, str]:
    if not _NAME.fullmatch(name):
        raise click.BadParameter(f"{name!r}; 1 to 100 of A-Z a-z 0-9 . _ -", param_hint="--name")
    project = PROJECT.format(name=name, description=starter.description)
    if emulator:
        project += CONFIG.format(key=settings.key("endpoint"), value=f"emulator:{EMULATOR_FILE}")
    elif region:
        project += CONFIG.format(key=settings.key("region"), value=region)
    return {
        "Pulumi.yaml": project,
        "__main__.py": starter.emulated_program if emulator else starter.program,
        "requirements.txt": REQUIREMENTS.format(requirement=requirement()) if requirement() else NO_REQUIREMENTS,
        ".gitignore": GITIGNORE.format(database=EMULATOR_FILE),
        "README.md": _readme(starter, settings, name, emulator, region),
    }


def _readme(starter: Starter, settings: Settings, name: str, emulator: bool, region: str | None) -> str:
    steps = "".join(f"$ {line}\n" for line in starter.credentials)
    where = f"in the region {region}" if region else "for an account"
    if emulator:
        where = "on the embedded emulator: no account of any kind is needed"
    text = README.format(
        name=name,
        thing=starter.thing,
        where=where,
        steps="" if emulator else steps,
        invoke=starter.invoke,
        own_environment=OWN_ENVIRONMENT if requirement() else "",
    )
    if not emulator:
        return text
    return text + EMULATOR_NOTE.format(database=EMULATOR_FILE, change=_change(starter, settings), steps=steps)


def _change(starter: Starter, settings: Settings) -> str:
    """What turns a project for the emulator into one for an account."""
    endpoint = settings.key("endpoint")
    if not starter.region:
        return f"remove `inference:{endpoint}` from `Pulumi.yaml`"
    return REPLACE.format(endpoint=endpoint, region=settings.key("region"), example=starter.region)
