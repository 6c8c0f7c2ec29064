"""One create or delete of one model: its waits, and what is said when they fail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pulumi_inference.core.lifecycle import State, observed_state
from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.modelarts.models.values import ON_THE_WAY, PUBLISHED, Detail, live_of, reason_of
from pulumi_inference.modelarts.operation import Operation
from pulumi_inference.modelarts.specs.model import ModelSpec


def published(detail: Detail) -> Verdict:
    """After create: published."""
    status = detail.get("model_status")
    if status in ON_THE_WAY:
        return Verdict.pending()
    if status == PUBLISHED:
        return Verdict.done()
    return Verdict.failed(
        reason_of(detail) or f"it is {status}, the cloud gives no reason; the console has the model's events"
    )


class ModelOperation(Operation):
    """One create or delete of one model that the cloud has accepted."""

    noun = "model"
    failures: ClassVar[Mapping[str, str]] = {"create": "was not published"}
    identity = "model_id"
    status = "model_status"
    kind = "model"

    @property
    def name(self) -> str:
        """Name and version."""
        return f"{super().name} {self.inputs.get('version', '')}".rstrip()

    def until_published(self) -> State:
        """Waits for a new model if the program wants that, and answers its state.

        Raises:
            UnhealthyError: it exists but is not published.
        """
        return self.keeping(self._published)

    def _published(self) -> State:
        if self.waits:
            self.wait(published, "be published")
        return self.state()

    def state(self) -> State:
        """The state as the cloud answers it now."""
        return observed_state(ModelSpec, self.thing, self.inputs, live_of(self.kept(), self.inputs))

    def next_step(self) -> str:
        """A model cannot be changed, only made anew."""
        return "correct the program and run `pulumi up` again: it is then made anew"
