"""What the resources of NVCF have in common."""

from __future__ import annotations

from typing import Any, ClassVar

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.managed import Managed
from pulumi_inference.nvcf.client import NvcfClient
from pulumi_inference.nvcf.connection import CONNECTIONS

FUNCTION, DEPLOYMENT = "nvcf.Function", "nvcf.Deployment"
_REPLACED, _KEPT = "replaced", "kept"


class NvcfLifecycle(Managed[NvcfClient]):
    """The life of a thing of NVCF."""

    connections: ClassVar[Any] = CONNECTIONS

    def place_again(self, old: Inputs, place: dict[str, Any]) -> dict[str, Any]:
        """A key is one organisation's, so what was made without naming it is where it was."""
        is_named_now = bool(place.get("org")) != bool(old.get("org"))
        if is_named_now and place.get("endpoint") == old.get("endpoint"):
            return {name: old[name] for name in ("endpoint", "org", "team") if name in old}
        return place


def refuse_to_strand(context: Context, version: str, *, is_replaced: bool) -> None:
    """Refuses to replace a version whose deployment is to stay with it: both would be gone in the end.

    So it is where a program writes the ids as texts. Whichever of the two is looked at last finds it out.

    Args:
        context: of the Function or of the Deployment.
        version: function and version.
        is_replaced: whether it is the Function that speaks, which is replaced; else the Deployment, which stays.

    Raises:
        ConfigurationError: the other one has spoken.
    """
    memory, own = context.environment.memory, context.urn
    if context.course.retains or not context.course.is_checked:
        return
    if is_replaced:
        memory.claim(FUNCTION, version, _REPLACED, own)
    else:
        memory.claim(DEPLOYMENT, version, _KEPT, own)
    function, deployment = memory.claimed(FUNCTION, version, _REPLACED), memory.claimed(DEPLOYMENT, version, _KEPT)
    if function and deployment:
        name, of = deployment.rpartition("::")[2], function.rpartition("::")[2]
        raise ConfigurationError(
            f'the Function "{of}" gets another version, and the Deployment "{name}" stays with the old one, which goes',
            next_step=f'Let "{name}" take function_id and version_id from the outputs of "{of}": then it is deployed '
            "anew before the old version goes.",
        )
