"""A box, as a program says it and as the cloud answers it."""

from typing import Literal, TypeAlias

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.fields.record import Record
from pulumi_inference.core.invocation.smoke_fields import SmokeTest, error_output, passed_output
from pulumi_inference.core.lifecycle.options import AtEndpoint

OURS = "pulumi-inference"
Colour: TypeAlias = Literal["red", "blue"]


class Contents(Spec):
    """What is in a box."""

    toy: str = field(description="The toy.", source="boxes", immutable=True)
    count: int = field(1, description="How many of it.", source="boxes", ge=1)


class BoxSpec(AtEndpoint):
    """A box of toys, which answers when it is called."""

    name: str | None = field(None, description="Name; several boxes may have it.", source="boxes", immutable=True)
    contents: Contents = field(description="What is in it.", source="boxes")
    colour: Colour = field("red", description="Its colour.", source="boxes")
    tags: list[str] | None = field(None, description="Words to find it by.", source="boxes", unordered=True)
    lock: str | None = field(None, description="Word that opens it.", source="boxes", secret=True, write_only=True)
    smoke_test: SmokeTest | None = field(
        None, description="What it has to answer.", source=OURS, local=True, write_only=True, update="smoke_test"
    )
    wait: bool = field(True, description="Whether to wait until it is packed.", source=OURS, local=True)
    connection: str | None = field(None, description="Section of the configuration.", source=OURS, local=True)


class BoxId(Record):
    """What the cloud answers of a new box."""

    box_id: str = field(description="Its id.", source="boxes", wire="boxId", always_answered=True)
    revision: str = field(description="Number of the revision.", source="boxes", always_answered=True)


class BoxDetail(BoxId):
    """A box as the cloud answers it, in its lists too."""

    name: str = field(description="Its name.", source="boxes", always_answered=True)
    status: str = field(description="Its state.", source="boxes", always_answered=True)
    contents: Contents = field(description="What is in it.", source="boxes", always_answered=True)
    tags: list[str] = field(description="Its tags.", source="boxes", always_answered=True)


class BoxOutputs(Spec):
    """What is known of a box."""

    box_id: str = field(description="Id, the same for all revisions.", source="boxes", wire="boxId")
    revision: str = field(description="Number of the revision.", source="boxes")
    status: str = field(description="packing, packed or failed.", source="boxes")
    smoke_test_error: str | None = error_output()
    smoke_tested: dict[str, str] | None = passed_output()
