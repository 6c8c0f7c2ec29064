"""One create or delete of one model: its waits, and what is said when they fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from pulumi_inference.core.errors import unless_gone
from pulumi_inference.core.lifecycle import State
from pulumi_inference.core.lifecycle.creation import Created, Creating
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.ownership import mark
from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.models.deletion import delete_model
from pulumi_inference.modelarts.models.values import ON_THE_WAY, PUBLISHED, create_body, reason_of
from pulumi_inference.modelarts.specs.parts import workspace_of


class ModelOperation(Creating[ModelArtsClient]):
    """One create or delete of one version of a model."""

    noun = "model"
    unique = "version"
    failures: ClassVar[Mapping[str, str]] = {"create": "was not published"}
    status = "model_status"

    def make(self, older: Answer | None) -> Created:  # noqa: ARG002 - versions are unique, so there is none
        """Sends the create call."""
        return self.client.create_model(create_body(self.inputs, self.life.mark(self.context, self.inputs)))

    def find(self) -> Sequence[Answer]:
        """The model that has the name and the version."""
        name, version, workspace = self.inputs["name"], self.inputs["version"], workspace_of(self.inputs)
        # Without exact_match an underscore in a name stands for any character.
        for item in self.client.list_models(
            model_name=name, model_version=version, exact_match="true", workspace_id=workspace
        ):
            if (item.get("model_name"), item.get("model_version")) == (name, version):
                found = unless_gone(self.client.get_model, str(item["model_id"]))
                return [found] if found is not None else []
        return []

    def id_of(self, answer: Answer) -> str:
        """The model's id."""
        return str(answer["model_id"])

    def bears_mark(self, answer: Answer) -> bool:
        """Whether the mark stands in the description."""
        return mark(self.context.urn) in str(answer.get("description", ""))

    def settled(self, answer: Answer) -> Verdict:
        """Any state that lasts."""
        return Verdict.pending() if answer.get("model_status") in ON_THE_WAY else Verdict.done()

    def first(self) -> State:
        """Waits until the model is published, if the program wants that."""
        if self.waits:
            self.wait(_published, "be published")
        return self.state()

    def converge(self) -> State:
        """As for a new one: what there is to change replaces the model instead."""
        return self.first()

    def remove(self) -> None:
        """Deletes the model."""
        self.life.drop(self.context, self.connection, self.thing)
        delete_model(self.context, self.client, self.thing, workspace_of(self.inputs))

    def next_step(self) -> str:
        """A model cannot be changed, only made anew."""
        return "correct the program and run `pulumi up` again: it is then made anew"


def _published(detail: Answer) -> Verdict:
    """After create: published."""
    status = detail.get("model_status")
    if status in ON_THE_WAY:
        return Verdict.pending()
    if status == PUBLISHED:
        return Verdict.done()
    return Verdict.failed(
        reason_of(detail) or f"it is {status}, the cloud gives no reason; the console has the model's events"
    )
