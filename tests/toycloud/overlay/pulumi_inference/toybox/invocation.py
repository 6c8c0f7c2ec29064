"""Calling a box."""

from typing import Any

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.facts import Spec
from pulumi_inference.core.invocation.endpoint import Calling, Endpoint
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.toybox.boxes import BoxEndpoint
from pulumi_inference.toybox.client import id_of
from pulumi_inference.toybox.connection import CONNECTIONS


class ToyboxCalling(Calling):
    """Boxes, called as the account."""

    thing = "box"
    kinds = ("Box",)
    about = "BOX is the id or the name of a box."
    options = Spec

    def endpoint(self, context: Context, thing: str, options: Any, connection: str | None, **_: Any) -> Endpoint:  # noqa: ARG002 - there are none
        """The newest box of this id or name."""
        account = CONNECTIONS.today(context, connection)
        for box in account.client().list():
            if thing in (id_of(box), box["name"]):
                return BoxEndpoint(context, account, box)
        raise ConfigurationError(f"there is no box {thing!r}", next_step="See `pulumi-inference toybox boxes`.")


CALLING = ToyboxCalling()
