"""`pulumi-inference status`: what the cloud says of a stack's resources at this moment."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from pulumi_inference.cli.project import open_context, settings_options

if TYPE_CHECKING:
    from pulumi_inference.cli.observation import Observation, Report
    from pulumi_inference.core.clock import Clock

_ENVS: Any = {"config": {"__all__": {"envs"}}}


@click.command()
@click.argument("resources", metavar="[RESOURCE]...", nargs=-1)
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
    from pulumi_inference.cli.observation import OBSERVERS, Report, Wanted, observe
    from pulumi_inference.cli.stack import StackReader
    from pulumi_inference.core.clock import SystemClock

    clock = clock or SystemClock()
    context = open_context(stack)
    wanted = Wanted(events, records)
    reader = StackReader(stack, OBSERVERS, resources, clock)

    def look() -> Report:
        reader.renew()
        return Report(reader.stack, clock.now(), observe(context, reader.chosen, wanted), reader.problem)

    report = look()
    while watch:
        _draw(report, as_json=as_json)
        clock.wait(interval, context.environment.cancelled)
        report = look()
    click.echo(json.dumps(_document(report), indent=2, ensure_ascii=False) if as_json else _text(report))
    sys.exit(0 if report.is_complete else 1)


def _draw(report: Report, *, as_json: bool) -> None:
    """One picture of many: in place of the former one on a terminal, under it elsewhere."""
    if as_json:
        click.echo(json.dumps(_document(report), ensure_ascii=False))
        return
    text = _text(report)
    click.clear()
    click.echo(f"{text}\n")


def _text(report: Report) -> str:
    from pulumi_inference.cli.status_text import render

    return render(report)


def _document(report: Report) -> dict[str, Any]:
    return {
        "project": report.stack.project,
        "stack": report.stack.name,
        "time": round(report.time * 1000),
        "problem": report.problem,
        "resources": [_entry(one) for one in report.observations],
    }


def _entry(one: Observation) -> dict[str, Any]:
    resource = one.resource
    plain = ("state", "id", "progress", "due_time", "invocation_times", "failed_times", "error_msg")
    return {
        "name": resource.name,
        "kind": resource.kind,
        "urn": resource.urn,
        "is_replaced": resource.is_replaced,
        **{name: getattr(one, name) for name in plain},
        "instances": {"running": one.running, "wanted": one.wanted},
        "monitor": one.monitor.model_dump() if one.monitor else None,
        "events": [event.model_dump() for event in one.events],
        # Environment variables may be secrets, and nobody here knows which.
        "update_records": [record.model_dump(exclude=_ENVS) for record in one.update_records],
        "problems": list(one.problems),
    }
