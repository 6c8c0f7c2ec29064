"""`pulumi-inference review` and `pulumi-inference drift`: what a preview would do, for whoever reviews it."""

from __future__ import annotations

import datetime as dt
import gc
import os
import shlex
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pulumi_inference import clouds
from pulumi_inference.cli.forges import PLACES, Forge, forge_of
from pulumi_inference.cli.kinds import kind_named, kind_names, lifecycle_of
from pulumi_inference.cli.terminal import TEXT, say, say_json, say_report
from pulumi_inference.core.errors import ConfigurationError, InferenceError

if TYPE_CHECKING:
    from pulumi_inference.core.footprint import Footprints
    from pulumi_inference.core.lifecycle import Lifecycle
    from pulumi_inference.review.blocks import Document
    from pulumi_inference.review.reading import Preview
    from pulumi_inference.review.report import Report
    from pulumi_inference.review.settings import Settings

FAILED, CHANGES, DESTRUCTIVE, DRIFT = 1, 2, 3, 4
LEAST_BUDGET = 2000
MOST_TOLD = 20
FORMATS = ("markdown", "text", "json", "html")

# One that cannot be read is told where the last review was told, which would stay there otherwise.
_FILE = click.Path(readable=False, path_type=Path)
_OUTPUT = click.Path(dir_okay=False, path_type=Path)


class _Command(click.Command):
    """Wrong usage ends with 1, because 2 says that something would change."""

    ends_process = False
    """Whether the command is all that the process does."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command without looking for garbage, and without taking apart at the end what it has read, because
        there is much of it.
        """
        was_on = gc.isenabled()
        gc.disable()
        try:
            return super().invoke(ctx)
        except click.exceptions.Exit as end:
            if self.ends_process:
                os._exit(end.exit_code)  # click.echo keeps nothing back
            raise
        finally:
            if was_on:
                gc.enable()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads the options; a mistake in them has another exit code than elsewhere."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.exit_code = FAILED  # type: ignore[misc]  # the class says 2, each error may say otherwise
            raise


def _shared(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of both commands."""
    options = [
        click.option(
            "--stack", "-s", "stacks", multiple=True, type=TEXT, help="Stack; repeatable. With files, of each file."
        ),
        click.option("--format", "form", type=click.Choice(FORMATS), default="markdown", show_default=True),
        click.option("--output", "-o", type=_OUTPUT, help="File to write to instead of the terminal."),
        click.option("--html", "page", type=_OUTPUT, help="File for a report as one HTML page, besides."),
        click.option(
            "--config", type=_FILE, help="Prices, known drift and the like; by default review.yaml, where there is one."
        ),
        click.option(
            "--post",
            type=click.Choice(PLACES),
            help="Write the comment of the pull request, with GITHUB_TOKEN or GITLAB_TOKEN.",
        ),
        click.option("--summary", type=_OUTPUT, help="File that the Markdown is added to, such as a job summary."),
        click.option(
            "--budget", type=click.IntRange(LEAST_BUDGET), default=60_000, show_default=True, help="Characters at most."
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command(cls=_Command)
@_shared
@click.option("--preview", "previews", multiple=True, type=_FILE, help="Read this preview: JSON of `pulumi preview`.")
@click.option("--events", "events", multiple=True, type=_FILE, help="Read this event log of the engine.")
@click.option("--drift", "drift", type=click.Choice(("all", "relevant", "none")), default="all", show_default=True)
@click.option("--approve", "approved", multiple=True, metavar="URN", type=TEXT, help="This may be replaced or deleted.")
@click.option("--fail-on", type=click.Choice(("drift",)), help="Exit with 4 when something has drifted.")
@click.pass_context
def review(  # noqa: PLR0917 - by name, but for the first
    context: click.Context,
    /,
    previews: Sequence[Path],
    events: Sequence[Path],
    drift: str,
    approved: Sequence[str],
    fail_on: str | None,
    **options: Any,
) -> None:
    """Tell a reviewer what `pulumi up` would do, and what has changed outside of the program.

    Runs the preview of the stack, or reads one. Nothing is written to the cloud or to the state.

    Exit codes, the first that holds: 1 the preview failed, or wrong usage; 3 something would be replaced or deleted
    that is not approved; 4 something has drifted, with --fail-on drift; 2 something would change; 0 nothing would.
    """
    from pulumi_inference.cli.previews import as_failed, failed_preview, read_preview, run_preview
    from pulumi_inference.review.reading import preview_of_events, preview_of_json

    forge = _forge(options["post"])
    stacks = options["stacks"] or [None]
    files = [(preview_of_json, one) for one in previews] + [(preview_of_events, one) for one in events]
    if files and len(options["stacks"]) not in (0, len(files)):
        raise ConfigurationError("--stack: give one for each file, --preview first, or none")
    # The name is for what cannot be read, such as what a crashed preview has left.
    named = stacks if len(stacks) == len(files) else [None] * len(files)
    settings, wrong = _settings(options["config"])
    found = [read_preview(read, file, stack) for (read, file), stack in zip(files, named, strict=True)]
    if wrong:
        found = [as_failed(one, wrong) for one in found] or [failed_preview(wrong, one) for one in stacks]
    elif not files:
        found = [run_preview(one) for one in stacks]
    reports = _tell(found, settings, drift, options, forge)
    _say_what_is_approved([urn for one in reports for urn in one.destructive], approved)
    context.exit(exit_code(reports, approved, on_drift=fail_on == "drift"))


@click.command(cls=_Command)
@_shared
@click.pass_context
def drift(context: click.Context, /, **options: Any) -> None:
    """Tell what has changed outside of the program, without asking the program; for a nightly job.

    Exit codes: 0 nothing, 1 it could not be found out, or wrong usage, 4 something has drifted.
    """
    from pulumi_inference.cli.previews import failed_preview, run_refresh

    forge = _forge(options["post"])
    settings, wrong = _settings(options["config"])
    stacks = options["stacks"] or [None]
    found = [failed_preview(wrong, one) if wrong else run_refresh(one) for one in stacks]
    reports = _tell(found, settings, "all", options, forge)
    failed = any(one.failure for one in reports)
    context.exit(FAILED if failed else DRIFT if any(one.drift for one in reports) else 0)


def exit_code(reports: Sequence[Report], approved: Sequence[str], *, on_drift: bool) -> int:
    """What a review of these stacks ends with; the first of these that holds: failed, destructive, drift, changes."""
    from pulumi_inference.review.report import NO_CHANGE

    if any(one.failure for one in reports):
        return FAILED
    if any(urn not in approved for one in reports for urn in one.destructive):
        return DESTRUCTIVE
    if on_drift and any(one.drift for one in reports):
        return DRIFT
    return CHANGES if any(one.verdict != NO_CHANGE for one in reports) else 0


def _say_what_is_approved(destructive: Sequence[str], approved: Sequence[str]) -> None:
    """What would have to be approved, and what was approved for nothing, to the log."""
    for urn in approved:
        if urn not in destructive:
            say(f"--approve {urn}: nothing of this URN is replaced or deleted", err=True)
    missing = [urn for urn in destructive if urn not in approved]
    if missing:
        more = f"\n  and {len(missing) - MOST_TOLD} more" if len(missing) > MOST_TOLD else ""
        lines = "".join(f"\n  --approve {shlex.quote(urn)}" for urn in missing[:MOST_TOLD])
        say(f"Replaced or deleted without approval; what may be, say with{lines}{more}", err=True)


def _forge(place: str | None) -> Forge | None:
    """Where to comment: found out before a preview has taken its minutes."""
    return forge_of(place, os.environ) if place else None


def _settings(file: Path | None) -> tuple[Settings, str]:
    """What is to be known besides the previews, and what is wrong with it: a failure that the comment has to tell."""
    from pulumi_inference.review.settings import FILE, Settings, read_settings

    default = Path(FILE)
    try:
        return read_settings(file or (default if default.is_file() else None)), ""
    except ConfigurationError as error:
        return Settings(), str(error)


def _tell(
    previews: Sequence[Preview], settings: Settings, drift: str, options: Mapping[str, Any], forge: Forge | None
) -> list[Report]:
    """Writes the report wherever it is wanted."""
    from pulumi_inference.review.document import document_of

    now = dt.datetime.now(dt.UTC)
    reports = [_report(one, settings, now) for one in previews]
    documents = [document_of(one, drift) for one in reports]
    try:
        _write_all(reports, documents, options)
    finally:  # what cannot be written elsewhere keeps no comment as it was
        if forge is not None:
            stacks = [one.stack or "the stack" for one in reports]
            _post(forge, list(zip(stacks, documents, strict=True)), options["budget"], options["summary"])
    return reports


def _report(preview: Preview, settings: Settings, now: dt.datetime) -> Report:
    """The report of a preview, of whatever there is in it: without one, the last comment would stay as it is."""
    from pulumi_inference.cli.previews import as_failed
    from pulumi_inference.review.report import make_report

    try:
        return make_report(preview, find_lifecycle, counts_of, settings, now)
    except Exception as error:
        *_, last = traceback.extract_tb(error.__traceback__)
        where = f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}"
        failed = as_failed(preview, f"a mistake of pulumi-inference itself, please report it: {where}")
        return make_report(failed, find_lifecycle, counts_of, settings, now)


def _write_all(reports: Sequence[Report], documents: Sequence[Document], options: Mapping[str, Any]) -> None:
    """Writes the report to the terminal and into files."""
    from pulumi_inference.review.data import data
    from pulumi_inference.review.document import overview
    from pulumi_inference.review.markdown import markdown
    from pulumi_inference.review.page import page
    from pulumi_inference.review.text import plain_text

    whole = [*([overview(reports)] if len(reports) > 1 else []), *documents]
    form = options["form"]
    if form == "json":
        _write(options["output"], None, data(reports))
    else:
        writers: dict[str, Callable[[], str]] = {
            "markdown": lambda: markdown(whole, options["budget"]),
            "text": lambda: plain_text(whole),
            "html": lambda: page(whole, "; ".join(one.title for one in reports)),
        }
        _write(options["output"], writers[form]())
    if options["page"]:
        _write(options["page"], page(whole, "; ".join(one.title for one in reports)))
    if options["summary"]:
        _append(options["summary"], markdown(whole, options["budget"]))


def _post(forge: Forge, documents: Sequence[tuple[str, Document]], budget: int, told: Path | None) -> None:
    """Writes one comment a stack; what cannot be written is added to the job's summary, where there is one.

    Ends with 1 when a server did not answer as it should, after all comments have been tried.
    """
    from pulumi_inference.cli.posting import RefusedError, post
    from pulumi_inference.review.markdown import markdown

    given = os.environ.get("GITHUB_STEP_SUMMARY")
    summary = Path(given) if given else None
    has_failed = False
    for stack, one in documents:
        # The shorter one is for a server that takes less than others do.
        texts = (markdown([one], size) for size in (budget, max(budget // 4, LEAST_BUDGET)))
        try:
            say(f"{stack}: {post(forge, one.marker, texts)}", err=True)
        except InferenceError as error:
            has_failed = has_failed or not isinstance(error, RefusedError)
            where = "; it is in the job's summary" if summary else ""
            try:
                if summary and summary != told:
                    _append(summary, markdown([one], budget))
            except OSError as unwritable:
                has_failed, where = True, f", nor the job's summary ({unwritable.strerror})"
            say(f"{stack}: no comment was written{where}: {error}", err=True)
    if has_failed:
        raise click.exceptions.Exit(FAILED)


@cache
def find_lifecycle(kind: str) -> Lifecycle | None:
    """The lifecycle of a kind; None for what is not ours."""
    return lifecycle_of(kind_named(kind)) if kind in kind_names() else None


@cache
def counts_of(kind: str) -> Footprints | None:
    """What counts the instances of a kind; None where nothing does."""
    reference = kind_named(kind).footprint if kind in kind_names() else ""
    counts: Footprints | None = clouds.load(reference) if reference else None
    return counts


def _append(file: Path, text: str) -> None:
    with file.open("a", encoding="utf-8") as opened:
        opened.write(text)


def _write(file: Path | None, text: str | None, document: Any = None) -> None:
    if file is None:
        say_json(document) if text is None else say_report(text)
        return
    from pulumi_inference.core.texts import json_text

    file.write_text(json_text(document, indent=2) + "\n" if text is None else text, encoding="utf-8")


__all__ = ["InferenceError", "drift", "review"]
