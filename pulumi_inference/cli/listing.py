"""`pulumi-inference <cloud> <lookup>`: what a cloud has to offer, and what there is in the account already."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pulumi_inference import clouds
from pulumi_inference.cli.convert import conversion_command
from pulumi_inference.cli.project import open_context, settings_options
from pulumi_inference.cli.tables import table
from pulumi_inference.cli.terminal import TEXT, say, say_json

if TYPE_CHECKING:
    from pulumi_inference.core.cloud import Cloud
    from pulumi_inference.core.fields.facts import FieldFacts, Spec
    from pulumi_inference.core.fields.lookup import Column, Lookup, Option

F = TypeVar("F", bound=Callable[..., Any])
Decorator = Callable[[F], F]

_TYPES = {"string": TEXT, "integer": int, "number": float}


def listings() -> Iterator[click.Command]:
    """A group of commands for each cloud that has lookups, or makes something of what others have."""
    for name in clouds.CLOUDS:
        cloud = clouds.cloud(name)
        if cloud.lookups or cloud.conversions:
            yield Listings(cloud)


class Listings(click.Group):
    """The lookups of one cloud that have a command, and its conversions; they are loaded when one is asked for."""

    def __init__(self, cloud: Cloud) -> None:
        words = (
            f"List what {cloud.short} offers, and what there is already.\n\n"
            "Nothing is changed. The tables show what is looked at most; --json has every field."
        )
        super().__init__(cloud.name, help=words)
        self._cloud = cloud

    def list_commands(self, _context: click.Context) -> list[str]:
        """The names of the commands, in their alphabetical order."""
        looked_up = [lookup.command for lookup in clouds.lookups(self._cloud) if lookup.command]
        return sorted([*looked_up, *(one.name for one in clouds.conversions(self._cloud))])

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """The command of this name, made of its lookup or its conversion."""
        for conversion in clouds.conversions(self._cloud):
            if conversion.name == name:
                return conversion_command(self._cloud, conversion)
        found = (lookup for lookup in clouds.lookups(self._cloud) if name and lookup.command == name)
        return next((_command(self._cloud, lookup) for lookup in found), None)


def _command(cloud: Cloud, lookup: type[Lookup[Any]]) -> click.Command:
    from pulumi_inference.core.fields.facts import facts_of
    from pulumi_inference.core.fields.lookup import Option

    arguments = facts_of(lookup)
    said = {name: lookup.options.get(name, Option()) for name in arguments}

    def command(*, as_json: bool, connection: str | None, stack: str | None, **given: Any) -> None:
        off = [name for name in arguments if given.pop(_off(name), False)]
        asked = lookup.model_construct(**(given | dict.fromkeys(off)))
        for one, other in lookup.exclusive:
            if given[one] and given[other]:
                raise click.UsageError(f"{_flag(one, said[one])} and {_flag(other, said[other])} exclude each other.")
        problem = asked.find_problem()
        if problem:
            raise click.UsageError(f"{problem}.")
        client = clouds.load(cloud.connections).today(open_context(stack), connection).client()
        _show(lookup, asked.select(asked.ask(client)), as_json=as_json)

    decorated = _shared_options(command)
    for name in reversed(list(arguments)):
        for option in reversed(list(_options(arguments[name], said[name]))):
            decorated = option(decorated)
    summary = lookup.summary()
    return click.command(lookup.command, help=f"List {summary[0].lower()}{summary[1:]}")(decorated)


def _options(facts: FieldFacts, said: Option) -> Iterator[Decorator[Any]]:
    """The option of an argument, and the flag that takes its default away."""
    shown: dict[str, Any] = {"help": _first_sentence(facts.description), "required": facts.required}
    choices = facts.choices or said.choices
    if facts.type == "boolean":
        shown |= {"is_flag": True, "default": facts.default}
    else:
        shown["type"] = click.Choice(choices, case_sensitive=not said.choices) if choices else _TYPES[facts.type]
        shown["metavar"] = said.metavar or ("ID" if facts.name.endswith("_id") else None)
        shown |= {} if facts.default is None else {"default": facts.default, "show_default": True}
    yield click.option(_flag(facts.name, said), facts.name, **shown)
    if said.off:
        yield click.option(f"--{said.off}", _off(facts.name), is_flag=True, help=said.off_help)


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=\.) (?=[A-Z])", text, maxsplit=1)[0]


def _flag(name: str, said: Option) -> str:
    return f"--{(said.name or name).replace('_', '-')}"


def _off(name: str) -> str:
    return f"without_{name}"


def _shared_options(command: F) -> F:
    """Adds the options that all lists have."""
    as_json = click.option("--json", "as_json", is_flag=True, help="A JSON list of objects with all fields.")
    connection = click.option(
        "--connection", metavar="NAME", help="Named section of the configuration: a second account or region."
    )
    return as_json(connection(settings_options(command)))


def _show(lookup: type[Lookup[Any]], found: Sequence[Spec], *, as_json: bool) -> None:
    if as_json:
        say_json(_without_secrets(lookup, found))
    elif found:
        say(table(list(lookup.columns), [[_cell(one, cell) for cell in lookup.columns.values()] for one in found]))
    else:
        say(f"No {lookup.noun or lookup.command} found.")


def _without_secrets(lookup: type[Lookup[Any]], found: Sequence[Spec]) -> Any:
    """What is answered, as JSON. What is secret is masked: a list is read by whoever stands by, and goes into logs."""
    from pulumi_inference.core.fields.facts import walk
    from pulumi_inference.core.redact import hidden

    record, _ = lookup.answers()
    names = {facts.name for _path, facts in walk(record) if facts.secret}
    return hidden([one.model_dump(mode="json") for one in found], names)


def _cell(record: Spec, column: Column) -> object:
    return getattr(record, column) if isinstance(column, str) else column(record)
