"""What the resources of NVCF have in common."""

from __future__ import annotations

from typing import Any, ClassVar

from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.managed import Managed
from pulumi_inference.nvcf.client import NvcfClient
from pulumi_inference.nvcf.connection import CONNECTIONS


class NvcfLifecycle(Managed[NvcfClient]):
    """The life of a thing of NVCF."""

    connections: ClassVar[Any] = CONNECTIONS

    def place_again(self, old: Inputs, place: dict[str, Any]) -> dict[str, Any]:
        """A key is one organisation's, so what was made without naming it is where it was."""
        is_named_now = bool(place.get("org")) != bool(old.get("org"))
        if is_named_now and place.get("endpoint") == old.get("endpoint"):
            return {name: old[name] for name in ("endpoint", "org", "team") if name in old}
        return place
