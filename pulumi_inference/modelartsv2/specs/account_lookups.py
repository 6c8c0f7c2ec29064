"""Temporary keys, and what is asked about intranet connections (modelarts-v2.md, sections 8.4 and 8.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.fields.lookup import Column, Lookup
from pulumi_inference.core.fields.normalise import whole_number
from pulumi_inference.modelartsv2.newkeys import VALUE, readable_key
from pulumi_inference.modelartsv2.specs.apikey import TEMPORARY, TemporaryApiKey
from pulumi_inference.modelartsv2.specs.intranetconnection import LIST as REQUESTS
from pulumi_inference.modelartsv2.specs.intranetconnection import IntranetConnectionDetail

if TYPE_CHECKING:
    from pulumi_inference.modelartsv2.client import ModelArtsV2Client

MOST_HOURS = 24
_HOUR = 3_600_000
_OLDEST_MS = 10**12
"""Numbers below are no milliseconds since the epoch: that would be before 2002."""


class GetTemporaryApiKey(Lookup[TemporaryApiKey]):
    """A new key that ends by itself, with which services of the user are called.

    Each run of a program makes one, a preview too, and within a run the same question has the same answer. So a
    resource that takes it as an input changes with every run; for those there is `ApiKey`.
    """

    source = TEMPORARY
    subject = "hours"

    hours: int = field(
        description="How long it is to last, from 1 to 24.",
        source=TEMPORARY,
        wire="expire_time",
        unit="h",
        ge=1,
        le=MOST_HOURS,
    )
    workspace_id: str | None = field(None, description="Workspace that it is for.", source=TEMPORARY)

    def find_problem(self) -> str | None:
        """Whole hours of one day."""
        hours = whole_number(self.hours)
        if isinstance(hours, bool) or not isinstance(hours, int) or not 1 <= hours <= MOST_HOURS:
            return f"hours: must be a whole number from 1 to {MOST_HOURS}, not {self.hours!r}"
        return super().find_problem()

    def ask(self, client: ModelArtsV2Client) -> TemporaryApiKey:
        """Makes one. When it ends is in the answer, as a moment or as hours, or follows from what was asked for."""
        hours: int = whole_number(self.hours)
        answer = client.create_temporary_api_key(hours=hours, workspace_id=self.workspace_id)
        made, ends = _moment(answer.get("create_time")), _moment(answer.get("expire_time"))
        times = {"create_time": made, "expire_time": ends or (made + hours * _HOUR if made else None)}
        return TemporaryApiKey.read({**answer, **times, VALUE: readable_key(answer.get(VALUE))}, "a temporary API key")


class GetIntranetConnections(Lookup[list[IntranetConnectionDetail]]):
    """The intranet connections that this account has asked for."""

    source = REQUESTS
    command = "intranet-connections"
    noun = "intranet connections"
    columns: ClassVar[Mapping[str, Column]] = {
        "id": "intranet_connection_id",
        "status": "status",
        "scene": "scene",
        "from": lambda one: one.vpc_id or one.pool_id,
        "to": lambda one: one.service_name or one.service_id,
        "approved by": "owner_domain_name",
        "message": "message",
    }

    status: str | None = field(None, description="Only those in this state.", source=REQUESTS)
    scene: str | None = field(None, description="Only those from there. There are VPC and POOL.", source=REQUESTS)
    service_id: str | None = field(None, description="Only those to this service.", source=REQUESTS)
    vpc_id: str | None = field(None, description="Only those from this VPC.", source=REQUESTS)
    pool_id: str | None = field(None, description="Only those from this dedicated pool.", source=REQUESTS)

    def ask(self, client: ModelArtsV2Client) -> list[IntranetConnectionDetail]:
        """All of them."""
        found = client.list_intranet_connections(**self.filters())
        return [IntranetConnectionDetail.read(one, f"the intranet connection {one.get('id')}") for one in found]


def _moment(value: object) -> int | None:
    moment = whole_number(value)
    return moment if isinstance(moment, int) and moment >= _OLDEST_MS else None
