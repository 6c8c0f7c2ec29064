"""The smoke test of a service: one request to it, and what its answer has to be."""

from __future__ import annotations

from typing import Any, Literal

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.lifecycle.options import DURATION

_SOURCE = "pulumi-inference"
_HINT = 'must be a duration such as "30s" or "1m30s"'


class SmokeTest(Spec):
    """A request that has to be answered as expected before a deployment counts as done."""

    path: str = field(
        "",
        description="What follows the service's access address, with its query.",
        source=_SOURCE,
        local=True,
        examples=("/v1/score",),
    )
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None = field(
        None,
        description="HTTP method. Left out, it is POST with a body and GET without one.",
        source=_SOURCE,
        local=True,
    )
    headers: dict[str, str] | None = field(
        None,
        description="Further headers. The content type is JSON, or text where body is a text.",
        source=_SOURCE,
        local=True,
        examples=({"X-Trace": "smoke"},),
    )
    body: Any = field(
        None,
        description="What is sent: a text as it is, anything else as JSON, in which 1.0 is the integer 1.",
        source=_SOURCE,
        local=True,
        examples=({"x": 1},),
    )
    expect_status: int = field(
        200,
        description="HTTP status of the model's answer.",
        source=_SOURCE,
        local=True,
        ge=100,
        le=599,
    )
    expect_json: Any = field(
        None,
        description="What the answer's JSON has to hold: of objects the named members, lists as a whole.",
        source=_SOURCE,
        local=True,
        examples=({"label": "cat"},),
    )
    expect_schema: dict[str, Any] | None = field(
        None,
        description="JSON Schema (Draft 2020-12) that the answer's JSON has to fit.",
        source=_SOURCE,
        local=True,
        examples=({"type": "object", "required": ["label"]},),
    )
    attempts: int = field(
        3, description="How often it is tried before it counts as failed.", source=_SOURCE, local=True, ge=1
    )
    timeout: str = field(
        "30s",
        description="How long one attempt waits for the service to say anything.",
        source=_SOURCE,
        local=True,
        pattern=DURATION,
        hint=_HINT,
    )
    interval: str = field(
        "5s",
        description="Pause between two attempts.",
        source=_SOURCE,
        local=True,
        pattern=DURATION,
        hint=_HINT,
    )
