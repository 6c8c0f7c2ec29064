"""`pulumi-inference doctor`: is everything there that `pulumi up` needs, and how to put right what is not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from pulumi_inference.cli.project import settings_options
from pulumi_inference.cli.terminal import say, say_json

if TYPE_CHECKING:
    from pulumi_inference.cli.check import Check


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@settings_options
def doctor(*, as_json: bool, stack: str | None) -> None:
    """Check engine, Python, project and credentials, and send one harmless GET to each configured cloud.

    Credentials are named by where they come from, never by their values. Exit code 1 when a check failed.
    """
    from pulumi_inference.cli.doctor_checks import run_checks

    checks = run_checks(stack)
    failed = [one for one in checks if one.status == "failed"]
    if as_json:
        say_json({"ok": not failed, "checks": [one.as_json() for one in checks]})
    else:
        for one in checks:
            say(_lines(one))
        say(f"\n{len(failed)} of {len(checks)} checks failed" if failed else "\nEverything is there.")
    sys.exit(1 if failed else 0)


def _lines(check: Check) -> str:
    seconds = "" if check.seconds is None else f" ({check.seconds:.2f} s)"
    fix = f"\nto fix: {check.fix}" if check.fix else ""
    text = f"{check.status:8} {check.name}: {check.detail}{seconds}{fix}"
    return text.replace("\n", f"\n{' ' * 9}")
