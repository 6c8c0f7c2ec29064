"""What makes mounted secrets wrong as a whole (modelarts-v2.md, section 4.7)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_inference.core.fields.problems import Problem, rule
from pulumi_inference.core.fields.unknown import UNKNOWN


@rule("service_secret")
def secrets_are_whole(values: Mapping[str, Any]) -> Iterator[Problem]:
    """A value of one's own is base64; one of the Data Encryption Workshop has a name there."""
    secret = values.get("service_secret")
    if not isinstance(secret, Mapping):
        return
    volumes = secret.get("secret_volumes")
    for index, volume in enumerate(volumes if isinstance(volumes, list) else ()):
        if not isinstance(volume, Mapping) or UNKNOWN in volume.values():
            continue
        path = f"service_secret.secret_volumes[{index}]"
        if secret.get("secret_type") == "dew":
            if "secret_name" not in volume:
                yield Problem(f"{path}.secret_name", 'is required with secret_type "dew"')
            continue
        missing = [name for name in ("secret_key", "secret_value") if name not in volume]
        if len(missing) == 2 and "secret_name" in volume:
            text = 'goes with secret_type "dew"; set that, or give secret_key and secret_value in place of it'
            yield Problem(f"{path}.secret_name", text)
            continue
        yield from (Problem(f"{path}.{name}", 'is required with secret_type "custom"') for name in missing)
        if not _is_base64(volume.get("secret_value")):
            yield Problem(f"{path}.secret_value", "must be base64, as base64.b64encode(…).decode() makes it")


def _is_base64(value: Any) -> bool:
    if not isinstance(value, str):
        return True
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
