"""What a program can be told about its resources before anything is deployed. Light, as the resource classes are."""

from __future__ import annotations

from pulumi_inference.engine.oneeach import OneEach
from pulumi_inference.engine.resource import InferenceResource


class OneReplicaSchedule(OneEach):
    """Part of `modelartsv2.ReplicaSchedule`: refuses a second one for the same deployment."""

    _owner_id = "deployment_id"

    def _owner(self) -> type[InferenceResource]:
        from pulumi_inference.modelartsv2.resources import Deployment

        return Deployment
