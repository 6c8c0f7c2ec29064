"""The connections of a cloud: today's, or the one to where a thing was made; and whether an account may ask there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast
from urllib.parse import urlsplit

from pulumi_inference.core.errors import (
    AuthenticationError,
    ConfigurationError,
    InferenceError,
    PermissionDeniedError,
)
from pulumi_inference.core.fields.facts import Spec, facts_of
from pulumi_inference.core.http.proxies import direct_hosts, is_loopback
from pulumi_inference.core.lifecycle.context import Context, Environment
from pulumi_inference.core.lifecycle.memory import Place
from pulumi_inference.core.redact import Redactor
from pulumi_inference.core.settings import Resolved, Settings, is_emulator

PATIENCE = 60.0
"""Seconds that a read is tried by default."""

ADVICE_PATIENCE = 3.0
"""Seconds that a read is tried that a preview only asks for advice: nobody should have to wait for it."""

LOOK_PATIENCE = 5.0
"""Seconds that a read is tried that somebody looks at: what does not come soon is said to be missing."""

REFUSALS = (AuthenticationError, PermissionDeniedError)

C_co = TypeVar("C_co", covariant=True)


class Connection(Protocol[C_co]):
    """One account in one place. Safe for threads; makes no request before one is needed.

    `settings` say where each value came from, `redactor` learns the secrets that requests will carry. `access_check`
    is what `check_access` has done when it was not refused, for people: `listed services`.
    """

    settings: Resolved
    redactor: Redactor
    access_check: ClassVar[str]

    def describe(self) -> str:
        """Whom it asks and where, for people; asks the cloud when it has to."""
        ...

    def place(self, *, ask: bool) -> Mapping[str, str]:
        """The resolved fields of what is made here; without `ask`, as far as they are known.

        Raises:
            InferenceError: the cloud had to be asked, and did not say.
        """
        ...

    def client(self, patience: float = PATIENCE) -> C_co:
        """The client, whose reads are tried for `patience` seconds."""
        ...

    def check_access(self) -> None:
        """A harmless read, refused when these credentials may not ask here."""
        ...


N = TypeVar("N", bound=Connection[Any])


class Connections(Generic[N]):
    """All connections of one cloud, each opened once per process.

    Args:
        title: what messages call the cloud.
        settings: where and who.
        open: makes a connection of resolved settings; raises ConfigurationError.
        placed: the base of the cloud's specs; its resolved fields say where a thing is, `endpoint` being one of them.
        emulated: the settings that hold on the embedded emulator when nothing else is configured.
        absence_counts: whether a place without one of its fields is another one than a place with it.
    """

    def __init__(
        self,
        title: str,
        settings: Settings,
        open: Callable[[Environment, Resolved], N],  # noqa: A002 - what it does
        placed: type[Spec],
        emulated: Mapping[str, str],
        *,
        absence_counts: bool = False,
    ) -> None:
        self.title, self.settings = title, settings
        self._absence_counts = absence_counts
        self._open, self._emulated = open, emulated
        self._where = tuple(name for name, one in facts_of(placed).items() if one.resolved)

    def today(self, context: Context, name: str | None) -> N:
        """The connection that the settings describe today; `name` is that of a named one.

        Raises:
            ConfigurationError: settings are missing or wrong.
        """
        environment = context.environment

        def open_it() -> N:
            settings = self.settings.resolve(environment, name)
            return self._opened(context, self._for_endpoint(settings, settings.get("endpoint") or ""))

        return cast("N", environment.memory.connections.get((self, name, None), open_it))

    def of(self, context: Context, inputs: Mapping[str, Any]) -> N:
        """The connection to where a thing was made, or, when nothing says so, to where today's settings point.

        Raises:
            ConfigurationError: settings are missing or wrong.
        """
        name = inputs.get("connection")
        where = self.where(inputs)
        if "endpoint" not in where:
            return self.today(context, name)
        today = self._today_or_none(context, name)
        if today is not None and where == today.place(ask=False):
            return today
        opened = context.environment.memory.connections.get(
            (self, name, tuple(where.items())), lambda: self._reopen(context, name, where, today)
        )
        return cast("N", opened)

    def where(self, inputs: Mapping[str, Any]) -> dict[str, str]:
        """The fields that say where a thing was made, as far as they have a value."""
        return {name: inputs[name] for name in self._where if inputs.get(name)}

    def refusal(self, context: Context, inputs: Mapping[str, Any]) -> InferenceError | None:
        """Why the cloud cannot be asked, found out once per process; a warning when it is not about who asks."""
        connection = self.of(context, inputs)

        def ask() -> InferenceError | None:
            try:
                connection.check_access()
            except REFUSALS as error:
                return error
            except InferenceError as error:
                # Here and not for each resource: one warning, however many there are.
                context.warn(
                    f"{self.title} could not be asked, so the preview cannot tell what it would refuse: {error}"
                )
                return error
            return None

        return context.environment.memory.access.get((self, inputs.get("connection"), place_of(connection)), ask)

    def _today_or_none(self, context: Context, name: str | None) -> N | None:
        """Today's connection; None when the settings describe none any more."""
        try:
            return self.today(context, name)
        except ConfigurationError:
            return None

    def _reopen(self, context: Context, name: str | None, where: Mapping[str, str], today: N | None) -> N:
        """A connection to where something was made, with today's credentials, wherever the settings point today."""
        settings, endpoint = self.settings.resolve(context.environment, name), where["endpoint"]
        if today is None or today.place(ask=False).get("endpoint") != endpoint:
            of_elsewhere = (one.field for one in self.settings if is_emulator(endpoint) or not one.credential)
            settings = settings.without(*of_elsewhere)
        settings = self._for_endpoint(settings, endpoint)
        if self._absence_counts:
            settings = settings.without(*(one for one in self._where if one not in where))
        return self._opened(context, replace(settings, values={**settings.values, **where}))

    def _opened(self, context: Context, settings: Resolved) -> N:
        """A new connection; what is doubtful about the way to it is warned of, once per process."""
        connection = self._open(context.environment, settings)
        for text in (*_in_clear(connection.settings), *_not_understood()):
            if context.environment.memory.first_time("", text):
                context.warn(text)
        return connection

    def _for_endpoint(self, settings: Resolved, endpoint: str) -> Resolved:
        """For the embedded emulator the environment, which is meant for the real cloud, does not count."""
        if not is_emulator(endpoint):
            return settings
        given = settings.without(*(name for name in settings.values if not settings.is_configured(name)))
        return replace(given, values={"endpoint": endpoint, **self._emulated, **given.values})


def place_of(connection: Connection[Any]) -> Place:
    """Where what is made by a connection is; asks the cloud when it has to."""
    return tuple(connection.place(ask=True).items())


def _in_clear(settings: Resolved) -> Iterator[str]:
    for name, value in settings.values.items():
        if value.lower().startswith("http://") and not is_loopback(_host(value)):
            yield (
                f"{settings.origins.get(name, name)}: {value} is plain http, so that credentials can be read on the "
                "way; write https://"
            )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # who uses it says so
        return ""


def _not_understood() -> Iterator[str]:
    for entry in direct_hosts()[1]:
        yield f"NO_PROXY: {entry!r} is neither a host nor a network, and does not count"
