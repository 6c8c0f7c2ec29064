"""Where a thing of Huawei Cloud is."""

from __future__ import annotations

from pulumi_inference.core.fields.facts import Spec, field


class Placed(Spec):
    """Base of every resource's spec: where the resource is, which `check` fills in."""

    endpoint: str | None = field(
        None, description="Address of the API.", source="pulumi-inference", local=True, resolved=True, immutable=True
    )
    region: str | None = field(
        None, description="Region.", source="pulumi-inference", local=True, resolved=True, immutable=True
    )
    project_id: str | None = field(
        None, description="Id of the project.", source="pulumi-inference", local=True, resolved=True, immutable=True
    )
