"""The ownership mark: what in a cloud's description says which resource made a thing whose name the program gave."""

from __future__ import annotations

import re

from pulumi_inference.core.fields.facts import Spec
from pulumi_inference.core.lifecycle import Inputs, naming

DESCRIPTION_LIMIT = 100
"""How many characters the description of a service or a model may have (reference 5.1 and 12.1)."""

_MARK = re.compile(r" ?\[pulumi:[0-9a-f]{7}\]$")


def mark(urn: str) -> str:
    """The ownership mark of a resource, of characters that no list forbids in a description."""
    return f"[pulumi:{naming.digest(urn, {})}]"


def marked(
    spec: type[Spec], description: str, inputs: Inputs, urn: str, named_by: tuple[str, ...] | None = None
) -> str:
    """The description with the mark behind it, where the name alone is no proof and the limit leaves room.

    `named_by` is that of the lifecycle: what goes into an automatic name.
    """
    if not urn or naming.proves_ownership(spec, inputs, urn, named_by):
        return description
    text = f"{description} {mark(urn)}".strip()
    return text if len(text) <= DESCRIPTION_LIMIT else description


def unmarked(description: str) -> str:
    """The description as its author wrote it."""
    return _MARK.sub("", description)
