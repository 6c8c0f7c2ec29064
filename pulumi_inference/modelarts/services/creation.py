"""The create call of a service, made safe to repeat: a name is unique in a project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_inference.modelarts.api.client import Created
from pulumi_inference.modelarts.creation import Creation
from pulumi_inference.modelarts.places import answer_of, workspace_of
from pulumi_inference.modelarts.services.plan import equals
from pulumi_inference.modelarts.services.values import Detail, create_body, merge_secrets, merged_of
from pulumi_inference.modelarts.specs.service import ServiceSpec


class ServiceCreation(Creation):
    """As `Creation`, for a service."""

    spec = ServiceSpec
    noun = "service"
    id_name = "service_id"
    unique = "name"

    def _make(self) -> Created:
        return self.client.create_service(create_body(self.inputs, self.context.urn))

    def _find(self) -> Detail | None:
        for item in self.client.list_services(service_name=self.name, workspace_id=workspace_of(self.inputs)):
            if item.get("service_name") == self.name:
                return answer_of(self.client.get_service, str(item["service_id"]))
        return None

    def _is_going(self, found: Detail) -> bool:
        return bool(found.get("status") == "deleting")

    def _is_what_was_asked(self, detail: Detail) -> bool:
        return equals(detail, merge_secrets(self.inputs))

    def _values(self, detail: Detail) -> Mapping[str, Any]:
        return merged_of(detail)
