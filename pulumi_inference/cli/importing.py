"""`pulumi-inference import`: existing services into a stack, with the program that declares them."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pulumi_inference.cli.project import open_context, settings_options
from pulumi_inference.core.errors import ConfigurationError, InferenceError

if TYPE_CHECKING:
    from pulumi_inference.cli.adoption import Adopted, SecretChoice
    from pulumi_inference.core.context import Context

FILTERS = ("service_name", "model_id", "status", "cluster_id", "workspace_id", "tags")


@click.group("import")
def import_() -> None:
    """Bring existing resources under a program, without changing them."""


@import_.group()
def modelarts() -> None:
    """Huawei Cloud ModelArts."""


@modelarts.command()
@click.argument("service", metavar="[ID]", required=False)
@click.option("--all", "everything", is_flag=True, help="All real-time services of the project.")
@click.option("--filter", "filters", metavar="KEY=VALUE", multiple=True, help=f"With --all: {', '.join(FILTERS)}.")
@click.option("--name", help="The resource's name in the program (default: the service's name).")
@click.option("--connection", metavar="NAME", help="Named section of the configuration: a second account or region.")
@click.option("--secret-env", multiple=True, metavar="NAME", help="This environment variable is a secret.")
@click.option("--plain-env", multiple=True, metavar="NAME", help="This environment variable is none, despite its name.")
@click.option("--set-secrets", is_flag=True, help="Store the secrets' values in the stack's configuration, encrypted.")
@click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("import.json"),
    show_default=True,
    help="Import file to write.",
)
@click.option("--program", type=click.Path(dir_okay=False, path_type=Path), help="Program to write (default: stdout).")
@click.option("--force", is_flag=True, help="Overwrite files.")
@settings_options
def service(
    *,
    service: str | None,
    everything: bool,
    filters: tuple[str, ...],
    name: str | None,
    connection: str | None,
    secret_env: tuple[str, ...],
    plain_env: tuple[str, ...],
    set_secrets: bool,
    file: Path,
    program: Path | None,
    force: bool,
    stack: str | None,
) -> None:
    """Write the file for `pulumi import` and the Python program of the service ID, or of --all.

    Nothing is changed in the cloud. `pulumi import --file`, then `pulumi preview` of that program, shows no change.
    Environment variables that look like secrets go to secret_envs; their values stand in the import file, which only
    you can read: delete it afterwards.
    """
    _check_usage(service, everything, filters, name)
    _check_free([file, *([program] if program else [])], force)
    from pulumi_inference.cli.adoption import SecretChoice, adopt
    from pulumi_inference.cli.program_text import program as whole_program

    context = open_context(stack)
    choice = SecretChoice(secret_env, plain_env)
    failed = False
    if service:
        adopted = [adopt(context, service, label=name, connection=connection, choice=choice)]
    else:
        adopted, failed = _adopt_all(context, _filters(filters), connection, choice)
    secrets = {key: value for one in adopted for key, value in one.secrets.items()}
    text = whole_program("modelarts", [one.text for one in adopted], reads_configuration=bool(secrets))
    _write_private(file, json.dumps({"resources": [one.entry for one in adopted]}, indent=2, ensure_ascii=False) + "\n")
    if program:
        program.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)
    if set_secrets:
        for key, value in secrets.items():
            _set_secret(key, value, stack)
    click.echo(_next_steps(file, program, [] if set_secrets else list(secrets), bool(secrets), stack), err=True)
    sys.exit(1 if failed else 0)


def _check_usage(service: str | None, everything: bool, filters: Sequence[str], name: str | None) -> None:
    if bool(service) == everything:
        raise click.UsageError("name one service by its ID, or give --all")
    if filters and not everything:
        raise click.UsageError("--filter goes with --all")
    if name and everything:
        raise click.UsageError("--name goes with one service")


def _filters(given: Sequence[str]) -> dict[str, str]:
    filters = {}
    for one in given:
        key, separator, value = one.partition("=")
        if not separator or key not in FILTERS:
            allowed = ", ".join(FILTERS)
            raise click.BadParameter(f"{one!r}; write KEY=VALUE, KEY one of {allowed}", param_hint="--filter")
        filters[key] = value
    return filters


def _check_free(files: Sequence[Path], force: bool) -> None:
    for file in files:
        if file.exists() and not force:
            raise ConfigurationError(f"{file} exists already", next_step="Choose another file, or give --force.")


def _adopt_all(
    context: Context, filters: dict[str, str], connection: str | None, choice: SecretChoice
) -> tuple[list[Adopted], bool]:
    """Everything that can be imported, and whether something failed that is more than not supported."""
    from pulumi_inference.cli.adoption import NotImportableError, adopt
    from pulumi_inference.modelarts.places import connection_of

    adopted: list[Adopted] = []
    failed = False
    for item in connection_of(context, connection).client().list_services(**filters):
        try:
            adopted.append(adopt(context, item["service_id"], connection=connection, choice=choice, taken=adopted))
        except NotImportableError as error:
            click.echo(f"skipped: {error}", err=True)
            failed = failed or bool(error.details)
        except InferenceError as error:
            click.echo(f"skipped: {item.get('service_name')}: {error}", err=True)
            failed = True
    if not adopted:
        raise ConfigurationError("there is no service to import")
    return adopted, failed


def _write_private(file: Path, text: str) -> None:
    """Writes a file that only its owner can read, from its first byte on."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)


def _set_secret(key: str, value: str, stack: str | None) -> None:
    command = ["pulumi", "config", "set", "--secret", key, *_stack_words(stack)]
    done = subprocess.run(command, input=value, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise ConfigurationError(f"{shlex.join(command)} failed: {done.stderr.strip()}")


def _stack_words(stack: str | None) -> list[str]:
    return ["--stack", stack] if stack else []


def _next_steps(file: Path, program: Path | None, unset: list[str], secret: bool, stack: str | None) -> str:
    words = _stack_words(stack)
    warning = "  It holds secrets in clear text; only you can read it, delete it afterwards.\n" if secret else ""
    steps = [["pulumi", "config", "set", "--secret", key, *words] for key in unset]
    steps.append(["pulumi", "import", "--file", str(file), "--generate-code=false", "--protect=false", *words])
    steps += [["pulumi", "preview", *words], ["rm", str(file)]]
    commands = "\n".join(f"  {shlex.join(step)}" for step in steps)
    where = f"the text of {program}" if program else "the text above"
    return f"Wrote {file}.\n{warning}Put {where} into the program of the stack, then run:\n{commands}"
