"""Where settings come from: the stack's configuration, in the provider's process and in the program's.

Keys stand in the namespace `inference`: `pulumi config set inference:KEY VALUE`.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import pulumi
from pulumi.runtime import config

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.settings import CONNECTIONS_KEY, EMULATOR_SCHEME, refuse_unknown
from pulumi_inference.engine.project import project_root

if TYPE_CHECKING:
    from pulumi_inference.core.http.sending import Transport
    from pulumi_inference.core.settings import Configuration

NAMESPACE = "inference"
EMULATOR_URL = "http://emulator.localhost"
EMULATOR_TRANSPORT = "pulumi_inference.emulator.transport:EmulatorTransport"
SETTINGS_OF_CLOUDS = "pulumi_inference.clouds:settings"


class Values(Protocol):
    """A mapping, or Pulumi's configuration of a dynamic provider; keys have their namespace."""

    def get(self, key: str, /) -> Any:
        """The value, None when there is none."""
        ...


class StackConfiguration:
    """A configuration source over the stack's values; objects may be JSON text."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def __repr__(self) -> str:
        return "StackConfiguration()"

    def get(self, key: str) -> str | None:
        """The value of `inference:<key>` as text; None when it is not set or empty."""
        value = self._values.get(f"{NAMESPACE}:{key}")
        return None if value is None or value == "" else str(value)

    def connections(self) -> Mapping[str, Mapping[str, str]]:
        """The named sections of `inference:connections`.

        Raises:
            ConfigurationError: it is not an object of objects.
        """
        value = self._values.get(f"{NAMESPACE}:{CONNECTIONS_KEY}")
        if not isinstance(value, str):
            return _sections(value)
        try:
            return _sections(json.loads(value))
        except ValueError:
            return _sections(value)


class ProgramConfiguration:
    """The same source in the program's process, for lookups."""

    def get(self, key: str) -> str | None:
        """The value of `inference:<key>`; None when it is not set or empty."""
        return pulumi.Config(NAMESPACE).get(key) or None

    def connections(self) -> Mapping[str, Mapping[str, str]]:
        """The named sections of `inference:connections`.

        Raises:
            ConfigurationError: it is not an object of objects.
        """
        return _sections(pulumi.Config(NAMESPACE).get_object(CONNECTIONS_KEY))


def check_keys() -> None:
    """Refuses keys in a program's configuration that mean nothing.

    Raises:
        ConfigurationError: there is one.
    """
    refuse_unknown_keys({*config.CONFIG.get(), *config.get_config_env()}, ProgramConfiguration(), pulumi.get_project)


def refuse_unknown_keys(keys: Iterable[str], source: Configuration, project: Callable[[], object]) -> None:
    """Refuses keys in our namespace that mean nothing.

    Args:
        keys: all keys of a configuration, with their namespaces.
        source: the configuration.
        project: answers the project's name: one that is called as our namespace has keys of its own there.

    Raises:
        ConfigurationError: there is one.
    """
    given = [key.partition(":")[2] for key in keys if key.startswith(f"{NAMESPACE}:")]
    if given:
        is_shared = project() == NAMESPACE
        refuse_unknown(given, source.connections(), _load(SETTINGS_OF_CLOUDS)(), is_shared=is_shared)


def _sections(value: Any) -> Mapping[str, Mapping[str, str]]:
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(one, Mapping) for one in value.values()):
        raise ConfigurationError(
            "inference:connections must hold one object per connection; set a value with "
            "`pulumi config set --path inference:connections.NAME.region REGION`"
        )
    return {name: {key: str(one) for key, one in section.items() if one is not None} for name, section in value.items()}


def _load(reference: str) -> Any:
    """What an import string `module:name` stands for: of rooms that must not be imported here."""
    module, name = reference.split(":")
    return getattr(importlib.import_module(module), name)


def connect_transport(endpoint: str) -> tuple[str, Transport | None]:
    """The base URL and the in-process transport of the endpoint `emulator:FILE`.

    The file is relative to the project's folder, so that the program, the provider and the command line all mean the
    same one.

    Raises:
        ConfigurationError: the endpoint names no file.
    """
    file = endpoint.removeprefix(EMULATOR_SCHEME)
    if not file:
        raise ConfigurationError("an emulator endpoint names its file, as in emulator:.state/emulator.db")
    transport = _load(EMULATOR_TRANSPORT)
    try:
        return EMULATOR_URL, transport(project_root() / file)
    except Exception as error:  # the emulator's own errors cannot be named here: this room does not import it
        raise ConfigurationError(f"the emulator cannot use {file}: {error}") from error
