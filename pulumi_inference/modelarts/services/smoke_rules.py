"""What makes a smoke test wrong as a whole: the rules that can be known in a preview."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.problems import Problem, Rule, rule
from pulumi_inference.core.fields.unknown import contains_unknown

Values = Mapping[str, Any]
Problems = Iterator[Problem]

_SCHEMA: paths.Path = ("smoke_test", "expect_schema")
_REFERENCES = ("$ref", "$dynamicRef")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@rule("infer_type", "smoke_test")
def smoke_test_of_a_real_time_service(service: Values) -> Problems:
    """Nothing else can be called at an address of its own."""
    infer_type = service.get("infer_type", "real-time")
    if service.get("smoke_test") is not None and infer_type != "real-time":
        yield Problem("smoke_test", f"needs a real-time service; a {infer_type} service has no access address")


@rule("smoke_test.timeout", "smoke_test.interval")
def smoke_test_takes_time(service: Values) -> Problems:
    """An attempt of no time at all would fail before it has begun."""
    test = service.get("smoke_test") or {}
    for name in ("timeout", "interval"):
        if name in test and not re.search("[1-9]", test[name]):
            yield Problem(f"smoke_test.{name}", 'must be longer than nothing, such as "5s"')


@rule("smoke_test.headers", "smoke_test.headers.*")
def smoke_test_headers_can_be_sent(service: Values) -> Problems:
    """HTTP knows no other names, and none twice; a line break in a value would be a header of its own."""
    headers = (service.get("smoke_test") or {}).get("headers") or {}
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
def smoke_test_schema_is_one(service: Values) -> Problems:
    """A schema that is none would let the test fail only after the deployment."""
    schema = (service.get("smoke_test") or {}).get("expect_schema")
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
    for path, target in _references(schema):
        if not _is_inside(schema, target):
            yield Problem(
                paths.render((*_SCHEMA, *path)),
                f'"{target}" is not found; only references into the schema itself are followed, as in "#/$defs/item"',
            )


SMOKE_RULES: tuple[Rule, ...] = (
    smoke_test_of_a_real_time_service,
    smoke_test_takes_time,
    smoke_test_headers_can_be_sent,
    smoke_test_schema_is_one,
)


def _references(value: Any, path: paths.Path = ()) -> Iterator[tuple[paths.Path, str]]:
    """Every reference in a schema, and where it stands."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            if name in _REFERENCES and isinstance(one, str):
                yield (*path, name), one
            else:
                yield from _references(one, (*path, name))
    elif isinstance(value, list | tuple):
        for index, one in enumerate(value):
            yield from _references(one, (*path, index))


def _is_inside(schema: Any, reference: str) -> bool:
    """Whether a JSON pointer such as `#/$defs/item` leads to a part of the schema."""
    start, *tokens = reference.split("/")
    for token in tokens:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(schema, list) and name.isdecimal() and int(name) < len(schema):
            schema = schema[int(name)]
        elif isinstance(schema, Mapping) and name in schema:
            schema = schema[name]
        else:
            return False
    return start == "#"
