"""The page of the lookups has a row for each field that they answer, and for each argument that they take."""

from __future__ import annotations

import inspect

import pytest

from pulumi_inference import modelarts
from pulumi_inference.core.fields.facts import Spec, walk
from pulumi_inference.core.fields.paths import render
from pulumi_inference.modelarts.specs.records import Flavour, ModelDetail, ModelSummary, Pool, Runtime, ServiceSummary
from tests.docs import pages

RECORDS = (Runtime, Flavour, ServiceSummary, Pool, ModelSummary, ModelDetail)
LOOKUPS = (
    modelarts.get_runtimes,
    modelarts.get_flavours,
    modelarts.get_services,
    modelarts.get_service,
    modelarts.get_pools,
    modelarts.get_models,
    modelarts.get_model,
)


@pytest.mark.parametrize("record", RECORDS, ids=lambda one: one.__name__)
def test_each_field_has_its_row(record: type[Spec]) -> None:
    text = pages.read("docs/lookups.md")
    rows = {render(path).replace(".*", "[]"): facts.description for path, facts in walk(record)}
    missing = [
        name
        for name, description in rows.items()
        if not any(f"| `{name}` |" in line and f"| {description} |" in line for line in text.splitlines())
    ]
    assert missing == []


@pytest.mark.parametrize("lookup", LOOKUPS, ids=lambda one: one.__name__)
def test_each_argument_is_named(lookup: object) -> None:
    text = pages.read("docs/lookups.md")
    assert callable(lookup)
    names = [name for name in inspect.signature(lookup).parameters if name != "connection"]
    assert [name for name in names if f"`{name}`" not in text and f"{name}=" not in text] == []
