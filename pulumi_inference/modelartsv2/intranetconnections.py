"""The life of an intranet connection: asked for, approved by whom it leads to, connected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from pulumi_inference.core.errors import ApiError, InferenceError, WaitTimeoutError
from pulumi_inference.core.fields.ignoring import keep_ignored
from pulumi_inference.core.fields.problems import Problem, Rule, each_once, rule
from pulumi_inference.core.fields.unknown import contains_unknown
from pulumi_inference.core.fields.wire import from_wire, to_wire
from pulumi_inference.core.lifecycle import Inputs, Live, State, ownership
from pulumi_inference.core.lifecycle.connections import Connection
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.creation import Created, Creating
from pulumi_inference.core.lifecycle.importing import Importing
from pulumi_inference.core.lifecycle.managed import Managed
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.options import timeouts_last
from pulumi_inference.core.lifecycle.plan_checks import find_problems
from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.modelartsv2.client import ModelArtsV2Client
from pulumi_inference.modelartsv2.connection import CONNECTIONS
from pulumi_inference.modelartsv2.moments import moment_of
from pulumi_inference.modelartsv2.specs.intranetconnection import (
    APPROVING,
    CANCELED,
    CONNECTED,
    CONNECTING,
    DELETING,
    ENDED,
    FAILED,
    LONGEST_URL,
    POOL,
    REJECTED,
    SERVICE,
    VPC,
    IntranetConnectionDetail,
    IntranetConnectionOutputs,
    IntranetConnectionSpec,
)

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.status import Observation, Wanted

NOUN = "intranet connection"
ENDS = ("scene", "vpc_id", "subnet_id", "pool_id", "type", "service_id")
"""What says where a connection comes from and where it leads; it has no name."""

UNMOVED_GRACE = 10.0
"""Seconds after a call during which the state from before it is nothing unusual."""

_SCHEMES = ("http", "https", "ws", "wss")


def goes_with(switch: str, value: str, name: str) -> Rule:
    """A field that one value of another one requires, and that has no meaning with the rest of them."""

    @rule(switch, name)
    def find(values: Mapping[str, Any]) -> Iterator[Problem]:
        chosen, is_given = values.get(switch), values.get(name) is not None
        if chosen == value and not is_given:
            yield Problem(name, f'is required with {switch} "{value}"')
        elif chosen is not None and chosen != value and is_given:
            yield Problem(name, f'has a meaning with {switch} "{value}" only, and {switch} is "{chosen}"; leave it out')

    return find


@rule("custom_urls[*]")
def urls_are_addresses(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Addresses with a scheme that callers have, and a host."""
    for index, url in enumerate(values.get("custom_urls") or ()):
        if not _is_address(url):
            schemes = ", ".join(f"{one}://" for one in _SCHEMES)
            yield Problem(f"custom_urls[{index}]", f"must be an address that begins with one of {schemes}")
        elif len(url) > LONGEST_URL:
            yield Problem(f"custom_urls[{index}]", f"must have at most {LONGEST_URL} characters, not {len(url)}")


class IntranetConnectionOperation(Creating[ModelArtsV2Client]):
    """One create, update or delete of one intranet connection."""

    noun = NOUN
    unique = "network and service"
    failures: ClassVar[Mapping[str, str]] = {"create": "was not connected", "update": "was not connected again"}
    refuses_twins = False
    lists_details = True

    def make(self, older: Answer | None) -> Created:  # noqa: ARG002 - it stays beside
        """Sends the create call."""
        made = self.client.create_intranet_connection(to_wire(IntranetConnectionSpec, self.inputs))
        self.context.environment.memory.claim(self.life.kind, made.id, "values", self.context.urn)
        return made

    def find(self) -> Sequence[Answer]:
        """The requests with these ends that may still lead to something, newest first."""
        filters = {name: self.inputs.get(name) for name in ("scene", "service_id", "vpc_id", "pool_id")}
        found = self.client.list_intranet_connections(**filters)
        rows = IntranetConnectionDetail.recognise_list(found, f"an {NOUN}")
        fitting = [one for one in rows if one["status"] not in ENDED and self._has_ends(one)]
        return sorted(fitting, key=lambda one: -(moment_of(one, "create_at") or 0))

    def id_of(self, answer: Answer) -> str:
        """Its id."""
        return str(answer["id"])

    def mark_of(self, answer: Answer) -> str:
        """Ours where all is as asked: it has no room for a mark.

        What another resource of this program has made or found so is that one's.
        """
        memory, kind, thing = self.context.environment.memory, self.life.kind, self.id_of(answer)
        owner = memory.claimed(kind, thing, "values")
        if owner not in (None, self.context.urn):
            return ownership.mark(str(owner))
        is_ours = bool(self.inputs.get("scene")) and self.is_alike(answer)
        return ownership.mark(memory.claim(kind, thing, "values", self.context.urn)) if is_ours else ""

    def settled(self, answer: Answer) -> Verdict:
        """Any state that lasts: an approval may take days."""
        return Verdict.pending() if answer["status"] in (CONNECTING, DELETING) else Verdict.done()

    def is_too_early(self, error: ApiError) -> bool:
        """Whether a call may have been refused because it is just being connected."""
        return self.is_refused(error) and self.there()["status"] == CONNECTING

    def tell(self, answer: Answer) -> None:
        """The state, and who is waited for."""
        waits = f": {approver_of(answer)} has to approve it" if answer["status"] == APPROVING else ""
        self.context.progress(f"{self.status_of(answer)}{waits}")

    def first(self) -> State:
        """Waits until it is connected."""
        if self.waits:
            self.wait(_connected, "be connected")
        return self.state()

    def converge(self) -> State:
        """Sets the addresses that differ, tries once more what has failed, and waits."""
        answer = self.kept()
        live = self.life.live_of(answer, self.inputs, self.recorded)
        wanted = keep_ignored(self.life.spec, self.inputs, live.values, self.context.ignore_changes).get("custom_urls")
        if wanted is not None and sorted(wanted) != sorted(live.values.get("custom_urls") or ()):
            self.send(lambda: self.client.modify_intranet_connection(self.thing, list(wanted)))
        has_failed = answer["status"] == FAILED
        if has_failed:
            self.send(
                lambda: self.client.act_on_intranet_connection(self.thing, "RETRY"),
                lambda found: found["status"] != FAILED,
            )
        if self.waits:
            self.wait(_connected_again if has_failed else _connected, "be connected")
        return self.state()

    def remove(self) -> None:
        """Deletes it, unless that is under way."""
        answer = self.life.ask(self.client, self.thing, self.patience)
        if answer.get("status") != DELETING:
            self.send(lambda: self.client.delete_intranet_connection(self.thing), is_waited_for=True)

    def what_next(self, error: InferenceError) -> str:
        """Who has to approve it, where that is what is waited for."""
        answer = self.life.peeked(self.context, self.thing, self.inputs)
        if not isinstance(error, WaitTimeoutError) or error.state != APPROVING or answer is None:
            return super().what_next(error)
        return f"{approver_of(answer)} has to approve it, in the console or by API; then {super().what_next(error)}"

    def undone(self, error: InferenceError) -> str:
        """As for every operation; where nothing had to be changed, only the connection is missing."""
        is_waited_for = isinstance(error, WaitTimeoutError) and error.state in (APPROVING, CONNECTING)
        return "is not connected yet" if is_waited_for else super().undone(error)

    def next_step(self) -> str:
        """What to do when it has failed: what was refused is asked for anew."""
        return "correct the program or run `pulumi up` again: it tries once more, or asks for another one"

    def _has_ends(self, row: Answer) -> bool:
        """Whether a request comes from where the program says, and leads there; all do where it says nothing."""
        if not self.inputs.get("scene"):
            return True
        defaults = {"type": SERVICE}
        return all((row.get(name) or defaults.get(name)) == self.inputs.get(name) for name in ENDS)


class IntranetConnectionLifecycle(Managed[ModelArtsV2Client]):
    """`modelartsv2.IntranetConnection` (reference/modelarts-v2.md, section 8.5)."""

    kind = "modelartsv2.IntranetConnection"
    spec = IntranetConnectionSpec
    outputs = IntranetConnectionOutputs
    detail = IntranetConnectionDetail
    rules = (
        goes_with("scene", VPC, "vpc_id"),
        goes_with("scene", VPC, "subnet_id"),
        goes_with("scene", POOL, "pool_id"),
        goes_with("type", SERVICE, "service_id"),
        urls_are_addresses,
        each_once("custom_urls"),
        timeouts_last,
    )
    identity = ("intranet_connection_id",)
    unique_by = ENDS
    connections = CONNECTIONS
    operation = IntranetConnectionOperation

    @property
    def noun(self) -> str:
        """What people call it."""
        return NOUN

    def name_of(self, inputs: Inputs, thing: str) -> str:
        """Where it leads, and from where."""
        start = inputs.get("vpc_id") or inputs.get("pool_id")
        end = inputs.get("service_id") or "all services"
        return f"the {NOUN} from {start} to {end}" if start else f"the {NOUN} {thing}"

    def ask(self, client: ModelArtsV2Client, thing: str, patience: float) -> Answer:  # noqa: ARG002 - the client has it
        """Its row in the list of requests: there is no other answer about one."""
        return client.get_intranet_connection(thing)

    def lists(self, context: Context, connection: Connection[ModelArtsV2Client], thing: str, recorded: Inputs) -> bool:  # noqa: ARG002 - as in the base
        """Whether the list of all requests has it."""
        return any(one["id"] == thing for one in connection.client().list_intranet_connections())

    def is_going(self, answer: Answer) -> bool:
        """Whether it is being deleted."""
        return bool(answer["status"] == DELETING)

    def live_of(self, answer: Answer, *known: Inputs) -> Live:  # noqa: ARG002 - all of it is answered
        """A connection in our names; what was rejected or canceled is to be asked for anew."""
        given = {name: one for name, one in answer.items() if one != ""}
        values = from_wire(IntranetConnectionSpec, {**given, "custom_urls": given.get("custom_url_list")})
        facts = from_wire(IntranetConnectionOutputs, {**given, "create_at": moment_of(answer, "create_at")})
        status = answer["status"]
        problem = _reason(answer) if status in (FAILED, *ENDED) else None
        busy = None
        if status == APPROVING:
            busy = f"waits until {approver_of(answer)} approves it"
        elif status == CONNECTING:
            busy = "is being connected"
        return Live(values, facts, problem, busy, raw=answer, remark=problem if status in ENDED else None)

    def must_replace(self, recorded: Inputs, live: Live, program: Inputs) -> list[str]:  # noqa: ARG002 - as in the base
        """Nothing leads out of a rejection, or of a cancellation: another request is made."""
        return [self.identity[-1]] if live.raw.get("status") in ENDED else []

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Whether the program asks for the same twice, and whether a service that is new to it is there."""
        from pulumi_inference.modelartsv2.checks import Asked, service_finders  # not loaded in other verbs

        ends = {name: values.get(name) for name in ENDS}
        if not contains_unknown(ends):
            wanted = repr((*self.connections.where(values).items(), *ends.items()))
            first = context.environment.memory.claim(self.kind, wanted, "ends", context.urn)
            if first != context.urn:
                other = first.rpartition("::")[2]
                return [Problem("scene", f'"{other}" is the same connection in this program; remove one of the two')]
        finders = list(service_finders(old or {}, values))
        return (
            find_problems(CONNECTIONS, context, lambda: Asked(CONNECTIONS, context, values), finders) if finders else []
        )

    def observe(self, context: Context, thing: str | None, values: Inputs, wanted: Wanted) -> Observation:
        """Its state, and what it connects."""
        seen = super().observe(context, thing, values, wanted)
        answer = self.peeked(context, thing, values)
        name = answer.get("service_name") if answer else None
        columns = {
            "from": values.get("vpc_id") or values.get("pool_id"),
            "to": name or values.get("service_id") or "all services",
        }
        return replace(seen, columns=columns)


class IntranetConnectionImporting(Importing[ModelArtsV2Client]):
    """Intranet connections, as those who asked for them see them."""

    filters = ("scene", "status", "service_id", "service_name", "vpc_id", "vpc_name", "pool_id", "workspace_id")
    holder, place = "project", "region and project"
    suffix = "_connection"

    def listed(self, client: ModelArtsV2Client, filters: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        """The requests for access of this account, by the names of their services."""
        rows = client.list_intranet_connections(**filters)
        return [
            (one["id"], str(one.get("service_name") or one.get("vpc_id") or one.get("pool_id")))
            for one in rows
            if one.get("status") not in ENDED
        ]

    def label(self, live: Live) -> str:
        """The name of its service, else that of its network."""
        return str(live.facts.get("service_name") or live.values.get("vpc_id") or live.values.get("pool_id") or "")

    def refusal(self, live: Live) -> str | None:
        """What has come to its end cannot be managed."""
        return live.remark


INTRANET_CONNECTION = IntranetConnectionImporting()


def approver_of(answer: Answer) -> str:
    """Who decides about a request, in words."""
    owner = answer.get("owner_domain_name")
    return f"the account {owner}" if owner else "the owner of the service"


def _reason(answer: Answer) -> str:
    """What has become of a connection that is none."""
    message, status = answer.get("message"), answer["status"]
    said = {REJECTED: "was rejected", CANCELED: "was canceled", FAILED: "could not be connected"}[status]
    return f"{said}: {message}" if message else f"{said}; ModelArts gives no reason"


def _connected(answer: Answer) -> Verdict:
    """Until it is connected, or can no longer become so."""
    status = answer["status"]
    if status == CONNECTED:
        return Verdict.done()
    if status == DELETING:
        return Verdict.failed("somebody deletes it")
    return Verdict.failed(_reason(answer)) if status in (FAILED, *ENDED) else Verdict.pending()


def _connected_again(answer: Answer) -> Verdict:
    """The same after another try: the failure that is shown may be the former one."""
    return Verdict.settling(UNMOVED_GRACE, _reason(answer)) if answer["status"] == FAILED else _connected(answer)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in _SCHEMES and bool(parts.hostname) and not any(one.isspace() for one in url)
    except ValueError:
        return False
