"""What a review is told besides the preview: prices, what is noise, and what counts as heavy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.messages import did_you_mean

FILE = "review.yaml"
GREATEST_PRICE = 1e12
LONGEST_UNIT = 20
_KEYS = ("prices", "noise", "heavy_gpus", "time_zone")
_PRICE_KEYS = ("currency", "per_hour", "unit", "unit_price")
_NOISE_KEYS = ("path", "reason", "expires", "resource")


@dataclass(frozen=True)
class Prices:
    """What an hour costs, by accelerator or flavour.

    Where they are counted in a unit of the cloud's own, such as Alaya NeW's DCU, `unit` is its name and `unit_price`
    what one costs; else the numbers are money.
    """

    currency: str = ""
    per_hour: Mapping[str, float] = field(default_factory=dict)
    unit: str = ""
    unit_price: float | None = None

    def of(self, what: str) -> float | None:
        """The price of an hour, in `unit` where there is one; None where the table does not say."""
        return self.per_hour.get(what)


@dataclass(frozen=True)
class Noise:
    """A path whose drift nobody wants to hear of, for a reason, until a day."""

    path: str
    reason: str
    resource: str = "*"
    expires: dt.date | None = None

    def holds(self, today: dt.date) -> bool:
        """Whether it is still in force; its last day counts."""
        return self.expires is None or today <= self.expires

    def covers(self, urn: str, path: paths.Path) -> bool:
        """Whether it is about this path of this resource."""
        return self.resource in ("*", urn, urn.rpartition("::")[2]) and paths.starts_with(path, paths.parse(self.path))


@dataclass(frozen=True)
class Settings:
    """All of the file."""

    prices: Sequence[Prices] = ()
    noise: Sequence[Noise] = ()
    heavy_gpus: int = 8
    time_zone: str = "UTC"

    def price_of(self, what: str) -> tuple[Prices, float] | None:
        """The table that knows what an hour of this costs, and how much."""
        found = ((one, one.of(what)) for one in self.prices)
        return next(((one, price) for one, price in found if price is not None), None)

    def misspelt(self, what: str) -> list[str]:
        """The names in the tables that are this one but for capitals and signs."""
        plain = _letters(what)
        names = dict.fromkeys(name for one in self.prices for name in one.per_hour)
        return [name for name in names if name != what and _letters(name) == plain]


def _letters(name: str) -> str:
    return "".join(one for one in name.casefold() if one.isalnum())


def read_settings(file: Path | None) -> Settings:
    """The settings in a file, or those of a project without one.

    Raises:
        ConfigurationError: it cannot be read, or is not understood.
    """
    if file is None:
        return Settings()
    import yaml  # needed only where there is such a file

    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, ValueError, AttributeError, LookupError, TypeError) as error:
        # What a tag says that the value is not, the loader stumbles over in its own ways.
        raise ConfigurationError(f"{file}: cannot be read: {error}") from None
    except RecursionError:
        raise ConfigurationError(f"{file}: cannot be read: it is nested too deeply") from None
    document = {} if document is None else document
    _check_keys(str(file), document, _KEYS)
    prices, noise = ([] if document.get(name) is None else document[name] for name in ("prices", "noise"))
    heavy = document.get("heavy_gpus", 8)
    if not isinstance(heavy, int) or isinstance(heavy, bool) or heavy < 1:
        raise ConfigurationError(f"{file}: heavy_gpus: must be an integer of at least 1")
    return Settings(
        [_prices(f"{file}: prices[{index}]", one) for index, one in enumerate(_list(f"{file}: prices", prices))],
        [_noise(f"{file}: noise[{index}]", one) for index, one in enumerate(_list(f"{file}: noise", noise))],
        heavy,
        _zone(f"{file}: time_zone", document.get("time_zone", "UTC")),
    )


def _prices(where: str, one: Any) -> Prices:
    _check_keys(where, one, _PRICE_KEYS)
    table = one.get("per_hour") or {}
    if not isinstance(table, Mapping) or not all(_is_number(price) for price in table.values()):
        raise ConfigurationError(f"{where}.per_hour: must be a map of numbers from 0 on, by accelerator or flavour")
    unit_price = one.get("unit_price")
    if unit_price is not None and not _is_number(unit_price):
        raise ConfigurationError(f"{where}.unit_price: must be a number from 0 on")
    return Prices(
        _unit(f"{where}.currency", one.get("currency")),
        {str(name): float(price) for name, price in table.items()},
        _unit(f"{where}.unit", one.get("unit")),
        None if unit_price is None else float(unit_price),
    )


def _unit(where: str, name: Any) -> str:
    text = "" if name is None else str(name)
    if len(text) > LONGEST_UNIT:
        raise ConfigurationError(f"{where}: must have at most {LONGEST_UNIT} characters, such as EUR")
    return text


def _noise(where: str, one: Any) -> Noise:
    _check_keys(where, one, _NOISE_KEYS)
    for name in ("path", "reason"):
        if not isinstance(one.get(name), str) or not one[name].strip():
            raise ConfigurationError(f"{where}.{name}: is required")
    if not paths.parse(one["path"]):
        raise ConfigurationError(f"{where}.path: must name a field, such as config[*].instance_count, or * for all")
    expires = one.get("expires")
    if isinstance(expires, str):
        try:
            expires = dt.date.fromisoformat(expires)
        except ValueError:
            raise ConfigurationError(f"{where}.expires: must be a day such as 2027-01-31") from None
    if expires is not None and (not isinstance(expires, dt.date) or isinstance(expires, dt.datetime)):
        raise ConfigurationError(f"{where}.expires: must be a day such as 2027-01-31")
    return Noise(one["path"], one["reason"].strip(), str(one.get("resource") or "*"), expires)


def _zone(where: str, name: Any) -> str:
    import zoneinfo

    try:
        zoneinfo.ZoneInfo(str(name))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        raise ConfigurationError(f"{where}: there is no time zone {name!r}; write it like Europe/Berlin") from None
    return str(name)


def _list(where: str, found: Any) -> list[Any]:
    if not isinstance(found, list):
        raise ConfigurationError(f"{where}: must be a list")
    return found


def _check_keys(where: str, found: Any, known: Sequence[str]) -> None:
    if not isinstance(found, Mapping):
        raise ConfigurationError(f"{where}: must be a map")
    for name in found:
        if name not in known:
            hint = did_you_mean(str(name), known) or f"; there are {', '.join(known)}"
            raise ConfigurationError(f"{where}: there is no {name!r}{hint}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= GREATEST_PRICE
