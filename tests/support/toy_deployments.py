"""A toy cloud whose deployments have a smoke test: all of their life is core's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pulumi_inference.core.errors import NotFoundError
from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.fields.record import Record
from pulumi_inference.core.invocation.endpoint import Endpoint
from pulumi_inference.core.invocation.smoke_fields import SMOKE_RULES, SmokeTest, error_output, passed_output
from pulumi_inference.core.invocation.smoke_gate import SmokeGate, SmokeTesting
from pulumi_inference.core.lifecycle import Inputs, Live, State
from pulumi_inference.core.lifecycle.connections import PATIENCE, Connections
from pulumi_inference.core.lifecycle.context import Context, Environment
from pulumi_inference.core.lifecycle.creation import Created, Creating
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.core.settings import Resolved, Setting, Settings
from tests.support.toy_calls import ToyEndpoint, ToyServer

SOURCE = "tests"


class Placed(Spec):
    """Where a deployment is."""

    endpoint: str | None = field(None, description="Address.", source=SOURCE, local=True, resolved=True, immutable=True)


class ToyDeployment(Placed):
    """What a program says of a deployment."""

    name: str | None = field(None, description="Name.", source=SOURCE, immutable=True)
    image: str = field(description="What runs.", source=SOURCE)
    note: str | None = field(None, description="A note.", source=SOURCE)
    smoke_test: SmokeTest | None = field(
        None, description="Test.", source=SOURCE, local=True, write_only=True, update="smoke_test"
    )
    wait: bool = field(True, description="Whether to wait.", source=SOURCE, local=True)


class ToyDeploymentOutputs(Spec):
    """What is known of a deployment."""

    deployment_id: str = field(description="Id.", source=SOURCE)
    status: str = field(description="State.", source=SOURCE)
    smoke_test_error: str | None = error_output()
    smoke_tested: dict[str, str] | None = passed_output()


class ToyCloud:
    """The deployments that there are, and the model behind all of them."""

    def __init__(self, model: ToyServer) -> None:
        self.deployments: dict[str, dict[str, Any]] = {}
        self.model = model

    def get(self, thing: str) -> Answer:
        """One deployment."""
        if thing not in self.deployments:
            raise NotFoundError(
                status=404, code=None, message="gone", request_id=None, method="GET", path="", is_gone=True
            )
        return dict(self.deployments[thing])

    def put(self, thing: str, values: Inputs) -> str | None:
        """Makes or changes one."""
        sent = {name: values[name] for name in ("name", "image", "note") if name in values}
        self.deployments[thing] = {"deployment_id": thing, "status": "up", **sent}
        return None


class ToyDeploymentDetail(Record):
    """A deployment as answered."""

    deployment_id: str = field(description="Id.", source="tests", always_answered=True)
    name: str = field(description="Name.", source="tests", always_answered=True)
    status: str = field(description="State.", source="tests", always_answered=True)


CLOUD = ToyCloud(ToyServer())


class ToyConnection:
    """The one account there is."""

    def __init__(self, environment: Environment, settings: Resolved) -> None:
        self.settings, self.redactor = settings, environment.redactor

    def place(self, *, ask: bool) -> Mapping[str, str]:
        """The endpoint."""
        return {"endpoint": self.settings.values["endpoint"]}

    def client(self, patience: float = PATIENCE) -> ToyCloud:
        """The cloud itself."""
        return CLOUD

    def check_access(self) -> None:
        """Everybody may."""


SETTINGS = Settings("toys", [Setting("endpoint", ("TOYS_ENDPOINT",), secret=False, description="Address.")])
CONNECTIONS = Connections("Toys", SETTINGS, ToyConnection, Placed, {})


class ToyDeploying(SmokeTesting[ToyCloud], Creating[ToyCloud]):
    """One create, update or delete."""

    noun = "deployment"
    failures: ClassVar[Mapping[str, str]] = {"create": "did not deploy", "update": "did not update"}

    def make(self, older: Answer | None) -> Created:
        """Makes it."""
        self.client.put("d-1", self.inputs)
        return Created("d-1", None)

    def find(self) -> Sequence[Answer]:
        """Nothing is ever lost."""
        return []

    def id_of(self, answer: Answer) -> str:
        """The id."""
        return str(answer["deployment_id"])

    def mark_of(self, answer: Answer) -> str:
        """There are no marks."""
        return ""

    def settled(self, answer: Answer) -> Verdict:
        """At once."""
        return Verdict.done()

    def first(self) -> State:
        """Waits and tests."""
        self.test(self.wait(self.settled, "be up"))
        return self.state()

    def converge(self) -> State:
        """Sends the image when that is another one, waits and tests."""
        before = self.kept()
        if before["image"] != self.inputs["image"]:
            self.smoke.expect()
        if any(before.get(name) != self.inputs.get(name) for name in ("image", "note")):
            self.send(lambda: self.client.put(self.thing, self.inputs))
        return self.first()

    def remove(self) -> None:
        """Deletes it."""
        self.client.deployments.pop(self.thing)


class ToyDeploymentLifecycle(SmokeGate[ToyCloud]):
    """A deployment's life."""

    kind = "toys.Deployment"
    spec = ToyDeployment
    outputs = ToyDeploymentOutputs
    rules = SMOKE_RULES
    detail = ToyDeploymentDetail
    identity = ("deployment_id",)
    connections = CONNECTIONS
    operation = ToyDeploying
    about = ("image",)

    def ask(self, client: ToyCloud, thing: str, patience: float) -> Answer:
        """The deployment."""
        return client.get(thing)

    def live_of(self, answer: Answer, *known: Inputs) -> Live:
        """Values and facts."""
        values = {name: answer[name] for name in ("name", "image", "note") if name in answer}
        facts = {"deployment_id": answer["deployment_id"], "status": answer["status"]}
        return Live(values, facts, raw=answer)

    def serves(self, live: Live) -> bool:
        """Whether it is up."""
        return live.facts["status"] == "up"

    def endpoint_of(self, context: Context, inputs: Inputs, live: Live) -> Endpoint:
        """The model."""
        return ToyEndpoint(CLOUD.model, context.environment, str(live.values["name"]))
