"""The life of a binding: one key with scope SERVICE may call one service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from pulumi_inference.core.errors import BadRequestError, ConflictError, InferenceError, NotFoundError, unless_gone
from pulumi_inference.core.fields.problems import Problem
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.fields.wire import from_wire
from pulumi_inference.core.lifecycle import Inputs, Live, State
from pulumi_inference.core.lifecycle.connections import Connection
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.importing import Importing
from pulumi_inference.core.lifecycle.managed import Managed
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.plan_checks import Advice, find_problems
from pulumi_inference.core.lifecycle.stateless import Stateless
from pulumi_inference.modelartsv2.apikeys import named, services_of, unbind
from pulumi_inference.modelartsv2.client import ModelArtsV2Client
from pulumi_inference.modelartsv2.connection import CONNECTIONS
from pulumi_inference.modelartsv2.newkeys import is_same, plain
from pulumi_inference.modelartsv2.specs.apikey import (
    USER,
    ApiKeyBindingOutputs,
    ApiKeyBindingSpec,
    ApiKeyDetail,
)

ROUNDS = 4
"""How often a call is made at most that ModelArts accepts and does not carry out."""

PAUSE = 1.0
"""Seconds before the second look at what a call has brought about; doubled each time."""

BOUND = "bound_service"
"""The member of an answer with the service that it is about."""


class ApiKeyBindingOperation(Stateless[ModelArtsV2Client]):
    """One create or delete of one binding."""

    noun = "API key binding"
    failures: ClassVar[Mapping[str, str]] = {"create": "was made, but not seen", "update": "was not changed"}

    def first(self) -> State:
        """Binds the key, unless it is bound already."""
        row = self._row_or_none()
        if row is None:
            raise InferenceError(no_key(self.ids[1]))
        if self._is_bound(row):
            self.context.note(
                f"{self.name} is there already, made by an earlier run of this program or by somebody else; when this "
                "resource goes, it goes"
            )
            return self.state()
        if row.get("scope") == USER:
            raise InferenceError(needless(self.ids[1], row))
        self._until(lambda: self._bind(str(row["key_id"])), "bind", is_bound=True)
        return self.state()

    def converge(self) -> State:
        """Nothing but a look: all that a binding says makes another one."""
        self.there()
        return self.state()

    def remove(self) -> None:
        """Unbinds the key; gone already, with key or service or without, is a success."""
        row = self.life.sure(self.context, self.connection, self.thing, self.inputs)
        if row is None:
            self.context.warn(f"{self.name} was gone already; nothing was deleted")
            return
        self._until(lambda: self._unbind(str(row["key_id"])), "unbind", is_bound=False)

    @property
    def ids(self) -> tuple[str, str]:
        """Service and key."""
        return ids_of(self.thing)

    def _until(self, call: Callable[[], str | None], what: str, *, is_bound: bool) -> None:
        """Makes a call until the list shows what it has brought about."""
        for count in range(ROUNDS):
            self.send(call)
            for pause in (0.0, PAUSE * 2**count):
                self.context.pause(pause)
                row = self._row_or_none()
                if (row is not None and self._is_bound(row)) is is_bound:
                    return
        raise InferenceError(
            f"ModelArts was told {ROUNDS} times to {what} the key, and shows no change",
            next_step="Run the command again; if it stays so, ask the cloud's support.",
        )

    def _unbind(self, key_id: str) -> None:
        unbind(self.client, self.ids[0], key_id)

    def _bind(self, key_id: str) -> str | None:
        """Binds; a refusal of what is bound by now is none."""
        try:
            return self.client.bind_api_key(self.ids[0], key_id)
        except (BadRequestError, ConflictError):
            if not self._is_bound(self._row()):
                raise
            return None

    def _row(self) -> Answer:
        return ApiKeyDetail.recognise(self.client.get_api_key(self.ids[1]), f"the API key {self.ids[1]}")

    def _row_or_none(self) -> Answer | None:
        try:
            return self.context.insist(self._row)
        except NotFoundError as error:
            if not error.is_gone:
                raise
            return None

    def _is_bound(self, row: Answer) -> bool:
        return self.ids[0] in services_of(row)


class ApiKeyBindingLifecycle(Managed[ModelArtsV2Client]):
    """`modelartsv2.ApiKeyBinding` (reference/modelarts-v2.md, sections 3.5 and 8.3)."""

    kind = "modelartsv2.ApiKeyBinding"
    spec = ApiKeyBindingSpec
    outputs = ApiKeyBindingOutputs
    detail = ApiKeyDetail
    identity = ("service_id", "key_id")
    unique_by = ("service_id", "key_id")
    renewed = ""
    connections = CONNECTIONS

    @property
    def noun(self) -> str:
        """What people call it."""
        return ApiKeyBindingOperation.noun

    def ask(self, client: ModelArtsV2Client, thing: str, patience: float) -> Answer:  # noqa: ARG002 - the client has it
        """The key's row in the list, with the service that it is bound to.

        Raises:
            NotFoundError: with `is_gone`, there is no such key, or it is not bound to this service.
        """
        service_id, key_id = ids_of(thing)
        row = client.get_api_key(key_id)
        services = row.get("services")
        found = [one for one in services if isinstance(one, dict)] if isinstance(services, list) else []
        service = next((one for one in found if one.get("id") == service_id), None)
        if service is None and isinstance(services, list | None) and len(found) == len(services or ()):
            raise NotFoundError(
                status=200,
                code=None,
                message=f"the API key {key_id} is not bound to the service {service_id}",
                request_id=None,
                method="GET",
                path="services of the API key",
                is_gone=True,
            )
        return {**row, BOUND: service}

    def understood(self, answer: Any, thing: str) -> Answer:
        """The row; its id may be spelled otherwise than where it was asked for."""
        return self.detail.recognise(answer, f"the API key {ids_of(thing)[1]}")

    def lists(self, context: Context, connection: Connection[ModelArtsV2Client], thing: str, recorded: Inputs) -> bool:  # noqa: ARG002 - as in the base
        """Whether the list of all keys has the binding."""
        service_id, key_id = ids_of(thing)
        rows = named(connection.client(), None)
        return any(is_same(one["key_id"], key_id) and service_id in services_of(one) for one in rows)

    def live_of(self, answer: Answer, *known: Inputs) -> Live:
        """The binding in our names; the ids as the program spells them."""
        service = answer.get(BOUND) or {}
        values = {"service_id": service.get("id"), "key_id": answer["key_id"]}
        spelled = next((one["key_id"] for one in known if is_same(one.get("key_id"), answer["key_id"])), None)
        values["key_id"] = spelled or answer["key_id"]
        facts = {**from_wire(ApiKeyBindingOutputs, answer), **values, "service_name": service.get("name")}
        return Live(values, {name: one for name, one in facts.items() if one is not None}, raw=answer)

    def name_of(self, inputs: Inputs, thing: str) -> str:  # noqa: ARG002 - the id says it
        """Which key may call what."""
        service_id, key_id = ids_of(thing)
        return f"the binding of the API key {key_id} to the service {service_id}"

    def gone(self, thing: str) -> str:
        """What is said of a binding that somebody has taken away."""
        return f"{self.name_of({}, thing)} is gone from the cloud"

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Whether the key is there and needs a binding, and whether the service is there, as far as they are known."""
        if old is not None and all(old.get(name) == values.get(name) for name in self.unique_by):
            return []
        # Ids that are not known yet are compared in the program (mixins.OneBinding), by what they come from. Where one
        # binding has an id as a plain text and another one as an output, only `up` can tell: here, when both are known.
        if UNKNOWN not in (values["service_id"], values["key_id"]):
            first = context.environment.memory.claim(self.kind, _same(id_of(values)), "binding", context.urn)
            if first != context.urn:
                other = first.rpartition("::")[2]
                return [Problem("key_id", f'the ApiKeyBinding "{other}" is the same; remove one of the two')]
        from pulumi_inference.modelartsv2.checks import service_finders  # not loaded when nothing changes

        finders = [_unfit_key, *service_finders({}, values)]
        return find_problems(CONNECTIONS, context, lambda: Advice(CONNECTIONS, context, values), finders)

    def create(self, context: Context, inputs: Inputs) -> State:
        """Binds the key."""
        thing = id_of(inputs)
        context.environment.memory.took(self.kind, _same(thing))
        run = ApiKeyBindingOperation(self, context, State(thing, dict(inputs), {}), "create")
        return run.keeping(run.first)

    def update(self, context: Context, thing: str, recorded: State, inputs: Inputs) -> State:
        """Nothing is sent: only where and how it is asked for can have changed."""
        state = State(thing, dict(inputs), recorded.facts)
        run = ApiKeyBindingOperation(self, context, state, "update", recorded=recorded.inputs)
        return run.keeping(run.converge)

    def delete(self, context: Context, thing: str, recorded: State) -> None:
        """Unbinds the key.

        A replacement with the same ids, however spelled, comes first: there is nothing left to do then.
        """
        if context.environment.memory.has_taken(self.kind, _same(thing)):
            return
        run = ApiKeyBindingOperation(self, context, recorded, "delete")
        try:
            run.remove()
        except InferenceError as error:
            raise error.add_context(f"{run.name} was not deleted") from None
        self.drop(context, run.connection, thing)


class ApiKeyBindingImporting(Importing[ModelArtsV2Client]):
    """What the keys of a project are bound to."""

    filters = ("service_id", "key_id", "name", "service_name")
    holder, place = "project", "region and project"
    identity = ("service_id", "key_id")
    suffix = "_binding"

    def listed(self, client: ModelArtsV2Client, filters: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        """The bindings, by the names of their keys."""
        asked = filters.get("service_id")
        rows = ApiKeyDetail.recognise_list(client.list_api_keys(**filters), "an API key")
        return [
            (f"{service},{row['key_id']}", str(row["name"]))
            for row in rows
            for service in services_of(row)
            if asked in (None, service) and row["scope"] != USER
        ]

    def label(self, live: Live) -> str:
        """The name of the key."""
        return str(live.facts.get("key_name") or "")


API_KEY_BINDING = ApiKeyBindingImporting()


def id_of(inputs: Inputs) -> str:
    """The id of a binding."""
    return f"{inputs['service_id']},{inputs['key_id']}"


def ids_of(thing: str) -> tuple[str, str]:
    """Service and key in the id of a binding."""
    service_id, _, key_id = thing.partition(",")
    return service_id, key_id


def _same(thing: str) -> str:
    """The id of a binding as all spellings of its key have it in common."""
    service_id, key_id = ids_of(thing)
    return f"{service_id},{plain(key_id)}"


def no_key(key_id: str) -> str:
    """What is said of a key that the list lacks."""
    return f"there is no API key {key_id}; compare the id with the cloud, and region and project"


def needless(key_id: str, row: Answer) -> str:
    """Why a key of this scope is bound to nothing."""
    return (
        f'the API key "{row.get("name")}" ({key_id}) has scope USER: it may call all services of its user and needs no '
        "binding; remove the binding, or make a key with scope SERVICE"
    )


def _unfit_key(advice: Advice[ModelArtsV2Client]) -> Iterator[Problem]:
    key_id = advice.inputs.get("key_id")
    if not isinstance(key_id, str):
        return

    def ask(client: ModelArtsV2Client) -> Answer | None:
        return unless_gone(lambda: ApiKeyDetail.recognise(client.get_api_key(key_id), f"the API key {key_id}"))

    row = advice.ask("API keys", ("api-key", key_id), ask)
    if row is None:
        yield Problem("key_id", no_key(key_id))
    elif row.get("scope") == USER:
        yield Problem("key_id", needless(key_id, row))
