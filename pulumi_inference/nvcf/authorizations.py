"""The life of an authorization: the accounts that a program lets call a function, or one version of it.

Accounts can be let in for all versions or for one. NVCF answers both together, so that nobody can tell in a preview on
which of the two an account stands; a change tells it, by its refusal. So only what is certain counts: an account that
is missing was taken away, and one that this resource has not let in is told and left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi_inference.core.errors import (
    ConfigurationError,
    ConflictError,
    InferenceError,
    NotFoundError,
    ResponseError,
)
from pulumi_inference.core.fields.ignoring import keep_ignored
from pulumi_inference.core.fields.problems import Problem, each_once, rule
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.fields.wire import from_wire
from pulumi_inference.core.lifecycle import Inputs, Live, State
from pulumi_inference.core.lifecycle.connections import ADVICE_PATIENCE, PATIENCE, Connection
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.importing import Importing
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.plan_checks import Advice, find_problems
from pulumi_inference.core.lifecycle.stateless import Stateless
from pulumi_inference.nvcf.client import NvcfClient, ids_of
from pulumi_inference.nvcf.connection import CONNECTIONS
from pulumi_inference.nvcf.managed import NvcfLifecycle
from pulumi_inference.nvcf.specs.authorization import AuthorizationOutputs, AuthorizationSpec, Sharing
from pulumi_inference.nvcf.specs.function import FunctionDetail
from pulumi_inference.nvcf.spelling import with_ids

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.status import Observation, Wanted

EVERYBODY = "*"

ROUNDS = 4
"""How often a change is asked for at most that NVCF accepts and does not show."""

PAUSE = 1.0
"""Seconds before the second look at what a change has brought about; doubled each time."""


@rule("accounts[*]")
def accounts_are_some(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Accounts are named one by one."""
    for index, one in enumerate(values.get("accounts") or ()):
        if one == EVERYBODY:
            text = "must be the NCA id of an account; only NVIDIA can make a function public, so name each account"
            yield Problem(f"accounts[{index}]", text)
        elif one != one.strip() or not one:
            yield Problem(f"accounts[{index}]", "must be the NCA id of an account, without blanks around it")


class AuthorizationOperation(Stateless[NvcfClient]):
    """One create, update or delete of what one function, or one version, is shared with."""

    noun = "authorization"
    failures: ClassVar[Mapping[str, str]] = dict.fromkeys(("create", "update"), "was not changed as a whole")

    @property
    def name(self) -> str:
        """What is shared."""
        return name_of(self.thing)

    def first(self) -> State:
        """Lets the accounts in."""
        known: list[str] = []
        if accounts_of(self.there()):
            known = self._let_in(self.inputs["accounts"])
        else:
            self._let_in_at_once()
        if known:
            self.context.note(
                f"keeps {', '.join(known)}, let in by an earlier run of this program or by somebody else; when this "
                "resource goes, they are let in no more"
            )
        return self._shown()

    def converge(self) -> State:
        """Lets in who is missing or new, then out who is named no more."""
        live = self.life.live_of(self.kept(), self.inputs, self.recorded)
        wanted = keep_ignored(self.life.spec, self.inputs, live.values, self.context.ignore_changes)["accounts"]
        self.inputs = {**self.inputs, "accounts": wanted}
        seen, before = accounts_of(live.raw), self.recorded.get("accounts") or []
        self._let_in([one for one in wanted if one not in seen or one not in before])
        self._let_out([one for one in before if one not in wanted])
        return self._shown()

    def remove(self) -> None:
        """Lets out whom this resource has let in, and nobody else."""
        found = self.life.sure(self.context, self.connection, self.thing, self.inputs)
        if found is None:
            self.context.warn(f"{self.name} is gone; nothing was deleted")
            return
        given = self.inputs.get("accounts") or []
        if not any(one in given for one in accounts_of(found)):
            self.context.warn(f"{self.name} was shared with none of them any more; nothing was deleted")
        elif all(one in given for one in accounts_of(found)):
            with suppress(NotFoundError):  # which the next look has to confirm
                self.send(lambda: self.client.delete_authorization(self.thing))
        self._let_out(given)

    def known(self) -> dict[str, Any]:
        """The inputs that are in force: who is still to be let out stays known as let in by us."""
        wanted, before = self.inputs["accounts"], self.recorded.get("accounts") or []
        return {**self.inputs, "accounts": [*wanted, *(one for one in before if one not in wanted)]}

    def _let_in_at_once(self) -> None:
        """Lets all in that the program names, where nobody is: to nobody, no one can be added."""
        self.send(lambda: self.client.set_authorization(self.thing, self.inputs["accounts"]))

    def _let_in(self, accounts: Sequence[str]) -> list[str]:
        """Lets more in; answers who was in already."""
        known = []
        for account in accounts:
            try:
                self.send(lambda: self.client.change_authorization(self.thing, "add", account))  # noqa: B023 - at once
            except ConflictError:
                known.append(account)
            except NotFoundError as error:
                if error.is_gone:
                    raise
                self._let_in_at_once()
                break
        return known

    def _let_out(self, accounts: Sequence[str]) -> None:
        """Lets accounts out until they are; one that stands on the other level stays in, which NVCF's refusal tells."""
        left, about = list(accounts), (self.context, self.connection, self.thing, self.inputs)
        for count in range(ROUNDS):
            # What NVCF does not show after a write is not gone, and nobody is let out by that.
            answer = self.seen() if self.wrote else self.life.sure(*about)
            left = [one for one in left if answer is not None and one in accounts_of(answer)]
            if not left:
                return
            if count:
                self.context.pause(PAUSE * 2 ** (count - 1))
            left = [one for one in left if self._is_let_out(one)]
        raise _unmoved(f"let out {', '.join(left)}")

    def _is_let_out(self, account: str) -> bool:
        """Lets one out; answers whether it may have been in."""
        try:
            self.send(lambda: self.client.change_authorization(self.thing, "remove", account))
        except NotFoundError as error:
            return error.is_gone
        return True

    def _shown(self) -> State:
        """The state when all are seen to be in."""
        wanted, answer = self.inputs["accounts"], self.kept()
        for count in range(ROUNDS):
            missing = [one for one in wanted if one not in accounts_of(answer)]
            if not missing:
                return self.life.state_of(self.context, self.thing, self.inputs, self.life.live_of(answer, self.inputs))
            self.context.pause(PAUSE * 2**count)
            self._let_in(missing)
            answer = self.there()
        raise _unmoved(f"let in {', '.join(missing)}")


def _unmoved(what: str) -> InferenceError:
    return InferenceError(
        f"NVCF was told {ROUNDS} times to {what}, and shows no change",
        next_step="Run the command again; if it stays so, ask NVIDIA's support.",
    )


class AuthorizationLifecycle(NvcfLifecycle):
    """`nvcf.Authorization` (reference/nvcf.md, section 11)."""

    kind = "nvcf.Authorization"
    spec = AuthorizationSpec
    outputs = AuthorizationOutputs
    detail = Sharing
    rules = (accounts_are_some, each_once("accounts"))
    identity = ("function_id",)
    unique_by = ("function_id", "version_id")
    renewed = ""

    def complete(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """NVCF answers ids in lower case."""
        return with_ids(inputs, *self.unique_by)

    def ask(self, client: NvcfClient, thing: str, patience: float) -> Answer:
        """Who may call it: of a function what its versions have in common."""
        function_id, version_id = ids_of(thing)
        versions = [
            Sharing.recognise(one, name_of(function_id), function_id=function_id)
            for one in client.list_authorizations(function_id, patience)
        ]
        if not versions:
            raise ResponseError(
                f"NVCF shows no version of {name_of(function_id)}",
                next_step="The key's resources may hide them: add the function to the key's resources.",
            )
        common = [one for one in accounts_of(versions[0]) if all(one in accounts_of(other) for other in versions)]
        if version_id:
            found = client.get_authorization(thing, patience)
            Sharing.recognise(found, name_of(thing), function_id=function_id, version_id=version_id)
            return {**found, "inherited": common if len(versions) > 1 else []}
        parties = [{"ncaId": one} for one in common]
        return {"id": function_id, "ncaId": versions[0].get("ncaId"), "authorizedParties": parties}

    def lists(self, context: Context, connection: Connection[NvcfClient], thing: str, recorded: Inputs) -> bool:  # noqa: ARG002 - as in the base
        """Whether the list of all versions has it."""
        function_id, version_id = ids_of(thing)
        found = connection.client(PATIENCE).list_functions()
        versions = FunctionDetail.recognise_list(found, "a function version")
        return any(one["id"] == function_id and version_id in ("", one["versionId"]) for one in versions)

    def live_of(self, answer: Answer, *known: Inputs) -> Live:
        """The accounts that are let in, as far as `known` says that they are ours; all of them where nothing does."""
        seen, inherited = accounts_of(answer), answer.get("inherited") or []
        ours = {one for inputs in known for one in inputs.get("accounts") or ()}
        is_known = any("accounts" in inputs for inputs in known)
        own = [one for one in seen if (one in ours if is_known else one not in inherited)]
        others = [one for one in seen if one not in own and one not in inherited]
        ids = {"function_id": answer.get("id"), "version_id": answer.get("versionId")}
        values = {**{name: one for name, one in ids.items() if one}, "accounts": own}
        facts = {**from_wire(AuthorizationOutputs, answer), "other_accounts": others}
        remark = f"may be called by {', '.join(others)} too, whom this resource has not let in" if others else None
        return Live(values, facts, raw=answer, remark=remark)

    def name_of(self, inputs: Inputs, thing: str) -> str:  # noqa: ARG002 - the id says it
        """What is shared."""
        return name_of(thing)

    def gone(self, thing: str) -> str:
        """What is said when there is nothing left to share."""
        return f"{name_of(thing)} is gone from the cloud, and with it who may call it"

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Whether it can be shared with these; nobody asks about one whose id is not known yet."""
        thing = id_of(values)
        if thing is None or (old is not None and old == values):
            return []
        first = context.environment.memory.claim(self.kind, thing, "accounts", context.urn)
        if first != context.urn:
            other = first.rpartition("::")[2]
            text = f'the Authorization "{other}" is for the same; put all accounts into one of the two'
            return [Problem("version_id" if values.get("version_id") else "function_id", text)]

        def find(advice: Advice[NvcfClient]) -> Iterator[Problem]:
            def ask(_client: NvcfClient) -> Answer | None:
                return self.kept(context, self.connect(context, values), thing, values, ADVICE_PATIENCE)

            answer = advice.ask(f"accounts that may call {name_of(thing)}", (self.kind, thing), ask)
            yield from _unfit(answer, thing, values)

        return find_problems(CONNECTIONS, context, lambda: Advice(CONNECTIONS, context, values), [find])

    def create(self, context: Context, inputs: Inputs) -> State:
        """Lets the accounts in."""
        thing = id_of(inputs)
        if thing is None:
            raise ConfigurationError("function_id and version_id: must be known by now")
        context.environment.memory.took(self.kind, thing)
        run = AuthorizationOperation(self, context, State(thing, dict(inputs), {}), "create")
        return run.keeping(run.first)

    def update(self, context: Context, thing: str, recorded: State, inputs: Inputs) -> State:
        """Lets in and out."""
        state = State(thing, dict(inputs), recorded.facts)
        run = AuthorizationOperation(self, context, state, "update", recorded=recorded.inputs)
        return run.keeping(run.converge)

    def delete(self, context: Context, thing: str, recorded: State) -> None:
        """Lets out whom it has let in.

        A replacement for the same function has the same id, and comes first: there is nothing left to do then.
        """
        if context.environment.memory.has_taken(self.kind, thing):
            return
        run = AuthorizationOperation(self, context, recorded, "delete")
        try:
            run.remove()
        except InferenceError as error:
            raise error.add_context(f"{run.name} is still shared") from None
        self.drop(context, run.connection, thing)

    def observe(self, context: Context, thing: str | None, values: Inputs, wanted: Wanted) -> Observation:
        """Who may call it."""
        seen = super().observe(context, thing, values, wanted)
        answer = self.peeked(context, thing, values)
        accounts = ", ".join(accounts_of(answer)) or "nobody" if answer else None
        return replace(seen, columns={"accounts": accounts})


class AuthorizationImporting(Importing[NvcfClient]):
    """What the account's functions are shared with, for all versions of each."""

    place = "org and team"

    def listed(self, client: NvcfClient, filters: Mapping[str, str]) -> Iterable[tuple[str, str]]:  # noqa: ARG002 - there are none
        """The functions of the account."""
        return list({str(one["id"]): str(one.get("name")) for one in client.list_functions()}.items())

    def refusal(self, live: Live) -> str | None:
        """There has to be somebody."""
        name = name_of(",".join(live.values[one] for one in ("function_id", "version_id") if one in live.values))
        if EVERYBODY in accounts_of(live.raw):
            return f"{name} is public; only NVIDIA can change that"
        return None if live.values["accounts"] else f"{name} is shared with nobody"


AUTHORIZATION = AuthorizationImporting()


def id_of(inputs: Inputs) -> str | None:
    """The id of what is shared; None as long as it is not known."""
    ids = [inputs["function_id"], *([inputs["version_id"]] if inputs.get("version_id") else [])]
    return None if UNKNOWN in ids else ",".join(ids)


def name_of(thing: str) -> str:
    """What is shared, in words."""
    function_id, version_id = ids_of(thing)
    return f"version {version_id} of the function {function_id}" if version_id else f"the function {function_id}"


def accounts_of(answer: Answer) -> list[str]:
    """The accounts in an answer, in an order that stays."""
    return sorted({one["ncaId"] for one in answer["authorizedParties"]})


def _unfit(answer: Answer | None, thing: str, values: Inputs) -> Iterator[Problem]:
    """Why it cannot be shared with these."""
    at = "version_id" if values.get("version_id") else "function_id"
    if answer is None:
        yield Problem(at, f"there is {name_of(thing).replace('the ', 'no ', 1)}; compare the id with the settings")
        return
    if EVERYBODY in accounts_of(answer):
        yield Problem(at, f"{name_of(thing)} is public; only NVIDIA can change that")
    accounts = values.get("accounts")
    for index, one in enumerate(accounts if isinstance(accounts, list) else ()):
        if one == answer.get("ncaId"):
            yield Problem(f"accounts[{index}]", "is the account that has the function; it may call it anyhow")
