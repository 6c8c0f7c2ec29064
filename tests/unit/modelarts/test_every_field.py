"""No field of a service goes unused: the round trips set each one, and the emulator's answers fill each record."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.core.fields.wire import from_wire
from pulumi_inference.modelarts.connection import CONNECTIONS
from pulumi_inference.modelarts.specs.detail import Answer, ServiceDetail
from pulumi_inference.modelarts.specs.lookups import GetFlavours, GetRuntimes, GetServices
from pulumi_inference.modelarts.specs.records import Flavour, Runtime, ServiceSummary
from pulumi_inference.modelarts.specs.service import ServiceSpec
from tests.support.services import KINDS, services
from tests.support.specs import Values, arguments_of, sample, unfilled
from tests.support.world import World

EXAMPLES = 125
"""As many programs of each kind as the round trips draw."""

NOT_SET = {
    "connection": "needs a section in the configuration, and is tested there",
    "schedule[*].type": "has one value only, which is the default",
    "additional_properties.log_report_channels[*].type": "has one value only, which is the default",
    "config[*].additional_properties.persistent_volumes[*].storage_type": "has one value only, which is the default",
}
"""Fields that no round trip sets, with the reason."""


def test_every_field_of_a_service_is_set_by_the_round_trips() -> None:
    programs = (one for kind in KINDS for one in sample(services(kind), EXAMPLES))
    assert unfilled(ServiceSpec, programs) & arguments_of(ServiceSpec) == NOT_SET.keys()


SCHEDULE = [{"type": "stop", "time_unit": "HOURS", "duration": 2}]
ITEM = {
    "model_id": "model-a",
    "specification": "modelarts.vm.cpu.free",
    "instance_count": 1,
    "weight": 100,
    "envs": {"A": "1"},
}
CUSTOM = {**ITEM, "specification": "custom", "custom_spec": {"cpu": 2, "memory": 1024, "gpu_p4": 1.5}}
FILES = {"src_path": "/in", "dest_path": "/out", "req_uri": "/", "mapping_type": "csv", "src_type": "ManifestFile"}
COLUMNS = {"type": "object", "properties": {"x": {"type": "number", "index": 0}}}
AFFINITY = {"node_affinity": {"mode": "required", "pool_infos": [{"pool_name": "p"}]}}
EVENTS = {"smn_notification": {"topic_urn": "urn", "events": [1]}}

SERVICES: list[Values] = [
    {
        **{"service_name": "open", "infer_type": "real-time", "description": "d", "priority": 2, "config": [ITEM]},
        **{"schedule": SCHEDULE, "load_balancer_policy": "SOURCE_IP", "additional_properties": EVENTS},
        **{"vpc_id": "v", "subnet_network_id": "s", "security_group_id": "g", "shared_count": 2},
        **{"bind_access_address": "https://own.example", "invocations": {"model-a": [7, 2]}},
    },
    {
        **{"service_name": "pooled", "infer_type": "real-time", "pool_name": "p"},
        "config": [{**CUSTOM, "pool_name": "q", "affinity": AFFINITY, "additional_properties": {"max_surge": 2.0}}],
    },
    {
        **{"service_name": "chips", "infer_type": "real-time", "cluster_id": "c", "status": "deploying"},
        "config": [{**CUSTOM, "cluster_id": "d", "custom_spec": {"cpu": 2, "memory": 1024, "ascend_a310": 1}}],
    },
    {
        **{"service_name": "files", "infer_type": "batch", "status": "finished", "start_time": 1, "finished_time": 2},
        "config": [{**ITEM, **FILES, "mapping_rule": COLUMNS}],
    },
    {
        **{"service_name": "broken", "infer_type": "edge", "status": "failed", "error_msg": "no node"},
        "config": [{**ITEM, "nodes": ["n"]}],
    },
    {"service_name": "subscribed", "infer_type": "real-time", "is_shared": True, "config": [ITEM]},
]
NODE = {"id": "n", "description": "d", "node_label": "l", "gpu_num": 1, "enable_gpu": True}
OF_ALL_MODELS = {"model_id": "model-a", "source_type": "auto", "support_debug": True}


NOT_ANSWERED: dict[type[Answer], set[str]] = {
    Flavour: {"source_type"},  # empty for all flavours but those of automatic learning
}


@pytest.fixture
def cloud(world: World) -> World:
    """A cloud with services of every kind and in many states, a model, a node, and pools."""
    project = world.cloud.project_id
    pools = {"pools": [{"pool_name": "p"}], "clusters": [{"cluster_id": "c", "cluster_name": "old"}]}
    world.cloud.admin("POST", "/seed", {"models": [OF_ALL_MODELS], "nodes": [NODE], **pools})
    world.cloud.admin("POST", "/seed", {"services": [{"project_id": project, **one} for one in SERVICES]})
    return world


def test_every_field_of_a_detail_is_answered_and_read_as_it_is(cloud: World) -> None:
    records: list[Values] = []
    for answer in cloud.cloud.services():
        record = ServiceDetail.read(answer, "a service").model_dump(exclude_none=True)
        assert record == from_wire(ServiceDetail, answer)
        records.append(record)
        assert answer.keys() <= {facts.wire for facts in facts_of(ServiceDetail).values()}
    assert unfilled(ServiceDetail, records) == set()


def test_every_field_of_the_lists_is_answered(cloud: World) -> None:
    client = CONNECTIONS.today(cloud.context(), None).client()
    answers: list[tuple[type[Answer], Sequence[Answer]]] = [
        (ServiceSummary, GetServices().ask(client)),
        (Runtime, GetRuntimes().ask(client)),
        (Flavour, GetFlavours().ask(client)),
    ]
    for model, records in answers:
        left = unfilled(model, [one.model_dump() for one in records])
        assert left == NOT_ANSWERED.get(model, set()), model
