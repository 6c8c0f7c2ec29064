"""The life of a telemetry endpoint: nothing but its secret can be changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi_inference.core.errors import ConfigurationError, InferenceError
from pulumi_inference.core.fields.problems import Problem, each_once, rule
from pulumi_inference.core.fields.unknown import contains_unknown
from pulumi_inference.core.fields.wire import from_wire, to_wire
from pulumi_inference.core.lifecycle import Difference, Inputs, Live, State, ownership
from pulumi_inference.core.lifecycle.connections import ADVICE_PATIENCE
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.creation import Created, Creating
from pulumi_inference.core.lifecycle.difference import replaced_by
from pulumi_inference.core.lifecycle.importing import Importing
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.stateless import Stateless
from pulumi_inference.nvcf.client import NvcfClient
from pulumi_inference.nvcf.functions.rules import LONGEST_SECRET
from pulumi_inference.nvcf.managed import NvcfLifecycle
from pulumi_inference.nvcf.rules import in_order
from pulumi_inference.nvcf.specs.secrets import KEY_NAME_LENGTH, KEY_NAME_START
from pulumi_inference.nvcf.specs.telemetry import TelemetryDetail, TelemetryOutputs, TelemetrySpec

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.status import Observation, Wanted

TYPES = ("LOGS", "METRICS", "TRACES")
_IDS = ("logsTelemetryId", "metricsTelemetryId", "tracesTelemetryId")


@rule("secret")
def secret_fits(values: Mapping[str, Any]) -> Iterator[Problem]:
    """A secret is a text or an object, and is counted as text."""
    secret = values.get("secret")
    if secret is None:
        return
    if not isinstance(secret, str | dict):
        yield Problem("secret", "must be a text, or a map that is sent as a JSON object")
        return
    if contains_unknown(secret):
        return
    length = len((secret if isinstance(secret, str) else json.dumps(secret, separators=(",", ":"))).strip())
    if not 1 <= length <= LONGEST_SECRET:
        yield Problem("secret", f"must have 1 to {LONGEST_SECRET} characters without blanks around, not {length}")


class TelemetryOperation(Stateless[NvcfClient], Creating[NvcfClient]):
    """One create, update or delete of one telemetry endpoint."""

    noun = "telemetry"
    failures: ClassVar[Mapping[str, str]] = {"create": "was not set up", "update": "was not changed"}
    lists_details = True

    @property
    def secret(self) -> dict[str, Any]:
        """The secret as it is sent."""
        return {"name": self.inputs["name"], "value": self.inputs["secret"]}

    def make(self, older: Answer | None) -> Created:  # noqa: ARG002 - names are unique, so there is none
        """Sends the create call."""
        if self.inputs.get("secret") is None:
            raise ConfigurationError(NEEDS_SECRET)
        body = {name: one for name, one in to_wire(TelemetrySpec, self.inputs).items() if name != "name"}
        answer, request_id = self.client.create_telemetry({**body, "secret": self.secret})
        return Created(self.id_of(TelemetryDetail.recognise(answer, "a new telemetry")), request_id)

    def find(self) -> Sequence[Answer]:
        """The telemetry endpoint of this name, or all of them."""
        listed = TelemetryDetail.recognise_list(self.client.list_telemetries(), "a telemetry")
        name = self.inputs.get("name")
        return [one for one in listed if name in (None, one["name"])]

    def id_of(self, answer: Answer) -> str:
        """Its id."""
        return str(answer["telemetryId"])

    def mark_of(self, answer: Answer) -> str:
        """Ours where all is as asked: it has no room for a mark, and a run that crashed would have made just this."""
        return ownership.mark(self.context.urn) if self.is_alike(answer) else ""

    def converge(self) -> State:
        """Sends the secret, unless it is the recorded one."""
        secret = self.inputs.get("secret")
        if secret is not None and secret != self.recorded.get("secret"):
            self.there()  # The call takes any id.
            self.send(lambda: self.client.set_telemetry_secret(self.thing, self.secret))
        return self.state()

    def remove(self) -> None:
        """Deletes it."""
        self.send(lambda: self.client.delete_telemetry(self.thing), is_waited_for=True)


NEEDS_SECRET = "secret: is required to make a telemetry endpoint"  # noqa: S105 - a message


class TelemetryLifecycle(NvcfLifecycle):
    """`nvcf.Telemetry` (reference/nvcf.md, section 12)."""

    kind = "nvcf.Telemetry"
    spec = TelemetrySpec
    outputs = TelemetryOutputs
    detail = TelemetryDetail
    rules = (secret_fits, each_once("types"))
    identity = ("telemetry_id",)
    name_length = KEY_NAME_LENGTH
    name_start = KEY_NAME_START
    operation = TelemetryOperation

    def complete(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """The types have no order."""
        return in_order(inputs, "types", TYPES)

    def ask(self, client: NvcfClient, thing: str, patience: float) -> Answer:
        """One telemetry endpoint."""
        return client.get_telemetry(thing, patience)

    def live_of(self, answer: Answer, *known: Inputs) -> Live:  # noqa: ARG002 - all but the secret is answered
        """A telemetry endpoint in our names."""
        values = self.complete(from_wire(TelemetrySpec, answer))
        return Live(values, from_wire(TelemetryOutputs, answer), raw=answer)

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:  # noqa: ARG002 - as in the base
        """Whether there is a secret where one is made; asks nobody."""
        is_made = old is None or replaced_by(self.spec, old, values)
        return [Problem(*NEEDS_SECRET.split(": "))] if is_made and values.get("secret") is None else []

    def foresee(self, context: Context, recorded: State, live: Live, program: Inputs, found: Difference) -> None:  # noqa: ARG002 - as in the base
        """Refuses a replacement that goes first while versions use it, unless the program's options ask for it.

        NVCF keeps it for versions of others; those of this program are deleted before it by the engine, and with its
        last version a function loses its id.

        Raises:
            ConfigurationError: versions use it.
        """
        if not (found.replaces and found.delete_before_replace):
            return
        users = _users_of(self.connect(context, recorded.inputs).client(ADVICE_PATIENCE), recorded.id)
        if not users:
            return
        text = (
            f"{self.name_of(recorded.inputs, recorded.id)} has to be deleted before it can be made anew with the "
            f"same name, and versions of functions use it: {', '.join(users)}"
        )
        if not context.course.deletes_first:
            raise ConfigurationError(
                f"{', '.join(found.replaces)}: {text}",
                next_step=(
                    "Give the new one another name, or none: then it is made first, the functions get a new version "
                    "each, and the old one goes last. delete_before_replace=True in its options deletes the functions "
                    "of this program first, which come again with another id."
                ),
            )
        context.warn(
            f"{text}; those of this program go first and come again, as functions with another id where it was the "
            "last version, and for others NVCF keeps it"
        )

    def observe(self, context: Context, thing: str | None, values: Inputs, wanted: Wanted) -> Observation:
        """Whether it is there, what is sent and who receives it."""
        seen = super().observe(context, thing, values, wanted)
        columns = {"provider": values.get("provider"), "types": ", ".join(map(str, values.get("types") or ()))}
        return replace(seen, columns=columns)


class TelemetryImporting(Importing[NvcfClient]):
    """Telemetry endpoints; nobody answers their secrets."""

    def listed(self, client: NvcfClient, filters: Mapping[str, str]) -> Iterable[tuple[str, str]]:  # noqa: ARG002 - there are none
        """The telemetry endpoints of the account."""
        return [(one["telemetryId"], str(one.get("name"))) for one in client.list_telemetries()]


TELEMETRY = TelemetryImporting()


def _users_of(client: NvcfClient, thing: str) -> list[str]:
    """The versions that use it, as far as the key may see them."""
    try:
        versions = client.list_functions()
    except InferenceError:
        return []
    used = ((one, one.get("telemetries")) for one in versions)
    return [
        f"{one.get('name')} ({one.get('id')},{one.get('versionId')})"
        for one, ids in used
        if isinstance(ids, dict) and thing in (ids.get(name) for name in _IDS)
    ]
