"""Secret environment variables, which a program keeps apart from the others and the cloud does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.importing import IsSecret

SECRETS = "secret_envs"
"""The argument that holds them, by the identity of the item that they belong to."""

Values = Mapping[str, Any]


def without_empty_secrets(inputs: dict[str, Any]) -> dict[str, Any]:
    """The inputs, in which an item without secret variables is as one that is not named; wrong ones pass through."""
    items = inputs.get(SECRETS)
    if not isinstance(items, Mapping):
        return inputs
    named = {identity: secrets for identity, secrets in items.items() if secrets != {}}
    rest = {name: value for name, value in inputs.items() if name != SECRETS}
    return {**rest, SECRETS: named} if named else rest


@dataclass(frozen=True)
class SecretVariables:
    """Where variables are: in `envs` of the items of the list `items`, which `identity` tells apart."""

    items: str
    identity: str

    def merge(self, values: Values) -> dict[str, Any]:
        """The values with the secret variables among the others of their item, as the cloud knows them."""
        merged = {name: value for name, value in values.items() if name != SECRETS}
        secrets: Mapping[str, Mapping[str, str]] = values.get(SECRETS) or {}
        if secrets and self.items in merged:
            merged[self.items] = [
                {**item, "envs": {**(item.get("envs") or {}), **secrets[item[self.identity]]}}
                if item.get(self.identity) in secrets
                else item
                for item in merged[self.items]
            ]
        return merged

    def split(self, values: Values, *known: Values) -> dict[str, Any]:
        """The reverse of `merge`: variables that `known` keeps as secrets go back there.

        The first of `known` that names a variable of an item decides; a name that is secret at any other item stays so.
        """
        names = {name for one in known for secrets in (one.get(SECRETS) or {}).values() for name in secrets}
        if not names or self.items not in values:
            return dict(values)
        secrets: dict[str, dict[str, str]] = {}
        rest = []
        for item in values[self.items]:
            key, envs = item.get(self.identity), item.get("envs") or {}
            hidden = {name for name in names if self._is_secret(name, key, known)}
            found = {name: value for name, value in envs.items() if name in hidden}
            if found:
                secrets[key] = found
            rest.append({**item, "envs": {name: one for name, one in envs.items() if name not in hidden}})
        return {**values, self.items: rest, SECRETS: secrets}

    def found(self, values: Values, is_secret: IsSecret) -> dict[str, dict[str, str]]:
        """The variables of each item that are secrets by their names and values, in what somebody else has made."""
        found = {}
        for item in values.get(self.items) or ():
            envs = item.get("envs") or {}
            secret = {name: value for name, value in envs.items() if is_secret(name, str(value))}
            if secret:
                found[item[self.identity]] = secret
        return found

    def _is_secret(self, name: str, key: Any, known: tuple[Values, ...]) -> bool:
        for one in known:
            if name in (one.get(SECRETS) or {}).get(key, {}):
                return True
            items = [item for item in one.get(self.items) or () if item.get(self.identity) == key]
            if any(name in (item.get("envs") or {}) for item in items):
                return False
        return True
