"""A cloud of boxes in this process, and the lifecycle of a box: for tests of what is alike for all clouds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.errors import ConflictError, InferenceError, NotFoundError
from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.fields.record import Record
from pulumi_inference.core.lifecycle import Inputs, Live, State
from pulumi_inference.core.lifecycle.connections import PATIENCE, Connections
from pulumi_inference.core.lifecycle.context import Context, Environment
from pulumi_inference.core.lifecycle.creation import Created, Creating
from pulumi_inference.core.lifecycle.managed import Managed
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.ownership import in_list, mark, of_list, out_of_list
from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.core.settings import Resolved, Setting, Settings
from tests.support.world import StackConfig

SOURCE = "tests"
URN = "urn:pulumi:test::trial::boxes:Box::crate"


class Lock(Spec):
    """A lock; what it is made of is for good."""

    metal: str | None = field(None, description="Metal.", source=SOURCE, immutable=True)
    code: int | None = field(None, description="Code.", source=SOURCE)


class Box(Spec):
    """A box; its lid and what its lock is made of are for good."""

    name: str | None = field(None, description="Name.", source=SOURCE, immutable=True)
    colour: str | None = field(None, description="Colour.", source=SOURCE)
    lid: str | None = field(None, description="Lid.", source=SOURCE, immutable=True)
    lock: Lock | None = field(None, description="Lock.", source=SOURCE)
    tags: list[str] | None = field(None, description="Tags.", source=SOURCE, unordered=True)
    connection: str | None = field(None, description="Which.", source=SOURCE, local=True)
    wait: bool = field(True, description="Whether to wait.", source=SOURCE, local=True)
    endpoint: str | None = field(None, description="Where.", source=SOURCE, local=True, resolved=True, immutable=True)


class BoxOutputs(Spec):
    """What is known of a box."""

    box_id: str = field(description="Id.", source=SOURCE)
    status: str = field(description="State.", source=SOURCE)
    made: int = field(description="Which of those with this id.", source=SOURCE)


class BoxDetail(Record):
    """A box as answered."""

    box_id: str = field(description="Id.", source=SOURCE, always_answered=True)
    name: str = field(description="Name.", source=SOURCE, always_answered=True)
    status: str = field(description="State.", source=SOURCE, always_answered=True)
    tags: list[str] = field(description="Tags.", source=SOURCE, always_answered=True)


class Boxes:
    """The cloud. `trouble` holds what the next create calls end with: an error, before or after the box is made."""

    def __init__(self) -> None:
        self.boxes: dict[str, dict[str, Any]] = {}
        self.calls: list[str] = []
        self.trouble: list[tuple[InferenceError | None, bool]] = []
        self.names_are_unique = True
        self.ids: Callable[[], str] = lambda: f"box-{len(self.boxes) + 1}"
        self.made = 0

    def put(self, thing: str, **body: Any) -> None:
        """Puts a box there, behind everybody's back."""
        self.made += 1
        self.boxes[thing] = {"box_id": thing, "status": "closed", "made": self.made, "tags": [], **body}

    def create(self, body: Mapping[str, Any]) -> str:
        """Makes a box."""
        self.calls.append("create")
        error, is_made = self.trouble.pop(0) if self.trouble else (None, True)
        if is_made:
            if self.names_are_unique and any(one["name"] == body["name"] for one in self.boxes.values()):
                raise ConflictError(
                    status=409, code="TAKEN", message="the name is taken", request_id=None, method="POST", path="/boxes"
                )
            self.put(self.ids(), **body)
        if error is not None:
            raise error
        return list(self.boxes)[-1]

    def get(self, thing: str) -> dict[str, Any]:
        """The detail of a box."""
        self.calls.append("get")
        return dict(self._find(thing))

    def find(self, name: str) -> list[dict[str, Any]]:
        """The boxes of this name, newest first."""
        self.calls.append("list")
        return [dict(one) for one in reversed(self.boxes.values()) if one["name"] == name]

    def delete(self, thing: str) -> None:
        """Removes a box."""
        self.calls.append("delete")
        self._find(thing)
        del self.boxes[thing]

    def _find(self, thing: str) -> dict[str, Any]:
        if thing not in self.boxes:
            raise NotFoundError(
                status=404,
                code="NONE",
                message="no such box",
                request_id=None,
                method="GET",
                path=f"/boxes/{thing}",
                is_gone=True,
            )
        return self.boxes[thing]


SETTINGS = Settings("toys", [Setting("endpoint", ("TOYS_ENDPOINT",), secret=False, description="Where.")])


class BoxConnection:
    """The way to a cloud."""

    def __init__(self, cloud: Boxes, environment: Environment, settings: Resolved) -> None:
        self.cloud, self.settings, self.redactor = cloud, settings, environment.redactor

    def place(self, *, ask: bool) -> Mapping[str, str]:
        """Where boxes are."""
        return {"endpoint": self.settings.get("endpoint") or "https://boxes.example.com"}

    def client(self, patience: float = PATIENCE) -> Boxes:
        """The cloud itself."""
        return self.cloud

    def check_access(self) -> None:
        """Everybody may."""


class BoxOperation(Creating[Boxes]):
    """One create, update or delete of one box."""

    noun = "box"
    lists_details = True
    failures: ClassVar[Mapping[str, str]] = {"create": "was not packed", "update": "was not packed"}

    def make(self, older: Answer | None) -> Created | None:
        """Makes the box, in place of an `older` one."""
        own = mark(self.context.urn)
        body = {name: self.inputs[name] for name in ("name", "colour", "lid", "lock") if name in self.inputs}
        thing = self.client.create(
            {**body, "tags": in_list(self.inputs.get("tags", []), own), "after": older and older["box_id"]}
        )
        return Created(thing, None)

    def find(self) -> Sequence[Answer]:
        """The boxes of this name."""
        return self.client.find(self.inputs["name"])

    def id_of(self, answer: Answer) -> str:
        """The box's id."""
        return str(answer["box_id"])

    def mark_of(self, answer: Answer) -> str:
        """The mark among the tags."""
        return of_list(answer["tags"])

    def settled(self, answer: Answer) -> Verdict:
        """Any state but opening."""
        return Verdict.pending() if answer["status"] == "opening" else Verdict.done()

    def first(self) -> State:
        """Nothing has to be waited for."""
        return self.state()

    def converge(self) -> State:
        """Paints the box."""
        self.client.boxes[self.thing]["colour"] = self.inputs.get("colour")
        self.life.drop(self.context, self.connection, self.thing)
        return self.state()

    def remove(self) -> None:
        """Removes the box."""
        self.send(lambda: self.client.delete(self.thing))


class BoxLifecycle(Managed[Boxes]):
    """The verbs of a box."""

    kind = "toys.Box"
    spec = Box
    outputs = BoxOutputs
    detail = BoxDetail
    identity = ("box_id",)
    operation = BoxOperation

    def __init__(self, cloud: Boxes) -> None:
        self.connections = Connections("Toys", SETTINGS, partial(BoxConnection, cloud), Box, {})

    def ask(self, client: Boxes, thing: str, patience: float) -> Answer:
        """The detail of the box."""
        return client.get(thing)

    def live_of(self, answer: Answer, *known: Inputs) -> Live:
        """The box in the spec's names."""
        values = {name: answer[name] for name in ("name", "colour", "lid", "lock") if answer.get(name) is not None}
        facts = {name: answer[name] for name in ("box_id", "status", "made")}
        return Live({**values, "tags": out_of_list(answer["tags"])}, facts, raw=answer)

    def is_going(self, answer: Answer) -> bool:
        """Whether the box is being crushed."""
        return bool(answer["status"] == "crushing")


class Process:
    """One provider's process: what it says, and the contexts of its calls."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.environment = Environment(StackConfig(), lambda _endpoint: ("", None), {}, self.clock)
        self.told: list[str] = []
        self.warned: list[str] = []

    def context(self, urn: str = URN, **options: Any) -> Context:
        """The context of one call."""
        return Context(self.environment, urn, tell=self.told.append, warn=self.warned.append, **options)
