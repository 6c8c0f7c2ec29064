"""The life of a box."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from pulumi_inference.core.fields.wire import from_wire, to_wire
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Response
from pulumi_inference.core.invocation.address import Address
from pulumi_inference.core.invocation.endpoint import Endpoint
from pulumi_inference.core.invocation.smoke_fields import SMOKE_RULES
from pulumi_inference.core.invocation.smoke_gate import SmokeGate, SmokeTesting
from pulumi_inference.core.lifecycle import Inputs, Live, State
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.creation import Created, Creating
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.ownership import in_list, of_list, out_of_list
from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.toybox.client import ROOT, ToyboxClient, id_of, path_of
from pulumi_inference.toybox.connection import CONNECTIONS, ToyboxConnection
from pulumi_inference.toybox.specs.box import BoxDetail, BoxOutputs, BoxSpec


class BoxOperation(SmokeTesting[ToyboxClient], Creating[ToyboxClient]):
    """One create, update or delete of one box."""

    noun = "box"
    failures: ClassVar[Mapping[str, str]] = {"create": "was not packed", "update": "was not packed"}
    refuses_twins = False
    lists_details = True

    def body(self) -> dict[str, Any]:
        """The box as the program wants it, with our mark among its tags."""
        tags = in_list(self.inputs.get("tags", []), self.life.mark(self.context, self.inputs))
        return {**to_wire(BoxSpec, self.inputs), "tags": tags}

    def make(self, older: Answer | None) -> Created:
        """Makes the box, or the next revision of an older one."""
        return self.client.create({**self.body(), **({"boxId": older["boxId"]} if older else {})})

    def find(self) -> Sequence[Answer]:
        """The boxes of this name."""
        return self.client.list(**{name: self.inputs[name] for name in ("name",) if name in self.inputs})

    def id_of(self, answer: Answer) -> str:
        """The box's id."""
        return id_of(answer)

    def mark_of(self, answer: Answer) -> str:
        """The mark among the tags."""
        return of_list(answer["tags"])

    def settled(self, answer: Answer) -> Verdict:
        """Any state but packing lasts."""
        return Verdict.pending() if answer["status"] == "packing" else Verdict.done()

    def first(self) -> State:
        """Waits until it is packed, and asks it."""
        if self.waits:
            self.test(self.wait(_packed, "be packed"))
        return self.state()

    def converge(self) -> State:
        """Packs it anew, unless only the smoke test is missing."""
        is_new_lock = self.recorded.get("lock") != self.inputs.get("lock")
        if is_new_lock or self.kept()["status"] == "failed" or not self.has_all_asked(self.kept()):
            self.smoke.expect()
            self.send(lambda: self.client.replace(self.thing, self.body()))
        return self.first()

    def remove(self) -> None:
        """Empties it."""
        self.send(lambda: self.client.delete(self.thing), is_waited_for=True)


class BoxLifecycle(SmokeGate[ToyboxClient]):
    """`toybox.Box`."""

    kind = "toybox.Box"
    spec = BoxSpec
    outputs = BoxOutputs
    detail = BoxDetail
    rules = SMOKE_RULES
    identity = ("box_id", "revision")
    unique_by = ()
    connections = CONNECTIONS
    operation = BoxOperation
    about = ("contents", "colour", "lock")

    def ask(self, client: ToyboxClient, thing: str, patience: float) -> Answer:
        """One box."""
        return client.get(thing, patience)

    def live_of(self, answer: Answer, *known: Inputs) -> Live:  # noqa: ARG002 - all that counts is answered
        """A box in our names, without our mark."""
        values = from_wire(BoxSpec, {**answer, "tags": out_of_list(answer["tags"])})
        problem = f"{answer['name']} failed: {answer.get('reason')}" if answer["status"] == "failed" else None
        busy = f"{answer['name']} is being packed" if answer["status"] == "packing" else None
        return Live(values, from_wire(BoxOutputs, answer), problem, busy, answer)

    def serves(self, live: Live) -> bool:
        """Whether it can be called."""
        return bool(live.facts["status"] == "packed")

    def endpoint_of(self, context: Context, inputs: Inputs, live: Live) -> Endpoint:
        """Where it is called."""
        return BoxEndpoint(context, CONNECTIONS.of(context, inputs), live.raw)


class BoxEndpoint(Endpoint):
    """A box that is called: it says 202 and gives a ticket while it thinks."""

    elsewhere = frozenset({202})

    def __init__(self, context: Context, account: ToyboxConnection, box: Answer) -> None:
        address = Address(account.base_url, f"{path_of(id_of(box))}/call")
        super().__init__(box["name"], address, context.environment, home=account.base_url)
        self._account = account

    def http(self, timeout: float) -> HttpClient:
        """Requests with the account's key."""
        return self._account.http_to(self.address.base_url, self.is_error, timeout)

    def is_error(self, answer: Response) -> bool:
        """Whether an answer is an error of the cloud's: those say 200 too."""
        return answer.status not in self.elsewhere and self.is_platforms(answer)

    def is_platforms(self, answer: Response) -> bool:
        """Whether it is not the toy's."""
        return "toy-answer" not in answer.headers

    def follow(self, http: HttpClient, answer: Response, tell: Callable[[str], None], **_: Any) -> Response:
        """Shows the ticket."""
        tell("the toy is thinking")
        return http.request("GET", f"{ROOT}/tickets/{answer.headers['toy-ticket']}", retry_seconds=0)


def _packed(box: Answer) -> Verdict:
    """After a create or an update."""
    if box["status"] == "failed":
        return Verdict.failed(box.get("reason"))
    return Verdict.done() if box["status"] == "packed" else Verdict.pending()
