"""A thing of ModelArts that exists, as an entry for `pulumi import --file` and as the program that declares it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulumi_inference.core.errors import ConfigurationError, InferenceError
from pulumi_inference.core.redact import is_secret_name
from pulumi_inference.modelarts.services.values import SECRETS

if TYPE_CHECKING:
    from pulumi_inference.cli.program_text import SecretReference
    from pulumi_inference.core.lifecycle.context import Context

SERVICE = "modelarts.Service"
MODEL = "modelarts.Model"
ROOM = "modelarts"

SECRET_WORDS = frozenset(
    {"APIKEY", "AUTH", "CREDENTIAL", "CREDENTIALS", "KEY", "PASSCODE", "PASSPHRASE", "PASSWD", "PASSWORD", "PWD"}
    | {"SECRET", "SECRETS", "TOKEN"}
)
_WORD_BORDER = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")
_PASSWORD_IN_URL = re.compile(r"://[^/\s:@]*:[^/\s@]+@")

_CONFIGURED = frozenset({"apis", "dependencies", "input_params", "model_algorithm", "output_params"})
"""What a model answers besides its configuration, which says it too."""

# How the engine marks a secret in its files; `pulumi import` encrypts the value before it writes the state.
_SECRET_MARK = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


class NotImportableError(InferenceError):
    """The thing exists, but no resource of ours can stand for it."""


@dataclass(frozen=True)
class SecretChoice:
    """Which environment variables are secrets: by what they look like, and by names that the user gives."""

    secret: Collection[str] = ()
    plain: Collection[str] = ()

    def is_secret(self, name: str, value: str) -> bool:
        """Whether the variable belongs to `secret_envs`."""
        if name in self.secret or name in self.plain:
            return name in self.secret
        words = {word.upper() for word in _WORD_BORDER.split(name)}
        return bool(words & SECRET_WORDS) or is_secret_name(name) or bool(_PASSWORD_IN_URL.search(value))


@dataclass(frozen=True)
class Adopted:
    """One thing: its name in the program, the entry of the import file, the program's text.

    `secrets` are the values that the program reads from the stack's configuration, by key.
    """

    label: str
    variable: str
    entry: Mapping[str, Any] = field(repr=False)
    text: str
    secrets: Mapping[str, str] = field(repr=False)


def adopt(
    context: Context,
    thing: str,
    *,
    kind: str = SERVICE,
    label: str | None = None,
    connection: str | None = None,
    choice: SecretChoice | None = None,
    taken: Collection[Adopted] = (),
) -> Adopted:
    """Reads the thing and describes it.

    Args:
        context: where settings come from.
        thing: its id.
        kind: what it is: SERVICE or MODEL.
        label: the resource's name in the program; the thing's name by default.
        connection: named section of the configuration that says where and who.
        choice: which environment variables of a service are secrets.
        taken: what was adopted before and has names already.

    Raises:
        NotImportableError: it is subscribed, failed or about to go, or the rules forbid what it is.
        InferenceError: it does not exist, or ModelArts cannot be asked.
    """
    from pulumi.dynamic.dynamic import serialize_provider

    from pulumi_inference.cli.kinds import lifecycle_of, provider_class, resource_class
    from pulumi_inference.cli.program_text import declaration, identifier
    from pulumi_inference.engine.provider import PROVIDER_KEY, pack

    lifecycle = lifecycle_of(kind)
    asked: dict[str, Any] = {"connection": connection} if connection else {}
    live = lifecycle.fetch(context, thing, asked)
    if live is None:
        raise ConfigurationError(f"there is no {_noun(kind)} {thing}", next_step=_where(context, asked))
    if kind == SERVICE:
        _refuse(live.raw)
        hidden = _secret_names(live.values, choice or SecretChoice())
        live = lifecycle.fetch(context, thing, {**asked, SECRETS: hidden}) or live
    elif live.problem:
        raise NotImportableError(f"{live.problem}; it could only be made anew")
    values = {**_declared(lifecycle.spec, live.values), **asked}
    # What exists is right as it is: it is no business of ours whether its flavour could still be had today.
    checked = lifecycle.check(context, {**values, **lifecycle.locate(context, asked)}, values)
    if checked.problems:
        raise NotImportableError(
            f"{values.get('name', thing)} ({thing}) cannot be declared by a program",
            details=[str(one) for one in checked.problems],
        )
    state = lifecycle.state_of(context, thing, checked.inputs, live)
    name = label or str(values["name"])
    variable = identifier(name, {"config", "pulumi", ROOM, *(one.variable for one in taken)})
    references, secrets = _references(variable, values.get(SECRETS) or {})
    shown = {**values, SECRETS: references} if references else values
    provider = {PROVIDER_KEY: serialize_provider(provider_class(kind)())}
    entry = {
        "type": f"pulumi-python:{resource_class(kind)._resource_type_name}",
        "name": name,
        "id": thing,
        "inputs": {**_marked(checked.inputs), **provider},
        "outputs": {**_marked(pack(state)), **provider},
    }
    return Adopted(name, variable, entry, declaration(ROOM, lifecycle.spec, name, variable, shown), secrets)


def _noun(kind: str) -> str:
    return kind.partition(".")[2].lower()


def _refuse(detail: Mapping[str, Any]) -> None:
    name = f"{detail.get('service_name')} ({detail.get('service_id')})"
    if detail.get("is_shared"):
        raise NotImportableError(f"{name} is a subscribed service; only its owner can manage it")
    if detail.get("status") == "deleting":
        raise NotImportableError(f"{name} is being deleted")


def _where(context: Context, asked: Mapping[str, Any]) -> str:
    from pulumi_inference.modelarts.connection import CONNECTIONS

    connection = CONNECTIONS.today(context, asked.get("connection"))
    return f"Asked were the project {connection.project_id} at {connection.endpoint}; check the id and the region."


def _secret_names(values: Mapping[str, Any], choice: SecretChoice) -> dict[str, dict[str, str]]:
    found = {}
    for item in values.get("config", ()):
        envs = item.get("envs") or {}
        secret = {name: value for name, value in envs.items() if choice.is_secret(name, str(value))}
        if secret:
            found[item["model_id"]] = secret
    return found


def _declared(spec: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a program has to say: no defaults, no wish about starting and stopping, nothing that follows from others."""
    from pulumi_inference.core.fields.shape import canonical

    implied = {"desired_status"} | (_CONFIGURED & (values.get("initial_config") or {}).keys())
    if "apis" in implied:
        implied |= {"input_params", "output_params"}
    return {name: value for name, value in canonical(spec, values).items() if name not in implied}


def _references(
    variable: str, secrets: Mapping[str, Mapping[str, str]]
) -> tuple[dict[str, dict[str, SecretReference]], dict[str, str]]:
    """The secrets as references to configuration keys, and the values by key."""
    from pulumi_inference.cli.program_text import SecretReference

    references: dict[str, dict[str, SecretReference]] = {}
    by_key: dict[str, str] = {}
    for index, (model, envs) in enumerate(secrets.items(), start=1):
        part = f"-{index}" if len(secrets) > 1 else ""
        for name, value in envs.items():
            key = f"{variable}{part}-{name}".replace(":", "_")
            while key in by_key:
                key += "_"
            references.setdefault(model, {})[name] = SecretReference(key)
            by_key[key] = value
    return references, by_key


def _marked(values: Mapping[str, Any]) -> dict[str, Any]:
    secret = values.get(SECRETS)
    marked = {SECRETS: {**_SECRET_MARK, "plaintext": json.dumps(secret)}} if secret else {}
    return {**values, **marked}
