"""Where a thing of Huawei Cloud is."""

from __future__ import annotations

from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.lifecycle.options import AtEndpoint


class Placed(AtEndpoint):
    """Base of every resource's spec: where the resource is, which `check` fills in."""

    region: str | None = field(
        None, description="Region.", source="pulumi-inference", local=True, resolved=True, immutable=True
    )
    project_id: str | None = field(
        None, description="Id of the project.", source="pulumi-inference", local=True, resolved=True, immutable=True
    )
