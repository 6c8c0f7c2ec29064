"""Reads what is to be converted, and writes the program of what it becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulumi_inference import clouds
from pulumi_inference.cli.import_file import SecretChoice, Subject, look, secret_references
from pulumi_inference.cli.kinds import kind_named, lifecycle_of
from pulumi_inference.cli.program_text import OutputReference, SettingReference, declaration, identifier, program
from pulumi_inference.core.conversion import Converted, Found, Output, Setting
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle.connections import REFUSALS

if TYPE_CHECKING:
    from pulumi_inference.core.cloud import Cloud, Kind
    from pulumi_inference.core.conversion import Conversion, Made
    from pulumi_inference.core.lifecycle.context import Context


@dataclass(frozen=True)
class Wish:
    """What is converted, by what, and how.

    Args:
        cloud: whose resources there will be.
        conversion: what makes them.
        thing: id of what is converted.
        connection: named section of the configuration, None for the settings as they are.
        choice: which environment variables are secrets.
        chosen: the conversion's own options.
    """

    cloud: Cloud
    conversion: Conversion
    thing: str
    connection: str | None
    choice: SecretChoice
    chosen: Mapping[str, str | None]

    @property
    def asked(self) -> dict[str, Any]:
        """The inputs that say where everything is."""
        return {"connection": self.connection} if self.connection else {}


@dataclass(frozen=True)
class Written:
    """A program.

    Args:
        text: all of it.
        secrets: what it reads from the stack's configuration, by key.
        settings: the keys that it requires besides, each with an example.
        lost: what has no counterpart.
        by_hand: what is still to be done.
    """

    text: str
    secrets: Mapping[str, str] = field(repr=False)
    settings: Mapping[str, str]
    lost: Sequence[str]
    by_hand: Sequence[str]

    def remarks(self) -> dict[str, Sequence[str]]:
        """What the program does not do, under titles."""
        return _remarks(self.lost, self.by_hand)


def write(context: Context, wish: Wish) -> Written:
    """Asks for the thing and what belongs to it, and writes the program of what it becomes.

    Raises:
        InferenceError: there is no such thing, it cannot be read, or not be converted.
    """
    converted = _convert(context, wish)
    by_hand = [*converted.by_hand, *_problems(wish.cloud, converted)]
    writing = _Writing(wish)
    texts = [writing.declare(made) for made in converted.made]
    command = f"pulumi-inference {wish.cloud.name} {wish.conversion.name} {wish.thing}"
    comments = [f"Made by `{command}`."]
    for title, remarks in _remarks(converted.lost, by_hand).items():
        comments += [title, *(f"- {one}" for one in remarks)]
    text = program(
        wish.cloud.name,
        texts,
        reads_configuration=bool(writing.secrets or writing.settings),
        exports={name: writing.output(one) for name, one in converted.exports.items()},
        comments=comments,
    )
    return Written(text, writing.secrets, writing.settings, converted.lost, by_hand)


class _Writing:
    """The variables and the keys of the configuration that a program has so far."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.variables: dict[str, str] = {}
        self.secrets: dict[str, str] = {}
        self.settings: dict[str, str] = {}

    def declare(self, made: Made) -> str:
        """The declaration of a resource, which those that come later may refer to."""
        room = self.wish.cloud.name
        kind = _kind_of(made, self.wish.cloud)
        variable = identifier(made.label, {"config", "pulumi", room, *self.variables.values()})
        self.variables[made.label] = variable
        values = {**_replaced(made.values, self._reference), **self.wish.asked}
        held = clouds.load(kind.importing).secrets if kind.importing else ""
        if values.get(held):
            values[held], secrets = secret_references(variable, values[held])
            self.secrets |= secrets
        return declaration(room, lifecycle_of(kind).spec, made.label, variable, values)

    def output(self, one: Output) -> OutputReference:
        """The output of a resource that was declared."""
        return OutputReference(self.variables[one.of], one.name)

    def _reference(self, one: Output | Setting) -> object:
        if isinstance(one, Output):
            return self.output(one)
        key = one.key.replace(":", "_")
        self.settings[key] = one.example
        return SettingReference(key)


def _convert(context: Context, wish: Wish) -> Converted:
    source_cloud, kind = _named(wish.conversion.source)
    subject = Subject(source_cloud, kind, clouds.load(kind.importing))
    live = look(context, subject, wish.thing, wish.asked, wish.choice)
    source = Found(wish.thing, live.values, live.facts)
    asked_for = dict.fromkeys(wish.conversion.related(source))
    found = {thing: _found(context, name, thing, wish.asked) for name, thing in asked_for}
    related = {thing: one for thing, one in found.items() if one is not None}
    return wish.conversion.convert(source, related, wish.chosen)


def _found(context: Context, name: str, thing: str, asked: Mapping[str, Any]) -> Found | None:
    """A thing that belongs to the source; None where there is none any more, or nobody may read it."""
    kind = kind_named(name)
    try:
        live = lifecycle_of(kind).fetch(context, thing, asked)
    except REFUSALS as error:
        context.warn(f"the {kind.name.lower()} {thing} could not be read: {error}")
        return None
    return None if live is None else Found(thing, live.values, live.facts)


def _named(name: str) -> tuple[Cloud, Kind]:
    kind = kind_named(name)
    return next(cloud for cloud, one in clouds.kinds() if one is kind), kind


def _problems(cloud: Cloud, converted: Converted) -> list[str]:
    """What the rules of the new resources say against what was found: a preview would refuse it."""
    found = []
    for made in converted.made:
        values = _replaced(made.values, lambda _one: UNKNOWN)
        _, problems = lifecycle_of(_kind_of(made, cloud)).judge(values)
        found += [f"{made.label}: {one}" for one in problems]
    return found


def _remarks(lost: Sequence[str], by_hand: Sequence[str]) -> dict[str, Sequence[str]]:
    titled = {"No counterpart:": lost, "By hand:": by_hand}
    return {title: texts for title, texts in titled.items() if texts}


def _kind_of(made: Made, cloud: Cloud) -> Kind:
    return kind_named(f"{cloud.name}.{made.kind}")


def _replaced(value: Any, by: Callable[[Output | Setting], object]) -> Any:
    """The value, with what `by` says for each output and setting in it."""
    if isinstance(value, Output | Setting):
        return by(value)
    if isinstance(value, Mapping):
        return {name: _replaced(one, by) for name, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, by) for one in value]
    return value
