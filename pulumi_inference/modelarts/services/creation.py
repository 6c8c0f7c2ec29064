"""The create call of a thing with a name of its own, made safe to repeat; here that of a service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pulumi_inference.core import naming
from pulumi_inference.core.context import Context
from pulumi_inference.core.errors import (
    CancelledError,
    ConflictError,
    InferenceError,
    ResponseError,
    ServerError,
    TransportError,
)
from pulumi_inference.core.facts import Spec, facts_of
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.modelarts.api.client import Created, ModelArtsClient
from pulumi_inference.modelarts.places import detail_of, seen_key
from pulumi_inference.modelarts.services.plan import equals
from pulumi_inference.modelarts.services.values import Detail, create_body, mark, merge_secrets, merged_of
from pulumi_inference.modelarts.specs import ServiceSpec

TRIES = 4


class Creation:
    """The create call, made safe to repeat: names are unique in a project, so a lost answer can be looked for."""

    spec: ClassVar[type[Spec]] = ServiceSpec
    noun: ClassVar[str] = "service"
    id_name: ClassVar[str] = "service_id"
    unique: ClassVar[str] = "name"
    """What two things of this kind cannot share, in a user's words."""

    def __init__(self, context: Context, client: ModelArtsClient, inputs: Inputs, deadline: float) -> None:
        self.context, self.client, self.inputs, self.deadline = context, client, inputs, deadline
        self.name = str(inputs["name"])
        self.request_id: str | None = None

    def submit(self) -> tuple[str, bool]:
        """The id of the service, and whether it was there already.

        Raises:
            InferenceError: nothing was made, or the name is taken by a service that is not ours.
        """
        try:
            return self._submit()
        except InferenceError as error:
            raise error.add_context(f"{self.name} was not created") from None

    def _submit(self) -> tuple[str, bool]:
        tries = 0
        while True:
            try:
                created = self._make()
                self.request_id = created.request_id
                return created.id, False
            except ConflictError as error:
                last: InferenceError = error
            except (TransportError, ServerError, ResponseError) as error:
                if isinstance(error, TransportError) and not error.sent:
                    raise
                last = error
            found = self._find()
            if found is not None and found.get("status") != "deleting":
                return self._adopt(found, last), True
            tries += found is None
            self._pause(tries, last)

    def _pause(self, tries: int, last: InferenceError) -> None:
        """Waits before the call is made again: a name that is being given up is free when its service is gone."""
        environment = self.context.environment
        if tries >= TRIES or environment.clock.monotonic() >= self.deadline:
            raise last
        if environment.clock.wait(float(2**tries), environment.cancelled):
            raise CancelledError

    def _make(self) -> Created:
        return self.client.create_service(create_body(self.inputs, self.context.urn))

    def _find(self) -> Detail | None:
        for item in self.client.list_services(service_name=self.name):
            if item.get("service_name") == self.name:
                return detail_of(self.client, str(item["service_id"]))
        return None

    def _adopt(self, detail: Detail, error: InferenceError) -> str:
        thing = str(detail[self.id_name])
        if self.context.environment.cache.peek(seen_key(thing)):
            raise InferenceError(
                f"its older {self.noun} {thing} still has the {self.unique}",
                next_step="Set delete_before_replace=True in the resource's options, or another "
                f"{self.unique}, and run again.",
            )
        if self._is_ours(detail, lost=not isinstance(error, ConflictError) or error.attempts > 1):
            self.context.note(
                f"takes over {self.name} ({thing}), made by an earlier run of this program whose state lost it; "
                "if another state manages it, choose another stack or name"
            )
            return thing
        raise InferenceError(
            f"the {self.unique} is taken by the {self.noun} {thing}, which this resource has not made",
            details=[str(error)],
            next_step=f"Choose another {self.unique}, or manage that {self.noun}: `pulumi-inference import modelarts "
            f"{self.noun} {thing} --name {self.context.label}`",
        )

    def _is_ours(self, detail: Detail, *, lost: bool) -> bool:
        """Whether the thing is this resource's own: by its name, by its mark, or by all it was just asked for."""
        if self.context.may_hide_an_old_one():
            return False
        proven = self._is_proven(detail) or (lost and self._is_what_was_asked(detail))
        return proven and self._is_alike(self._values(detail))

    def _is_proven(self, detail: Detail) -> bool:
        is_named = naming.proves_ownership(ServiceSpec, self.inputs, self.context.urn)
        return is_named or mark(self.context.urn) in str(detail.get("description", ""))

    def _is_what_was_asked(self, detail: Detail) -> bool:
        return equals(detail, merge_secrets(self.inputs))

    def _values(self, detail: Detail) -> Mapping[str, Any]:
        return merged_of(detail)

    def _is_alike(self, live: Inputs) -> bool:
        for name, field in facts_of(self.spec).items():
            if not field.immutable or field.resolved or (name not in self.inputs and field.server_default):
                continue
            if self.inputs.get(name) != live.get(name):
                return False
        return True
