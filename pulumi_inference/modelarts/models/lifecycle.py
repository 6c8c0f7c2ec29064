"""The life of a ModelArts model: made, waited for, read and deleted; nothing of it can be changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi_inference.core.errors import InferenceError, NotFoundError
from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.lifecycle import Difference, Inputs, Live, State
from pulumi_inference.core.lifecycle.connections import ADVICE_PATIENCE
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.creation import Created, Creating
from pulumi_inference.core.lifecycle.managed import Managed
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.ownership import of_text
from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.connection import CONNECTIONS
from pulumi_inference.modelarts.error_codes import BY_CODE
from pulumi_inference.modelarts.errors import MODEL_NOT_FOUND
from pulumi_inference.modelarts.models import rules as model_rules
from pulumi_inference.modelarts.models.values import NAMED_BY, ON_THE_WAY, PUBLISHED, create_body, live_of, reason_of
from pulumi_inference.modelarts.specs.model import ModelOutputs, ModelSpec
from pulumi_inference.modelarts.specs.parts import workspace_of
from pulumi_inference.modelarts.specs.records import ModelDetail, ModelSummary

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.status import Observation, Wanted


MODEL_IN_USE = "ModelArts.3009"

TRIES = 4
"""How often a model is tried that is said to be in use and that no service uses: one may just have been deleted."""


class ModelKeptError(InferenceError):
    """The call was answered, and the model is still there; `code` is the cloud's reason."""

    def __init__(self, code: str, reason: str | None, request_id: str | None) -> None:
        number = code.partition(".")[2]
        known = next((known for (_, other), known in BY_CODE.items() if other == number), None)
        reason = reason or (known.meaning if known else "no reason given")
        super().__init__(
            f"the cloud kept it: {code}: {reason}",
            details=[f"request id {request_id}"] if request_id else [],
            next_step=known.next_step if known else None,
        )
        self.code = code


def delete_model(context: Context, client: ModelArtsClient, thing: str, workspace_id: str) -> None:
    """Deletes a model of a workspace.

    Raises:
        NotFoundError: with `is_gone`, there is none.
        InferenceError: services of its workspace use it; they are named.
        ModelKeptError: the cloud keeps it for another reason.
    """
    tries = 0
    while (failure := _failure(client, thing)) is not None:
        tries += 1
        if failure.code != MODEL_IN_USE:
            raise failure
        users = users_of(client, thing, workspace_id)
        if users:
            raise InferenceError(
                f"the model is used by {', '.join(users)}",
                details=[failure.headline(), *failure.details],
                next_step="Delete these services, or let them use another model, and run the command again; stopping "
                "them is not enough. To replace a model that is in use, raise its version: the new one is made first.",
            )
        if tries == TRIES:
            raise failure
        context.pause(float(2**tries))


def users_of(client: ModelArtsClient, thing: str, workspace_id: str) -> list[str]:
    """The services of a workspace that use a model, by name and id; none when they cannot be listed."""
    try:
        services = client.list_services(model_id=thing, workspace_id=workspace_id)
    except InferenceError:
        return []
    return [f"{one.get('service_name')} ({one.get('service_id')})" for one in services]


def _failure(client: ModelArtsClient, thing: str) -> ModelKeptError | None:
    """Makes the call; answers why the model is still there."""
    answer, request_id = client.delete_model(thing)
    failed = [one for one in answer.get("delete_failed_list") or () if one.get("model_id") == thing]
    if not failed:
        return None
    code = str(failed[0].get("error_code", ""))
    if code == MODEL_NOT_FOUND:
        raise NotFoundError(
            status=200,
            code=code,
            message="there is no such model",
            request_id=request_id,
            method="DELETE",
            path=f"/models/{thing}",
            is_gone=True,
        )
    return ModelKeptError(code, failed[0].get("error_msg"), request_id)


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
        name, version = self.inputs.get("name"), self.inputs.get("version")
        # Without exact_match an underscore in a name stands for any character.
        wanted = {"model_name": name, "model_version": version, "exact_match": "true"} if name and version else {}
        found = self.client.list_models(workspace_id=workspace_of(self.inputs), **wanted)
        listed = ModelSummary.recognise_list(found, "a model")
        return [one for one in listed if not wanted or (one["model_name"], one["model_version"]) == (name, version)]

    def id_of(self, answer: Answer) -> str:
        """The model's id."""
        return str(answer["model_id"])

    def mark_of(self, answer: Answer) -> str:
        """The mark in the description."""
        return of_text(str(answer.get("description", "")))

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


class ModelLifecycle(Managed[ModelArtsClient]):
    """`modelarts.Model` (reference/modelarts.md, sections 12.1 to 12.3)."""

    kind = "modelarts.Model"
    spec = ModelSpec
    outputs = ModelOutputs
    detail = ModelDetail
    rules = model_rules.MODEL_RULES
    identity = ("model_id",)
    unique_by = ("name", "version")
    named_by = NAMED_BY
    replaces_when_broken = True
    connections = CONNECTIONS
    operation = ModelOperation

    def complete(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """The install types have no order."""
        return model_rules.complete(inputs)

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Whether the cloud has the runtime."""
        if old == values:
            return []
        from pulumi_inference.modelarts.checks.entry import check_model  # not loaded when nothing has changed

        return check_model(context, old, values)

    def ask(self, client: ModelArtsClient, thing: str, patience: float) -> Answer:
        """The detail of the model."""
        return client.get_model(thing, retry_seconds=patience)

    def live_of(self, answer: Answer, *known: Inputs) -> Live:
        """The model in the spec's names."""
        return live_of(answer, known[0])

    def name_of(self, inputs: Inputs, thing: str) -> str:
        """Name and version."""
        return f"{super().name_of(inputs, thing)} {inputs.get('version', '')}".rstrip()

    def foresee(self, context: Context, recorded: State, live: Live, program: Inputs, found: Difference) -> None:  # noqa: ARG002 - as in the base
        """Warns of a replacement that the cloud will not let happen."""
        if not (found.replaces and found.delete_before_replace):
            return
        client = self.connect(context, recorded.inputs).client(ADVICE_PATIENCE)
        users = users_of(client, recorded.id, workspace_of(recorded.inputs))
        if users:
            context.warn(
                f"{self.name_of(recorded.inputs, recorded.id)} has to be deleted before it can be made anew with the "
                f"same version, and the cloud keeps it as long as services use it: {', '.join(users)}; raise version"
            )

    def observe(self, context: Context, thing: str | None, values: Inputs, wanted: Wanted) -> Observation:  # noqa: ARG002 - as in the base
        """Its state, and why it could not be published."""
        from pulumi_inference.modelarts.observation import observe_model  # loaded when somebody looks

        return observe_model(self, context, thing, values)

    def update(self, context: Context, thing: str, recorded: State, inputs: Inputs) -> State:  # noqa: ARG002 - as made
        """Goes on waiting for a model that was not published yet; what is sent replaces the model instead."""
        run = ModelOperation(self, context, State(thing, dict(inputs), {}), "create")
        run.wrote = True
        return run.keeping(run.converge)
