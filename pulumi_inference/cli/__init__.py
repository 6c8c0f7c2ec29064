"""The command line `pulumi-inference`. Light to start: what is heavy is imported inside the commands."""

from __future__ import annotations

import errno
from typing import Any

import click

from pulumi_inference import clouds
from pulumi_inference.cli.doctor import doctor
from pulumi_inference.cli.emulator import emulator
from pulumi_inference.cli.importing import import_
from pulumi_inference.cli.init import init
from pulumi_inference.cli.invoke import invoke
from pulumi_inference.cli.listing import listings
from pulumi_inference.cli.review import drift, review
from pulumi_inference.cli.status import status
from pulumi_inference.cli.terminal import never_fail
from pulumi_inference.cli.validate import validate
from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.texts import neutral

__all__ = ["cli", "main"]

INTERRUPTED = 130


class Commands(click.Group):
    """Shows what a user can cause as a message on stderr, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; exit code 1 and a message for errors, 130 for Ctrl-C."""
        try:
            return super().invoke(ctx)
        except InferenceError as error:
            raise click.ClickException(str(error)) from None
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            where = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(neutral(f"{where}{error.strerror or error}")) from None


TITLES = ", ".join(clouds.cloud(name).title for name in clouds.CLOUDS)
HELP = f"""Model serving on {TITLES} as Pulumi resources.

Exit codes: 0 done, 1 failed or problems found, 2 wrong usage, 3 the model answered with an error, 130 interrupted.
"""


@click.group(cls=Commands, help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pulumi-inference")
def cli() -> None:
    """All commands."""


for command in (doctor, drift, emulator, import_, init, invoke, *listings(), review, status, validate):
    cli.add_command(command)


def main() -> None:
    """Entry point of `pulumi-inference` and of `python -m pulumi_inference`."""
    never_fail()
    for command in (drift, review):
        command.ends_process = True
    cli(prog_name="pulumi-inference")
