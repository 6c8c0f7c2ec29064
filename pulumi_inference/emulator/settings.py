"""What can be set on an emulator while it runs; kept in the store, so that every process sees the same."""

import json
from collections import defaultdict
from dataclasses import Field, asdict, dataclass, fields, replace
from functools import lru_cache
from typing import Any, TypeVar

from .admincalls import RefusedError, refuse_unknown
from .store import Document, Transaction
from .typed import choices, fits

_KIND, _KEY = "settings", "settings"

T = TypeVar("T")


class SettingsError(RefusedError):
    """A setting has no such name or no such value; the message names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings that all clouds share with their defaults, and those of each cloud; times in seconds.

    Args:
        deploy_seconds: how long a deployment takes.
        latency_seconds: real time that each answer is held back, for benchmarks.
        seconds_per_request: how far each request moves the emulator's clock.
        request_log_size: how many requests the log remembers.
        of_clouds: what stands before the names of a cloud's settings, and the settings.
    """

    deploy_seconds: float = 3.0
    latency_seconds: float = 0.0
    seconds_per_request: float = 0.0
    request_log_size: int = 10_000
    of_clouds: tuple[tuple[str, Any], ...] = ()

    def of(self, kind: type[T]) -> T:
        """Those of the cloud whose settings are of that type."""
        return next(settings for _, settings in self.of_clouds if isinstance(settings, kind))


_SHARED = tuple(item for item in fields(Settings) if item.name != "of_clouds")


def load(tx: Transaction, defaults: Settings) -> Settings:
    """The settings in force."""
    return _in_force(defaults, json.dumps(tx.get(_KIND, _KEY) or {}))


@lru_cache(maxsize=64)
def _in_force(defaults: Settings, kept: str) -> Settings:
    """Every request asks for them, and they hardly ever change."""
    return _merged(defaults, json.loads(kept))


def change(tx: Transaction, settings: Settings, changes: Document) -> Settings:
    """Change some of the settings in force and keep them.

    Raises:
        SettingsError: an unknown name or a wrong value.
    """
    changed = _merged(settings, changes)
    tx.put(_KIND, _KEY, as_document(changed))
    return changed


def as_document(settings: Settings) -> Document:
    """All of them side by side."""
    document = {item.name: getattr(settings, item.name) for item in _SHARED}
    for prefix, own in settings.of_clouds:
        document |= {f"{prefix}{name}": value for name, value in asdict(own).items()}
    return document


def _merged(settings: Settings, changes: Document) -> Settings:
    known: dict[str, tuple[type[Any] | None, Field[Any]]] = {item.name: (None, item) for item in _SHARED}
    known |= {f"{prefix}{item.name}": (type(own), item) for prefix, own in settings.of_clouds for item in fields(own)}
    refuse_unknown(changes, known, "setting", SettingsError)
    checked: dict[type[Any] | None, Document] = defaultdict(dict)
    for name, value in changes.items():
        owner, item = known[name]
        checked[owner][item.name] = _checked(name, item.type, value)
    of_clouds = tuple((prefix, replace(own, **checked[type(own)])) for prefix, own in settings.of_clouds)
    return replace(settings, **checked[None], of_clouds=of_clouds)


def _checked(name: str, wanted: Any, value: Any) -> Any:
    if not fits(wanted, value):
        raise SettingsError(f"setting {name} cannot be {value!r}{choices(wanted)}")
    return tuple(value) if isinstance(value, list) else value
