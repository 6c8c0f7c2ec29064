"""What a program can be told about its resources before anything is deployed. Light, as the resource classes are."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi_inference.engine.oneeach import OncePerPair, OneEach
from pulumi_inference.engine.resource import InferenceResource


class OneReplicaSchedule(OneEach):
    """Part of `modelartsv2.ReplicaSchedule`: refuses a second one for the same deployment."""

    _owner_id = "deployment_id"

    def _owner(self) -> type[InferenceResource]:
        from pulumi_inference.modelartsv2.resources import Deployment

        return Deployment


class OneBinding(OncePerPair):
    """Part of `modelartsv2.ApiKeyBinding`: refuses a second one for the same key and service."""

    def _sources(self) -> Mapping[str, type[InferenceResource]]:
        from pulumi_inference.modelartsv2.resources import ApiKey, Service

        return {"service_id": Service, "key_id": ApiKey}
