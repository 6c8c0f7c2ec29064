"""No field of a model goes unused: the round trips set each one, and the emulator's answers fill each record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_inference.core.fields.facts import Spec, facts_of
from pulumi_inference.modelarts.connection import CONNECTIONS
from pulumi_inference.modelarts.specs.lookups import GetModel, GetModels
from pulumi_inference.modelarts.specs.model import ModelOutputs, ModelSpec
from pulumi_inference.modelarts.specs.records import ModelDetail, ModelSummary
from tests.support.models import model, models, new_model_world
from tests.support.specs import Values, arguments_of, sample, unfilled
from tests.support.world import World

EXAMPLES = 125
"""The programs of test_model_round_trip.py, which takes as many of the same sample."""

NOT_SET = {
    "connection": "needs a section in the configuration, and is tested there",
    "dependencies[*].installer": "has one value only, which is the default",
}
"""Fields that no round trip sets, with the reason."""

PARAM = {"url": "/", "method": "post", "protocol": "https", "param_name": "x", "param_type": "int"}
LISTED = {
    **{"model_name": "digits", "model_version": "1.2.3", "model_type": "Template", "model_status": "published"},
    **{"description": "Reads digits.", "install_type": ["real-time", "edge"], "model_size": 1234},
    **{"model_source": "algos", "source_type": "auto", "source_copy": "true", "workspace_id": "0", "create_at": 5},
    **{"tenant": "t", "owner": "o", "tunable": True, "market_flag": True, "publishable_flag": True},
    "specification": {"min_cpu": "2", "min_gpu": "1", "min_memory": "4GB", "min_ascend": "1"},
}
DETAILED = {
    **{"source_location": "/bucket/model", "runtime": "python3.7", "execution_code": "/bucket/code.py"},
    **{"source_job_id": "j", "source_job_version": "V1", "initial_config": '{"port": 8080}'},
    **{"model_metrics": '{"f1": 1}', "model_algorithm": "image_classification", "apis": [{"url": "/"}]},
    **{"input_params": [PARAM], "output_params": [PARAM], "model_labels": ["a"], "cmd": "python app.py"},
    **{"image_address": "swr.example.com/o/i:1", "schema_doc": "https://example.com/schema.json"},
    "template": {"template_id": "t", "template_inputs": [{"input_id": "i", "input": "/in"}], "infer_format": "0"},
    "dependencies": [
        {
            "installer": "pip",
            "packages": [{"package_name": "numpy", "package_version": "1.17.0", "restraint": "EXACT"}],
        }
    ],
    "model_docs": [{"doc_name": "guide", "doc_url": "https://example.com/guide"}],
    "health": {
        **{"check_method": "HTTP", "protocol": "HTTP", "url": "/health", "command": "true", "period_seconds": "1"},
        **{"failure_threshold": "2", "initial_delay_seconds": "3", "timeout_seconds": "4"},
    },
}
RENAMED = {"config": DETAILED["initial_config"], "labels_map": {"labels": DETAILED["model_labels"]}}
"""What the detail answers under other names than those of the request."""


def test_every_field_of_a_model_is_set_by_the_round_trips() -> None:
    assert unfilled(ModelSpec, sample(models(), EXAMPLES)) & arguments_of(ModelSpec) == NOT_SET.keys()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty cloud that publishes at once, and the lifecycle of a model."""
    with new_model_world(tmp_path) as world:
        world.cloud.admin("PATCH", "/settings", {"publish_seconds": 0})
        yield world


def test_every_field_of_a_detail_is_answered_and_read_as_it_is(world: World) -> None:
    state = world.create(model())
    world.cloud.admin("PATCH", f"/models/{state.id}", {**LISTED, **DETAILED})
    answer = world.cloud.api("GET", f"/models/{state.id}")
    assert answer.items() >= without({**LISTED, **DETAILED, **RENAMED}, "initial_config").items()
    assert answer.keys() == wires_of(ModelDetail)
    client = CONNECTIONS.today(world.context(), None).client()
    record = GetModel(model_id=state.id).ask(client).model_dump(exclude_none=True)
    assert record == {**renamed(ModelDetail, answer), "source_copy": True}
    assert unfilled(ModelDetail, [record]) == set()
    read = world.read(state)
    assert read is not None
    assert read.facts == renamed(ModelOutputs, answer)
    assert answer.keys() - wires_of(ModelSpec) - {"config"} == wires_of(ModelOutputs)
    assert unfilled(ModelOutputs, [read.facts]) == set()


def test_every_field_of_the_list_is_answered_and_read_as_it_is(world: World) -> None:
    project = world.cloud.project_id
    world.cloud.admin("POST", "/seed", {"models": [{**LISTED, **DETAILED, "model_id": "m", "project_id": project}]})
    [answer] = world.cloud.api("GET", "/models")["models"]
    assert answer == {**LISTED, "model_id": "m", "project": project}
    assert answer.keys() == wires_of(ModelSummary)
    [record] = GetModels().ask(CONNECTIONS.today(world.context(), None).client())
    assert record.model_dump(exclude_none=True) == {**renamed(ModelSummary, answer), "source_copy": True}
    assert unfilled(ModelSummary, [record.model_dump()]) == set()


def wires_of(record: type[Spec]) -> set[str]:
    """The names of the fields in the API."""
    return {facts.wire for facts in facts_of(record).values()}


def renamed(record: type[Spec], answer: Values) -> Values:
    """An answer with our names of its members; what stands in them is left as it is."""
    return {name: answer[facts.wire] for name, facts in facts_of(record).items()}


def without(values: Values, name: str) -> Values:
    """The values but one."""
    return {key: value for key, value in values.items() if key != name}
