"""`pulumi-inference <cloud> <conversion>`: the program that does the same as a thing of another kind."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pulumi_inference.cli.program_options import (
    check_free,
    connection_option,
    force_option,
    program_option,
    secret_options,
    set_secret,
    stack_words,
)
from pulumi_inference.cli.project import open_context, settings_options
from pulumi_inference.cli.terminal import TEXT, say

if TYPE_CHECKING:
    from pulumi_inference.cli.converting import Written
    from pulumi_inference.core.cloud import Cloud
    from pulumi_inference.core.conversion import Conversion

HELP = """{summary}

Nothing is changed in a cloud. What has no counterpart, and what is to be done by hand, is said on stderr and at the top
of the program. Environment variables that look like secrets are read from the stack's configuration.
"""


def conversion_command(cloud: Cloud, conversion: Conversion) -> click.Command:
    """The command of a conversion, behind the name of its cloud."""

    def run(
        *,
        thing: str,
        connection: str | None,
        program: Path | None,
        force: bool,
        stack: str | None,
        secret_env: tuple[str, ...],
        plain_env: tuple[str, ...],
        set_secrets: bool,
        **chosen: str | None,
    ) -> None:
        from pulumi_inference.cli.converting import Wish, write
        from pulumi_inference.cli.import_file import SecretChoice

        check_free([program] if program else [], force)
        wish = Wish(cloud, conversion, thing, connection, SecretChoice(secret_env, plain_env), chosen)
        written = write(open_context(stack), wish)
        if program:
            program.write_text(written.text, encoding="utf-8")
        else:
            say(written.text, nl=False)
        if set_secrets:
            for key, value in written.secrets.items():
                set_secret(key, value, stack)
        say(_next_steps(written, program, stack, [] if set_secrets else list(written.secrets)), err=True)
        for title, texts in written.remarks().items():
            say("\n".join([title, *(f"  {one}" for one in texts)]), err=True)

    command: Any = run
    for option in reversed(_options(conversion)):
        command = option(command)
    return click.command(conversion.name, help=HELP.format(summary=conversion.summary))(command)


def _options(conversion: Conversion) -> list[Any]:
    own = [
        click.option(
            f"--{name}",
            name,
            metavar=one.metavar,
            type=click.Choice(one.values, case_sensitive=False) if one.values else TEXT,
            default=one.default,
            show_default=one.default is not None,
            help=one.help,
        )
        for name, one in conversion.choices.items()
    ]
    noun = conversion.source.rpartition(".")[2].upper()
    thing = click.argument("thing", metavar=f"{noun}_ID", type=TEXT)
    return [thing, *own, connection_option, program_option, force_option, settings_options, *secret_options()]


def _next_steps(written: Written, program: Path | None, stack: str | None, unset: list[str]) -> str:
    words = stack_words(stack)
    steps = [["pulumi", "config", "set", "--secret", key, *words] for key in unset]
    steps += [["pulumi", "config", "set", key, example, *words] for key, example in written.settings.items()]
    steps.append(["pulumi", "preview", *words])
    commands = "\n".join(f"  {shlex.join(step)}" for step in steps)
    where = f"Wrote {program}.\nPut its text" if program else "Put the text above"
    return f"{where} into the program of a stack, then run:\n{commands}"
