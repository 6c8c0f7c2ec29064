"""What the commands that write a program have in common: where it goes, and what becomes of secrets in it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from pulumi_inference.cli.programs import run
from pulumi_inference.core.errors import ConfigurationError

Decorator = Callable[[Any], Any]

FILE = click.Path(dir_okay=False, path_type=Path)

connection_option = click.option(
    "--connection", metavar="NAME", help="Named section of the configuration: a second account or region."
)
program_option = click.option("--program", type=FILE, help="Program to write (default: stdout).")
force_option = click.option("--force", is_flag=True, help="Overwrite files.")


def secret_options() -> list[Decorator]:
    """The options that say which variables are secrets, and where these go."""
    return [
        click.option("--secret-env", multiple=True, metavar="NAME", help="This environment variable is a secret."),
        click.option(
            "--plain-env", multiple=True, metavar="NAME", help="This environment variable is none, despite its name."
        ),
        click.option(
            "--set-secrets", is_flag=True, help="Store the secrets' values in the stack's configuration, encrypted."
        ),
    ]


def check_free(files: Sequence[Path], force: bool) -> None:
    """Nothing is overwritten unless that was asked for.

    Raises:
        ConfigurationError: one of the files is there.
    """
    for file in files:
        if file.exists() and not force:
            raise ConfigurationError(f"{file} exists already", next_step="Choose another file, or give --force.")


def set_secret(key: str, value: str, stack: str | None) -> None:
    """Stores a value in the stack's configuration, encrypted.

    Raises:
        ConfigurationError: Pulumi does not do it.
    """
    command = ["pulumi", "config", "set", "--secret", key, *stack_words(stack)]
    done = run(command, told=value)
    if done.returncode != 0:
        raise ConfigurationError(f"{shlex.join(command)} failed: {done.stderr.strip()}")


def stack_words(stack: str | None) -> list[str]:
    """What names the stack to Pulumi."""
    return ["--stack", stack] if stack else []
