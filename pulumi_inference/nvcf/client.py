"""The verbs of NVCF with its own names: dictionaries in, dictionaries out (NVIDIA's API page; nvcf.md, section 4)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Due, Response, quote_segment
from pulumi_inference.core.http.members import Json, member_list, member_object, object_of
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.nvcf.specs.function_parts import UUID

DIRECT = "/v2/nvcf"


def is_uuid(text: str) -> bool:
    """Whether a text is an id as the platform gives them."""
    return re.fullmatch(UUID, text) is not None


def ids_of(thing: str) -> tuple[str, str]:
    """Function and version of an id `function_id,version_id`; the version is "" where there is none."""
    function_id, _, version_id = thing.partition(",")
    return function_id, version_id


def check_ids(function_id: str, version_id: str) -> None:
    """Raises ConfigurationError for what is no id; a version's may be "".

    For where they become a part of a host, a path or metadata.
    """
    for one in (function_id, *([version_id] if version_id else [])):
        if not is_uuid(one):
            raise ConfigurationError(f"{one!r} is no id of a function or a version: those are UUIDs")


def version_path(thing: str) -> str:
    """The end of the path of what belongs to a version, or to all versions of a function."""
    function_id, version_id = ids_of(thing)
    version = f"/versions/{quote_segment(version_id)}" if version_id else ""
    return f"/functions/{quote_segment(function_id)}{version}"


def _of_version(thing: str) -> str:
    if not ids_of(thing)[1]:
        raise ConfigurationError(
            f"{thing!r} is no id of a function version",
            next_step="Write it as function_id,version_id; `pulumi-inference nvcf functions` lists both.",
        )
    return version_path(thing)


class NvcfClient:
    """One account; reads are tried for `patience` seconds.

    `http` is the management API and `root` what its paths begin with; `invocation` is the invocation API.
    """

    def __init__(self, http: HttpClient, invocation: HttpClient, root: str, patience: float) -> None:
        self.http, self.invocation, self.root, self.patience = http, invocation, root, patience

    def _get(self, tail: str, *, patience: float | None = None, params: Sequence[tuple[str, str]] = ()) -> Response:
        """Reads what is at the end of a management path."""
        seconds = self.patience if patience is None else patience
        return self.http.request("GET", self.root + tail, params=params, retry_seconds=seconds)

    def _write(
        self, method: str, tail: str, body: Any = None, *, due: Due | None = None, idempotent: bool | None = None
    ) -> Response:
        """Makes a write on a management path, once where it cannot be repeated."""
        return self.http.request(method, self.root + tail, json=body, due=due, idempotent=idempotent)

    # Functions (function-creation page)

    def create_function(self, body: Mapping[str, Any]) -> tuple[Json, str | None]:
        """A new function with its first version, and the request's id."""
        # Names need not be unique: nothing would refuse a second one.
        answer = self._write("POST", "/functions", body, idempotent=False)
        return member_object(answer, "function"), answer.request_id

    def create_version(self, function_id: str, body: Mapping[str, Any]) -> tuple[Json, str | None]:
        """A new version of a function, and the request's id."""
        path = f"/functions/{quote_segment(function_id)}/versions"
        answer = self._write("POST", path, body, idempotent=False)
        return member_object(answer, "function"), answer.request_id

    def list_functions(self, visibility: str = "private") -> list[Json]:
        """All versions of all functions: those of the account, or as `visibility` says."""
        params = [("visibility", visibility)] if visibility else []
        return member_list(self._get("/functions", params=params), "functions")

    def list_function_ids(self, visibility: str = "private") -> Response:
        """The ids of the functions."""
        return self._get("/functions/ids", params=[("visibility", visibility)] if visibility else [])

    def list_versions(self, function_id: str) -> list[Json]:
        """All versions of one function."""
        return member_list(self._get(f"/functions/{quote_segment(function_id)}/versions"), "functions")

    def get_version(self, thing: str, patience: float | None = None) -> Answer:
        """One version, with its instances and the names of its secrets as far as the key may see them."""
        params = [("includeSecrets", "true")]
        return member_object(self._get(_of_version(thing), patience=patience, params=params), "function")

    def update_version(self, thing: str, body: Mapping[str, Any]) -> str | None:
        """Tags, rate limit, settings of models and of LLM calls: what is given replaces what is there."""
        return self._write("PUT", _of_version(thing), body).request_id

    def delete_rate_limit(self, thing: str) -> str | None:
        """Takes the rate limit away."""
        return self._write("DELETE", f"/ratelimit{_of_version(thing)}", due=Due.NOTHING).request_id

    def update_secrets(self, thing: str, secrets: Sequence[Mapping[str, Any]]) -> str | None:
        """Sets secrets by name; others stay."""
        body = {"secrets": list(secrets)}
        return self._write("PUT", f"/secrets{_of_version(thing)}", body, due=Due.NOTHING).request_id

    def delete_version(self, thing: str) -> str | None:
        """Deletes a version with all that runs of it."""
        return self._write("DELETE", _of_version(thing), due=Due.NOTHING).request_id

    # Deployments (function-deployment page)

    def create_deployment(self, thing: str, specifications: Sequence[Mapping[str, Any]]) -> tuple[Json, str | None]:
        """Deploys a version, and the request's id."""
        answer = self._write("POST", f"/deployments{_of_version(thing)}", {"deploymentSpecifications": specifications})
        return member_object(answer, "deployment"), answer.request_id

    def get_deployment(self, thing: str, patience: float | None = None) -> Answer:
        """The deployment of a version."""
        return member_object(self._get(f"/deployments{_of_version(thing)}", patience=patience), "deployment")

    def update_specification(self, deployment_id: str, specification_id: str, body: Mapping[str, Any]) -> str | None:
        """Instances and autoscaling of one specification."""
        deployment, specification = quote_segment(deployment_id), quote_segment(specification_id)
        return self.http.request(
            "PATCH",
            f"{self.root}/deployments/{deployment}/gpu-specifications/{specification}",
            json=body,
            idempotent=True,
        ).request_id

    def update_deployment(self, thing: str, specifications: Sequence[Mapping[str, Any]]) -> str | None:
        """The deprecated call: the only one that changes `maxRequestConcurrency`."""
        body = {"deploymentSpecifications": list(specifications)}
        return self._write("PUT", f"/deployments{_of_version(thing)}", body).request_id

    def delete_deployment(self, thing: str, *, graceful: bool) -> str | None:
        """Undeploys a version, after its last request when that is wanted to be graceful."""
        path = f"{self.root}/deployments{_of_version(thing)}"
        params = [("graceful", "true")] if graceful else []
        return self.http.request("DELETE", path, params=params).request_id

    def list_cluster_groups(self) -> list[Json]:
        """The groups of clusters with their GPUs and instance types. Keys of NGC may not ask this, only JWTs."""
        return member_list(self._get("/clusterGroups"), "clusterGroups")

    def get_queues(self, thing: str) -> list[Json]:
        """The queues of a function's versions, or that of one version."""
        path = f"{DIRECT}/queues{version_path(thing)}"
        return member_list(self.invocation.request("GET", path, retry_seconds=self.patience), "queues")

    def get_queue_position(self, request_id: str) -> Json:
        """Where a request stands in its queue."""
        path = f"{DIRECT}/queues/{quote_segment(request_id)}/position"
        return object_of(self.invocation.request("GET", path, retry_seconds=self.patience))

    # What an organisation has (NGC's own calls; reference 8)

    @property
    def has_organisation(self) -> bool:
        """Whether an organisation is asked, and not the key's account on the direct paths."""
        return self.root != DIRECT

    def list_deployments(self) -> list[Json]:
        """All deployments of the organisation."""
        self._need_organisation("deployments")
        return member_list(self._get("/deployments"), "deployments")

    def list_instance_types(self, filters: Mapping[str, str]) -> Any:
        """The instance types with their capacity, with `gpus` and `regions` as filters."""
        path = (
            f"{self._need_organisation('instance types').replace('/v2/', '/v3/', 1)}/ngc/nvcf/deployments/instanceTypes"
        )
        answer = self.http.request("GET", path, params=list(filters.items()), retry_seconds=self.patience)
        return answer.json()

    def get_gpu_quota(self) -> Any:
        """How many instances of which type there may be."""
        path = f"{self._need_organisation('GPU quota')}/ngc/nvcf/gpu/quota/rules"
        return self.http.request("GET", path, retry_seconds=self.patience).json()

    def _need_organisation(self, what: str) -> str:
        """What the paths of the organisation and the team begin with."""
        if not self.has_organisation:
            raise ConfigurationError(
                f"the direct paths of the API have no list of {what}: only those of an organisation have one",
                next_step="Set org: pulumi config set inference:nvcfOrg ORG (or set NGC_ORG).",
            )
        return self.root.removesuffix("/nvcf")

    # Sharing (function-permissions page). All of it can be repeated: what is done already is refused as such.

    def list_authorizations(self, function_id: str, patience: float | None = None) -> list[Json]:
        """The versions of a function that the key may see, each with all that may call it."""
        return member_list(self._get(f"/authorizations{version_path(function_id)}", patience=patience), "functions")

    def get_authorization(self, thing: str, patience: float | None = None) -> Json:
        """Who may call a version, because that or because the whole function is shared."""
        return member_object(self._get(f"/authorizations{version_path(thing)}", patience=patience), "function")

    def set_authorization(self, thing: str, accounts: Sequence[str]) -> str | None:
        """Shares with these accounts and no others."""
        body = {"authorizedParties": [{"ncaId": one} for one in accounts]}
        return self._write("POST", f"/authorizations{version_path(thing)}", body, idempotent=True).request_id

    def change_authorization(self, thing: str, change: Literal["add", "remove"], account: str) -> str | None:
        """Shares with one account more or less: `change` is `add` or `remove`."""
        path, body = f"/authorizations{version_path(thing)}/{change}", {"authorizedParty": {"ncaId": account}}
        return self._write("PATCH", path, body, idempotent=True).request_id

    def delete_authorization(self, thing: str) -> str | None:
        """Shares with nobody."""
        return self._write("DELETE", f"/authorizations{version_path(thing)}").request_id

    # Telemetries

    def create_telemetry(self, body: Mapping[str, Any]) -> tuple[Json, str | None]:
        """A new telemetry endpoint, and the request's id."""
        answer = self._write("POST", "/telemetries", body)
        return member_object(answer, "telemetry"), answer.request_id

    def list_telemetries(self) -> list[Json]:
        """The telemetry endpoints of the account."""
        return member_list(self._get("/telemetries"), "telemetries")

    def get_telemetry(self, thing: str, patience: float | None = None) -> Json:
        """One telemetry endpoint."""
        return member_object(self._get(f"/telemetries/{quote_segment(thing)}", patience=patience), "telemetry")

    def set_telemetry_secret(self, thing: str, secret: Mapping[str, Any]) -> str | None:
        """Another value of its secret; the name is that of the endpoint. Unknown ids are not refused."""
        path = f"/secrets/telemetries/{quote_segment(thing)}"
        return self._write("PUT", path, {"secret": secret}, due=Due.NOTHING).request_id

    def delete_telemetry(self, thing: str) -> str | None:
        """Deletes a telemetry endpoint that no version uses."""
        return self._write("DELETE", f"/telemetries/{quote_segment(thing)}", due=Due.NOTHING).request_id

    # Registry credentials

    def create_registry_credential(self, body: Mapping[str, Any]) -> tuple[Json, str | None]:
        """A new registry credential, and the request's id."""
        answer = self._write("POST", "/registry-credentials", body)
        return member_object(answer, "registryCredential"), answer.request_id

    def list_registry_credentials(self, **filters: str) -> list[Json]:
        """The registry credentials of the account, with `artifactType` and `provisionedBy` as filters."""
        return member_list(self._get("/registry-credentials", params=list(filters.items())), "registryCredentials")

    def get_registry_credential(self, thing: str, patience: float | None = None) -> Json:
        """One registry credential."""
        path = f"/registry-credentials/{quote_segment(thing)}"
        return member_object(self._get(path, patience=patience), "registryCredential")

    def update_registry_credential(self, thing: str, body: Mapping[str, Any]) -> str | None:
        """Another `secret`, and more `artifactTypeEnums`."""
        path = f"/registry-credentials/{quote_segment(thing)}"
        return self._write("PATCH", path, body, idempotent=True).request_id

    def delete_registry_credential(self, thing: str) -> str | None:
        """Deletes a registry credential that no version uses."""
        return self._write("DELETE", f"/registry-credentials/{quote_segment(thing)}", due=Due.NOTHING).request_id

    def list_recognized_registries(self) -> Json:
        """Names and hosts of the registries that NVCF knows, by kind of artifact."""
        return member_object(self._get("/recognized-registries"), "recognizedRegistries")

    # Assets (assets page): on the invocation API

    def create_asset(self, content_type: str, description: str) -> Response:
        """The id of a new asset and the address that it is uploaded to; without an upload there is none."""
        body = {"contentType": content_type, "description": description}
        return self.invocation.request("POST", f"{DIRECT}/assets", json=body, idempotent=True)

    def list_assets(self) -> list[Json]:
        """The ids of the assets of the account, a thousand at most."""
        answer = self.invocation.request("GET", f"{DIRECT}/assets", retry_seconds=self.patience)
        return member_list(answer, "assets")

    def get_asset(self, thing: str, patience: float | None = None) -> Json:
        """One asset."""
        seconds = self.patience if patience is None else patience
        path = f"{DIRECT}/assets/{quote_segment(thing)}"
        return member_object(self.invocation.request("GET", path, retry_seconds=seconds), "asset")

    def delete_asset(self, thing: str, retry_seconds: float = 60.0) -> str | None:
        """Deletes an asset."""
        path = f"{DIRECT}/assets/{quote_segment(thing)}"
        return self.invocation.request("DELETE", path, due=Due.NOTHING, retry_seconds=retry_seconds).request_id
