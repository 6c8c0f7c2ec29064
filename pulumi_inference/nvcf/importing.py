"""What `pulumi-inference import` has to know of functions and deployments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from pulumi_inference.core.lifecycle.importing import Importing
from pulumi_inference.nvcf.functions.values import secret_names
from pulumi_inference.nvcf.specs.function import FunctionDetail
from pulumi_inference.nvcf.specs.states import INACTIVE

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle import Inputs, Live
    from pulumi_inference.core.lifecycle.memory import Answer
    from pulumi_inference.nvcf.client import NvcfClient


class _Listed(Importing["NvcfClient"]):
    """Base: both are listed as the versions of the account's functions."""

    filters = ("name", "function_id", "status")
    holder, place = "account", "org and team"
    identity = ("function_id", "version_id")

    def listed(self, client: NvcfClient, filters: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        """The versions of the account."""
        found = FunctionDetail.recognise_list(client.list_functions(), "a function version")
        wires = {"function_id": "id"}
        asked = {wires.get(name, name): value for name, value in filters.items()}
        fitting = [one for one in found if all(str(one.get(name)) == value for name, value in asked.items())]
        return [(f"{one['id']},{one['versionId']}", str(one["name"])) for one in fitting if self.is_one(one)]

    def is_one(self, version: Answer) -> bool:  # noqa: ARG002 - see the deployments
        """Whether the version is listed."""
        return True


class FunctionImporting(_Listed):
    """Function versions. The values of secrets are never answered, so the program has to say them anew."""

    def refusal(self, live: Live) -> str | None:
        """A shared function belongs to somebody else."""
        if not live.raw.get("ownedByDifferentAccount"):
            return None
        return f"{live.raw.get('name')} ({live.raw.get('id')}) is another account's; only its owner can manage it"

    def advice(self, live: Live) -> str | None:
        """The secrets: their names are known, and no value."""
        names = sorted(secret_names(live.raw) or ())
        if not names:
            return None
        return (
            f"NVCF does not tell the values of its secrets ({', '.join(names)}). Give them in `secrets`, all of them, "
            "to have them on its next version, too"
        )

    def implied(self, values: Inputs) -> Collection[str]:
        """What NVCF fills in by itself."""
        health = values.get("health") or {}
        usual = {
            "health_uri": health.get("uri"),
            "description": values.get("name"),
            "api_body_format": "CUSTOM",
            "function_type": "DEFAULT",
        }
        return {"function_id", *(name for name, value in usual.items() if values.get(name) == value)}


class DeploymentImporting(_Listed):
    """Deployments."""

    suffix = "_deployment"

    def advice(self, live: Live) -> str | None:  # noqa: ARG002 - it goes for all of them
        """The ids: fixed ones do not follow the function to its next version."""
        return (
            "when its function is in the program too, take both ids from it: function_id=FUNCTION.function_id, "
            "version_id=FUNCTION.version_id. A fixed version_id does not follow a new version, and the deployment goes "
            "with the old one"
        )

    def label(self, live: Live) -> str:
        """The name of the version that is deployed."""
        return str(live.facts.get("function_name") or "")

    def is_one(self, version: Answer) -> bool:
        """Whether the version is deployed."""
        return version.get("status") != INACTIVE


FUNCTION = FunctionImporting()
DEPLOYMENT = DeploymentImporting()
