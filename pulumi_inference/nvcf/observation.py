"""What NVCF says of functions and deployments at this moment. Loaded when somebody looks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pulumi_inference.core.errors import InferenceError, NotFoundError
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.connections import LOOK_PATIENCE
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.status import Observation
from pulumi_inference.nvcf.client import NvcfClient
from pulumi_inference.nvcf.connection import CONNECTIONS
from pulumi_inference.nvcf.deployments import waits

_UNSAID: Any = frozenset({"containerEnvironment", "secrets", "activeInstances"})
"""Members of a version that `--json` leaves out: values that may be secret, and what moves by itself."""


def with_version(seen: Observation, version: Answer | None) -> Observation:
    """A function version: its state, and its instances as far as the key may see them."""
    if version is None:
        return seen
    running = waits.count_running(version)
    raw = {name: value for name, value in version.items() if name not in _UNSAID}
    return replace(seen, state=str(version.get("status")), running=running or None, wanted=None, raw=raw)


def with_instances(
    seen: Observation, context: Context, thing: str | None, values: Inputs, answer: Answer | None
) -> Observation:
    """A deployment: how many instances run of those that should, and how many requests wait."""
    if answer is None or thing is None:
        return seen
    client = CONNECTIONS.of(context, values).client(LOOK_PATIENCE)
    problems = list(seen.problems)
    running, waiting = None, None
    try:
        running = waits.count_running(client.get_version(thing))
        waiting = _waiting(client, thing)
    except InferenceError as error:
        problems.append(str(error))
    return replace(
        seen,
        running=running,
        wanted=waits.least(answer),
        columns={"waiting": waiting},
        raw=dict(answer),
        problems=problems,
    )


def _waiting(client: NvcfClient, thing: str) -> int | None:
    """How many requests wait in the version's queue; a version that cannot be called has none."""
    try:
        queues = client.get_queues(thing)
    except NotFoundError:
        return None
    depths = [one.get("queueDepth") for one in queues]
    return sum(one for one in depths if isinstance(one, int))
