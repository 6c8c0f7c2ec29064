"""The life of an API key: made once, with a value that is told once, and changed by making another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi_inference.core.errors import ApiError, BadRequestError, ConflictError, InferenceError, unless_gone
from pulumi_inference.core.fields.problems import Problem
from pulumi_inference.core.fields.wire import from_wire, to_wire
from pulumi_inference.core.lifecycle import Difference, Inputs, Live, State
from pulumi_inference.core.lifecycle.connections import Connection
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.creation import Created, Creating
from pulumi_inference.core.lifecycle.importing import Importing
from pulumi_inference.core.lifecycle.managed import Managed
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.ownership import in_text, of_text, out_of_text
from pulumi_inference.core.lifecycle.plan_checks import Advice, find_problems
from pulumi_inference.core.lifecycle.stateless import Stateless
from pulumi_inference.modelartsv2.client import ModelArtsV2Client
from pulumi_inference.modelartsv2.connection import CONNECTIONS
from pulumi_inference.modelartsv2.moments import moment_of
from pulumi_inference.modelartsv2.newkeys import VALUE, NewKey, is_same, new_key
from pulumi_inference.modelartsv2.specs.apikey import (
    DESCRIPTION_LIMIT,
    MOST_KEYS,
    SERVICE,
    ApiKeyDetail,
    ApiKeyOutputs,
    ApiKeySpec,
)

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.status import Observation, Wanted

NOUN = "API key"


class ApiKeyOperation(Stateless[ModelArtsV2Client], Creating[ModelArtsV2Client]):
    """One create, update or delete of one key."""

    noun = NOUN
    failures: ClassVar[Mapping[str, str]] = {"create": "was made, but not seen", "update": "was not changed"}
    lists_details = True

    @property
    def takes_over(self) -> bool:
        """Only a key whose value is known: that of one that was left behind, nobody can ask for."""
        return VALUE in self.facts

    def make(self, older: Answer | None) -> Created | None:  # noqa: ARG002 - names are unique, so there is none
        """Sends the create call, and keeps the value that its answer tells."""
        body = to_wire(ApiKeySpec, self.inputs)
        description = in_text(
            self.inputs.get("description") or "", self.life.mark(self.context, self.inputs), DESCRIPTION_LIMIT
        )
        answer = self._created({**body, **({"description": description} if description else {})})
        self.request_id = answer.request_id
        made = new_key(answer)
        self.connection.redactor.add(made.value)
        self.facts = {**self.facts, VALUE: made.value}
        found = self._listed_as(made)
        return None if found is None else Created(found, answer.request_id)

    def find(self) -> Sequence[Answer]:
        """The keys of this name, newest first."""
        return named(self.client, self.inputs.get("name"))

    def id_of(self, answer: Answer) -> str:
        """Its id."""
        return str(answer["key_id"])

    def mark_of(self, answer: Answer) -> str:
        """The mark behind the description."""
        return of_text(str(answer.get("description") or ""))

    def state(self) -> State:
        """The key as it is listed, with its value."""
        found = super().state()
        value = {VALUE: self.facts[VALUE]} if self.facts.get(VALUE) else {}
        return replace(found, facts={**found.facts, **value})

    def converge(self) -> State:
        """Nothing but a look: no call changes a key."""
        self.there()
        return self.state()

    def remove(self) -> None:
        """Takes it from all services that it is bound to, and deletes it; a refusal may mean one more binding."""
        row = self._row()
        if row["scope"] == SERVICE:
            self._unbind(row)
        try:
            self._delete(row)
        except BadRequestError:
            row = self._row()
            if not services_of(row):
                raise
            self._unbind(row)
            self._delete(row)

    def _row(self) -> Answer:
        """The key in the list of now."""
        return self.context.insist(
            lambda: self.life.understood(self.life.ask(self.client, self.thing, self.patience), self.thing)
        )

    def _created(self, body: Mapping[str, Any]) -> Any:
        try:
            return self.client.create_api_key(body)
        except BadRequestError as error:
            # Which status tells a name that is taken is not documented; the list knows.
            if self.find():
                raise _conflict(error) from None
            raise self._explained(error) from None
        except ConflictError:
            raise
        except ApiError as error:
            raise self._explained(error) from None

    def _explained(self, error: ApiError) -> ApiError:
        """The error, with the limit where it may be the reason: its code is not documented."""
        if error.status in (401, 404) or error.status >= 500:
            return error
        try:
            count = len(self.client.list_api_keys(with_user_scope="true"))
        except InferenceError:
            return error
        if count >= MOST_KEYS:
            error.add_detail(f"there are {count} API keys, and {MOST_KEYS} is what an account may have by default")
            error.next_step = "Delete keys that nobody uses, or have the limit raised; then run the command again."
        return error

    def _listed_as(self, made: NewKey) -> str | None:
        """The id of the new key as the list spells it; else as the answer does, None where it does not say it."""
        try:
            rows = self.find()
        except InferenceError:
            return made.id
        if made.id is None:
            return self.id_of(rows[0]) if rows else None
        return next((self.id_of(one) for one in rows if is_same(one["key_id"], made.id)), made.id)

    def _unbind(self, row: Answer) -> None:
        for service in services_of(row):
            self.context.progress(f"unbinding from {service}")
            unbind(self.client, service, self.id_of(row))

    def _delete(self, row: Answer) -> None:
        self.send(lambda: self.client.delete_api_key(self.id_of(row)), is_waited_for=True)


class ApiKeyLifecycle(Managed[ModelArtsV2Client]):
    """`modelartsv2.ApiKey` (reference/modelarts-v2.md, section 8.3)."""

    kind = "modelartsv2.ApiKey"
    spec = ApiKeySpec
    outputs = ApiKeyOutputs
    detail = ApiKeyDetail
    identity = ("key_id",)
    renewed = "id and value"
    connections = CONNECTIONS
    operation = ApiKeyOperation

    @property
    def noun(self) -> str:
        """What people call it."""
        return NOUN

    def ask(self, client: ModelArtsV2Client, thing: str, patience: float) -> Answer:  # noqa: ARG002 - the client has it
        """The key's row in the list: there is no other answer about one."""
        return client.get_api_key(thing)

    def understood(self, answer: Any, thing: str) -> Answer:
        """The row; its id may be spelled otherwise than where it was asked for."""
        return self.detail.recognise(answer, f"the {NOUN} {thing}")

    def lists(self, context: Context, connection: Connection[ModelArtsV2Client], thing: str, recorded: Inputs) -> bool:  # noqa: ARG002 - as in the base
        """Whether the list has it by its name, too."""
        return any(is_same(one["key_id"], thing) for one in named(connection.client(), recorded.get("name")))

    def live_of(self, answer: Answer, *known: Inputs) -> Live:  # noqa: ARG002 - all but the value is answered
        """A key in our names, without our mark; its value is in no answer."""
        description = out_of_text(str(answer.get("description") or ""))
        values = from_wire(ApiKeySpec, {**answer, "description": description or None})
        facts = from_wire(ApiKeyOutputs, {**answer, "api_key": None, "create_time": moment_of(answer, "create_time")})
        return Live(values, facts, raw=answer)

    def with_history(self, live: Live, recorded: State) -> Live:
        """The key with the value that the state has."""
        value = recorded.facts.get(VALUE)
        return replace(live, facts={**live.facts, VALUE: value}) if value else live

    def diff(self, context: Context, thing: str, recorded: State, program: Inputs) -> Difference:
        """Compares all but the value, which nobody answers."""
        self._learn(context, recorded)
        return super().diff(context, thing, recorded, program)

    def read(self, context: Context, thing: str, recorded: State) -> State | None:
        """The key as it is listed, with the value that the state has."""
        self._learn(context, recorded)
        return super().read(context, thing, recorded)

    def delete(self, context: Context, thing: str, recorded: State) -> None:
        """Takes it from its services, and deletes it."""
        self._learn(context, recorded)
        super().delete(context, thing, recorded)

    def update(self, context: Context, thing: str, recorded: State, inputs: Inputs) -> State:
        """Nothing is sent: only where and how it is asked for can have changed."""
        self._learn(context, recorded)
        return super().update(context, thing, recorded, inputs)

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Warns of a key too many: only the cloud knows whether the account's limit is another one."""
        if old is not None:
            return []
        return find_problems(CONNECTIONS, context, lambda: Advice(CONNECTIONS, context, values), [_too_many])

    def observe(self, context: Context, thing: str | None, values: Inputs, wanted: Wanted) -> Observation:
        """Whether it is there, and what it may call."""
        seen = super().observe(context, thing, values, wanted)
        answer = self.peeked(context, thing, values)
        scope = values.get("scope")
        services = None if answer is None or scope != SERVICE else ", ".join(names_of(answer)) or "none"
        return replace(seen, columns={"scope": scope, "services": services})

    def _learn(self, context: Context, recorded: State) -> None:
        value = recorded.facts.get(VALUE)
        if isinstance(value, str):
            context.environment.redactor.add(value)


class ApiKeyImporting(Importing[ModelArtsV2Client]):
    """Keys; nobody answers their values."""

    filters = ("name", "scope", "service_id", "service_name", "workspace_id")
    holder, place = "project", "region and project"

    def listed(self, client: ModelArtsV2Client, filters: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        """The keys of the project."""
        return [
            (one["key_id"], str(one.get("name"))) for one in client.list_api_keys(with_user_scope="true", **filters)
        ]

    def advice(self, live: Live) -> str | None:  # noqa: ARG002 - it goes for all of them
        """The value: who has it has to go on keeping it."""
        return (
            "ModelArts tells the value of a key only once, when it makes it: the output api_key stays empty. To have "
            "it in the program, make another key and replace this one where it is used"
        )


API_KEY = ApiKeyImporting()


def named(client: ModelArtsV2Client, name: Any) -> list[Answer]:
    """The keys of exactly this name, newest first; all of them without one."""
    found = client.list_api_keys(name=name, with_user_scope="true")
    rows = ApiKeyDetail.recognise_list(found, "an API key")
    return sorted((one for one in rows if name in (None, one["name"])), key=_age)


def services_of(row: Answer) -> list[str]:
    """The ids of the services that a key is bound to."""
    return sorted({str(one["id"]) for one in row.get("services") or ()})


def unbind(client: ModelArtsV2Client, service_id: str, key_id: str) -> None:
    """Lets a key call a service no more; nothing is left to do where it may not, or one of the two is gone."""
    try:
        unless_gone(client.unbind_api_key, service_id, key_id)
    except BadRequestError:
        row = unless_gone(client.get_api_key, key_id)
        if row is not None and service_id in services_of(ApiKeyDetail.recognise(row, f"the {NOUN} {key_id}")):
            raise


def names_of(row: Answer) -> list[str]:
    """The names of the services that a key is bound to, or their ids."""
    return sorted(str(one.get("name") or one["id"]) for one in row.get("services") or ())


def _age(row: Answer) -> int:
    return -(moment_of(row, "create_time") or 0)


def _conflict(error: ApiError) -> ConflictError:
    found = ConflictError(
        status=error.status,
        code=error.code,
        message=error.message,
        request_id=error.request_id,
        method=error.method,
        path=error.path,
    )
    found.attempts = error.attempts
    return found


def _too_many(advice: Advice[ModelArtsV2Client]) -> Iterator[Problem]:
    count = advice.ask("API keys", "api-keys", lambda client: len(client.list_api_keys(with_user_scope="true")))
    if count >= MOST_KEYS:
        advice.warn(
            f"there are {count} API keys, and {MOST_KEYS} is what an account may have by default; unless its limit was "
            "raised, ModelArts refuses another one"
        )
    yield from ()
