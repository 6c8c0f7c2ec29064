"""The create call of a service, made safe to repeat."""

from __future__ import annotations

from pulumi_inference.core import naming
from pulumi_inference.core.errors import (
    ConflictError,
    InferenceError,
    ResponseError,
    ServerError,
    TransportError,
)
from pulumi_inference.core.facts import facts_of
from pulumi_inference.core.lifecycle import Context, Inputs
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.places import Detail, detail_of, seen_key
from pulumi_inference.modelarts.specs import ServiceSpec
from pulumi_inference.modelarts.values import create_body, mark, merged_of

TRIES = 4


class Creation:
    """The create call, made safe to repeat: names are unique in a project, so a lost answer can be looked for."""

    def __init__(self, context: Context, client: ModelArtsClient, inputs: Inputs) -> None:
        self.context, self.client, self.inputs = context, client, inputs
        self.name = str(inputs["name"])

    def submit(self) -> tuple[str, bool]:
        """The id of the service, and whether it was there already.

        Raises:
            InferenceError: nothing was made, or the name is taken by a service that is not ours.
        """
        body = create_body(self.inputs, self.context.urn)
        for attempt in range(TRIES):
            try:
                return str(self.client.create_service(body)["service_id"]), False
            except ConflictError as error:
                found = self._find()
                if found is not None:
                    return self._adopt(found, error), True
                last: InferenceError = error
            except (TransportError, ServerError, ResponseError) as error:
                if isinstance(error, TransportError) and not error.sent:
                    raise error.add_context(f"{self.name} was not created") from None
                found = self._find()
                if found is not None:
                    return self._adopt(found, error), True
                last = error
            except InferenceError as error:
                raise error.add_context(f"{self.name} was not created") from None
            environment = self.context.environment
            if environment.clock.wait(float(2**attempt), environment.cancelled):
                break
        raise last.add_context(f"{self.name} was not created") from None

    def _find(self) -> Detail | None:
        for item in self.client.list_services(service_name=self.name):
            if item.get("service_name") == self.name:
                detail = detail_of(self.client, str(item["service_id"]))
                if detail is not None and detail.get("status") != "deleting":
                    return detail
        return None

    def _adopt(self, detail: Detail, error: InferenceError) -> str:
        thing = str(detail["service_id"])
        if self._is_ours(detail):
            self.context.note(f"takes over {self.name} ({thing}), which an earlier run of this program had made")
            return thing
        raise InferenceError(
            f"{self.name} was not created: the name is taken by the service {thing}, which this resource has not made",
            details=[str(error)],
            next_step=f"choose another name, or manage that service: `pulumi-inference import modelarts service "
            f"{thing} --name {self.context.label}`",
        )

    def _is_ours(self, detail: Detail) -> bool:
        cache = self.context.environment.cache
        if cache.peek(seen_key(str(detail["service_id"]))) or self.context.may_hide_an_old_one():
            return False
        owned = naming.is_automatic(self.inputs) or mark(self.context.urn) in str(detail.get("description", ""))
        return owned and self._is_alike(merged_of(detail))

    def _is_alike(self, live: Inputs) -> bool:
        for name, field in facts_of(ServiceSpec).items():
            if not field.immutable or field.resolved or (name not in self.inputs and field.server_default):
                continue
            if self.inputs.get(name) != live.get(name):
                return False
        return True
