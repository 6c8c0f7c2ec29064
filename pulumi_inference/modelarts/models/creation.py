"""The create call of a model, made safe to repeat: a name and a version are unique in a project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_inference.modelarts.api.client import Created
from pulumi_inference.modelarts.creation import Creation
from pulumi_inference.modelarts.models.values import NAMED_BY, Detail, create_body, equals, values_of
from pulumi_inference.modelarts.places import answer_of, workspace_of
from pulumi_inference.modelarts.specs.model import ModelSpec


class ModelCreation(Creation):
    """As `Creation`, for one version of a model."""

    spec = ModelSpec
    noun = "model"
    id_name = "model_id"
    unique = "version"
    named_by = NAMED_BY

    def _make(self) -> Created:
        return self.client.create_model(create_body(self.inputs, self.context.urn))

    def _find(self) -> Detail | None:
        version, workspace = self.inputs["version"], workspace_of(self.inputs)
        # Without exact_match an underscore in a name stands for any character.
        for item in self.client.list_models(
            model_name=self.name, model_version=version, exact_match="true", workspace_id=workspace
        ):
            if (item.get("model_name"), item.get("model_version")) == (self.name, version):
                return answer_of(self.client.get_model, str(item["model_id"]))
        return None

    def _is_what_was_asked(self, detail: Detail) -> bool:
        return equals(detail, self.inputs)

    def _values(self, detail: Detail) -> Mapping[str, Any]:
        return values_of(detail)
