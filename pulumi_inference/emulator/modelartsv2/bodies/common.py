"""What several bodies have in common."""

import re
from collections.abc import Mapping
from typing import Any, Final

from ...huaweicloud.fields import Fields
from ...store import Document
from .. import errors

NAME: Final = r"[0-9A-Za-z_\-\u4e00-\u9fff]+"
VERSION: Final = r"\d{1,2}(\.\d{1,2}){2}"
PROTOCOLS: Final = ("HTTP", "HTTPS", "WS", "WSS")
SCHEMES: Final = ("HTTP", "HTTPS")
STRATEGIES: Final = (*("ROUND_ROBIN", "ORIGIN_IP_HASH", "MIN_CONN", "MIN_FIRST_TOKEN_TIME", "COMPOSITE", "SLO_BASED"),)
LONGEST_DESCRIPTION: Final = 512

_METRICS_PATH: Final = r"[A-Za-z]+,\d{1,5},[^/].*"


def given(document: Mapping[str, Any]) -> Document:
    """What of a document is there."""
    return {name: value for name, value in document.items() if value is not None}


def require(fields: Fields, *names: str) -> None:
    """Refuse an object without these fields; what they are may be empty."""
    for name in names:
        if not fields.has(name):
            raise fields.missing(name)


def limit(fields: Fields, name: str, most: int) -> None:
    """Refuse a list that is longer."""
    values = fields.array(name)
    if values is not None and len(values) > most:
        raise fields.invalid(name, f"must not have more than {most} items")


def description(body: Fields) -> str | None:
    """A text about a service or deployment."""
    return body.text("description", longest=LONGEST_DESCRIPTION, pattern="[^<>]*")


def upgrade_config(config: Fields | None) -> Document:
    """How new instances take the place of old ones, with its defaults."""
    if config is None:
        return {"type": "ROLLING", "rolling_update": {"max_surge": "1%", "max_unavailable": "1%"}}
    rolling = config.section("rolling_update") or Fields({}, config.path("rolling_update"))
    return {
        "type": config.choice("type", ("ROLLING",)) or "ROLLING",
        "rolling_update": {
            name: rolling.text(name, pattern=r"([1-9][0-9]?|100)%") or "1%" for name in ("max_surge", "max_unavailable")
        },
    }


def service_secret(secret: Fields | None) -> Document | None:
    """Secrets that are mounted (section 4.7)."""
    if secret is None:
        return None
    limit(secret, "secret_volumes", 30)
    volumes = secret.objects("secret_volumes")
    return given(
        {
            "secret_enable": secret.boolean("secret_enable") or False,
            "secret_type": secret.choice("secret_type", ("custom", "dew")),
            "secret_volumes": None if volumes is None else [_volume(volume) for volume in volumes],
            "group_enable": secret.boolean("group_enable") or False,
            "group_id": _group_id(secret),
        }
    )


def _group_id(secret: Fields) -> int | None:
    # larger than what other integers may be
    value = secret.get("group_id")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1000 <= value <= 4294967294:
        raise secret.invalid("group_id", "must be an integer from 1000 to 4294967294")
    return value


def _volume(volume: Fields) -> Document:
    key = volume.text("secret_key", pattern="[A-Za-z0-9._-]{1,63}")
    if key is not None and key.startswith(".."):
        raise volume.invalid("secret_key", "must not begin with two dots")
    return given(
        {
            "mount_path": volume.required_text("mount_path"),
            "secret_name": volume.text("secret_name"),
            "secret_key": key,
            "secret_value": volume.text("secret_value", pattern="[A-Za-z0-9+/=]+", longest=32768),
        }
    )


def routing(place: Fields) -> Document:
    """Smart routing, which both levels have."""
    return {
        "dynamic_routing_enable": place.boolean("dynamic_routing_enable"),
        "strategy": place.choice("strategy", STRATEGIES),
        "ems_enable": place.boolean("ems_enable"),
        "metric_api_scheme": place.choice("metric_api_scheme", SCHEMES),
        "metric_api_port": place.text("metric_api_port", pattern="[0-9]{1,5}"),
        "metric_api_path": place.text("metric_api_path"),
    }


def metrics_path(place: Fields) -> str | None:
    """``protocol,port,path``."""
    return place.text("custom_metrics_path", longest=255, pattern=_METRICS_PATH)


def timeout(place: Fields) -> int | None:
    """Minutes that a deployment may take."""
    return place.integer("deploy_timeout_minutes", least=0, most=300)


def next_version(used: list[str], last: str) -> str:
    """The next number that has not been used, by its last part.

    Raises:
        HuaweiError: 400, there is none left.
    """
    major, minor, patch = (int(part) for part in last.split("."))
    number = major * 10_000 + minor * 100 + patch + 1
    while number < 1_000_000:
        text = f"{number // 10_000}.{number // 100 % 100}.{number % 100}"
        if text not in used:
            return text
        number += 1
    raise errors.refused("There is no version number left.")


def is_version(text: str) -> bool:
    """Whether that can be a version number."""
    return re.fullmatch(VERSION, text) is not None
