"""Where a thing of NVCF is."""

from __future__ import annotations

from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.lifecycle.options import AtEndpoint


class Placed(AtEndpoint):
    """Base of every resource's spec: where the resource is, which `check` fills in."""

    org: str | None = field(
        None, description="Organisation.", source="pulumi-inference", local=True, resolved=True, immutable=True
    )
    team: str | None = field(
        None, description="Team.", source="pulumi-inference", local=True, resolved=True, immutable=True
    )
