"""The life of a function version of NVCF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi_inference.core.errors import ConfigurationError, unless_gone
from pulumi_inference.core.fields.ignoring import keep_ignored
from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.lifecycle import Difference, Inputs, Live, State, ownership
from pulumi_inference.core.lifecycle.connections import PATIENCE, Connection
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.creation import Created, Creating
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.nvcf.client import NvcfClient, ids_of
from pulumi_inference.nvcf.functions import values
from pulumi_inference.nvcf.functions.rules import RULES
from pulumi_inference.nvcf.managed import NvcfLifecycle, refuse_to_strand
from pulumi_inference.nvcf.specs.function import MOST_TAGS, FunctionDetail, FunctionId, FunctionOutputs, FunctionSpec
from pulumi_inference.nvcf.specs.states import INACTIVE

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.status import Observation, Wanted


class FunctionOperation(Creating[NvcfClient]):
    """One create, update or delete of one function version."""

    noun = "function version"
    failures: ClassVar[Mapping[str, str]] = {"create": "was not created", "update": "was not changed"}
    refuses_twins = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As every operation; `pending` are secrets that have not been sent yet."""
        super().__init__(*args, **kwargs)
        self.pending = self.inputs.get("secrets") != self.recorded.get("secrets")

    def make(self, older: Answer | None) -> Created:
        """Makes a further version of the function, or a function where there is none that it can be one of."""
        body = values.create_body(self.inputs, self.life.mark(self.context, self.inputs))
        function_id = self.inputs.get("function_id") or self._function_of(older or self._seen_before())
        if function_id:
            answer, request_id = self.client.create_version(function_id, body)
        else:
            answer, request_id = self.client.create_function(body)
        self.pending = False
        identity = {"function_id": function_id} if function_id else {}
        made = FunctionId.recognise(answer, "a new function version", **identity)
        return Created(id_of(made), request_id)

    def find(self) -> Sequence[Answer]:
        """The versions that bear this resource's mark, newest first."""
        function_id = self.inputs.get("function_id")
        listed = (
            unless_gone(self.client.list_versions, function_id) or [] if function_id else self.client.list_functions()
        )
        own = ownership.mark(self.context.urn)
        mine = [one for one in listed if ownership.of_list(one.get("tags") or []) == own]
        read = FunctionDetail.recognise_list(mine, "a function version")
        return sorted(read, key=lambda one: str(one.get("createdAt")), reverse=True)

    def id_of(self, answer: Answer) -> str:
        """Both ids."""
        return id_of(answer)

    def mark_of(self, answer: Answer) -> str:
        """The mark among the tags."""
        return ownership.of_list(answer.get("tags") or [])

    def is_alike(self, answer: Answer) -> bool:
        """Whether a version can be made what the program says, its secrets included: no name can be taken away."""
        names, wanted = values.secret_names(answer) or set(), set(self.inputs.get("secrets") or {})
        is_late = not names and wanted and answer["status"] != INACTIVE
        return (
            names <= wanted
            and not is_late
            and not _other_members(self.life.live_of(answer, self.inputs).values, self.inputs)
            and super().is_alike(answer)
        )

    def settled(self, answer: Answer) -> Verdict:  # noqa: ARG002 - no state of its own passes
        """Always: a version is what it is as soon as it is there."""
        return Verdict.done()

    def tell(self, answer: Answer) -> None:
        """Says nothing: the state of a version is that of its deployment."""

    def first(self) -> State:
        """Reads the new version."""
        return self.state()

    def converge(self) -> State:
        """Sends what differs from the live version: secrets, then one call for the rest, then what is taken away."""
        detail = self.kept()
        live = self.life.live_of(detail, self.inputs, self.recorded).values
        wanted = keep_ignored(self.life.spec, self.inputs, live, self.context.ignore_changes)
        changed = values.changed_fields(wanted, self.recorded, live)
        secrets = self._new_secrets(wanted)
        if secrets:
            self.send(lambda: self.client.update_secrets(self.thing, values.secret_items(secrets)))
        self.pending = False
        own = self.life.mark(self.context, wanted)
        body = values.update_body(changed, wanted, self.recorded, live, own)
        if body and self.mark_of(detail) != own and len(live.get("tags") or []) <= MOST_TAGS:
            # It was imported, or called otherwise before: the mark comes with what is sent anyhow.
            body.setdefault("tags", ownership.in_list(live.get("tags") or [], own))
        if body:
            self.send(lambda: self.client.update_version(self.thing, body))
        if "rate_limit" in changed and not wanted.get("rate_limit") and live.get("rate_limit"):
            self.send(lambda: self.client.delete_rate_limit(self.thing))
        return self.state()

    def remove(self) -> None:
        """Deletes the version, with what still runs of it."""
        self.send(lambda: self.client.delete_version(self.thing), is_waited_for=True)

    def known(self) -> dict[str, Any]:
        """The inputs in force: secrets that were not sent are those of before."""
        if not self.pending or self.verb == "create":
            return dict(self.inputs)
        others = {name: value for name, value in self.inputs.items() if name != "secrets"}
        return {**others, **{name: self.recorded[name] for name in ("secrets",) if name in self.recorded}}

    def _new_secrets(self, wanted: Inputs) -> dict[str, Any]:
        recorded = self.recorded.get("secrets") or {}
        given = (wanted.get("secrets") or {}).items()
        return {name: value for name, value in given if name not in recorded or recorded[name] != value}

    def _seen_before(self) -> Answer | None:
        """The version that this resource has been until now, if it is still there: it may bear no mark of ours."""
        for thing in self.context.environment.memory.seen_under(self.life.kind, self.context.urn):
            answer = self.life.kept(self.context, self.connection, thing, self.inputs)
            if answer is not None:
                return answer
        return None

    def _function_of(self, older: Answer | None) -> str | None:
        """The function of an older version, when a further version of it can be what is wanted."""
        if older is None or older.get("ownedByDifferentAccount"):
            return None
        before = self.life.live_of(older, self.inputs).values
        return str(older["id"]) if values.new_function_reason(before, self.inputs) is None else None


class FunctionLifecycle(NvcfLifecycle):
    """`nvcf.Function` (reference/nvcf.md, section 5)."""

    kind = "nvcf.Function"
    spec = FunctionSpec
    outputs = FunctionOutputs
    detail = FunctionDetail
    rules = RULES
    identity = ("function_id", "version_id")
    unique_by = ()
    named_by = ()
    name_length = 128
    name_start = "[A-Za-z0-9]"
    renewed = "version id"
    operation = FunctionOperation

    def complete(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Durations and tags in the one form that NVCF answers."""
        return values.complete(inputs)

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Says what is doubtful and may be meant all the same."""
        from pulumi_inference.nvcf.functions.doubts import doubts  # not loaded when nothing has changed

        if old != values:
            for text in doubts(values):
                context.warn(text)
        return []

    def mark(self, context: Context, inputs: Inputs) -> str:  # noqa: ARG002 - as in the base
        """Always a mark: by it the versions of one resource are found, whatever they are called."""
        return ownership.mark(context.urn) if context.urn else ""

    def ask(self, client: NvcfClient, thing: str, patience: float) -> Answer:
        """The version."""
        return client.get_version(thing, patience)

    def live_of(self, answer: Answer, *known: Inputs) -> Live:
        """The version in our names."""
        return values.live_of(answer, *known)

    def observe(self, context: Context, thing: str | None, values: Inputs, wanted: Wanted) -> Observation:
        """With the state of the version."""
        from pulumi_inference.nvcf.observation import with_version  # loaded when somebody looks

        seen = super().observe(context, thing, values, wanted)
        return with_version(seen, self.peeked(context, thing, values))

    def lists(self, context: Context, connection: Connection[NvcfClient], thing: str, recorded: Inputs) -> bool:  # noqa: ARG002 - as in the base
        """Whether the list of the function's versions has it."""
        found = unless_gone(connection.client(PATIENCE).list_versions, ids_of(thing)[0]) or []
        return any(id_of(FunctionDetail.recognise(one, "a function version of the list")) == thing for one in found)

    def must_replace(self, recorded: Inputs, live: Live, program: Inputs) -> list[str]:
        """A secret that is taken away, the first one of a deployed version, another set of models."""
        names = _other_members(live.values, program)
        before, after = recorded.get("secrets") or {}, program.get("secrets") or {}
        if isinstance(after, Mapping) and (set(before) - set(after) or _is_first_too_late(before, after, live)):
            names.append("secrets")
        return names

    def outlives(self, context: Context, live: Live, program: Inputs, found: Difference) -> dict[str, Any]:
        """The function's id, when a further version of it is made."""
        is_another = _another_function(context, live, program, found) is not None
        return {} if is_another or "team" in found.replaces else {"function_id": live.values["function_id"]}

    def foresee(self, context: Context, recorded: State, live: Live, program: Inputs, found: Difference) -> None:
        """Says whether a replacement is a version of the same function, and what becomes of the one before."""
        if not found.replaces:
            return
        refuse_to_strand(context, recorded.id, is_replaced=True)
        function_id, _ = ids_of(recorded.id)
        reason = values.new_function_reason(live.values, program)
        if reason and program.get("function_id"):
            raise ConfigurationError(
                f"function_id: {reason}, so this cannot be a version of the function {program['function_id']}",
                next_step="Leave function_id out: that makes a function of its own, with another id.",
            )
        if "secrets" in found.replaces:
            is_first = not recorded.inputs.get("secrets")
            context.note(
                "secrets: the first one of a deployed version needs a new version"
                if is_first
                else "secrets: a name cannot be taken away from a version, so this needs a new one"
            )
        why = _another_function(context, live, program, found)
        if why is not None:
            context.note(f"makes another function than {function_id}, with another id for its callers: {why}")
        else:
            context.note(f"makes a new version of the function {function_id}, whose id stays; the old one goes last")


def id_of(answer: Answer) -> str:
    """Both ids of a version."""
    return f"{answer['id']},{answer['versionId']}"


def _another_function(context: Context, live: Live, program: Inputs, found: Difference) -> str | None:
    """Why a replacement is of another function than before; None when it is a further version of the same."""
    reason = values.new_function_reason(live.values, program)
    others = [name for name in ("function_id", "endpoint", "org") if name in found.replaces]
    if reason or others:
        return reason or f"{' and '.join(others)} {'is' if len(others) == 1 else 'are'} another"
    if context.course.deletes_first and not program.get("function_id"):
        return "delete_before_replace takes the old version away first, and a function goes with its last one"
    return None


def _is_first_too_late(before: Mapping[str, Any], after: Mapping[str, Any], live: Live) -> bool:
    """Whether a version without secrets is to get one that only an inactive one could get."""
    has_none = not before and not values.secret_names(live.raw)
    return bool(after) and has_none and live.raw.get("status") != INACTIVE


def _other_members(live: Inputs, program: Inputs) -> list[str]:
    """The lists of which something has come or gone that only another version can have or lack."""
    models = program.get("models")
    if models is not None and not isinstance(models, list):
        return []
    return ["models"] if _names(models) != _names(live.get("models")) else []


def _names(models: Any) -> list[str]:
    return sorted(str(one.get("name")) for one in models or [] if isinstance(one, Mapping))
