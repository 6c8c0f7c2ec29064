"""What `pulumi-inference import` has to know of deployments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from pulumi_inference.alaya.deployments.values import PASSWORDS, PODS
from pulumi_inference.alaya.specs.records import DeploymentSummary
from pulumi_inference.core.lifecycle.importing import Importing, IsSecret, Secrets

if TYPE_CHECKING:
    from pulumi_inference.alaya.client import AlayaClient
    from pulumi_inference.core.lifecycle import Inputs, Live

_WIRE = {"vks_id": "vksId", "model_id": "modelId", "aidc_id": "aidcId", "mode": "model"}


class DeploymentImporting(Importing["AlayaClient"]):
    """Deployments of all forms; their scaling, their extensions and the passwords of pull secrets are not answered."""

    filters = ("name", "vks_id", "namespace", "model_id", "aidc_id", "mode", "status")
    secrets = "secret_env"

    def listed(self, client: AlayaClient, filters: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        """The deployments of the account; names and states are compared here, whatever the API makes of them."""
        asked = {_WIRE.get(name, name): value for name, value in filters.items() if name != "status"}
        rows = DeploymentSummary.recognise_list(client.list_deployments(asked), "a deployment")
        exact = [(name, filters[name]) for name in ("name", "status") if name in filters]
        fitting = [one for one in rows if all(one[name] == value for name, value in exact)]
        return [(str(one["serviceId"]), str(one["name"])) for one in fitting]

    def advice(self, live: Live) -> str | None:
        """What nobody answers."""
        texts = []
        if live.values.get("expert") and "scale" not in live.values:
            texts.append(
                "Alaya NeW does not tell its scale. Give it in `scale` to manage it: the first `pulumi up` then sets "
                "it; a change that stops the deployment needs it"
            )
        pods = [
            pod
            for pod, name in PODS.items()
            if ((live.values.get("expert") or {}).get(name) or {}).get("image_pull_secret")
        ]
        if pods:
            texts.append(
                f"Nor does it tell the passwords of its pull secrets ({', '.join(pods)}). Give them in `{PASSWORDS}`"
                if texts
                else f"Alaya NeW does not tell the passwords of its pull secrets ({', '.join(pods)}). Give them in "
                f"`{PASSWORDS}` before a change that stops the deployment"
            )
        return ". ".join(texts) or None

    def implied(self, values: Inputs) -> Collection[str]:  # noqa: ARG002 - as in the base
        """The form is that of its part."""
        return {"mode"}

    def hidden(self, values: Inputs, is_secret: IsSecret) -> Secrets:
        """The secret variables of head and workers."""
        expert, found = values.get("expert") or {}, {}
        for pod, name in PODS.items():
            env = (expert.get(name) or {}).get("env") or {}
            secret = {key: value for key, value in env.items() if is_secret(key, str(value))}
            if secret:
                found[pod] = secret
        return found


DEPLOYMENT = DeploymentImporting()
