"""The life of an asset: made anew when its content changes, and when NVCF has deleted it after a day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi_inference.core.errors import ConfigurationError, ResponseError
from pulumi_inference.core.fields.problems import Problem, rule
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.fields.wire import from_wire
from pulumi_inference.core.http.exchange import Body, FileBody
from pulumi_inference.core.lifecycle import Inputs, Live, State, naming, ownership
from pulumi_inference.core.lifecycle.connections import PATIENCE, Connection
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.creation import Created, Creating
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.ownership import in_text, of_text, out_of_text
from pulumi_inference.core.lifecycle.stateless import Stateless
from pulumi_inference.nvcf.client import NvcfClient
from pulumi_inference.nvcf.managed import NvcfLifecycle
from pulumi_inference.nvcf.specs.asset import (
    LONGEST_DESCRIPTION,
    AssetDetail,
    AssetOutputs,
    AssetSpec,
    AssetSummary,
    AssetUpload,
)
from pulumi_inference.nvcf.storage import LARGEST, upload

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.status import Observation, Wanted

LIFE = timedelta(hours=24)
_MARKED = LONGEST_DESCRIPTION + len(" [pulumi:0123456]")


@rule("source", "content")
def one_content(values: Mapping[str, Any]) -> Iterator[Problem]:
    """A file or a text, and not both."""
    given = [name for name in ("source", "content") if values.get(name) is not None]
    if not given:
        yield Problem("source", "is required, or content")
    elif len(given) > 1:
        yield Problem("content", "cannot be given together with source; remove one of the two")


class AssetOperation(Stateless[NvcfClient], Creating[NvcfClient]):
    """One create or delete of one asset."""

    noun = "asset"
    failures: ClassVar[Mapping[str, str]] = {"create": "was not uploaded", "update": "was not looked at"}
    refuses_twins = False
    lists_details = True

    def make(self, older: Answer | None) -> Created:  # noqa: ARG002 - assets have no versions
        """Asks for an address and uploads the content to it: before that there is nothing."""
        content = content_of(self.inputs)
        if fingerprint_of(content) != self.inputs["fingerprint"]:
            raise ConfigurationError("source: the file has changed since it was looked at; run the command again")
        kind = self.inputs["content_type"]
        description = in_text(self.inputs.get("description", ""), self._own, _MARKED)
        answer = self.client.create_asset(kind, description)
        made = AssetUpload.recognise(answer.json(), "a new asset")
        upload(self.client.invocation, made["uploadUrl"], content, content_type=kind, description=description)
        return Created(self.id_of(made), answer.request_id)

    def find(self) -> Sequence[Answer]:
        """All assets of the account, each asked for: its list has nothing but ids.

        Raises:
            ResponseError: the list has one that is not there; it may have gone just now.
        """
        found = []
        for thing in listed(self.client):
            answer = self.life.look(self.context, self.connection, thing, PATIENCE)
            if answer is None:
                raise ResponseError(f"the list of assets has {thing}, and NVCF says that there is none")
            found.append(answer)
        return found

    def id_of(self, answer: Answer) -> str:
        """Its id."""
        return str(answer["assetId"])

    def mark_of(self, answer: Answer) -> str:
        """The mark behind the description; ours counts for this content only, which no answer tells."""
        found = of_text(str(answer.get("description", "")))
        return ownership.mark(self.context.urn) if found == self._own else found

    def converge(self) -> State:
        """Nothing of it can be changed."""
        return self.state()

    def remove(self) -> None:
        """Deletes it."""
        self.send(lambda: self.client.delete_asset(self.thing), is_waited_for=True)

    @property
    def _own(self) -> str:
        return f"pulumi:{naming.digest(self.context.urn, {'fingerprint': self.inputs.get('fingerprint')})}"


class AssetLifecycle(NvcfLifecycle):
    """`nvcf.Asset` (reference/nvcf.md, section 10)."""

    kind = "nvcf.Asset"
    spec = AssetSpec
    outputs = AssetOutputs
    detail = AssetDetail
    rules = (one_content,)
    identity = ("asset_id",)
    unique_by = ()
    operation = AssetOperation

    def locate(self, context: Context, inputs: Inputs) -> dict[str, Any]:
        """The place, and the fingerprint of the content as it is now."""
        found = super().locate(context, inputs)
        given = [inputs[name] for name in ("source", "content") if inputs.get(name) is not None]
        if UNKNOWN in given:
            found["fingerprint"] = UNKNOWN
        elif len(given) == 1 and isinstance(given[0], str):
            found["fingerprint"] = fingerprint_of(content_of(inputs))
        return found

    def place_again(self, old: Inputs, place: dict[str, Any]) -> dict[str, Any]:
        """Where it was; its content is as it is now."""
        now = {"fingerprint": place["fingerprint"]} if "fingerprint" in place else {}
        return {**super().place_again(old, place), **now}

    def lists(self, context: Context, connection: Connection[NvcfClient], thing: str, recorded: Inputs) -> bool:  # noqa: ARG002 - as in the base
        """Whether the list has it."""
        return thing in listed(connection.client())

    def ask(self, client: NvcfClient, thing: str, patience: float) -> Answer:
        """One asset."""
        return client.get_asset(thing, patience)

    def live_of(self, answer: Answer, *known: Inputs) -> Live:  # noqa: ARG002 - what is not answered is ours
        """An asset in our names, without our mark."""
        description = out_of_text(str(answer.get("description") or ""))
        values = from_wire(AssetSpec, {**answer, "description": description or None})
        facts = from_wire(AssetOutputs, {**answer, "expires_at": _expiry(answer.get("createdAt"))})
        return Live(values, facts, raw=answer)

    def gone(self, thing: str) -> str:
        """What is said of one that is gone."""
        return f"the asset {thing} is gone from the cloud, which keeps assets for 24 hours"

    def observe(self, context: Context, thing: str | None, values: Inputs, wanted: Wanted) -> Observation:
        """Whether it is there, and until when."""
        from pulumi_inference.core.lifecycle.status import Moment

        seen = super().observe(context, thing, values, wanted)
        answer = self.peeked(context, thing, values)
        expiry = _expiry(answer.get("createdAt")) if answer else None
        ends = Moment(round(datetime.fromisoformat(expiry).timestamp() * 1000)) if expiry else None
        return replace(seen, columns={"type": values.get("content_type"), "expires": ends})


def listed(client: NvcfClient) -> list[str]:
    """The ids of the account's assets."""
    return [str(one["assetId"]) for one in AssetSummary.recognise_list(client.list_assets(), "an asset")]


def content_of(inputs: Inputs) -> Body:
    """What is uploaded.

    Raises:
        ConfigurationError: the file cannot be read, or is too large.
    """
    if inputs.get("content") is not None:
        return str(inputs["content"]).encode()
    try:
        body = FileBody.of(inputs["source"])
    except ConfigurationError as error:
        raise ConfigurationError(f"source: {error}") from None
    if len(body) > LARGEST:
        raise ConfigurationError(f"source: {body.path} has {len(body):,} bytes; an asset can have 5 GB at most")
    return body


def fingerprint_of(content: Body) -> str:
    """The SHA-256 of the content.

    Raises:
        ConfigurationError: the file cannot be read any more.
    """
    found = hashlib.sha256()
    try:
        for piece in content if isinstance(content, FileBody) else (content,):
            found.update(piece)
    except OSError as error:
        raise ConfigurationError(f"source: cannot be read: {error.strerror}") from None
    return found.hexdigest()


def _expiry(created_at: Any) -> str | None:
    """When an asset ends that was uploaded then, as text; None where that is no time."""
    try:
        ends = datetime.fromisoformat(str(created_at)) + LIFE
    except (ValueError, OverflowError):
        return None
    return ends.isoformat(timespec="seconds").replace("+00:00", "Z")
