"""Where settings come from on the command line: the selected stack, the project's defaults, the environment."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pulumi_inference.cli.stack import UNLOCK, ask_pulumi, stack_file, stack_name
from pulumi_inference.cli.terminal import say
from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.engine.project import project_file

if TYPE_CHECKING:
    from pulumi_inference.core.http.sending import Transport
    from pulumi_inference.core.lifecycle.context import Context

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Settings:
    """Configuration values by full key, in a user's words where they come from, and what was not read and why.

    `root` is the project's folder, None outside of a project.
    """

    values: Mapping[str, Any]
    source: str
    note: str | None = None
    root: Path | None = None


def settings_options(command: F) -> F:
    """Adds --stack and --cwd, as Pulumi's own commands have them."""
    stack = click.option("-s", "--stack", metavar="NAME", help="Stack whose configuration counts (default: selected).")
    cwd = click.option(
        "-C",
        "--cwd",
        metavar="DIR",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        is_eager=True,
        expose_value=False,
        callback=_change_folder,
        help="Run as if started in this folder.",
    )
    return stack(cwd(command))


def _change_folder(context: click.Context, _parameter: click.Parameter, folder: Path | None) -> None:
    if folder is not None:
        context.with_resource(contextlib.chdir(folder))


def read_settings(stack: str | None) -> Settings:
    """The configuration of the stack; when none is selected, the defaults in Pulumi.yaml.

    Raises:
        ConfigurationError: the stack asked for or selected cannot be read, or Pulumi.yaml is broken.
    """
    file = project_file()
    if file is None:
        if stack is not None:
            raise ConfigurationError(
                f"there is no stack {stack!r}: no Pulumi.yaml here or above",
                next_step="Run it in the project's folder, or name that with --cwd.",
            )
        return Settings({}, "the environment variables (this is no Pulumi project)")
    try:
        values = _stack_configuration(stack)
    except ConfigurationError as error:
        if stack is not None:
            raise
        name = stack_name(None)
        if name is not None:
            raise _unreadable(name, error) from None
        defaults, unread = _project_defaults(file)
        source = f"{file.name} and the environment variables"
        note = f"no stack's configuration was read ({error.headline()}), only {source}"
        return Settings(defaults, source, "; ".join([note, *unread]), file.parent)
    chosen = f"stack {stack}" if stack else "the selected stack"
    return Settings(values, f"{chosen} and the environment variables", root=file.parent)


def _unreadable(stack: str, error: ConfigurationError) -> ConfigurationError:
    return ConfigurationError(
        f"stack {stack}: {error.headline()}",
        next_step=f"`pulumi config --stack {stack}` has to work: correct {stack_file(stack)}, or {UNLOCK}.",
    )


def open_context(stack: str | None) -> Context:
    """A lifecycle context with the settings; a note about what was not read goes to stderr.

    Raises:
        ConfigurationError: a key of the configuration is unknown, or what `read_settings` raises.
    """
    settings = read_settings(stack)
    if settings.note:
        say(f"note: {settings.note}", err=True)
    context = context_of(settings)
    check_keys(settings, context)
    return context


def check_keys(settings: Settings, context: Context) -> None:
    """Refuses keys of the configuration that mean nothing.

    Raises:
        ConfigurationError: there is one.
    """
    from pulumi_inference.engine.settings import refuse_unknown_keys

    def project() -> object:
        file = project_file()
        return read_project(file).get("name") if file else None

    refuse_unknown_keys(settings.values, context.environment.configuration, project)


def context_of(settings: Settings) -> Context:
    """A lifecycle context in which these settings hold."""
    from pulumi_inference.core.lifecycle.context import Context, Environment
    from pulumi_inference.engine.settings import StackConfiguration

    environment = Environment(configuration=StackConfiguration(settings.values), transports=_open_transport)
    return Context(environment, warn=lambda text: say(f"warning: {text}", err=True))


def read_project(file: Path) -> dict[str, Any]:
    """The content of a Pulumi.yaml.

    Raises:
        ConfigurationError: it is no YAML object.
    """
    import yaml

    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError, AttributeError, LookupError, TypeError) as error:
        # What a tag says that the value is not, the loader stumbles over in its own ways.
        raise ConfigurationError(f"{file} cannot be read: {error}") from None
    except RecursionError:
        raise ConfigurationError(f"{file} cannot be read: it is nested too deeply") from None
    if not isinstance(document, dict):
        raise ConfigurationError(f"{file} holds no project")
    return document


def _stack_configuration(stack: str | None) -> dict[str, Any]:
    values = json.loads(ask_pulumi("config", "--json", "--show-secrets", stack=stack) or "{}")
    return {key: one.get("objectValue", one.get("value")) for key, one in values.items()}


def _project_defaults(file: Path) -> tuple[dict[str, Any], list[str]]:
    """The defaults that a project gives its stacks, and a word on each that only a stack can decrypt."""
    configuration = read_project(file).get("config")
    values: dict[str, Any] = {}
    unread = []
    for key, given in (configuration if isinstance(configuration, dict) else {}).items():
        value = given.get("value", given.get("default")) if isinstance(given, dict) else given
        if isinstance(value, dict) and "secure" in value:
            unread.append(f"{key} is encrypted and was not read")
        elif value is not None:
            values[str(key)] = value
    return values, unread


def _open_transport(endpoint: str) -> tuple[str, Transport | None]:
    from pulumi_inference.emulator.store import StoreError
    from pulumi_inference.engine.settings import connect_transport

    try:
        return connect_transport(endpoint)
    except StoreError as error:
        raise ConfigurationError(str(error)) from None
