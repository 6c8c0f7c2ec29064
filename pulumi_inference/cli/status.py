"""`pulumi-inference status`: what the cloud says of a stack's resources at this moment."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from pulumi_inference.cli.project import open_context, settings_options
from pulumi_inference.cli.terminal import TEXT, say, say_json

if TYPE_CHECKING:
    from pulumi_inference.cli.observation import Report, Seen
    from pulumi_inference.core.clock import Clock


@click.command()
@click.argument("resources", metavar="[RESOURCE]...", nargs=-1, type=TEXT)
@click.option("--watch", is_flag=True, help="Look again and again, until Ctrl-C.")
@click.option(
    "--interval",
    type=click.FloatRange(min=1),
    default=5.0,
    show_default=True,
    help="With --watch: seconds between two looks.",
)
@click.option(
    "--events", type=click.IntRange(min=0), default=3, show_default=True, help="How many of the last events to show."
)
@click.option("--records", is_flag=True, help="Show the roll-outs, with their results.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document; with --watch, one per line.")
@settings_options
@click.pass_obj
def status(
    clock: Clock | None,
    *,
    resources: tuple[str, ...],
    watch: bool,
    interval: float,
    events: int,
    records: bool,
    as_json: bool,
    stack: str | None,
) -> None:
    """Show the live state of the stack's resources, or of those with the names, ids or urns given.

    Nothing is changed, neither in the cloud nor in the stack. Exit code 1 when something could not be asked; failed
    and vanished resources are what is reported, and no failure of this command.
    """
    from pulumi_inference.cli.kinds import kind_names
    from pulumi_inference.cli.observation import Report, observe
    from pulumi_inference.cli.stack import StackReader
    from pulumi_inference.core.clock import SystemClock
    from pulumi_inference.core.lifecycle.status import Wanted

    clock = clock or SystemClock()
    context = open_context(stack)
    wanted = Wanted(events, records)
    reader = StackReader(stack, kind_names(), resources, clock)

    def look() -> Report:
        reader.renew()
        context.environment.redactor.add(*(reader.stack.secrets or ()))
        return Report(reader.stack, clock.now(), observe(context, reader.chosen, wanted), reader.problem)

    report = look()
    if report.stack.secrets is None:
        say(
            "note: the secrets of the stack could not be decrypted, so one that the cloud itself quotes is shown; set "
            "PULUMI_CONFIG_PASSPHRASE, or log in to its backend",
            err=True,
        )
    while watch:
        _draw(report, as_json=as_json)
        clock.wait(interval, context.environment.cancelled)
        report = look()
    if as_json:
        say_json(_document(report))
    else:
        say(_text(report))
    sys.exit(0 if report.is_complete else 1)


def _draw(report: Report, *, as_json: bool) -> None:
    """One picture of many: in place of the former one on a terminal, under it elsewhere."""
    if as_json:
        say_json(_document(report), indent=None)
        return
    text = _text(report)
    click.clear()
    say(f"{text}\n")


def _text(report: Report) -> str:
    from pulumi_inference.cli.status_text import render

    return render(report)


def _document(report: Report) -> dict[str, Any]:
    return {
        "project": report.stack.project,
        "stack": report.stack.name,
        "time": round(report.time * 1000),
        "problem": report.problem,
        "resources": [_entry(one) for one in report.seen],
    }


def _entry(one: Seen) -> dict[str, Any]:
    resource, now = one.resource, one.now
    return {
        "name": resource.name,
        "kind": resource.kind,
        "urn": resource.urn,
        "is_replaced": resource.is_replaced,
        "state": now.state,
        "id": now.id,
        "progress": now.progress,
        "error_msg": now.error,
        "instances": {"running": now.running, "wanted": now.wanted},
        "events": [{"time": event.time, "text": event.text} for event in now.events],
        "problems": list(now.problems),
        **now.raw,
    }
