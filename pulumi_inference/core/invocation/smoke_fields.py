"""The smoke test of a deployed thing: one request to it, what its answer has to be, and what makes a test wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.fields.problems import Problem, Rule, rule
from pulumi_inference.core.fields.unknown import contains_unknown
from pulumi_inference.core.invocation.references import find_circle, is_inside, references
from pulumi_inference.core.lifecycle.options import DURATION, duration_problems

Values = Mapping[str, Any]
Problems = Iterator[Problem]

_SOURCE = "pulumi-inference"
_HINT = 'must be a duration such as "30s" or "1m30s"'
_SCHEMA: paths.Path = ("smoke_test", "expect_schema")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


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
        description="How long the answer to one attempt may take.",
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


def error_output() -> Any:
    """Declares the output `smoke_test_error`."""
    return field(
        None,
        description="Why the last smoke test failed; not there when it has passed.",
        source=_SOURCE,
        local=True,
    )


def passed_output() -> Any:
    """Declares the output `smoke_tested`."""
    return field(
        None,
        description="Fingerprints of the smoke test that has passed and of the configuration that it was run on.",
        source=_SOURCE,
        local=True,
        secret=True,
    )


@rule("smoke_test", "wait")
def smoke_test_waits(inputs: Values) -> Problems:
    """A service that nobody waits for cannot be asked."""
    if inputs.get("smoke_test") is not None and inputs.get("wait") is False:
        yield Problem("smoke_test", "needs a service that runs, so it cannot be combined with wait=False")


@rule("smoke_test.timeout", "smoke_test.interval")
def smoke_test_takes_time(inputs: Values) -> Problems:
    """An attempt of no time at all would fail before it has begun."""
    test = inputs.get("smoke_test") or {}
    for name in ("timeout", "interval"):
        if name in test:
            yield from duration_problems(f"smoke_test.{name}", test[name], "5s")


@rule("smoke_test.headers", "smoke_test.headers.*")
def smoke_test_headers_can_be_sent(inputs: Values) -> Problems:
    """HTTP knows no other names, and none twice; a line break in a value would be a header of its own."""
    headers = (inputs.get("smoke_test") or {}).get("headers") or {}
    first: dict[str, str] = {}
    for name, value in headers.items():
        path = paths.render(("smoke_test", "headers", name))
        if first.setdefault(name.lower(), name) != name:
            yield Problem(path, f"is the same header as {first[name.lower()]}; upper and lower case make no difference")
        elif not _HEADER.fullmatch(name):
            yield Problem(path, "is no name of an HTTP header")
        elif not (value.isascii() and value.isprintable()):
            yield Problem(path, "must be printable ASCII text")


@rule("smoke_test.expect_schema")
def smoke_test_schema_is_one(inputs: Values) -> Problems:
    """A schema that is none would let the test fail only after the deployment."""
    schema = (inputs.get("smoke_test") or {}).get("expect_schema")
    if schema is None or contains_unknown(schema):
        return
    import jsonschema  # slow to load, and needed only for smoke tests with a schema

    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        # Of a choice, as between one word and a list of words for `type`, only its branches know what is wrong.
        cause = error.context[-1 if isinstance(error.instance, list) else 0] if error.context else error
        yield Problem(paths.render((*_SCHEMA, *cause.absolute_path)), f"is no valid JSON Schema: {cause.message}")
        return
    lost = False
    for path, target in references(schema):
        if not is_inside(schema, target):
            lost = True
            yield Problem(
                paths.render((*_SCHEMA, *path)),
                f'"{target}" is not found; only references into the schema itself are followed, as in "#/$defs/item"',
            )
    circle = None if lost else find_circle(schema)
    if circle is not None:
        yield Problem(
            paths.render((*_SCHEMA, *circle)),
            "leads back to itself, or through too many references; only inside of properties or items may it come back",
        )


SMOKE_RULES: tuple[Rule, ...] = (
    smoke_test_waits,
    smoke_test_takes_time,
    smoke_test_headers_can_be_sent,
    smoke_test_schema_is_one,
)
