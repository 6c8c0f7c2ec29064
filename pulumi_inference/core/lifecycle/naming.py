"""Automatic names: repeatable, so that a thing whose creation was cut off is found again by the next `up`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.facts import Spec, facts_of

LENGTH = 64
"""The characters that a name may have where a lifecycle says nothing else."""

START = "[A-Za-z0-9_-]"
"""The characters that a name may begin with where a lifecycle says nothing else."""

DEFAULTS = "__defaults"
"""Hidden input that lists which fields were filled in, as Pulumi's own providers do."""


REPLACED = "__replaced"
"""Stands among the immutable inputs, for the digest, with the id of what is replaced although nothing has changed."""


@dataclass(frozen=True)
class Policy:
    """The engine's wish for automatic names (`pulumi:autonaming` of the project)."""

    proposed: str = ""
    enforced: bool = False
    disabled: bool = False

    def name(self, urn: str, immutables: Mapping[str, Any], length: int = LENGTH, start: str = START) -> str:
        """An automatic name of at most `length` characters that begins with one of `start`.

        Raises:
            ConfigurationError: automatic names are switched off, or the resource's urn is not known.
        """
        if self.enforced and self.proposed:
            return self.proposed
        if self.disabled:
            raise ConfigurationError("is required, because automatic names are switched off in this project")
        if not urn:
            raise ConfigurationError("is required, because this version of pulumi does not tell the resource's urn")
        return unique(urn, immutables, length, start)


def unique(urn: str, immutables: Mapping[str, Any], length: int = LENGTH, start: str = START) -> str:
    """The automatic name of a resource: its name in the program, a hyphen, and the digest."""
    label = re.sub(r"[^A-Za-z0-9_-]+", "-", urn.rsplit("::", 1)[-1])
    found = re.search(start, label)
    own = digest(urn, immutables)
    # A label without any such character leaves the digest, behind a letter.
    return f"{label[found.start() :][: length - len(own) - 1]}-{own}" if found else f"x-{own}"


def immutables_of(
    model: type[Spec], inputs: Mapping[str, Any], named_by: tuple[str, ...] | None = None
) -> dict[str, Any]:
    """The inputs, but for the name, whose change makes another thing; of those only `named_by` unless it is None."""
    fields = [name for name, one in facts_of(model).items() if one.immutable and name != "name"]
    return {name: inputs[name] for name in fields if name in inputs and (named_by is None or name in named_by)}


def digest(urn: str, immutables: Mapping[str, Any]) -> str:
    """Seven hex digits that are the same for the same resource with the same immutable inputs."""
    text = json.dumps([urn, {name: immutables[name] for name in sorted(immutables)}], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:7]


def is_automatic(inputs: Mapping[str, Any]) -> bool:
    """Whether the recorded name was made here and not given by the program."""
    return "name" in inputs.get(DEFAULTS, ()) and bool(inputs.get("name"))


def given(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What a program itself says: told to ignore all changes, the engine hands in the record, automatic name too."""
    automatic = inputs.get(DEFAULTS, ())
    return {name: value for name, value in inputs.items() if name != DEFAULTS and name not in automatic}
