"""What programs and people ask Toybox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.fields.lookup import Column, Lookup
from pulumi_inference.core.fields.wire import from_wire
from pulumi_inference.toybox.specs.box import Colour

if TYPE_CHECKING:
    from pulumi_inference.toybox.client import ToyboxClient


class BoxSummary(Spec):
    """A box in a list."""

    box_id: str = field(description="Its id.", source="list", wire="boxId")
    name: str = field(description="Its name.", source="list")
    status: str = field(description="Its state.", source="list")


class GetBoxes(Lookup[list[BoxSummary]]):
    """The boxes of the account."""

    source = "list"
    command = "boxes"
    columns: ClassVar[Mapping[str, Column]] = {"name": "name", "box id": "box_id", "status": "status"}

    colour: Colour | None = field(None, description="Only of this colour.", source="list")

    def ask(self, client: ToyboxClient) -> list[BoxSummary]:
        """All that match."""
        return [BoxSummary.model_construct(**from_wire(BoxSummary, one)) for one in client.list(**self.filters())]
