"""Functions and deployments of NVCF on the emulator, without an engine."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pulumi_inference.core.lifecycle import State
from pulumi_inference.emulator.nvcf.accounts import API_KEY, ORG
from pulumi_inference.nvcf.deployments.lifecycle import DeploymentLifecycle
from pulumi_inference.nvcf.functions.lifecycle import FunctionLifecycle
from tests.support.cloud import OUTSIDER, Sent
from tests.support.world import Values, World, new_world

STACK = "urn:pulumi:test::trial::pulumi-python:dynamic/nvcf"
FUNCTION_URN, DEPLOYMENT_URN = f"{STACK}:Function::echo", f"{STACK}:Deployment::echo"
ROOT = f"/v2/orgs/{ORG}/nvcf"


JWT = ".".join(urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in ({}, {"sub": "me"}, ""))
"""A key that may read the catalogue, which no API key may."""


def function(**changes: Any) -> Values:
    """What a program says of a container function; None takes a field away."""
    values = {
        "container_image": "nvcr.io/acme/echo:1",
        "inference_url": "/echo",
        "inference_port": 8000,
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def llm(*models: Values, **changes: Any) -> Values:
    """What a program says of an LLM function."""
    fixed = {"function_type": "LLM", "inference_url": "/", "models": list(models) or [llm_model()]}
    return function(**{**fixed, **changes})


def llm_model(name: str = "m", **changes: Any) -> Values:
    """One model of an LLM function."""
    return {"name": name, "llm_config": {"uris": ["/v1/chat/completions"], **changes}}


def specification(**changes: Any) -> Values:
    """One specification of a deployment; None takes a field away."""
    values = {
        "gpu": "L40",
        "instance_type": "NCP.GPU.L40_1x",
        "min_instances": 1,
        "max_instances": 2,
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def deployment(version: State, *specifications: Values, **changes: Any) -> Values:
    """What a program says of the deployment of a version."""
    function_id, version_id = version.id.split(",")
    return {
        "function_id": function_id,
        "version_id": version_id,
        "specifications": list(specifications) or [specification()],
        **changes,
    }


class Nvcf:
    """NVCF in a world: looked at from outside, and the two kinds of resources."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.configuration.values |= {"nvcfEndpoint": "emulator:cloud.db", "nvcfApiKey": JWT}

    def be_function(self) -> None:
        """The world's resource is a function from here on."""
        self.world.lifecycle, self.world.urn = FunctionLifecycle(), FUNCTION_URN

    def be_deployment(self) -> None:
        """The world's resource is a deployment from here on."""
        self.world.lifecycle, self.world.urn = DeploymentLifecycle(), DEPLOYMENT_URN

    def function(self, values: Values | None = None, **options: Any) -> State:
        """Makes a function."""
        self.be_function()
        return self.world.create(function() if values is None else values, **options)

    def deployment(self, version: State, *specifications: Values, **changes: Any) -> State:
        """Deploys a version."""
        self.be_deployment()
        return self.world.create(deployment(version, *specifications, **changes))

    def replaced(self, state: State, values: Values) -> State:
        """Makes what stands in for the world's resource in an operation of its own; the old one is still there."""
        self.world.diff(state, values)
        # The engine checks a replacement as if there were nothing before it.
        inputs = self.world.known(self.world.valid(values))
        return self.world.recorded(self.world.lifecycle.create(self.world.context(), inputs))

    def remove(self, state: State) -> None:
        """Deletes in the operation that is under way."""
        self.world.lifecycle.delete(self.world.context(), state.id, state)

    def seed(self, **collections: Any) -> None:
        """Puts things there, in the words of the admin door."""
        self.world.cloud.admin("POST", "/seed", {f"nvcf.{name}": items for name, items in collections.items()})

    def change_version(self, state: State, **changes: Any) -> None:
        """Changes a version behind the program's back, in wire names."""
        function_id, version_id = state.id.split(",")
        self.world.cloud.admin("PATCH", f"/nvcf/functions/{function_id}/versions/{version_id}", changes)

    def set(self, **settings: Any) -> None:
        """Changes settings of the emulator's NVCF."""
        self.world.cloud.admin("PATCH", "/settings", {f"nvcf.{name}": value for name, value in settings.items()})

    def deploy_fault(self, outcome: str, **fault: Any) -> None:
        """How the next deployment goes wrong."""
        self.world.cloud.fault(**{"nvcf.deploy": {"outcome": outcome, **fault}})

    def registry_fault(self, verdict: int, *, count: int | None = 1, **fault: Any) -> None:
        """What a registry says of the next artifacts."""
        self.world.cloud.fault(count=count, **{"nvcf.registry": {"verdict": verdict, **fault}})

    def lose_version(self, state: State) -> None:
        """Lets a version vanish."""
        function_id, version_id = state.id.split(",")
        self.world.cloud.admin("DELETE", f"/nvcf/functions/{function_id}/versions/{version_id}")

    def change_deployment(self, state: State, **changes: Any) -> None:
        """Changes a deployment behind the program's back: `status`, `healthInfo`, `runningRequests`."""
        self.world.cloud.admin("PATCH", f"/nvcf/deployments/{self.live(state)['deploymentId']}", changes)

    def change_specification(self, state: State, index: int = 0, **changes: Any) -> None:
        """Changes a specification behind the program's back, in wire names, or its instances."""
        live = self.live(state)
        specification_id = live["deploymentSpecifications"][index]["gpuSpecificationId"]
        path = f"/nvcf/deployments/{live['deploymentId']}/gpu-specifications/{specification_id}"
        self.world.cloud.admin("PATCH", path, changes)

    def lose_deployment(self, state: State) -> None:
        """Lets a deployment vanish."""
        self.world.cloud.admin("DELETE", f"/nvcf/deployments/{self.live(state)['deploymentId']}")

    def api(self, method: str, tail: str, body: Any = None) -> Any:
        """A request of somebody else than the program; the answer's JSON."""
        headers = {"Authorization": f"Bearer {API_KEY}", "User-Agent": OUTSIDER}
        answer = self.world.cloud.client.request(method, ROOT + tail, json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def versions(self) -> list[Values]:
        """All function versions of the account."""
        found: list[Values] = self.api("GET", "/functions?visibility=private")["functions"]
        return found

    def version_state(self, version: Values) -> State:
        """What stands for a version of which only the ids count."""
        return State(f"{version['id']},{version['versionId']}", {}, {})

    def version(self, state: State) -> Values:
        """One version, with the names of its secrets and its instances."""
        function_id, version_id = state.id.split(",")
        path = f"/functions/{function_id}/versions/{version_id}?includeSecrets=true"
        found: Values = self.api("GET", path)["function"]
        return found

    def live(self, state: State) -> Values:
        """The deployment of a version."""
        function_id, version_id = state.id.split(",")
        found: Values = self.api("GET", f"/deployments/functions/{function_id}/versions/{version_id}")["deployment"]
        return found

    def sent(self, *methods: str) -> list[Sent]:
        """The program's requests of this operation, their paths below the root."""
        return [
            Sent(one.method, one.path.removeprefix(ROOT), one.body, one.status)
            for one in self.world.cloud.sent(*methods)
        ]

    def writes(self) -> list[str]:
        """What changed something in this operation, in a line each, with ids in short."""
        return [self.short(str(one)) for one in self.sent("POST", "PUT", "PATCH", "DELETE")]

    def short(self, text: str) -> str:
        """A path with `f`, `v1`, `v2` for the ids of functions and versions in the order of their making."""
        functions = list(dict.fromkeys(one["id"] for one in self.versions()))
        for number, one in enumerate(functions):
            text = text.replace(one, "f" if not number else f"f{number + 1}")
        for number, one in enumerate(self.versions()):
            text = text.replace(one["versionId"], f"v{number + 1}")
        return text


@contextmanager
def nvcf_world(folder: Path) -> Iterator[Nvcf]:
    """NVCF in a world of its own."""
    with new_world(folder) as world:
        nvcf = Nvcf(world)
        nvcf.be_function()
        yield nvcf
