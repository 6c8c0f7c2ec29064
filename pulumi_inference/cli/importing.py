"""`pulumi-inference import`: things that exist into a stack, with the program that declares them."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pulumi_inference import clouds
from pulumi_inference.cli.program_options import (
    FILE,
    check_free,
    connection_option,
    force_option,
    program_option,
    secret_options,
    set_secret,
    stack_words,
)
from pulumi_inference.cli.project import open_context, settings_options
from pulumi_inference.cli.stack import read_stack
from pulumi_inference.cli.terminal import TEXT, say
from pulumi_inference.core.errors import ConfigurationError, InferenceError

if TYPE_CHECKING:
    from pulumi_inference.cli.import_file import Adopted, SecretChoice, Subject
    from pulumi_inference.core.cloud import Cloud, Kind
    from pulumi_inference.core.lifecycle.context import Context
    from pulumi_inference.core.lifecycle.importing import Importing

HELP = """Write the file for `pulumi import` and the Python program of the {noun} {form}, or of --all.

Nothing is changed in the cloud. `pulumi import --file`, then `pulumi preview` of that program, shows no change.
"""

SECRETS_HELP = """\
Environment variables that look like secrets go to {secrets}; their values stand in the import file, which only
you can read: delete it afterwards.
"""

Decorator = Callable[[Any], Any]


@dataclass(frozen=True)
class Target:
    """What is imported, and where it goes.

    Args:
        thing: id of the one thing; None for all that `filters` let through.
        name: the resource's name in the program; None for the thing's name.
        connection: named section of the configuration.
        file: import file.
        program: program; None for stdout.
        stack: name of the stack; None for the selected one.
    """

    thing: str | None
    filters: Mapping[str, str]
    name: str | None
    connection: str | None
    file: Path
    program: Path | None
    stack: str | None


class Clouds(click.Group):
    """The clouds that have something to import, found when they are asked for: no other command needs all that."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        """The names of the clouds."""
        return [name for name in clouds.CLOUDS if any(kind.importing for kind in clouds.cloud(name).kinds)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The commands of a cloud."""
        return _commands_of(clouds.cloud(cmd_name)) if cmd_name in self.list_commands(ctx) else None


@click.group("import", cls=Clouds)
def import_() -> None:
    """Bring existing resources under a program, without changing them."""


def _commands_of(cloud: Cloud) -> click.Group:
    group = click.Group(cloud.name, help=f"{cloud.title}.")
    for kind in cloud.kinds:
        if kind.importing:
            group.add_command(_command(cloud, kind))
    return group


def _command(cloud: Cloud, kind: Kind) -> click.Command:
    """The command that imports things of one kind."""
    from pulumi_inference.cli.import_file import SecretChoice, Subject

    importing: Importing[Any] = clouds.load(kind.importing)
    subject = Subject(cloud, kind, importing)

    def run(
        *,
        thing: str | None,
        everything: bool,
        filters: tuple[str, ...],
        name: str | None,
        connection: str | None,
        file: Path,
        program: Path | None,
        force: bool,
        stack: str | None,
        secret_env: tuple[str, ...] = (),
        plain_env: tuple[str, ...] = (),
        set_secrets: bool = False,
    ) -> None:
        _check_usage(subject.noun, thing, everything, filters, name)
        _check_parts(subject, thing)
        check_free([file, *([program] if program else [])], force)
        target = Target(thing, _parsed(filters, importing.filters), name, connection, file, program, stack)
        choice = SecretChoice(secret_env, plain_env)
        sys.exit(1 if _import(subject, target, choice, set_secrets=set_secrets) else 0)

    text = HELP.format(noun=subject.noun, form=_form(importing))
    options = _options(subject.noun, importing)
    if importing.secrets:
        text += SECRETS_HELP.format(secrets=importing.secrets)
        options += secret_options()
    command: Any = run
    for option in reversed(options):
        command = option(command)
    return click.command(subject.noun, help=text)(command)


def _options(noun: str, importing: Importing[Any]) -> list[Decorator]:
    """The argument and the options that say what is imported and where it goes."""
    keys = ", ".join(importing.filters)
    return [
        click.argument("thing", metavar=f"[{_form(importing)}]", required=False, type=TEXT),
        click.option("--all", "everything", is_flag=True, help=f"All {_plural(noun)} of the {importing.holder}."),
        click.option("--filter", "filters", metavar="KEY=VALUE", multiple=True, type=TEXT, help=f"With --all: {keys}."),
        click.option("--name", type=TEXT, help=f"The resource's name in the program (default: the {noun}'s name)."),
        connection_option,
        click.option("--file", type=FILE, default=Path("import.json"), show_default=True, help="Import file to write."),
        program_option,
        force_option,
        settings_options,
    ]


def _plural(noun: str) -> str:
    if noun.endswith("y") and not noun.endswith("ey"):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch")) else f"{noun}s"


def _import(subject: Subject, target: Target, choice: SecretChoice, *, set_secrets: bool) -> bool:
    """Writes both files and tells what to do with them; answers whether something failed on the way."""
    from pulumi_inference.cli.import_file import adopt
    from pulumi_inference.cli.program_text import program as whole_program

    context = open_context(target.stack)
    failed = False
    if target.thing:
        where = target.connection
        label, managed = target.name, _managed(subject, target.stack)
        one = adopt(context, subject, target.thing, label=label, connection=where, choice=choice, managed=managed)
        adopted = [one]
    else:
        adopted, failed = _adopt_all(context, subject, target, choice)
    secrets = {key: value for one in adopted for key, value in one.secrets.items()}
    text = whole_program(subject.cloud.name, [one.text for one in adopted], reads_configuration=bool(secrets))
    resources = {"resources": [one.entry for one in adopted]}
    _write_private(target.file, json.dumps(resources, indent=2, ensure_ascii=False) + "\n")
    if target.program:
        target.program.write_text(text, encoding="utf-8")
    else:
        say(text, nl=False)
    if set_secrets:
        for key, value in secrets.items():
            set_secret(key, value, target.stack)
    say(_next_steps(target, [] if set_secrets else list(secrets), bool(secrets)), err=True)
    advised = [f"{one.label}: {one.advice}" for one in adopted if one.advice]
    if advised:
        say("\n".join(["By hand:", *(f"  {line}" for line in advised)]), err=True)
    return failed


def _check_usage(noun: str, thing: str | None, everything: bool, filters: Sequence[str], name: str | None) -> None:
    if bool(thing) == everything:
        raise click.UsageError(f"name one {noun} by its ID, or give --all")
    if filters and not everything:
        raise click.UsageError("--filter goes with --all")
    if name and everything:
        raise click.UsageError(f"--name goes with one {noun}")


def _form(importing: Importing[Any]) -> str:
    return ",".join(importing.identity).upper() or "ID"


def _check_parts(subject: Subject, thing: str | None) -> None:
    parts = subject.importing.identity
    if thing and parts and len(thing.split(",")) != len(parts):
        raise click.UsageError(
            f"a {subject.noun} is named by {_form(subject.importing)}, not by {thing!r}; --all with --filter takes "
            "all that fit"
        )


def _parsed(given: Sequence[str], allowed: Sequence[str]) -> dict[str, str]:
    filters = {}
    for one in given:
        key, separator, value = one.partition("=")
        if not separator or key not in allowed:
            raise click.BadParameter(
                f"{one!r}; write KEY=VALUE, KEY one of {', '.join(allowed)}", param_hint="--filter"
            )
        filters[key] = value
    return filters


def _adopt_all(context: Context, subject: Subject, target: Target, choice: SecretChoice) -> tuple[list[Adopted], bool]:
    """Everything that can be imported, and whether something failed that is more than not supported."""
    from pulumi_inference.cli.import_file import NotImportableError, adopt

    client, where = subject.connection(context, target.connection).client(), target.connection
    managed = _managed(subject, target.stack)
    adopted: list[Adopted] = []
    failed = False
    for thing, name in subject.importing.listed(client, target.filters):
        try:
            one = adopt(context, subject, thing, connection=where, choice=choice, taken=adopted, managed=managed)
            adopted.append(one)
        except NotImportableError as error:
            say(f"skipped: {error if error.details else error.headline()}", err=True)
            failed = failed or bool(error.details)
        except InferenceError as error:
            say(f"skipped: {name}: {error}", err=True)
            failed = True
    if not adopted:
        raise ConfigurationError(f"there is no {subject.noun} to import")
    return adopted, failed


def _managed(subject: Subject, stack: str | None) -> dict[str, str]:
    """The ids of those things that the stack manages already, with their names in the program."""
    kind = f"{subject.cloud.name}.{subject.kind.name}"
    try:
        resources = read_stack(stack, {kind}).resources
    except ConfigurationError:  # no pulumi or no stack yet: a note has told so
        return {}
    return {one.id: one.name for one in resources if one.id and not one.is_read}


def _write_private(file: Path, text: str) -> None:
    """Writes a file that only its owner can read, from its first byte on."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)


def _next_steps(target: Target, unset: list[str], secret: bool) -> str:
    words = stack_words(target.stack)
    warning = "  It holds secrets in clear text; only you can read it, delete it afterwards.\n" if secret else ""
    steps = [["pulumi", "config", "set", "--secret", key, *words] for key in unset]
    file = str(target.file)
    steps.append(["pulumi", "import", "--file", file, "--generate-code=false", "--protect=false", *words])
    steps += [["pulumi", "preview", *words], ["rm", file]]
    commands = "\n".join(f"  {shlex.join(step)}" for step in steps)
    where = f"the text of {target.program}" if target.program else "the text above"
    return f"Wrote {file}.\n{warning}Put {where} into the program of the stack, then run:\n{commands}"
