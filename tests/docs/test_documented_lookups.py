"""The page of the lookups has a row for each field that they answer, and for each argument that they take."""

from __future__ import annotations

import inspect

import pytest

from pulumi_inference import alaya, modelarts, modelartsv2, nvcf
from pulumi_inference.alaya.specs import lookups as alaya_lookups
from pulumi_inference.alaya.specs.records import DeploymentDetail
from pulumi_inference.core.fields.facts import Spec, walk
from pulumi_inference.core.fields.lookup import lookups_in
from pulumi_inference.core.fields.paths import render
from pulumi_inference.huaweicloud.pools import Pool
from pulumi_inference.modelarts.specs.records import Flavour, ModelDetail, ModelSummary, Runtime, ServiceSummary
from pulumi_inference.modelartsv2.specs import lookups as v2_lookups
from pulumi_inference.modelartsv2.specs.listed import Cluster
from pulumi_inference.modelartsv2.specs.whole import WholeService
from pulumi_inference.nvcf.specs import lookups as nvcf_lookups
from pulumi_inference.nvcf.specs.lookups import __all__ as nvcf_questions
from tests.docs import pages

NVCF = [getattr(nvcf_lookups, name) for name in nvcf_questions]
ALAYA = lookups_in(alaya_lookups)
V2 = lookups_in(v2_lookups)
RECORDS = (
    *(Runtime, Flavour, ServiceSummary, Pool, ModelSummary, ModelDetail),
    *sorted({one.answers()[0] for one in [*NVCF, *ALAYA, *V2]}, key=lambda one: one.__name__),
)
LOOKUPS = (
    modelarts.get_runtimes,
    modelarts.get_flavours,
    modelarts.get_services,
    modelarts.get_service,
    modelarts.get_pools,
    modelarts.get_models,
    modelarts.get_model,
    *(getattr(nvcf, one.function()) for one in NVCF),
    *(getattr(alaya, one.function()) for one in ALAYA),
    *(getattr(modelartsv2, one.function()) for one in V2),
)
REFERRED: dict[type[Spec], tuple[str, ...]] = {
    DeploymentDetail: ("expert.", "quick_start.", "scale."),
    WholeService: ("version.runtime_config.", "version.instance_groups[].unit_configs[]."),
    Cluster: ("flavors[].",),
}
"""What of a record is told elsewhere, by the reference of its resource or as another record."""


@pytest.mark.parametrize("record", RECORDS, ids=lambda one: one.__name__)
def test_each_field_has_its_row(record: type[Spec]) -> None:
    text = pages.read("docs/lookups.md")
    fields = {render(path).replace(".*", "[]"): facts.description for path, facts in walk(record)}
    rows = {name: one for name, one in fields.items() if not name.startswith(REFERRED.get(record, ()))}
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
