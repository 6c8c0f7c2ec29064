"""`schemas/<room>.<Name>.json`: the JSON Schema of a resource's spec, for editors and other tools."""

from __future__ import annotations

import json

from generators.targets import Target

from pulumi_inference.core.fields.schema import DIALECT, object_schema


def schema_file(target: Target) -> str:
    """The text of the schema file."""
    schema = {"$schema": DIALECT, "title": f"{target.room}.{target.name}", **object_schema(target.spec)}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
