"""A thing that exists, as an entry for `pulumi import --file` and as the program that declares it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulumi_inference import clouds
from pulumi_inference.cli.stack import TYPE_PREFIX
from pulumi_inference.core.errors import ConfigurationError, InferenceError
from pulumi_inference.core.redact import is_secret_name

if TYPE_CHECKING:
    from pulumi_inference.cli.program_text import SecretReference
    from pulumi_inference.core.cloud import Cloud, Kind
    from pulumi_inference.core.lifecycle import Live
    from pulumi_inference.core.lifecycle.connections import Connection
    from pulumi_inference.core.lifecycle.context import Context
    from pulumi_inference.core.lifecycle.importing import Importing, Secrets

SECRET_WORDS = frozenset(
    {"APIKEY", "AUTH", "CREDENTIAL", "CREDENTIALS", "KEY", "PASSCODE", "PASSPHRASE", "PASSWD", "PASSWORD", "PWD"}
    | {"SECRET", "SECRETS", "TOKEN"}
)
_WORD_BORDER = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")
_PASSWORD_IN_URL = re.compile(r"://[^/\s:@]*:[^/\s@]+@")

# How the engine marks a secret in its files; `pulumi import` encrypts the value before it writes the state.
_SECRET_MARK = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


class NotImportableError(InferenceError):
    """The thing exists, but no resource of ours can stand for it."""


@dataclass(frozen=True)
class Subject:
    """A kind of resource that can be imported."""

    cloud: Cloud
    kind: Kind
    importing: Importing[Any]

    @property
    def noun(self) -> str:
        """What people call one of its things."""
        return self.kind.name.lower()

    def connection(self, context: Context, name: str | None) -> Connection[Any]:
        """The connection of its cloud; `name` is that of a named one."""
        connection: Connection[Any] = clouds.load(self.cloud.connections).today(context, name)
        return connection


@dataclass(frozen=True)
class SecretChoice:
    """Which environment variables are secrets: by what they look like, and by names that the user gives."""

    secret: Collection[str] = ()
    plain: Collection[str] = ()

    def is_secret(self, name: str, value: str) -> bool:
        """Whether the variable is a secret."""
        if name in self.secret or name in self.plain:
            return name in self.secret
        words = {word.upper() for word in _WORD_BORDER.split(name)}
        return bool(words & SECRET_WORDS) or is_secret_name(name) or bool(_PASSWORD_IN_URL.search(value))


@dataclass(frozen=True)
class Adopted:
    """One thing: its name in the program, the entry of the import file, the program's text.

    `secrets` are the values that the program reads from the stack's configuration, by key; `advice` is what is still to
    be done by hand.
    """

    label: str
    variable: str
    entry: Mapping[str, Any] = field(repr=False)
    text: str
    secrets: Mapping[str, str] = field(repr=False)
    advice: str | None = None


def adopt(
    context: Context,
    subject: Subject,
    thing: str,
    *,
    label: str | None = None,
    connection: str | None = None,
    choice: SecretChoice,
    taken: Collection[Adopted] = (),
    managed: Mapping[str, str],
) -> Adopted:
    """Reads the thing and describes it.

    Args:
        context: where settings come from.
        subject: what it is.
        thing: its id.
        label: the resource's name in the program; the thing's name by default.
        connection: named section of the configuration that says where and who.
        choice: which environment variables are secrets.
        taken: what was adopted before and has names already.
        managed: ids of what the stack has already, with the names in the program.

    Raises:
        NotImportableError: the stack has it, no resource can stand for it, or the rules forbid what it is.
        InferenceError: it does not exist, or the cloud cannot be asked.
    """
    from pulumi.dynamic.dynamic import serialize_provider

    from pulumi_inference.cli.kinds import lifecycle_of, provider_of
    from pulumi_inference.cli.program_text import declaration, identifier
    from pulumi_inference.engine.provider import PROVIDER_KEY, pack

    lifecycle, importing, room = lifecycle_of(subject.kind), subject.importing, subject.cloud.name
    if thing in managed:
        raise NotImportableError(
            f'the {subject.noun} {thing} is in this stack already, as "{managed[thing]}"',
            next_step=f"Whichever resource of the two is removed would delete the {subject.noun} of both. "
            "For another name in the program, give the resource an alias.",
        )
    asked: dict[str, Any] = {"connection": connection} if connection else {}
    live = look(context, subject, thing, asked, choice)
    values = {**_declared(lifecycle.spec, importing, live.values), **asked}
    # What exists is right as it is: it is no business of ours whether its flavour could still be had today.
    checked = lifecycle.check(context, lifecycle.complete({**values, **lifecycle.locate(context, asked)}), values)
    if checked.problems:
        raise NotImportableError(
            f"{values.get('name', thing)} ({thing}) cannot be declared by a program",
            details=[str(one) for one in checked.problems],
        )
    state = lifecycle.state_of(context, thing, checked.inputs, live)
    name = label or importing.label(live) or thing
    variable = identifier(f"{name}{importing.suffix}", {"config", "pulumi", room, *(one.variable for one in taken)})
    references, secrets = secret_references(variable, values.get(importing.secrets) or {})
    shown = {**values, importing.secrets: references} if references else values
    provider = {PROVIDER_KEY: serialize_provider(provider_of(subject.kind)())}
    entry = {
        "type": f"{TYPE_PREFIX}{room}:{subject.kind.name}",
        "name": name,
        "id": thing,
        "inputs": {**_marked(importing.secrets, checked.inputs), **provider},
        "outputs": {**_marked(importing.secrets, pack(state)), **provider},
    }
    text = declaration(room, lifecycle.spec, name, variable, shown)
    return Adopted(name, variable, entry, text, secrets, importing.advice(live))


def look(context: Context, subject: Subject, thing: str, asked: Mapping[str, Any], choice: SecretChoice) -> Live:
    """The live thing, whose secret variables are apart from the others; `asked` are inputs that say where it is.

    Raises:
        ConfigurationError: there is none.
        NotImportableError: it is not to be managed.
    """
    from pulumi_inference.cli.kinds import lifecycle_of

    lifecycle, importing = lifecycle_of(subject.kind), subject.importing
    live = lifecycle.fetch(context, thing, asked)
    if live is None:
        where = subject.connection(context, asked.get("connection")).describe()
        raise ConfigurationError(
            f"there is no {subject.noun} {thing}",
            next_step=f"Asked were the {where}; check the id and the {importing.place}.",
        )
    refusal = importing.refusal(live)
    if refusal:
        raise NotImportableError(refusal)
    if importing.secrets:
        hidden = importing.hidden(live.values, choice.is_secret)
        live = lifecycle.fetch(context, thing, {**asked, importing.secrets: hidden}) or live
    return live


def _declared(spec: Any, importing: Importing[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """What a program has to say: no defaults, ours or the cloud's, and nothing that follows from others."""
    from pulumi_inference.core.fields.shape import canonical
    from pulumi_inference.core.lifecycle.importing import without_usual

    implied = importing.implied(values)
    said = without_usual(canonical(spec, values), importing.usual)
    return {name: value for name, value in said.items() if name not in implied}


def secret_references(variable: str, secrets: Secrets) -> tuple[dict[str, dict[str, SecretReference]], dict[str, str]]:
    """The secrets as references to configuration keys, and the values by key."""
    from pulumi_inference.cli.program_text import SecretReference

    references: dict[str, dict[str, SecretReference]] = {}
    by_key: dict[str, str] = {}
    for index, (owner, envs) in enumerate(secrets.items(), start=1):
        part = f"-{index}" if len(secrets) > 1 else ""
        for name, value in envs.items():
            key = f"{variable.replace('_', '-')}{part}-{name}".replace(":", "_")
            while key in by_key:
                key += "_"
            references.setdefault(owner, {})[name] = SecretReference(key)
            by_key[key] = value
    return references, by_key


def _marked(field_name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    secret = values.get(field_name)
    marked = {field_name: {**_SECRET_MARK, "plaintext": json.dumps(secret)}} if secret else {}
    return {**values, **marked}
