"""NVCF behind a program of the real engine: programs, and what the cloud has."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import httpx

from pulumi_inference.emulator.messages import Request
from pulumi_inference.emulator.nvcf.accounts import API_KEY, ORG
from tests.support.cloud import OUTSIDER, Cloud

ROOT = f"/v2/orgs/{ORG}/nvcf"
ENDPOINT = "inference:nvcfEndpoint"

Values = dict[str, Any]

ECHO = """
    import os

    import pulumi
    from pulumi_inference import nvcf

    echo = nvcf.Function(
        "echo",
        container_image="nvcr.io/acme/echo:1",
        inference_url="/echo",
        inference_port=8000,
        secrets={"TOKEN": os.environ["TOKEN_OF_THE_TEST"]},
        tags=["team:speech"],
    )
    deployment = nvcf.Deployment(
        "echo",
        function_id=echo.function_id,
        version_id=echo.version_id,
        specifications=[
            nvcf.DeploymentSpecificationArgs(
                gpu="L40", instance_type="NCP.GPU.L40_1x", min_instances=1, max_instances=2
            ),
        ],
    )
    pulumi.export("function_id", echo.function_id)
    pulumi.export("version_id", echo.version_id)
"""
"""A function with a secret, and its deployment."""


def ask(cloud: Cloud, method: str, path: str, body: Any = None) -> Any:
    """A request of somebody else than the program; the answer's JSON."""
    headers = {"Authorization": f"Bearer {API_KEY}", "User-Agent": OUTSIDER}
    answer = cloud.client.request(method, path, json=body, headers=headers)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def functions(cloud: Cloud) -> list[tuple[Values, Values | None]]:
    """Each version of the account with its deployment, where it has one; the oldest first."""
    versions = ask(cloud, "GET", f"{ROOT}/functions?visibility=private")["functions"]
    return [(one, _deployment(cloud, one)) for one in sorted(versions, key=lambda one: str(one["createdAt"]))]


def _deployment(cloud: Cloud, version: Values) -> Values | None:
    if version["status"] == "INACTIVE":
        return None
    path = f"{ROOT}/deployments/functions/{version['id']}/versions/{version['versionId']}"
    found: Values = ask(cloud, "GET", path)["deployment"]
    return found


def key_of(cloud: Cloud) -> dict[str, str]:
    """Environment variables with the key of a served cloud; the embedded one needs none."""
    return {} if cloud.endpoint.startswith("emulator:") else {"NGC_API_KEY": API_KEY}


def sent(cloud: Cloud, *methods: str, was: list[Values] | None = None) -> list[str]:
    """The program's requests to the management API, in a line each, F and V1, V2 for the ids of the one function.

    Args:
        methods: those that count.
        was: versions that have been there and may be no more, the oldest first.
    """
    text = "\n".join(_line(one) for one in cloud.admin("GET", "/requests")["requests"] if _counts(one, methods))
    known = [*(was or []), *(version for version, _ in functions(cloud))]
    for number, version in enumerate({one["versionId"]: one for one in known}.values(), 1):
        text = text.replace(version["id"], "F").replace(version["versionId"], f"V{number}")
    return text.splitlines()


def _counts(logged: Values, methods: tuple[str, ...]) -> bool:
    is_ours = logged["headers"].get("user-agent") != OUTSIDER and "/pexec/" not in logged["path"]
    return is_ours and logged["method"] in methods


def _line(logged: Values) -> str:
    query = urlencode([tuple(pair) for pair in logged["query"]])
    return f"{logged['method']} {logged['path'].partition('/nvcf/')[2]}{'?' if query else ''}{query}"


class Caller:
    """Calls a function by its id alone, as a client of it does: before and after each request of the program."""

    def __init__(self, cloud: Cloud, function_id: str) -> None:
        self._cloud, self._function_id = cloud, function_id
        self.versions: list[str] = []
        """Which version has answered, call by call."""
        self.failures: list[str] = []

    def __call__(self, request: Request) -> None:
        headers = {"Authorization": f"Bearer {API_KEY}", "User-Agent": OUTSIDER}
        path = f"/v2/nvcf/pexec/functions/{self._function_id}"
        answer = self._cloud.client.post(path, json={"x": 1}, headers=headers)
        if answer.status_code == httpx.codes.OK:
            self.versions.append(answer.json()["version_id"])
        else:
            self.failures.append(f"{request.method} {request.path}: {answer.status_code} {answer.text}")
