"""Where and who: settings from a configuration source and the environment, for one cloud and one connection.

Knows neither Pulumi nor the emulator: both come in as protocols.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.messages import did_you_mean

if TYPE_CHECKING:
    from pulumi_inference.core.http.sending import Transport

EMULATOR_SCHEME = "emulator:"
CONNECTIONS_KEY = "connections"
"""The configuration key of the named connections."""


@dataclass(frozen=True)
class Setting:
    """One row of a cloud's settings table.

    ``env`` are the environment variables, first wins. All ``credential`` settings are taken from one source together.
    A setting ``bound_to`` others is not inherited by a named connection that gives one of those itself: the default's
    project id is no use in another region.
    """

    field: str
    env: tuple[str, ...]
    secret: bool
    description: str
    credential: bool = False
    bound_to: tuple[str, ...] = ()

    @property
    def section_key(self) -> str:
        """The setting's name in a named connection: the field in camelCase."""
        head, *tail = self.field.split("_")
        return head + "".join(part.capitalize() for part in tail)


PLAN_CHECKS = Setting(
    "plan_checks",
    ("PULUMI_INFERENCE_PLAN_CHECKS",),
    secret=False,
    description="Whether previews check a program against the cloud's own lists: on (the default) or off.",
)
"""A setting that every cloud has beside its table: it says neither where nor who, and holds for all connections."""

_SWITCH = {"on": True, "true": True, "off": False, "false": False}  # YAML reads on and off as booleans


class Configuration(Protocol):
    """A source of configuration, the stack's for example."""

    def get(self, key: str) -> str | None:
        """The value of a key such as ``toysRegion``, secrets in clear; None when it is not set."""
        ...

    def connections(self) -> Mapping[str, Mapping[str, str]]:
        """The named connections; their keys are fields in camelCase, such as ``accessKey``."""
        ...


class Sources(Protocol):
    """What settings come from, such as the `Environment` of a process."""

    @property
    def configuration(self) -> Configuration:
        """The configuration."""
        ...

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment variables."""
        ...


class TransportFactory(Protocol):
    """Opens an endpoint that begins with ``emulator:``."""

    def __call__(self, endpoint: str, /) -> tuple[str, Transport | None]:
        """The base URL to use, and the transport that carries the requests (None: the network)."""
        ...


class Kind(Enum):
    """Where a value came from."""

    CONNECTION = "connection"
    CONFIGURATION = "stack configuration"
    ENVIRONMENT = "environment variable"


@dataclass(frozen=True)
class Origin:
    """Where a value came from: ``stack configuration toysRegion``."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind.value} {self.name}"


@dataclass(frozen=True)
class Resolved:
    """Values by field and where each came from. Its repr shows no value."""

    values: Mapping[str, str] = field(repr=False)
    origins: Mapping[str, Origin]
    settings: Iterable[Setting] = field(repr=False)
    connection: str | None = None

    def get(self, field_name: str) -> str | None:
        """The value of a field, or None."""
        return self.values.get(field_name)

    def is_configured(self, field_name: str) -> bool:
        """Whether the value comes from the configuration and not from the environment."""
        origin = self.origins.get(field_name)
        return origin is not None and origin.kind is not Kind.ENVIRONMENT

    def without(self, *fields: str) -> Resolved:
        """The same without these fields."""
        return replace(
            self,
            values={name: value for name, value in self.values.items() if name not in fields},
            origins={name: origin for name, origin in self.origins.items() if name not in fields},
        )

    def secrets(self) -> tuple[str, ...]:
        """The values that must be redacted."""
        return tuple(self.values[one.field] for one in self.settings if one.secret and one.field in self.values)


class Settings:
    """The settings of one cloud: where and who. The configuration keys are the cloud's name and the field.

    `Settings("toys", [Setting("api_key", ("TOYS_API_KEY",), …)])` is set by `inference:toysApiKey`, by the variable, or
    by `apiKey` in a named connection.

    Args:
        cloud: the cloud's name.
        rows: the settings.
        first: the field to begin with and an example of its value, for advice; by default the first row.
    """

    def __init__(self, cloud: str, rows: Iterable[Setting], first: tuple[str, str] | None = None) -> None:
        self.cloud = cloud
        self._rows = tuple(rows)
        self.first = first or (self._rows[0].field, self._rows[0].field.upper())

    def __iter__(self) -> Iterator[Setting]:
        return iter(self._rows)

    def key(self, field_name: str) -> str:
        """The configuration key of a field, without its namespace: `toysApiKey`."""
        return self.cloud + "".join(part.capitalize() for part in field_name.split("_"))

    def how_to_set(self, field_name: str, example: str) -> str:
        """What a user does to set a field; a secret is encrypted."""
        one = next(one for one in self if one.field == field_name)
        encrypted = "--secret " if one.secret else ""
        return f"pulumi config set {encrypted}inference:{self.key(field_name)} {example} (or set {one.env[0]})"

    def resolve(self, sources: Sources, connection: str | None = None) -> Resolved:
        """A named connection over the stack configuration over the environment.

        Raises ConfigurationError for an unknown connection or an unknown name in one.
        """
        configuration = sources.configuration
        configured = self._from_configuration(configuration)
        inherited = _inherited_by_configuration(self._rows, configured)
        found = _overlay(_from_environment(self._rows, sources.environ), configured, inherited)
        if connection is not None:
            section = _from_section(self._rows, configuration.connections(), connection)
            found = _overlay(found, section, _inherited_by_section(self._rows, section))
        return Resolved(
            values={name: value for name, (value, _) in found.items()},
            origins={name: origin for name, (_, origin) in found.items()},
            settings=self,
            connection=connection,
        )

    def known_keys(self) -> list[str]:
        """The configuration keys, without their namespace."""
        return [self.key(one.field) for one in (*self, PLAN_CHECKS)]

    def fits(self, section: Mapping[str, str]) -> bool:
        """Whether a named connection can be one of this cloud: all that stands in it is known here."""
        return section.keys() <= {one.section_key for one in self}

    def plan_checks(self, sources: Sources) -> bool:
        """Whether `check` may ask the cloud about what a program names.

        Raises ConfigurationError when the setting is neither on nor off.
        """
        switch = Settings(self.cloud, (PLAN_CHECKS,))
        settings = switch.resolve(sources)
        given = settings.get(PLAN_CHECKS.field) or "on"
        if given.lower() not in _SWITCH:
            raise ConfigurationError(
                f"{given!r} ({settings.origins[PLAN_CHECKS.field]}) does not say whether plan checks are made",
                next_step=f"Set inference:{switch.key(PLAN_CHECKS.field)} or {PLAN_CHECKS.env[0]} to on or off.",
            )
        return _SWITCH[given.lower()]

    def _from_configuration(self, configuration: Configuration) -> _Found:
        values = {one.field: (configuration.get(self.key(one.field)) or "").strip() for one in self}
        return {name: (value, Origin(Kind.CONFIGURATION, self.key(name))) for name, value in values.items() if value}


def refuse_unknown(
    keys: Iterable[str],
    connections: Mapping[str, Mapping[str, str]],
    clouds: Sequence[Settings],
    *,
    is_shared: bool = False,
) -> None:
    """Refuses keys that are no setting of any cloud: what is misspelled would just not be set.

    Args:
        keys: those of the configuration, without their namespace.
        connections: its named connections, which are looked through too.
        clouds: the settings of all clouds.
        is_shared: whether a program has keys of its own among them; then only what is nearly right is refused.

    Raises:
        ConfigurationError: there is one; the nearest setting is named.
    """
    known = [CONNECTIONS_KEY, *(key for settings in clouds for key in settings.known_keys())]
    in_sections = list(dict.fromkeys(one.section_key for settings in clouds for one in settings))
    problems = {
        f"inference:{key}": near or f"; there are {', '.join(known)}"
        for key in sorted(set(keys) - set(known))
        if (near := did_you_mean(key, known)) or not is_shared
    }
    for name, section in connections.items():
        for key in sorted(set(section) - set(in_sections)):
            near = did_you_mean(key, in_sections) or f"; there are {', '.join(in_sections)}"
            problems[f"inference:{CONNECTIONS_KEY}.{name}.{key}"] = near
    if problems:
        raise ConfigurationError(
            ". ".join(f"there is no setting {key}{advice}" for key, advice in problems.items()),
            next_step=f"Remove it: pulumi config rm --path '{next(iter(problems))}'",
        )


_Found = dict[str, tuple[str, Origin]]


def _overlay(below: _Found, above: _Found, inherited: set[str]) -> _Found:
    return {**{name: entry for name, entry in below.items() if name in inherited}, **above}


def _from_environment(settings: Sequence[Setting], environ: Mapping[str, str]) -> _Found:
    found: _Found = {}
    for setting in settings:
        for variable in setting.env:
            value = environ.get(variable, "").strip()
            if value and setting.field not in found:
                found[setting.field] = (value, Origin(Kind.ENVIRONMENT, variable))
    return found


def _from_section(settings: Sequence[Setting], connections: Mapping[str, Mapping[str, str]], connection: str) -> _Found:
    if connection not in connections:
        known = ", ".join(sorted(connections)) or "none"
        raise ConfigurationError(
            f"there is no connection {connection!r}{_nearest(connection, connections)}; there are: {known}",
            next_step="Named connections are sections of the stack configuration, inference:connections.",
        )
    by_key = {setting.section_key: setting for setting in settings}
    found: _Found = {}
    for key, value in connections[connection].items():
        if key not in by_key:
            raise ConfigurationError(
                f"connection {connection!r}: unknown setting {key!r}{_nearest(key, by_key)}",
                next_step=f"Known settings: {', '.join(by_key)}.",
            )
        if value.strip():
            found[by_key[key].field] = (value.strip(), Origin(Kind.CONNECTION, f"{connection}.{key}"))
    return found


def _inherited_by_configuration(settings: Sequence[Setting], configured: _Found) -> set[str]:
    """Credentials are a set: half of one pair with half of another would be nobody."""
    gives_credentials = any(one.credential and one.field in configured for one in settings)
    return {one.field for one in settings if not (one.credential and gives_credentials)}


def _inherited_by_section(settings: Sequence[Setting], section: _Found) -> set[str]:
    inherited = _inherited_by_configuration(settings, section)
    return inherited - {one.field for one in settings if any(other in section for other in one.bound_to)}


def _nearest(name: str, known: Mapping[str, object]) -> str:
    nearest = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {nearest[0]!r}?)" if nearest else ""


def is_emulator(endpoint: str) -> bool:
    """Whether an endpoint names an emulator inside this process (``emulator:PATH``)."""
    return endpoint.startswith(EMULATOR_SCHEME)


def open_endpoint(endpoint: str, transports: TransportFactory) -> tuple[str, Transport | None]:
    """The base URL and the transport of an endpoint."""
    return transports(endpoint) if is_emulator(endpoint) else (endpoint, None)
